package reports_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/reports"
	"hindsight/reports/reportstest"
)

// Every chart must hold together whatever the data: something to see or a reason, coordinates inside their
// categories, a table with full rows, finite numbers.
func TestCatalogHoldsTogether(t *testing.T) {
	sets, err := reportstest.Sets()
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range sets {
		for _, d := range reports.Catalog() {
			t.Run(set.Name+"/"+d.ID, func(t *testing.T) {
				c := d.Build(set.Snapshot, set.Query)
				if c.ID != d.ID || c.Title == "" || !strings.HasSuffix(c.Title, "?") {
					t.Errorf("Build: id %q, title %q; want %q and a question", c.ID, c.Title, d.ID)
				}
				if c.Empty == "" && c.Answer == "" {
					t.Error("Build: neither an answer nor a reason why it is empty")
				}
				if c.Empty != "" && set.Name == "typical" && d.ID != "scan" { // the usual record has no period before
					t.Errorf("Build: empty on usual data: %s", c.Empty)
				}
				checkChart(t, c)
			})
		}
	}
}

func checkChart(t *testing.T, c reports.Chart) {
	t.Helper()
	points := 0
	for _, s := range c.Series {
		points += len(s.Points)
		for _, p := range s.Points {
			checkCoordinate(t, s.Name, c.X, p.X)
			checkCoordinate(t, s.Name, c.Y, p.Y)
		}
	}
	if c.Empty == "" && points == 0 {
		t.Error("no point, and no reason")
	}
	for n, row := range c.Table.Rows {
		if len(row) != len(c.Table.Columns) {
			t.Fatalf("table row %d has %d cells, want %d", n, len(row), len(c.Table.Columns))
		}
	}
	keys := map[string]bool{}
	for _, col := range c.Table.Columns {
		if keys[col.Key] {
			t.Errorf("table column %q occurs twice", col.Key)
		}
		keys[col.Key] = true
	}
	if c.Source.Method == "" || c.Source.Metric == "" || c.Source.AsOf == 0 {
		t.Errorf("source %+v: method, metric and as-of must be stated", c.Source)
	}
}

func checkCoordinate(t *testing.T, series string, a reports.Axis, x float64) {
	t.Helper()
	if math.IsNaN(x) || math.IsInf(x, 0) || x < 0 {
		t.Errorf("series %s: coordinate %v", series, x)
	}
	if len(a.Categories) > 0 && (x != math.Trunc(x) || int(x) >= len(a.Categories)) {
		t.Errorf("series %s: coordinate %v is none of %d categories", series, x, len(a.Categories))
	}
}

// nine returns incidents of July 2025 that took 10, 20, … 90 minutes.
func nine(t *testing.T) (*analytics.Snapshot, analytics.Query) {
	t.Helper()
	var incs []*incident.Incident
	for i := range 9 {
		opened := time.Date(2025, time.July, 2+i, 12, 0, 0, 0, time.UTC)
		incs = append(incs, reportstest.At(i, opened, time.Duration(i+1)*10*time.Minute))
	}
	s, err := reportstest.Snapshot(incs, reportstest.Promise("sla_1", "Resolve within 80 minutes", "opened..resolved", 80*time.Minute, 0.95))
	if err != nil {
		t.Fatal(err)
	}
	return s, reportstest.Quarter()
}

// The numbers of nine incidents, worked out by hand or read in tables:
//
//   - 9 counted: the exact Poisson interval is 4.12 to 17.08 (Garwood 1936, 95 %).
//   - median 50 min with ranks 2 and 8 of 9 as its 95 % interval (Hahn and Meeker, table of order statistics).
//   - 8 of 9 within 80 minutes: Wilson interval 0.565 to 0.980.
func TestNumbersOfNineIncidents(t *testing.T) {
	s, q := nine(t)
	for _, tc := range []struct {
		chart, column string
		row           int
		want          float64
	}{
		{"incidents-per-month", "incidents", 0, 9},
		{"incidents-per-month", "incidents_low", 0, 4.115},
		{"incidents-per-month", "incidents_high", 0, 17.085},
		{"incidents-per-month", "incidents", 1, 0},
		{"incidents-per-month", "observed_days", 0, 31},
		{"ttr-dots", "median_seconds", 0, 3000},
		{"ttr-dots", "median_low_seconds", 0, 1200},
		{"ttr-dots", "median_high_seconds", 0, 4800},
		{"ttr-ecdf", "within_seconds", 2, 3000},
		{"ttr-ecdf", "within_seconds", 6, 5400},
		{"time-by-service", "total_seconds", 0, 6600}, // 20 and 90 minutes
		{"time-by-service", "of_all_share", 0, 6600. / 27000},
		{"time-by-service", "longest_seconds", 0, 5400},
		{"time-by-service", "so_far_share", 6, 1},
		{"sla-by-month", "met_share", 0, 8.0 / 9},
		{"sla-by-month", "met_low_share", 0, 0.565},
		{"sla-by-month", "met_high_share", 0, 0.980},
		{"sla-by-month", "breached", 0, 1},
	} {
		t.Run(tc.chart+" "+tc.column, func(t *testing.T) {
			d, err := reports.Find(tc.chart)
			if err != nil {
				t.Fatalf("Find(%q): %v", tc.chart, err)
			}
			c := d.Build(s, q)
			got := number(t, c.Table, tc.row, tc.column)
			if math.Abs(got-tc.want) > 0.0006*max(1, tc.want) {
				t.Errorf("%s row %d %s = %v, want %v", tc.chart, tc.row, tc.column, got, tc.want)
			}
		})
	}
}

