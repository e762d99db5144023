package draw

import (
	"strings"

	"hindsight/reports"
)

// column is how the cells of a column are set.
type column struct {
	width       float64
	right       bool    // numbers
	want, least float64 // widths, at a size of one point: of its longest text, of its longest word
}

// fit chooses size, page and widths of a table, so that words and numbers stay whole: upright if it can be, else smaller or on a page that lies on its
// side. Where not even that is enough it reports so, and words are broken.
func (p *paper) fit(g *grid, texts [][]string) bool {
	for i, c := range g.table.Columns {
		g.cols = append(g.cols, p.measured(c, texts, i))
	}
	for _, try := range []struct {
		size float64
		wide bool
		word float64 // widest word that stays whole, at a size of one point
	}{{8, false, 18}, {7.5, false, 18}, {8, true, 18}, {7, true, 18}, {6.5, true, 12}, {6, true, 8}} {
		g.face, g.wide = face{try.size, try.size + 2.5, false, black}, try.wide
		room := float64(short - 2*side)
		if g.wide {
			room = long - 2*side
		}
		if shares(g.cols, room, try.size, try.word) {
			return true
		}
	}
	return false
}

func (p *paper) measured(c reports.Column, texts [][]string, i int) column {
	out := column{right: c.Unit == reports.Count || c.Unit == reports.Seconds || c.Unit == reports.Share}
	title := p.fonts.shown(printable(c.Title))
	out.least = p.longest(title, true) + 0.1
	for len(p.fonts.wrap(title, out.least, 1, true, 4)) > 3 && out.least < 8 {
		out.least += 0.2
	}
	out.want = max(out.least, p.fonts.width(title, 1, true)/2+1)
	for _, row := range texts {
		w := p.fonts.width(row[i], 1, false) + 0.1 // sums of widths are not exact
		out.want = max(out.want, w)
		switch {
		case w < 8 || c.Unit != reports.Text && w < 16: // short texts, numbers and times stay on their line
			out.least = max(out.least, w)
		default:
			out.least = max(out.least, 8, min(18, p.longest(row[i], false)))
		}
	}
	return out
}

// longest is the width of the longest word of a text.
func (p *paper) longest(text string, bold bool) float64 {
	w := 0.0
	for _, word := range strings.Fields(text) {
		w = max(w, p.fonts.width(word, 1, bold))
	}
	return w
}

// shares gives columns their widths at a size of letters, and reports whether none is too narrow for its words up to a width.
func shares(cols []column, room, size, word float64) bool {
	pad := 2.0 * cellPad
	want, least := 0.0, 0.0
	for i := range cols {
		c := &cols[i]
		c.width = min(c.want*size, room*0.7) + pad
		want += c.width
		least += min(min(c.least, word)*size+pad, c.width)
	}
	for i := range cols {
		c := &cols[i]
		low := min(min(c.least, word)*size+pad, c.width)
		switch {
		case want <= room:
			c.width *= room / want
		case least <= room:
			c.width = low + (c.width-low)*(room-least)/(want-least)
		default:
			c.width = low * room / least
		}
	}
	return least <= room
}
