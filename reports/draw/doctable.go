package draw

import (
	"fmt"

	"hindsight/reports"
)

// A table, in points.
const (
	cellPad  = 4   // beside the text of a cell
	rowPad   = 2.5 // above and below it
	headRows = 8   // lines that a column's title may have
)

// grid is a table broken into lines of the widths of its columns.
type grid struct {
	table reports.Table
	wide  bool
	face  face
	cols  []column
	head  [][]string // lines of each title
	rows  []gridRow
}

type gridRow struct {
	cells [][]string
	high  float64
}

// table prepares a table, as people read it. One with too many columns for any page becomes two, both of which begin with the first column.
func (p *paper) table(t reports.Table) (block, error) {
	for n, row := range t.Rows {
		if len(row) != len(t.Columns) {
			return block{}, fmt.Errorf("table %s row %d: %d cells for %d columns", t.ID, n+1, len(row), len(t.Columns))
		}
	}
	return p.folded(t.Folded()), nil
}

func (p *paper) folded(t reports.Table) block {
	g := &grid{table: t}
	texts := make([][]string, len(t.Rows))
	for n, row := range t.Rows {
		texts[n] = make([]string, len(row))
		for i, cell := range row {
			texts[n][i] = p.fonts.shown(printable(p.cellText(t.Columns[i].Unit, cell)))
		}
	}
	if n := len(t.Columns); !p.fit(g, texts) && n > 3 {
		first, second := p.folded(part(t, 0, n/2)), p.folded(part(t, n/2, n))
		return block{need: first.need, wide: first.wide, set: func() {
			first.set()
			p.begin(second.need, second.wide)
			second.set()
		}}
	}
	p.lay(g, texts)
	need := 14 + float64(len(p.rows(t.Title, short-2*side, nameFace)))*nameFace.lead + 3 + g.headHeight()
	if len(g.rows) > 0 {
		whole := p.rowNeed(g, len(g.rows)-1)
		for _, r := range g.rows[:len(g.rows)-1] {
			whole += r.high
		}
		if whole > perPage/4 { // a short table stays whole
			whole = p.rowNeed(g, 0)
		}
		need += whole
	}
	return block{need: min(need, perPage/2), wide: g.wide, set: func() { p.setTable(g) }}
}

// part is a table of some columns of another, and its first.
func part(t reports.Table, from, to int) reports.Table {
	out := t
	out.Columns, out.Rows = nil, make([][]reports.Cell, len(t.Rows))
	for i, c := range t.Columns {
		if i > 0 && (i < from || i >= to) {
			continue
		}
		out.Columns = append(out.Columns, c)
		for n, row := range t.Rows {
			out.Rows[n] = append(out.Rows[n], row[i])
		}
	}
	return out
}

// lay breaks the texts of a table into the lines of its columns.
func (p *paper) lay(g *grid, texts [][]string) {
	f := g.face
	for i, c := range g.table.Columns {
		g.head = append(g.head, p.fonts.wrap(p.fonts.shown(printable(c.Title)), g.cols[i].width-2*cellPad, f.size, true, headRows))
	}
	for _, row := range texts {
		r := gridRow{high: f.lead + 2*rowPad}
		for i, text := range row {
			cell := p.rows(text, g.cols[i].width-2*cellPad, f)
			r.cells = append(r.cells, cell)
			r.high = max(r.high, float64(len(cell))*f.lead+2*rowPad)
		}
		g.rows = append(g.rows, r)
	}
}

// cellText is what a cell says: its value, or why it is missing.
func (p *paper) cellText(u reports.Unit, c reports.Cell) string {
	switch {
	case c.Note == "":
		return reports.FormatCell(u, c, p.zone)
	case missing(c):
		return c.Note
	}
	return reports.FormatCell(u, c, p.zone) + " (" + c.Note + ")"
}

func missing(c reports.Cell) bool { return c.Number == nil && c.Time.IsZero() && c.Text == "" }

func (g *grid) headHeight() float64 {
	n := 1
	for _, lines := range g.head {
		n = max(n, len(lines))
	}
	return float64(n)*g.face.lead + 2*rowPad
}

