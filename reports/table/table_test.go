package table

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"hindsight/reports"
	"hindsight/reports/reportstest"
)

func sample() reports.Table {
	at := time.Date(2026, 11, 12, 15, 2, 0, 0, time.FixedZone("", 3600))
	return reports.Table{
		ID: "sample", Title: "A | table",
		Columns: []reports.Column{
			{Key: "service", Title: "Service", Unit: reports.Text}, {Key: "incidents", Title: "Incidents", Unit: reports.Count},
			{Key: "median_seconds", Title: "Median", Unit: reports.Seconds}, {Key: "met_share", Title: "Met", Unit: reports.Share},
			{Key: "last_at", Title: "Last", Unit: reports.Instant},
		},
		Rows: [][]reports.Cell{
			{reports.Str("checkout, \"new\""), reports.Num(1942), reports.Num(4440), reports.Num(8.0 / 9), {Time: at}},
			{reports.Str("=1+1"), reports.Num(3), reports.Missing("not estimable from 3 incidents"), reports.Num(1), {}},
			{reports.Str("two\r\nlines"), reports.Num(0), reports.Num(0.1), reports.Num(math.NaN()), {}},
		},
		Source: reports.Source{Zone: "UTC", N: 1945, LeftOut: []reports.LeftOut{{Reason: "still open", N: 3}}, AsOf: 7},
	}
}

// The expected lines follow RFC 4180 by hand.
func TestCSV(t *testing.T) {
	want := "service,incidents,median_seconds,met_share,last_at\r\n" +
		"\"checkout, \"\"new\"\"\",1942,4440,0.8888888888888888,2026-11-12T14:02:00Z\r\n" +
		"'=1+1,3,,1,\r\n" +
		"\"two\r\nlines\",0,0.1,,\r\n"
	for _, tc := range []struct {
		name string
		bom  bool
		want string
	}{{"plain", false, want}, {"for Excel", true, "\xef\xbb\xbf" + want}} {
		t.Run(tc.name, func(t *testing.T) {
			var out bytes.Buffer
			if err := CSV(&out, sample(), tc.bom); err != nil || out.String() != tc.want {
				t.Errorf("CSV = %q (%v), want %q", out.String(), err, tc.want)
			}
		})
	}
}

// OWASP names these beginnings.
func TestFormulasAreHarmless(t *testing.T) {
	for in, want := range map[string]string{
		"=cmd|' /C calc'!A0": "'=cmd|' /C calc'!A0", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\tx": "'\tx", "\rx": "'\rx", "\n=1": "'\n=1", "＝1+1": "'＝1+1",
		"a=1": "a=1", "": "", "1": "1",
	} {
		if got := harmless(in); got != want {
			t.Errorf("harmless(%q) = %q, want %q", in, got, want)
		}
	}
	var out bytes.Buffer
	table := reports.Table{Columns: []reports.Column{{Key: "x", Unit: reports.Count}}, Rows: [][]reports.Cell{{reports.Num(-5)}}}
	if err := CSV(&out, table, false); err != nil || out.String() != "x\r\n-5\r\n" {
		t.Errorf("CSV of the number -5 = %q (%v), want it as a number", out.String(), err)
	}
}

func TestJSON(t *testing.T) {
	var out bytes.Buffer
	if err := JSON(&out, sample()); err != nil {
		t.Fatalf("JSON: %v", err)
	}
	var got Table
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatalf("JSON cannot be read: %v", err)
	}
	for _, tc := range []struct {
		row  int
		key  string
		want any
	}{
		{0, "service", `checkout, "new"`}, {0, "incidents", 1942.0}, {0, "met_share", 8.0 / 9}, {0, "last_at", "2026-11-12T14:02:00Z"},
		{1, "service", "=1+1"}, {1, "median_seconds", nil}, {2, "met_share", nil}, {2, "service", "two\r\nlines"},
	} {
		if v, ok := got.Rows[tc.row][tc.key]; !ok || v != tc.want {
			t.Errorf("row %d %s = %v, want %v", tc.row, tc.key, v, tc.want)
		}
	}
	if want := (Note{1, "median_seconds", "not estimable from 3 incidents"}); len(got.Notes) != 1 || got.Notes[0] != want {
		t.Errorf("notes = %v, want %v", got.Notes, want)
	}
	if got.Source.N != 1945 || got.Source.LeftOut[0].N != 3 || got.Source.From != nil || got.Source.AsOfChange != 7 {
		t.Errorf("source = %+v", got.Source)
	}
}

