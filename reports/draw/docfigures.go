package draw

import (
	"hindsight/reports"
)

// A card of a key figure, in points.
const (
	cardGap = 8
	cardPad = 8
)

var (
	cardName  = face{8, 10.5, false, soft}
	cardValue = face{20, 26, true, black}
	cardWords = face{8, 10.5, false, black}
)

// levels are what is thought of a figure: a word, and the ink that it has beside it.
var levels = map[reports.Level]struct {
	word string
	ink  tint
}{
	reports.Good:    {"Good", tint{0x0b, 0x61, 0x58}},
	reports.Warning: {"Warning", tint{0x7a, 0x4d, 0x00}},
	reports.Bad:     {"Bad", tint{0xa8, 0x12, 0x3a}},
}

// card is a figure broken into lines of its width.
type card struct {
	figure       reports.Figure
	name         []string
	value        string
	size         face // of the value, so that it fits
	words        []string
	nameH, restH float64
}

// figures prepares key figures: one row of cards for up to four, two rows beyond that. What no card can hold is written as a list.
func (p *paper) figures(all reports.Figures) block {
	across := len(all)
	if across > 4 {
		across = 3
	}
	if across == 0 {
		return block{set: func() {}}
	}
	w := (short-2*side+cardGap)/float64(max(across, 3)) - cardGap
	var lines [][]card
	need, high := 0.0, 0.0
	for i, f := range all {
		if i%across == 0 {
			lines = append(lines, nil)
		}
		lines[len(lines)-1] = append(lines[len(lines)-1], p.card(f, w-2*cardPad))
	}
	for i, line := range lines {
		h := cardGap + cardHeight(line)
		if i == 0 {
			need = h
		}
		high = max(high, h)
	}
	if high > perPage {
		var l reports.List
		for _, f := range all {
			l.Items = append(l.Items, reports.Item{Text: f.Name + ": " + f.Sentence()})
		}
		return p.list(l)
	}
	return block{need: need, set: func() {
		list := p.tags.root.add("L")
		list.traits = "/O /List /ListNumbering /None"
		for _, line := range lines {
			p.gap(cardGap)
			h := cardHeight(line)
			p.room(h)
			for i, c := range line {
				p.setCard(list.add("LI").add("LBody"), c, side+float64(i)*(w+cardGap), w, h, nameHeight(line))
			}
			p.y += h
		}
		p.y += 6
	}}
}

func (p *paper) card(f reports.Figure, w float64) card {
	c := card{figure: f, size: cardValue}
	c.name = p.rows(f.Name, w, cardName)
	c.value = p.fonts.shown(printable(reports.FormatCell(f.Unit, f.Value, p.zone)))
	for c.size.size > 11 && p.fonts.width(c.value, c.size.size, true) > w {
		c.size.size--
	}
	if p.fonts.width(c.value, c.size.size, true) > w { // it is a text: what does not fit stands with the words
		c.words = append(c.words, p.rows(c.value, w, cardWords)...)
		c.value = ""
	}
	for _, text := range []string{f.Value.Note, f.Interval(), f.Words} {
		if n := len(c.words); n > 0 {
			c.words[n-1] += " "
		}
		c.words = append(c.words, p.rows(text, w, cardWords)...)
	}
	c.nameH = float64(len(c.name)) * cardName.lead
	c.restH = cardValue.lead + float64(len(c.words))*cardWords.lead
	if levels[f.Level].word != "" {
		c.restH += cardWords.lead + 3
	}
	return c
}

func nameHeight(line []card) float64 {
	h := 0.0
	for _, c := range line {
		h = max(h, c.nameH)
	}
	return h
}

func cardHeight(line []card) float64 {
	rest := 0.0
	for _, c := range line {
		rest = max(rest, c.restH)
	}
	return nameHeight(line) + rest + 2*cardPad
}

func (p *paper) setCard(e *element, c card, x, w, h, nameH float64) {
	p.artifact(func() {
		p.doc.SetDrawColor(rule[0], rule[1], rule[2])
		p.doc.SetLineWidth(0.8)
		p.doc.Rect(x, p.y, w, h, "D")
	})
	x += cardPad
	y := p.y + cardPad
	put := func(text string, rows []string, f face) {
		if len(rows) == 0 {
			return
		}
		p.in(p.say(e, "P", text), func() {
			for _, row := range rows {
				p.line(x, y, row, f)
				y += f.lead
			}
		})
	}
	put(c.figure.Name, c.name, cardName)
	y = p.y + cardPad + nameH
	if c.value != "" {
		put(c.value, []string{c.value}, c.size)
	}
	y = p.y + cardPad + nameH + cardValue.lead
	put("", c.words, cardWords)
	if level := levels[c.figure.Level]; level.word != "" {
		y += 3
		p.artifact(func() { p.mark(c.figure.Level, x, y+1.5) })
		x += 12
		f := cardWords
		f.bold, f.ink = true, level.ink
		put(level.word, []string{level.word}, f)
	}
}

// mark draws the sign of a level: a tick, a triangle or a cross, each 8 points wide.
func (p *paper) mark(l reports.Level, x, y float64) {
	ink := levels[l].ink
	p.doc.SetDrawColor(ink[0], ink[1], ink[2])
	p.doc.SetFillColor(ink[0], ink[1], ink[2])
	p.doc.SetLineWidth(1.5)
	switch l {
	case reports.Good:
		p.doc.MoveTo(x+0.5, y+4)
		p.doc.LineTo(x+3, y+6.5)
		p.doc.LineTo(x+7.5, y+1)
		p.doc.DrawPath("D")
	case reports.Warning:
		p.doc.MoveTo(x, y+7)
		p.doc.LineTo(x+4, y)
		p.doc.LineTo(x+8, y+7)
		p.doc.ClosePath()
		p.doc.DrawPath("F")
	case reports.Bad:
		p.doc.MoveTo(x+1, y+0.5)
		p.doc.LineTo(x+7, y+6.5)
		p.doc.MoveTo(x+7, y+0.5)
		p.doc.LineTo(x+1, y+6.5)
		p.doc.DrawPath("D")
	}
}
