package table

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"hindsight/reports"
	"hindsight/reports/reportstest"
)

// The expected lines follow RFC 4180 by hand.
func TestDocumentCSV(t *testing.T) {
	at := time.Date(2026, 11, 29, 18, 0, 0, 0, time.UTC)
	low, high := 0.565, 0.98
	d := reports.Document{ID: "sla", Title: "=x", About: "all", Parts: []reports.Part{
		reports.Heading{Level: 1, Text: "h"},
		reports.Figures{{Name: "Gold", Unit: reports.Share, Value: reports.Num(0.9), Low: &low, High: &high, Words: "9 of 10"}, {Name: "-1", Unit: reports.Count, Value: reports.Missing("too few")}},
		reports.Table{ID: "a", Columns: []reports.Column{{Key: "service"}, {Key: "n", Unit: reports.Count}, {Key: "last_at", Unit: reports.Instant}},
			Rows:   [][]reports.Cell{{reports.Str("=1+1"), reports.Num(-3), {Time: at}}, {reports.Str("x, y"), reports.Missing("none"), {}}},
			Source: reports.Source{Metric: "sla"}},
		reports.Chart{Table: reports.Table{ID: "b", Columns: []reports.Column{{Key: "share"}}, Rows: [][]reports.Cell{{reports.Num(0.1)}}}},
		reports.Table{ID: "a", Columns: []reports.Column{{Key: "the same table again"}}},
	}, Stamp: reports.Stamp{At: at, Reader: "ana", AsOf: 7, Imports: []reports.Import{{Source: "Pager", At: at}, {Source: "File"}}, Terms: []string{"contract Gold, version 3"}, Version: "1", Digest: "ff"}}
	methods := d.Methods()
	if len(methods) != 1 {
		t.Fatalf("methods %v", methods)
	}
	want := "table,name,unit,value,low,high,words\r\n" +
		"figures,Gold,share,0.9,0.565,0.98,9 of 10\r\n" +
		"figures,'-1,count,,,,\r\n" +
		"table,service,n,last_at\r\n" +
		"a,'=1+1,-3,2026-11-29T18:00:00Z\r\n" +
		"a,\"x, y\",,\r\n" +
		"table,share,,\r\n" +
		"b,0.1,,\r\n" +
		"table,id,title,text\r\n" +
		"definitions,sla," + quoted(methods[0].Title) + "," + quoted(methods[0].Text) + "\r\n" +
		"table,name,value,\r\n" +
		"source,title,'=x,\r\n" +
		"source,about,all,\r\n" +
		"source,at,2026-11-29T18:00:00Z,\r\n" +
		"source,reader,ana,\r\n" +
		"source,as_of_change,7,\r\n" +
		"source,imports,Pager 2026-11-29T18:00:00Z,\r\n" +
		"source,imports,File never,\r\n" +
		"source,terms,\"contract Gold, version 3\",\r\n" +
		"source,version,1,\r\n" +
		"source,digest,ff,\r\n"
	lines := strings.Split(strings.TrimSuffix(want, "\r\n"), "\r\n")
	for i, line := range lines[3:] { // as wide as the widest, which is that of figures
		lines[i+3] = line + ",,,"
	}
	want = strings.Join(lines, "\r\n") + "\r\n"
	for bom, want := range map[bool]string{false: want, true: "\xef\xbb\xbf" + want} {
		var out bytes.Buffer
		if err := DocumentCSV(&out, d, bom); err != nil || out.String() != want {
			t.Errorf("DocumentCSV = %s (%v), want %s", out.String(), err, want)
		}
	}
	d.Parts = []reports.Part{reports.Table{ID: "r", Columns: []reports.Column{{Key: "a"}, {Key: "b"}}, Rows: [][]reports.Cell{{reports.Str("x")}}}}
	if err := DocumentCSV(&bytes.Buffer{}, d, false); err == nil || !strings.Contains(err.Error(), "r row 1: 1 cells for 2 columns") {
		t.Errorf("of a ragged table: %v", err)
	}
}

func quoted(text string) string {
	if strings.Contains(text, ",") {
		return `"` + text + `"`
	}
	return text
}

// TestDocumentCSVHasAllTables: whatever the numbers are, one reader of CSV gets every line of every table back.
func TestDocumentCSVHasAllTables(t *testing.T) {
	sets, err := reportstest.Sets()
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range sets {
		d := reportstest.Document(set)
		var out bytes.Buffer
		if err := DocumentCSV(&out, d, false); err != nil {
			t.Fatal(err)
		}
		lines, err := csv.NewReader(&out).ReadAll() // which takes only lines of the same number of fields
		if err != nil {
			t.Fatalf("%s: %v", set.Name, err)
		}
		for _, table := range append([]reports.Table{figures(d)}, d.Tables()...) {
			var own bytes.Buffer
			if err := CSV(&own, table, false); err != nil {
				t.Fatal(err)
			}
			want, err := csv.NewReader(&own).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			for n, record := range want {
				got := lines[n]
				if id := got[0]; n == 0 && id != "table" || n > 0 && id != table.ID || strings.Join(got[1:len(record)+1], "\x00") != strings.Join(record, "\x00") {
					t.Fatalf("%s: line %d of %s is %q, want %q", set.Name, n, table.ID, got, record)
				}
			}
			lines = lines[len(want):]
		}
		if len(lines) != 3+1+10 {
			t.Errorf("%s: %d lines of definitions and source", set.Name, len(lines))
		}
	}
}