// setTable writes a table. Its head stands on each page anew, no row is split unless it is higher than a page, and neither the last row nor what the
// numbers were made from stand alone.
func (p *paper) setTable(g *grid) {
	p.gap(14)
	all, kind := p.tags.root, "P"
	if len(g.rows) > 0 && len(g.cols) > 0 {
		all, kind = all.add("Table"), "Caption"
	}
	if g.table.Title != "" {
		p.text(p.say(all, kind, g.table.Title), side, p.rows(g.table.Title, p.width(), nameFace), nameFace, "")
		p.y += 3
	}
	if all == p.tags.root {
		p.text(all.add("P"), side, []string{"There is nothing to list."}, bodyFace, "")
	} else {
		p.room(min(g.headHeight()+p.rowNeed(g, 0), p.height()-head-foot))
		row := all.add("TR")
		p.setHead(g, func(i int, draw func()) {
			e := p.say(row, "TH", g.table.Columns[i].Title)
			e.traits = "/O /Table /Scope /Column"
			p.in(e, draw)
		})
		p.setRows(g, all)
	}
	p.y += 3
	if note := g.table.Note; note != "" {
		p.text(p.say(p.tags.root, "P", note), side, p.rows(note, p.width(), noteFace), noteFace, "")
	}
	p.sources(p.tags.root, g.table.Source)
}

func (p *paper) setRows(g *grid, all *element) {
	for i := range g.rows {
		if full := p.height() - head - foot - g.headHeight(); p.left() < min(p.rowNeed(g, i), full)-0.01 {
			p.nextTable(g)
		}
		p.setRow(g, i, all.add("TR"))
	}
}

// rowNeed is the room that a row needs together with what may not stand alone behind it: the last row, and what the numbers were made from.
func (p *paper) rowNeed(g *grid, i int) float64 {
	need := g.rows[i].high
	if i < len(g.rows)-2 {
		return need
	}
	if i == len(g.rows)-2 {
		need += g.rows[i+1].high
	}
	tail := 3 + float64(len(p.rows(g.table.Note, short-2*side, noteFace)))*noteFace.lead
	for _, line := range g.table.Source.Words() {
		tail += float64(len(p.rows(line, short-2*side, sourceFace))) * sourceFace.lead
	}
	return need + min(tail, 60)
}

// nextTable goes on with a table on the next page.
func (p *paper) nextTable(g *grid) {
	p.next(p.lies())
	p.setHead(g, func(_ int, draw func()) { p.artifact(draw) })
}

func (p *paper) setHead(g *grid, in func(i int, draw func())) {
	h := g.headHeight()
	f := g.face
	f.bold = true
	x := float64(side)
	for i, lines := range g.head {
		in(i, func() { p.cell(x, p.y+h-rowPad-float64(len(lines))*f.lead, g.cols[i], lines, f) })
		x += g.cols[i].width
	}
	p.y += h
	p.artifact(func() { p.rule(side, p.y, x-side, 0.9, black) })
}

// setRow writes a row; one that is higher than a page goes on where the page ends.
func (p *paper) setRow(g *grid, n int, e *element) {
	r := g.rows[n]
	cells := make([]*element, len(r.cells))
	for i := range cells {
		kind := "TD"
		if i == 0 && g.table.Columns[i].Unit == reports.Text { // it names its row
			kind = "TH"
		}
		cells[i] = p.say(e, kind, p.cellText(g.table.Columns[i].Unit, g.table.Rows[n][i]))
		if kind == "TH" {
			cells[i].traits = "/O /Table /Scope /Row"
		}
	}
	for from, last := 0, int((r.high-2*rowPad)/g.face.lead+0.5); from < last; {
		to := min(last, from+max(1, int((p.left()-2*rowPad+0.01)/g.face.lead)))
		x := float64(side)
		for i, lines := range r.cells {
			part := lines[min(from, len(lines)):min(to, len(lines))]
			f := g.face
			if missing(g.table.Rows[n][i]) {
				f.ink = soft
			}
			p.linkedCell(cells[i], g.table.Rows[n][i].Link, x, g.cols[i], part, f)
			x += g.cols[i].width
		}
		p.y += float64(to-from)*g.face.lead + 2*rowPad
		p.artifact(func() { p.rule(side, p.y, x-side, 0.4, rule) })
		if from = to; from < last {
			p.nextTable(g)
		}
	}
}

func (p *paper) linkedCell(e *element, path string, x float64, c column, lines []string, f face) {
	to := p.address(path)
	if to != "" {
		e, f.ink = e.add("Link"), accent
	}
	p.in(e, func() { p.cell(x, p.y+rowPad, c, lines, f) })
	if to == "" {
		return
	}
	for i, text := range lines {
		w := p.span(text, f)
		at := x + cellPad
		if c.right {
			at = x + c.width - cellPad - w
		}
		p.leads(e, at, p.y+rowPad+float64(i)*f.lead, w, f.lead, text, to)
	}
}

// cell writes the lines of a cell.
func (p *paper) cell(x, y float64, c column, lines []string, f face) {
	for i, text := range lines {
		at := x + cellPad
		if c.right {
			at = x + c.width - cellPad - p.span(text, f)
		}
		p.line(at, y+float64(i)*f.lead, text, f)
	}
}
