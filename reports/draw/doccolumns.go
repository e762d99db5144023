package draw

import (
	"cmp"
	"slices"
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
	for i := range g.table.Columns {
		g.cols = append(g.cols, p.measured(g.table, texts, i))
	}
	for _, try := range []struct {
		size  float64
		wide  bool
		whole bool    // no text is broken
		word  float64 // widest word that stays whole, at a size of one point
	}{{8, false, true, 18}, {7.5, false, true, 18}, {8, false, false, 18}, {7.5, false, false, 18}, {8, true, false, 18}, {7, true, false, 18}, {6.5, true, false, 12}, {6, true, false, 8}} {
		g.face, g.wide = face{try.size, try.size + 2.5, false, black}, try.wide
		room := float64(short - 2*side)
		if g.wide {
			room = long - 2*side
		}
		if whole, fits := shares(g.cols, room, try.size, try.word); whole || fits && !try.whole {
			return true
		}
	}
	return false
}

func (p *paper) measured(t reports.Table, texts [][]string, i int) column {
	c := t.Columns[i]
	out := column{right: c.Unit == reports.Count || c.Unit == reports.Seconds || c.Unit == reports.Share}
	title := p.fonts.shown(printable(c.Title))
	out.least = p.longest(title, true) + 0.1
	for len(p.fonts.wrap(title, out.least, 1, true, 4)) > 3 && out.least < 8 {
		out.least += 0.2
	}
	out.want = out.least
	for n, row := range texts {
		w := p.fonts.width(row[i], 1, false) + 0.1 // sums of widths are not exact
		out.want = max(out.want, w)
		switch {
		case w < 8 || c.Unit != reports.Text && w < 16 && !missing(t.Rows[n][i]): // short texts, numbers and times stay on their line
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

// shares gives columns their widths at a size of letters, and reports whether none is too narrow for its texts, or for its words up to a width. Where
// not all get what they want, those that lack least get it first.
func shares(cols []column, room, size, word float64) (whole, fits bool) {
	pad := 2.0 * cellPad
	want, least := 0.0, 0.0
	lows := make([]float64, len(cols))
	order := make([]int, len(cols))
	for i := range cols {
		c := &cols[i]
		c.width = min(c.want*size, room*0.7) + pad
		lows[i], order[i] = min(min(c.least, word)*size+pad, c.width), i
		want += c.width
		least += lows[i]
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(cols[i].width-lows[i], cols[j].width-lows[j]) })
	free := room - least
	for n, i := range order {
		c := &cols[i]
		switch {
		case want <= room:
			c.width *= room / want
		case free >= 0:
			more := min(c.width-lows[i], free/float64(len(order)-n))
			free -= more
			c.width = lows[i] + more
		default:
			c.width = lows[i] * room / least
		}
	}
	return want <= room, least <= room
}