func number(t *testing.T, table reports.Table, row int, key string) float64 {
	t.Helper()
	for i, c := range table.Columns {
		if c.Key == key {
			cell := table.Rows[row][i]
			if cell.Number == nil {
				t.Fatalf("table %s row %d %s is missing: %s", table.ID, row, key, cell.Note)
			}
			return *cell.Number
		}
	}
	t.Fatalf("table %s has no column %s", table.ID, key)
	return 0
}

// What is drawn is what the table says.
func TestPointsEqualTable(t *testing.T) {
	s, q := nine(t)
	d, err := reports.Find("ttr-dots")
	if err != nil {
		t.Fatal(err)
	}
	c := d.Build(s, q)
	if got := len(c.Series[0].Points); got != 9 {
		t.Fatalf("ttr-dots has %d dots, want 9", got)
	}
	for i, p := range c.Series[0].Points {
		if want := float64(600 * (i + 1)); p.X != 0 || p.Y != want {
			t.Errorf("dot %d at (%v, %v), want (0, %v)", i, p.X, p.Y, want)
		}
	}
	if got, want := c.Series[1].Points[0].Y, number(t, c.Table, 0, "median_seconds"); got != want {
		t.Errorf("median is drawn at %v, and the table says %v", got, want)
	}
}

func TestEmptyExplains(t *testing.T) {
	var incs []*incident.Incident
	for i := range 3 {
		incs = append(incs, reportstest.At(i, time.Date(2025, time.July, 2+i, 0, 0, 0, 0, time.UTC), time.Hour, func(inc *incident.Incident) {
			inc.Milestones = inc.Milestones[:1]
			inc.Status = incident.Investigating
		}))
	}
	incs[2].Kind = incident.Drill
	s, err := reportstest.Snapshot(incs)
	if err != nil {
		t.Fatal(err)
	}
	d, err := reports.Find("ttr-by-service")
	if err != nil {
		t.Fatal(err)
	}
	got := d.Build(s, reportstest.Quarter()).Empty
	for _, want := range []string{"1 Jul 2025 – 30 Sep 2025 (Europe/Berlin)", "1 drill", "2 still open"} {
		if !strings.Contains(got, want) {
			t.Errorf("Empty = %q, want it to contain %q", got, want)
		}
	}
}

func TestFindUnknown(t *testing.T) {
	if _, err := reports.Find("no-such-chart"); err != incident.ErrNotFound {
		t.Errorf("Find(no-such-chart) = %v, want ErrNotFound", err)
	}
}

func TestTables(t *testing.T) {
	s, q := nine(t)
	breaches := reports.Breaches(s, q)
	if len(breaches.Rows) != 1 || number(t, breaches, 0, "over_seconds") != 600 || number(t, breaches, 0, "within_seconds") != 4800 || number(t, breaches, 0, "took_seconds") != 5400 {
		t.Errorf("Breaches = %v, want the one incident that took 90 minutes where 80 were promised", breaches.Rows)
	}
	m, err := analytics.FindMetric("time_to_resolve")
	if err != nil {
		t.Fatal(err)
	}
	q.GroupBy = analytics.ByMonth
	if got := number(t, reports.Measurements(s, q, m), 0, "mean_seconds"); got != 3000 {
		t.Errorf("Measurements mean = %v, want 3000 (10 … 90 minutes)", got)
	}
	if got := number(t, reports.Compliance(s, q), 0, "met"); got != 8 {
		t.Errorf("Compliance met = %v, want 8", got)
	}
}
