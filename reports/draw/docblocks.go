package draw

import (
	"context"
	"fmt"

	"hindsight/reports"
	"hindsight/reports/echarts"
)

// say adds an element that holds a text.
func (p *paper) say(parent *element, kind, text string) *element {
	e := parent.add(kind)
	if text = printable(text); p.fonts.shown(text) != text {
		e.actual = text
	}
	return e
}

func (p *paper) heading(h reports.Heading) block {
	level := max(1, min(h.Level, len(headFaces)))
	f := headFaces[level-1]
	before, after := []float64{26, 18, 8}[level-1], []float64{4, 2, 0}[level-1]
	rows := p.rows(h.Text, short-2*side, f)
	need := before + float64(len(rows))*f.lead + after
	return block{need: need, heading: true, set: func() {
		p.gap(before)
		if level < 3 {
			p.marks = append(p.marks, &bookmark{text: printable(h.Text), level: level - 1, page: p.doc.PageNo(), top: p.height() - p.y + 6})
		}
		p.text(p.say(p.tags.root, []string{"H2", "H3", "H3"}[level-1], h.Text), side, rows, f, "") // H1 is the title
		p.y += after
	}}
}

func (p *paper) prose(text string) block {
	f := bodyFace
	rows := p.rows(text, short-2*side, f)
	return block{need: 6 + float64(min(len(rows), 3))*f.lead, short: len(rows) <= 3, set: func() {
		p.gap(4)
		p.text(p.say(p.tags.root, "P", text), side, rows, f, "")
		p.y += 2
	}}
}

func (p *paper) list(l reports.List) block {
	need := 0.0
	if len(l.Items) > 0 {
		need = 6 + bodyFace.lead*float64(min(3, len(p.rows(l.Items[0].Text, short-2*side-14, bodyFace))))
	}
	return block{need: need, set: func() {
		p.gap(4)
		p.items(l, bodyFace)
	}}
}

// items writes a list with a dot, or a box to tick, before each item.
func (p *paper) items(l reports.List, f face) {
	const indent = 14
	all := p.tags.root.add("L")
	all.traits = "/O /List /ListNumbering /Disc"
	if l.Boxes {
		all.traits = "/O /List /ListNumbering /None"
	}
	for _, item := range l.Items {
		rows := p.rows(item.Text, p.width()-indent, f)
		if len(rows) == 0 {
			continue
		}
		p.room(f.lead * float64(min(len(rows), 3)))
		entry := all.add("LI")
		label := entry.add("Lbl")
		p.in(label, func() {
			if l.Boxes {
				label.actual = "☐"
				p.box(side, p.y+(f.lead-8)/2, 8)
			} else {
				p.line(side+2, p.y, "•", f)
			}
		})
		body := p.say(entry, "LBody", item.Text)
		to := p.address(item.Link)
		if to != "" {
			f := f
			f.ink = accent
			p.text(body.add("Link"), side+indent, rows, f, to)
		} else {
			p.text(body, side+indent, rows, f, "")
		}
		p.y += 3
	}
}

// box draws an empty box of a size.
func (p *paper) box(x, y, size float64) {
	p.doc.SetDrawColor(soft[0], soft[1], soft[2])
	p.doc.SetLineWidth(0.8)
	p.doc.Rect(x, y, size, size, "D")
}

// picture prepares a chart: its question, its answer, the plot as lines, and what it was made from.
func (e *Engine) picture(ctx context.Context, p *paper, c reports.Chart) (block, error) {
	w := float64(short - 2*side)
	f := &frame{plot: Size{int(w / perPixel), 290}}
	if c.Flat() {
		f.plot.Height = flatRoom(c)
	}
	f.size = Size{f.plot.Width + 2*margin, f.plot.Height}
	theme := echarts.Print()
	if err := e.fill(ctx, f, c, theme); err != nil {
		return block{}, err
	}
	marks, size, err := e.fonts.parseMarks(f.assemble(c, theme))
	if err != nil {
		return block{}, err
	}
	scale := min(perPixel, (perPage-120)/float64(f.plot.Height))
	high := float64(f.plot.Height) * scale
	if c.Empty != "" {
		high = 0
	}
	name, answer := p.rows(c.Title, w, nameFace), p.rows(c.Answer+c.Empty, w, bodyFace)
	need := 14 + float64(len(name))*nameFace.lead + float64(len(answer))*bodyFace.lead + 6 + high + 4
	for _, line := range c.Source.Words() {
		need += float64(len(p.rows(line, w, sourceFace))) * sourceFace.lead
	}
	return block{need: min(need, perPage), set: func() {
		p.gap(14)
		p.text(p.say(p.tags.root, "P", c.Title), side, name, nameFace, "")
		p.text(p.say(p.tags.root, "P", c.Answer+c.Empty), side, answer, bodyFace, "")
		if high > 0 {
			p.y += 6
			p.room(high)
			figure := p.tags.root.add("Figure")
			figure.alt = printable(c.Title + " " + c.Answer)
			figure.traits = fmt.Sprintf("/O /Layout /Placement /Block /BBox [%.2f %.2f %.2f %.2f]", float64(side), long-p.y-high, side+w, long-p.y)
			p.in(figure, func() {
				p.doc.ClipRect(side, p.y, w, high, false)
				at := page{p.doc, p.fonts, long, point{side - margin*scale, p.y}, scale, box{0, 0, float64(size.Width), float64(size.Height)}}
				for _, m := range marks {
					at.paint(m)
				}
				p.doc.ClipEnd()
				p.doc.SetAlpha(1, "Normal")
				p.doc.SetDashPattern(nil, 0)
				p.doc.SetFillColor(0, 0, 0) // fpdf takes for set what was set inside of a clip
			})
			p.stale = true
			p.y += high + 4
		}
		p.sources(p.tags.root, c.Source)
	}}, nil
}

// sources writes small what numbers were made from.
func (p *paper) sources(parent *element, s reports.Source) {
	for _, line := range s.Words() {
		p.text(p.say(parent, "P", line), side, p.rows(line, p.width(), sourceFace), sourceFace, "")
	}
	p.y += 4
}
