package draw

import (
	"bytes"
	"context"
	"fmt"

	"hindsight/reports"
)

// Document returns d as a file of A4 pages to be printed and kept: text that can be searched in fonts that the file carries, charts as lines, contents,
// and behind the parts the numbers of the charts, how they are worked out, and where they come from. What the Go fonts have no shape for is shown as
// the replacement character. base is the address of the installation, "https://hindsight.example.com", for links; without it there are none. The
// file's dates are d.Stamp.At, so that the same document gives the same bytes.
func (e *Engine) Document(ctx context.Context, d reports.Document, base string) ([]byte, error) {
	p := &paper{fonts: e.fonts, doc: newPDF(short, long), d: d, zone: d.Zone(), base: base, tags: newTags(), wide: make([]bool, 1)}
	p.next(false)
	p.title()
	parts := append(append([]reports.Part{}, d.Parts...), appendix(d)...)
	blocks := make([]block, len(parts))
	for i, part := range parts {
		var err error
		if blocks[i], err = e.block(ctx, p, part); err != nil {
			return nil, fmt.Errorf("draw: document %s, part %d: %w", d.ID, i+1, err)
		}
		if introduces(parts, i) {
			blocks[i].heading = blocks[i].short
		}
	}
	for i, b := range blocks {
		p.begin(follow(blocks[i:]))
		b.set()
	}
	p.footers()
	var out bytes.Buffer
	if err := p.doc.Output(&out); err != nil {
		return nil, fmt.Errorf("draw: document %s: %w", d.ID, err)
	}
	f, err := readFile(out.Bytes())
	if err != nil {
		return nil, fmt.Errorf("draw: document %s: %w", d.ID, err)
	}
	p.tags.write(f)
	f.describe(d, p.marks)
	return f.bytes(), nil
}

// block is a part that knows how it is laid out.
type block struct {
	need    float64 // points that a page has to have left for it to begin there
	wide    bool    // it needs a page that lies on its side
	heading bool    // it belongs to the block that follows
	short   bool    // it is a paragraph of few lines
	set     func()
}

// follow returns what the first block needs of a page together with what it may not be torn from.
func follow(blocks []block) (need float64, wide bool) {
	for _, b := range blocks {
		need += b.need
		if !b.heading {
			return need, b.wide
		}
	}
	return need, false
}

// introduces reports whether a part is a paragraph between a heading and a picture, a table or the like.
func introduces(parts []reports.Part, i int) bool {
	if _, is := parts[i].(reports.Prose); !is || i == 0 || i == len(parts)-1 {
		return false
	}
	if _, is := parts[i-1].(reports.Heading); !is {
		return false
	}
	switch parts[i+1].(type) {
	case reports.Heading, reports.Prose:
		return false
	}
	return true
}

// block prepares a part.
func (e *Engine) block(ctx context.Context, p *paper, part reports.Part) (block, error) {
	switch part := part.(type) {
	case reports.Heading:
		return p.heading(part), nil
	case reports.Prose:
		return p.prose(string(part)), nil
	case reports.List:
		return p.list(part), nil
	case reports.Figures:
		return p.figures(part), nil
	case reports.Chart:
		return e.picture(ctx, p, part)
	case reports.Table:
		return p.table(part)
	}
	return block{}, fmt.Errorf("%T is no part of a document", part)
}

// appendix is what stands behind the parts of a document.
func appendix(d reports.Document) []reports.Part {
	var out []reports.Part
	shown := map[string]bool{}
	for _, part := range d.Parts {
		if t, is := part.(reports.Table); is {
			shown[t.ID] = true
		}
	}
	for _, part := range d.Parts {
		c, is := part.(reports.Chart)
		if !is || c.Empty != "" || shown[c.Table.ID] {
			continue
		}
		if len(out) == 0 {
			out = append(out, reports.Heading{Level: 1, Text: "The numbers behind the charts"})
		}
		shown[c.Table.ID] = true
		out = append(out, c.Table)
	}
	for i, m := range d.Methods() {
		if i == 0 {
			out = append(out, reports.Heading{Level: 1, Text: "How these numbers are worked out"})
		}
		out = append(out, reports.Heading{Level: 3, Text: m.Title}, reports.Prose(m.Text))
	}
	out = append(out, reports.Heading{Level: 1, Text: "Where this comes from"})
	for _, line := range d.Stamp.Words(d.Zone()) {
		out = append(out, reports.Prose(line))
	}
	return out
}

// title begins the first page: what the document is, and what somebody takes away who reads nothing else.
func (p *paper) title() {
	p.y = head
	p.text(p.say(p.tags.root, "H1", p.d.Title), side, p.rows(p.d.Title, p.width(), titleFace), titleFace, "")
	p.y += 2
	p.text(p.say(p.tags.root, "P", p.d.About), side, p.rows(p.d.About, p.width(), aboutFace), aboutFace, "")
	p.y += 9
	p.artifact(func() { p.rule(side, p.y, p.width(), 1.5, accent) })
	p.y += 10
	if len(p.d.Summary) > 0 {
		p.items(reports.List{Items: p.d.Summary}, summaryFace)
	}
}
