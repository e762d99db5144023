package sheet

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"hindsight/reports"
)

// table writes a sheet: the title, the keys that the columns have in CSV and JSON, an empty row, so that a spreadsheet takes what follows for one
// range with one header, then header and rows, and below them what they were made from.
func (b *book) table(name string, t reports.Table) {
	for n, row := range t.Rows {
		if len(row) != len(t.Columns) {
			b.note(fmt.Errorf("%s row %d: %d cells for %d columns", t.ID, n+1, len(row), len(t.Columns)))
			return
		}
	}
	p := b.page(name, false)
	p.text(1, t.Title, style{bold: true, size: 13})
	p.next()
	titles := make([]string, len(t.Columns))
	plain := make([]bool, len(t.Columns)) // durations that stand as seconds
	widths := make([]float64, len(t.Columns))
	for i, c := range t.Columns {
		p.text(i+1, c.Key, style{grey: true, right: c.Unit != reports.Text})
		plain[i] = c.Unit == reports.Seconds && slices.ContainsFunc(t.Rows, func(row []reports.Cell) bool { return row[i].Number != nil && *row[i].Number < 0 })
		titles[i] = b.named(c, plain[i])
		widths[i] = max(width(titles[i]), width(c.Key))
	}
	noted := slices.ContainsFunc(t.Rows, func(row []reports.Cell) bool {
		return slices.ContainsFunc(row, func(c reports.Cell) bool { return c.Note != "" })
	})
	if noted {
		p.text(len(titles)+1, "notes", style{grey: true})
		titles, widths = append(titles, "Notes"), append(widths, widest)
	}
	p.next()
	p.next()
	first := p.row
	for i, title := range titles {
		s := heading
		s.right = i < len(t.Columns) && t.Columns[i].Unit != reports.Text
		p.text(i+1, title, s)
	}
	p.next()
	p.freeze()
	for _, row := range t.Rows {
		var notes []string
		for i, c := range row {
			unit := t.Columns[i].Unit
			if plain[i] {
				unit = reports.Count
			}
			p.linked(i+1, "", c.Link, style{})
			p.cell(i+1, unit, c)
			widths[i] = max(widths[i], width(reports.FormatCell(unit, c, b.zone)))
			if c.Note != "" && (i == 0 || row[i-1].Note != c.Note) { // an estimate and its bounds are missing for one reason
				notes = append(notes, t.Columns[i].Title+": "+c.Note)
			}
		}
		if len(notes) > 0 {
			p.text(len(titles), strings.Join(notes, "; "), style{wrap: true})
		}
		p.next()
	}
	if len(titles) > 0 {
		b.note(b.f.AutoFilter(name, p.at(1, first)+":"+p.at(len(titles), p.row-1), nil))
	}
	p.next()
	if t.Note != "" {
		p.text(1, t.Note, style{grey: true})
		p.next()
	}
	for _, line := range t.Source.Words() {
		p.text(1, line, style{grey: true})
		p.next()
	}
	p.end(widths...)
}

// named is the title of a column with what its numbers count, where they do not show it themselves.
func (b *book) named(c reports.Column, plain bool) string {
	switch {
	case plain:
		return c.Title + " (seconds)"
	case c.Unit == reports.Seconds:
		return c.Title + " (h:mm:ss)"
	case c.Unit == reports.Instant:
		return c.Title + " (" + b.zone.String() + ")"
	}
	return c.Title
}

// widest is how wide a column becomes by itself, in characters; longer texts are broken into lines.
const widest = 60

func width(text string) float64 { return float64(min(max(8, len([]rune(text))+3), widest)) }

// sheetNames returns a name for the sheet of each table, by its id: the id as far as spreadsheets allow, each once whatever its case.
func sheetNames(tables []reports.Table) map[string]string {
	out := make(map[string]string, len(tables))
	taken := map[string]bool{"summary": true, "definitions": true, "source": true, "history": true} // the last is Excel's own
	for _, t := range tables {
		clean := strings.Map(func(r rune) rune {
			if r < ' ' || r > '~' || strings.ContainsRune(`:\/?*[]'`, r) {
				return '_'
			}
			return r
		}, t.ID)
		name := clean[:min(len(clean), excelize.MaxSheetNameLength)]
		for n := 2; name == "" || taken[strings.ToLower(name)]; n++ {
			ending := fmt.Sprintf("_%d", n)
			name = clean[:min(len(clean), excelize.MaxSheetNameLength-len(ending))] + ending
		}
		taken[strings.ToLower(name)] = true
		out[t.ID] = name
	}
	return out
}
