package table

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"time"

	"hindsight/reports"
)

// Table is the JSON shape of a reports.Table. Each row is an object with every column's key: a number, text, a
// time (RFC 3339, UTC), or null, and then Notes says why.
type Table struct {
	ID      string           `json:"id"`
	Title   string           `json:"title"`
	Columns []Column         `json:"columns"`
	Rows    []map[string]any `json:"rows"`
	Notes   []Note           `json:"notes"`
	Note    string           `json:"note,omitempty" doc:"what has to be said about the table as a whole"`
	Source  Source           `json:"source"`
}

// Column describes the values under one key.
type Column struct {
	Key   string       `json:"key"`
	Title string       `json:"title"`
	Unit  reports.Unit `json:"unit"`
}

// Note says why a value is missing, or something about it. Row counts from 0.
type Note struct {
	Row  int    `json:"row"`
	Key  string `json:"key"`
	Note string `json:"note"`
}

// Chart is the JSON shape of a reports.Chart: all its numbers, and the same ones as a table.
type Chart struct {
	ID     string   `json:"id"`
	Title  string   `json:"title"`
	Answer string   `json:"answer"`
	Empty  string   `json:"empty,omitempty"`
	X      Axis     `json:"x"`
	Y      Axis     `json:"y"`
	Series []Series `json:"series"`
	Lines  []Line   `json:"lines"`
	Table  Table    `json:"table"`
	Source Source   `json:"source"`
}

// Axis says how to read coordinates: with categories they are indices into them, instants are Unix seconds.
type Axis struct {
	Label      string       `json:"label,omitempty"`
	Unit       reports.Unit `json:"unit"`
	Log        bool         `json:"log"`
	Categories []string     `json:"categories,omitempty"`
}

// Series is one set of marks; Ghost marks belong to the period before.
type Series struct {
	Name   string        `json:"name"`
	Shape  reports.Shape `json:"shape"`
	Ghost  bool          `json:"ghost"`
	Points []Point       `json:"points"`
}

// Point is one mark. Low and High bound its interval, or its box.
type Point struct {
	X     *float64 `json:"x"`
	Y     *float64 `json:"y"`
	Low   *float64 `json:"low,omitempty"`
	High  *float64 `json:"high,omitempty"`
	Label string   `json:"label,omitempty"`
	Link  string   `json:"link,omitempty"`
}

// Line is a target or an annotation at a value of axis "x" or "y".
type Line struct {
	Axis  string   `json:"axis"`
	At    *float64 `json:"at"`
	Label string   `json:"label"`
}

// Source says what the numbers were made from: incidents that began in [From, To), null when unbounded.
type Source struct {
	From       *time.Time `json:"from"`
	To         *time.Time `json:"to"`
	Zone       string     `json:"zone"`
	Filter     string     `json:"filter"`
	N          int        `json:"n"`
	LeftOut    []LeftOut  `json:"left_out"`
	Method     string     `json:"method"`
	Metric     string     `json:"metric"`
	AsOfChange int64      `json:"as_of_change"`
}

// LeftOut counts incidents that are not in the numbers.
type LeftOut struct {
	Reason string `json:"reason"`
	N      int    `json:"n"`
}

// JSON writes t in the shape of Table.
func JSON(w io.Writer, t reports.Table) error {
	out, err := NewTable(t)
	if err != nil {
		return err
	}
	return write(w, t.ID, out)
}

// ChartJSON writes c in the shape of Chart.
func ChartJSON(w io.Writer, c reports.Chart) error {
	out, err := NewChart(c)
	if err != nil {
		return err
	}
	return write(w, c.ID, out)
}

func write(w io.Writer, id string, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("table: write %s: %w", id, err)
	}
	return nil
}

// NewTable returns t as it goes into JSON. A row of the wrong length is an error.
func NewTable(t reports.Table) (Table, error) {
	out := Table{
		ID: t.ID, Title: t.Title, Columns: make([]Column, len(t.Columns)), Rows: make([]map[string]any, len(t.Rows)),
		Notes: []Note{}, Note: t.Note, Source: newSource(t.Source),
	}
	for i, c := range t.Columns {
		out.Columns[i] = Column{c.Key, c.Title, c.Unit}
	}
	for n, row := range t.Rows {
		if len(row) != len(t.Columns) {
			return out, fmt.Errorf("table: %s row %d: %d cells for %d columns", t.ID, n+1, len(row), len(t.Columns))
		}
		out.Rows[n] = make(map[string]any, len(row))
		for i, cell := range row {
			key := t.Columns[i].Key
			out.Rows[n][key] = value(t.Columns[i].Unit, cell)
			if cell.Note != "" {
				out.Notes = append(out.Notes, Note{n, key, cell.Note})
			}
		}
	}
	return out, nil
}

func value(unit reports.Unit, c reports.Cell) any {
	switch {
	case c.Number != nil && finite(*c.Number):
		return *c.Number
	case !c.Time.IsZero():
		return c.Time.UTC()
	case c.Text != "" || unit == reports.Text && c.Note == "":
		return c.Text
	}
	return nil
}

// NewChart returns c as it goes into JSON.
func NewChart(c reports.Chart) (Chart, error) {
	t, err := NewTable(c.Table)
	if err != nil {
		return Chart{}, err
	}
	out := Chart{
		ID: c.ID, Title: c.Title, Answer: c.Answer, Empty: c.Empty, X: newAxis(c.X), Y: newAxis(c.Y),
		Series: make([]Series, len(c.Series)), Lines: make([]Line, len(c.Lines)), Table: t, Source: newSource(c.Source),
	}
	for i, s := range c.Series {
		out.Series[i] = Series{s.Name, s.Shape, s.Ghost, make([]Point, len(s.Points))}
		for k, p := range s.Points {
			out.Series[i].Points[k] = Point{number(&p.X), number(&p.Y), number(p.Lo), number(p.Hi), p.Label, p.Link}
		}
	}
	for i, l := range c.Lines {
		out.Lines[i] = Line{l.Axis, number(&l.At), l.Label}
	}
	return out, nil
}

func newAxis(a reports.Axis) Axis { return Axis{a.Label, a.Unit, a.Log, a.Categories} }

func newSource(s reports.Source) Source {
	out := Source{
		From: instant(s.From), To: instant(s.To), Zone: s.Zone, Filter: s.Filter, N: s.N,
		LeftOut: make([]LeftOut, len(s.LeftOut)), Method: s.Method, Metric: s.Metric, AsOfChange: int64(s.AsOf),
	}
	for i, l := range s.LeftOut {
		out.LeftOut[i] = LeftOut{l.Reason, l.N}
	}
	return out
}

func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// number keeps what JSON can hold.
func number(x *float64) *float64 {
	if x == nil || !finite(*x) {
		return nil
	}
	return x
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
