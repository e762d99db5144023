package reports

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Table is rows of typed cells.
type Table struct {
	ID      string
	Title   string
	Columns []Column
	Rows    [][]Cell // each as long as Columns
	Shown   int      // rows that pages and paper show, for there are many; 0: all. Files for spreadsheets and programs have all.
	Note    string   // what has to be said about it, below it; may be empty
	Source  Source
}

// Column describes the cells below it.
type Column struct {
	Key   string // stable name in CSV and JSON: "median_seconds"
	Title string
	Unit  Unit
	Bound bool // of the interval around the value in the last column before it that is none: the lower one first
}

// Cell is one value. Exactly one of Number, Time and Text holds it, as the column's unit says; a cell
// with none of them is missing, and Note says why.
type Cell struct {
	Number *float64
	Time   time.Time
	Text   string
	Note   string // "not estimable from 14 incidents"
	Link   string // path of the page behind the value; may be empty
}

// Num returns a cell holding x.
func Num(x float64) Cell { return Cell{Number: &x} }

// Str returns a cell holding text.
func Str(text string) Cell { return Cell{Text: text} }

// Missing returns a cell without a value.
func Missing(why string) Cell { return Cell{Note: why} }

// Only returns t with the columns of some keys, in t's order.
func (t Table) Only(keys ...string) Table {
	out := t
	out.Columns, out.Rows = nil, make([][]Cell, len(t.Rows))
	for i, c := range t.Columns {
		if !slices.Contains(keys, c.Key) {
			continue
		}
		out.Columns = append(out.Columns, c)
		for n, row := range t.Rows {
			out.Rows[n] = append(out.Rows[n], row[i])
		}
	}
	return out
}

// Folded returns t as people read it: intervals stand in brackets behind their values, "1h 14m (51m – 2h 3m)", which are texts then; rows that are
// not to be shown, and columns in which nothing is known, are left out, and its note says so.
func (t Table) Folded() Table {
	out := t
	if out.Shown > 0 && len(t.Rows) > out.Shown {
		out.note(fmt.Sprintf("The first %s of %s; spreadsheet, CSV and JSON have all.", Format(Count, float64(out.Shown)), counted(len(t.Rows), "row")))
		t.Rows = t.Rows[:out.Shown]
	}
	out.Columns, out.Rows = nil, make([][]Cell, len(t.Rows))
	unknown := map[string][]string{} // why → the columns
	for i, c := range t.Columns {
		if c.Bound {
			continue
		}
		if why, none := t.nothing(i); none {
			unknown[why] = append(unknown[why], c.Title)
			continue
		}
		out.Columns = append(out.Columns, c)
		interval := i+2 < len(t.Columns) && t.Columns[i+1].Bound && t.Columns[i+2].Bound
		for n, row := range t.Rows {
			cell := row[i]
			if interval && cell.Number != nil && row[i+1].Number != nil && row[i+2].Number != nil {
				cell.Text = Format(c.Unit, *cell.Number) + " (" + Format(c.Unit, *row[i+1].Number) + " – " + Format(c.Unit, *row[i+2].Number) + ")"
				cell.Number = nil
			}
			out.Rows[n] = append(out.Rows[n], cell)
		}
	}
	for _, why := range slices.Sorted(maps.Keys(unknown)) {
		out.note(strings.Join(unknown[why], ", ") + ": " + why + ".")
	}
	return out
}

// note adds a sentence to what is said below the table.
func (t *Table) note(sentence string) { t.Note = strings.TrimSpace(t.Note + " " + sentence) }

// nothing reports that all cells of a column are missing for one reason, which is why.
func (t Table) nothing(column int) (why string, none bool) {
	for n, row := range t.Rows {
		c := row[column]
		if c.Number != nil || !c.Time.IsZero() || c.Text != "" || c.Note == "" || n > 0 && c.Note != why {
			return "", false
		}
		why = c.Note
	}
	return why, len(t.Rows) > 0
}
