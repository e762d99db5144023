package reports_test

import (
	"testing"
	"time"

	"hindsight/reports"
)

// TestFolded: a reader sees an interval behind its value, no column of which nothing is known, and not more rows than are to be shown.
func TestFolded(t *testing.T) {
	share := func(x float64) reports.Cell { return reports.Num(x) }
	full := reports.Table{ID: "t", Shown: 2, Columns: []reports.Column{{Key: "name", Title: "Name", Unit: reports.Text}, {Key: "met", Title: "Met", Unit: reports.Share},
		{Key: "low", Title: "Met, from", Unit: reports.Share, Bound: true}, {Key: "high", Title: "Met, to", Unit: reports.Share, Bound: true}, {Key: "goal", Title: "Goal", Unit: reports.Share}},
		Rows: [][]reports.Cell{
			{reports.Str("a"), share(8. / 9), share(0.565), share(0.98), reports.Missing("no goal is set")},
			{reports.Str("b"), reports.Missing("too few"), reports.Missing("too few"), reports.Missing("too few"), reports.Missing("no goal is set")},
			{reports.Str("c"), share(1), share(0.5), share(1), share(0.95)},
		}}
	got := full.Folded()
	if len(got.Columns) != 2 || len(got.Rows) != 2 || got.Columns[1].Title != "Met" {
		t.Fatalf("folded: %v, %v", got.Columns, got.Rows)
	}
	if text := reports.FormatCell(reports.Share, got.Rows[0][1], time.UTC); text != "88.9 % (56.5 % – 98.0 %)" {
		t.Errorf("folded value %q", text)
	}
	if c := got.Rows[1][1]; c.Note != "too few" || c.Number != nil {
		t.Errorf("a missing value became %v", c)
	}
	if want := "The first 2 of 3 rows; spreadsheet, CSV and JSON have all. Goal: no goal is set."; got.Note != want {
		t.Errorf("note %q, want %q", got.Note, want)
	}
	if len(full.Rows) != 3 || len(full.Columns) != 5 {
		t.Error("folding changed the table itself")
	}
	if only := full.Only("goal", "name"); len(only.Columns) != 2 || only.Columns[0].Key != "name" || only.Rows[2][1].Number == nil {
		t.Errorf("Only: %v", only)
	}
}
