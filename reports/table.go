package reports

import "time"

// Table is rows of typed cells.
type Table struct {
	ID      string
	Title   string
	Columns []Column
	Rows    [][]Cell // each as long as Columns
	Source  Source
}

// Column describes the cells below it.
type Column struct {
	Key   string // stable name in CSV and JSON: "median_seconds"
	Title string
	Unit  Unit
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
