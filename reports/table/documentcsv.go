package table

import (
	"bufio"
	"fmt"
	"io"
	"time"

	"hindsight/reports"
)

// DocumentCSV writes the key figures of d as the table "figures", and its tables (those behind charts, too), into one file, each line as CSV does. A line begins with the id of its table; the
// first line of a table holds the keys of its columns after the word "table". How the numbers are worked out is the table "definitions" (id, title,
// text), and from which state of the data they were made "source" (name, value). All lines have the same number of fields, as RFC 4180 asks.
func DocumentCSV(w io.Writer, d reports.Document, bom bool) error {
	tables := append([]reports.Table{figures(d)}, append(d.Tables(), definitions(d), stamp(d))...)
	width := 0
	for _, t := range tables {
		width = max(width, 1+len(t.Columns))
	}
	out := bufio.NewWriter(w)
	if bom {
		out.WriteString("\ufeff")
	}
	record := make([]string, width)
	for _, t := range tables {
		clear(record)
		record[0] = "table"
		for i, c := range t.Columns {
			record[i+1] = harmless(c.Key)
		}
		writeRecord(out, record)
		record[0] = harmless(t.ID)
		for n, row := range t.Rows {
			if len(row) != len(t.Columns) {
				return fmt.Errorf("table: %s row %d: %d cells for %d columns", t.ID, n+1, len(row), len(t.Columns))
			}
			for i, cell := range row {
				record[i+1] = plain(cell)
			}
			writeRecord(out, record)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("table: write %s: %w", d.ID, err)
	}
	return nil
}

func definitions(d reports.Document) reports.Table {
	t := reports.Table{ID: "definitions", Columns: []reports.Column{{Key: "id"}, {Key: "title"}, {Key: "text"}}}
	for _, m := range d.Methods() {
		t.Rows = append(t.Rows, []reports.Cell{reports.Str(m.ID), reports.Str(m.Title), reports.Str(m.Text)})
	}
	return t
}

// figures are the key numbers of all sections, in seconds, shares of 1 or counts, as their unit says.
func figures(d reports.Document) reports.Table {
	t := reports.Table{ID: "figures", Columns: []reports.Column{{Key: "name"}, {Key: "unit"}, {Key: "value"}, {Key: "low"}, {Key: "high"}, {Key: "words"}}}
	for _, p := range d.Parts {
		all, _ := p.(reports.Figures)
		for _, f := range all {
			t.Rows = append(t.Rows, []reports.Cell{reports.Str(f.Name), reports.Str(string(f.Unit)), f.Value, {Number: f.Low}, {Number: f.High}, reports.Str(f.Words)})
		}
	}
	return t
}

// stamp names its lines as JSON names its fields; title and period come first.
func stamp(d reports.Document) reports.Table {
	s := d.Stamp
	t := reports.Table{ID: "source", Columns: []reports.Column{{Key: "name"}, {Key: "value"}}}
	add := func(name string, value reports.Cell) {
		t.Rows = append(t.Rows, []reports.Cell{reports.Str(name), value})
	}
	add("title", reports.Str(d.Title))
	add("about", reports.Str(d.About))
	add("at", reports.Cell{Time: s.At})
	add("reader", reports.Str(s.Reader))
	add("as_of_change", reports.Num(float64(s.AsOf)))
	for _, x := range s.Imports {
		at := "never"
		if !x.At.IsZero() {
			at = x.At.UTC().Format(time.RFC3339)
		}
		add("imports", reports.Str(x.Source+" "+at))
	}
	for _, x := range s.Terms {
		add("terms", reports.Str(x))
	}
	add("version", reports.Str(s.Version))
	add("digest", reports.Str(s.Digest))
	return t
}