func TestMarkdown(t *testing.T) {
	var out bytes.Buffer
	if err := Markdown(&out, sample()); err != nil {
		t.Fatalf("Markdown: %v", err)
	}
	want := `**A \| table**

| Service | Incidents | Median | Met | Last |
| --- | ---: | ---: | ---: | ---: |
| checkout, "new" | 1,942 | 1h 14m | 88.9 % | 12 Nov 2026, 14:02 UTC |
| =1+1 | 3 | – (not estimable from 3 incidents) | 100 % | – |
| two lines | 0 | 0s | – | – |

n = 1,945` + "  \n" + `Left out: 3 still open` + "  \n" + `as of change 7` + "  \n"
	if out.String() != want {
		t.Errorf("Markdown = %s\nwant %s", out.String(), want)
	}
}

func TestRaggedTable(t *testing.T) {
	ragged := reports.Table{ID: "r", Columns: []reports.Column{{Key: "a"}, {Key: "b"}}, Rows: [][]reports.Cell{{reports.Str("x")}}}
	for name, err := range map[string]error{
		"CSV": CSV(&bytes.Buffer{}, ragged, false), "JSON": JSON(&bytes.Buffer{}, ragged), "Markdown": Markdown(&bytes.Buffer{}, ragged),
	} {
		if err == nil || !strings.Contains(err.Error(), "row 1: 1 cells for 2 columns") {
			t.Errorf("%s of a ragged table: %v, want the row and the numbers of cells", name, err)
		}
	}
}

// Files hold the numbers of the chart, to the last digit.
func TestFilesEqualCharts(t *testing.T) {
	sets, err := reportstest.Sets()
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range sets {
		for _, d := range reports.Catalog() {
			t.Run(set.Name+"/"+d.ID, func(t *testing.T) {
				c := d.Build(set.Snapshot, set.Query)
				checkCSV(t, c.Table)
				checkChartJSON(t, c)
			})
		}
	}
}

func checkCSV(t *testing.T, table reports.Table) {
	t.Helper()
	var out bytes.Buffer
	if err := CSV(&out, table, false); err != nil {
		t.Fatalf("CSV: %v", err)
	}
	records, err := csv.NewReader(&out).ReadAll()
	if err != nil || len(records) != len(table.Rows)+1 {
		t.Fatalf("CSV has %d records (%v), want %d", len(records), err, len(table.Rows)+1)
	}
	for n, row := range table.Rows {
		for i, cell := range row {
			if cell.Number == nil {
				continue
			}
			if got, err := strconv.ParseFloat(records[n+1][i], 64); err != nil || got != *cell.Number {
				t.Errorf("CSV row %d %s = %q, want %v", n, table.Columns[i].Key, records[n+1][i], *cell.Number)
			}
		}
	}
}

func checkChartJSON(t *testing.T, c reports.Chart) {
	t.Helper()
	var out bytes.Buffer
	if err := ChartJSON(&out, c); err != nil {
		t.Fatalf("ChartJSON: %v", err)
	}
	var got Chart
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatalf("ChartJSON cannot be read: %v", err)
	}
	if len(got.Series) != len(c.Series) || len(got.Table.Rows) != len(c.Table.Rows) {
		t.Fatalf("ChartJSON has %d series and %d rows, want %d and %d", len(got.Series), len(got.Table.Rows), len(c.Series), len(c.Table.Rows))
	}
	for i, s := range c.Series {
		for k, p := range s.Points {
			q := got.Series[i].Points[k]
			if *q.X != p.X || *q.Y != p.Y || p.Lo != nil && *q.Low != *p.Lo || p.Hi != nil && *q.High != *p.Hi {
				t.Fatalf("series %s point %d = %+v, want %+v", s.Name, k, q, p)
			}
		}
	}
}

// Whatever text a cell holds, a reader of CSV gets it back, but for the apostrophe and for what is no UTF-8.
// (encoding/csv reads CRLF inside quotes as LF.)
func FuzzCSV(f *testing.F) {
	f.Add("plain", "a,\"b\"\r\n")
	f.Add("=1", "\r")
	f.Fuzz(func(t *testing.T, a, b string) {
		table := reports.Table{
			Columns: []reports.Column{{Key: "a", Unit: reports.Text}, {Key: "b", Unit: reports.Text}},
			Rows:    [][]reports.Cell{{reports.Str(a), reports.Str(b)}},
		}
		var out bytes.Buffer
		if err := CSV(&out, table, false); err != nil {
			t.Fatal(err)
		}
		records, err := csv.NewReader(&out).ReadAll()
		if err != nil || len(records) != 2 {
			t.Fatalf("CSV of %q, %q: %d records, %v", a, b, len(records), err)
		}
		for i, text := range []string{a, b} {
			if want := strings.ReplaceAll(harmless(text), "\r\n", "\n"); records[1][i] != want {
				t.Errorf("CSV of %q reads back as %q", text, records[1][i])
			}
		}
	})
}
