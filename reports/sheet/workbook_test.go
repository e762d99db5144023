package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"math"
	"path"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"hindsight/reports"
	"hindsight/reports/reportstest"
	"hindsight/reports/table"
)

const base = "https://hindsight.example.com"

func workbook(t *testing.T, d reports.Document, base string) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Workbook(&out, d, base); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestWorkbook: whatever the numbers are, the sheets hold those of the JSON, for a reader that shares no code with the writer, and the same document is
// the same file.
func TestWorkbook(t *testing.T) {
	sets, err := reportstest.Sets()
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range sets {
		t.Run(set.Name, func(t *testing.T) {
			d := reportstest.Document(set)
			packed := workbook(t, d, base)
			if !bytes.Equal(packed, workbook(t, reportstest.Document(set), base)) {
				t.Error("the same document is not the same file")
			}
			sheets := unpack(t, packed)
			for _, want := range d.Tables() {
				check(t, sheets[want.ID], want, d.Zone())
			}
			if _, err := excelize.OpenReader(bytes.NewReader(packed)); err != nil {
				t.Errorf("the library cannot read it: %v", err)
			}
		})
	}
}

// check compares a sheet with a table as JSON has it: keys in the second row, titles in the fourth, values from the fifth.
func check(t *testing.T, got grid, of reports.Table, zone *time.Location) {
	t.Helper()
	want, err := table.NewTable(of)
	if err != nil {
		t.Fatal(err)
	}
	if got == nil {
		t.Fatalf("there is no sheet %s", of.ID)
	}
	for _, n := range want.Notes {
		if !strings.Contains(got.at(len(want.Columns), n.Row+4).text, readable(n.Note)) {
			t.Errorf("%s row %d: it is not said that %s", of.ID, n.Row+1, n.Note)
		}
	}
	for i, c := range want.Columns {
		if key := got.at(i, 1); key.text != c.Key {
			t.Errorf("%s: key %q, want %q", of.ID, key.text, c.Key)
		}
		if title := got.at(i, 3); !strings.HasPrefix(title.text, c.Title) {
			t.Errorf("%s: header %q, want %q", of.ID, title.text, c.Title)
		}
		for n, row := range want.Rows {
			cell, where := got.at(i, n+4), fmt.Sprintf("%s row %d %s", of.ID, n+1, c.Key)
			switch v := row[c.Key].(type) {
			case nil:
				if cell.text != "" {
					t.Errorf("%s: %q for a missing value", where, cell.text)
				}
			case float64:
				x, err := strconv.ParseFloat(cell.text, 64)
				if c.Unit == reports.Seconds && !strings.HasSuffix(got.at(i, 3).text, " (seconds)") {
					x *= 86400
				}
				if err != nil || cell.kind != "" || math.Abs(x-v) > 1e-9*math.Abs(v) {
					t.Errorf("%s = %v (%s), want %v", where, x, cell.kind, v)
				}
			case time.Time:
				days, err := strconv.ParseFloat(cell.text, 64)
				whole := math.Floor(days) // further from its epoch than a Duration reaches
				clock := time.Date(1899, 12, 30+int(whole), 0, 0, 0, 0, time.UTC).Add(time.Duration(math.Round((days-whole)*86400)) * time.Second)
				if err != nil || clock.Format(time.DateTime) != v.In(zone).Format(time.DateTime) {
					t.Errorf("%s = %v, want %v", where, clock, v.In(zone))
				}
			case string:
				if cell.text != "" && cell.kind != "s" || len(v) < 1000 && cell.text != strings.ReplaceAll(readable(v), "\r", "\n") {
					t.Errorf("%s = %q (%s), want %q", where, cell.text, cell.kind, v)
				}
			}
		}
	}
}

// readable is what XML 1.0 can hold of a text.
func readable(text string) string {
	var b bytes.Buffer
	if err := xml.EscapeText(&b, []byte(strings.ReplaceAll(text, "\r\n", "\n"))); err != nil {
		return err.Error()
	}
	var out struct {
		Text string `xml:",chardata"`
	}
	if err := xml.Unmarshal([]byte("<t>"+b.String()+"</t>"), &out); err != nil {
		return err.Error()
	}
	return out.Text
}

func TestWhatSheetsSay(t *testing.T) {
	sets, err := reportstest.Sets()
	if err != nil {
		t.Fatal(err)
	}
	d := reportstest.Document(sets[2])
	f, err := excelize.OpenReader(bytes.NewReader(workbook(t, d, base)))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(f.GetSheetList(), " "); got != "Summary sla-by-month ttr-by-service ttr-dots sla sla-breaches Definitions Source" {
		t.Errorf("sheets: %s", got)
	}
	everything := func(name string) string {
		rows, err := f.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		lines := make([]string, len(rows))
		for i, row := range rows {
			lines[i] = strings.Join(row, "|")
		}
		return strings.Join(lines, "\n")
	}
	for name, wants := range map[string][]string{
		"Summary":     {"A sample of everything\n1 Jul 2025 – 30 Sep 2025 (Europe/Berlin)\n", "<b>What</b> is *written* here | stays as it is.", "Key figure|Value|Low|High|In words|Level\nIncidents|", "Not known||||too few incidents; of none|warning", "☐ =1+1"},
		"Definitions": {"Id|Title|How it is worked out\nsla|", "\ntime_to_resolve|"},
		"Source": {"As of (Europe/Berlin)|2025-10-01 00:00:00\nAs of change|1,942\nMade for|ana, without private incidents\nLast read (Europe/Berlin): Sample pager|2025-09-30 23:57:00\n" +
			"Last read (Europe/Berlin): =cmd()|calc|never\nJudged by|contract Answer within 15 minutes, version 1"},
		"sla-breaches": {"\nn = ", "as of change 1,942"},
	} {
		text := everything(name)
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("the sheet %s lacks %q:\n%s", name, want, text[:min(2000, len(text))])
			}
		}
	}
	if linked, address, err := f.GetCellHyperLink("Summary", "A5"); err != nil || !linked || address != base+"/sla" {
		t.Errorf("the second sentence leads to %q (%v)", address, err)
	}
	if panes, err := f.GetPanes("sla-breaches"); err != nil || !panes.Freeze || panes.YSplit != 4 {
		t.Errorf("panes %+v (%v), want the header frozen", panes, err)
	}
	if p, err := f.GetSheetProps("sla-breaches"); err != nil || p.FitToPage == nil || !*p.FitToPage {
		t.Errorf("sheet %+v (%v), want it printed as wide as a page", p, err)
	}
	if p, err := f.GetDocProps(); err != nil || p.Title != d.Title || p.Created != "2025-09-30T22:00:00Z" || p.Creator != "Hindsight" {
		t.Errorf("properties %+v (%v)", p, err)
	}
	if bytes.Contains(bytes.Join(files(t, workbook(t, d, "")), nil), []byte(`TargetMode="External"`)) {
		t.Error("without an address of the installation there are links")
	}
}

// TestHostile: texts stay texts, names of sheets are such as Excel takes, and what does not fit is said to be cut.
func TestHostile(t *testing.T) {
	long := strings.Repeat("😀", 20000)
	at := time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC) // half past two, for the first time, in Berlin
	x, minus := 0.999999, -90.0
	d := reports.Document{ID: "x", Title: `=HYPERLINK("https://evil.example")`, About: "+1\x00\x0b", Place: "Europe/Berlin",
		Summary: []reports.Item{{Text: "@SUM(A1)", Link: "javascript:alert(1)"}, {Text: long}, {Text: "_x0041_ <&>\r\n]]>"}},
		Parts: []reports.Part{
			reports.Figures{{Name: "-1+1", Unit: reports.Share, Value: reports.Num(x), Low: &x, High: &x}, {Name: "a", Unit: reports.Seconds, Value: reports.Num(minus)}},
		},
		Stamp: reports.Stamp{At: at, Reader: "=1"},
	}
	ids := []string{"Summary", "history", "a/b:c?[d]*'", strings.Repeat("long", 20), strings.Repeat("long", 20) + "er", strings.Repeat("LONG", 20), "", "größe"}
	for _, id := range ids {
		d.Parts = append(d.Parts, reports.Table{ID: id, Title: "=1+" + id, Columns: []reports.Column{{Key: "=k", Title: "=t"}, {Key: "d", Title: "D", Unit: reports.Seconds}, {Key: "e", Title: "E", Unit: reports.Seconds},
			{Key: "i", Title: "I", Unit: reports.Instant}, {Key: "n", Title: "N", Unit: reports.Count}},
			Rows: [][]reports.Cell{{reports.Str("=1+1"), reports.Num(4440), reports.Num(minus), {Time: at}, reports.Num(math.NaN())},
				{reports.Str("\x01'"), reports.Missing("=none"), reports.Num(1), {Time: time.Date(1850, 1, 1, 0, 0, 0, 0, time.UTC)}, {Number: &x, Link: "//evil.example"}}}})
	}
	packed := workbook(t, d, base)
	for _, content := range files(t, packed) {
		if bytes.Contains(content, []byte("<f>")) || bytes.Contains(content, []byte("<f ")) {
			t.Error("there is a formula")
		}
		if bytes.Contains(content, []byte(`Target="javascript`)) || bytes.Contains(content, []byte("evil.example\" TargetMode")) {
			t.Error("a link leads elsewhere")
		}
	}
	sheets := unpack(t, packed)
	if len(sheets) != len(ids)+3 {
		t.Errorf("%d sheets for %d tables", len(sheets), len(ids))
	}
	for name := range sheets {
		if len(utf16.Encode([]rune(name))) > 31 || strings.ContainsAny(name, `:\/?*[]'`) || name == "" || strings.EqualFold(name, "history") {
			t.Errorf("a sheet is named %q", name)
		}
	}
	s := sheets["Summary"]
	if got := s.at(0, 0); got.text != d.Title || got.kind != "s" {
		t.Errorf("title %+v", got)
	}
	if got := s.at(0, 1); got.text != "+1\ufffd\ufffd" {
		t.Errorf("about %q, want what XML cannot hold replaced", got.text)
	}
	if got := s.at(0, 4).text; len(utf16.Encode([]rune(got))) > 32767 || !strings.HasSuffix(got, "😀 … (cut)") {
		t.Errorf("a long text has %d units and ends in %q", len(utf16.Encode([]rune(got))), got[len(got)-20:])
	}
	tab := sheets["a_b_c__d___"]
	if tab == nil {
		t.Fatalf("names: %v", sheets)
	}
	for where, want := range map[[2]int]string{{0, 3}: "=t", {1, 3}: "D (h:mm:ss)", {2, 3}: "E (seconds)", {3, 3}: "I (Europe/Berlin)", {5, 3}: "Notes",
		{0, 4}: "=1+1", {2, 4}: "-90", {4, 4}: "", {0, 5}: "\ufffd'", {1, 5}: "", {3, 5}: "1 Jan 1850, 00:53 LMT", {5, 5}: "D: =none"} {
		if got := tab.at(where[0], where[1]).text; got != want {
			t.Errorf("column %d, row %d: %q, want %q", where[0]+1, where[1]+1, got, want)
		}
	}
	f, err := excelize.OpenReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{"B5": "1:14:00", "D5": "2026-10-25 02:30:00"} {
		if got, err := f.GetCellValue("a_b_c__d___", at); err != nil || got != want {
			t.Errorf("%s is shown as %q (%v), want %q", at, got, err, want)
		}
	}
	if got := s.at(0, 5).text; got != "_x0041_ <&>\n]]>" {
		t.Errorf("an escape that is none: %q", got)
	}
}

// What Format shows of these numbers, spreadsheets show: the expected texts are those of reports.Format without its space.
func TestFormatOfNumbers(t *testing.T) {
	f := excelize.NewFile()
	b := &book{f: f, zone: time.UTC, styles: make(map[style]int)}
	p := b.page("Summary", true)
	for x, unit := range map[float64]reports.Unit{0: reports.Share, 1: reports.Share, 0.5: reports.Share, 0.8888888: reports.Share, 0.99: reports.Share, 0.99912: reports.Share,
		1942: reports.Count, 12.34: reports.Count, 0.25: reports.Count, 0.012: reports.Count} {
		p.cell(1, unit, reports.Num(x))
		got, err := f.GetCellValue("Summary", p.at(1, p.row))
		if want := strings.ReplaceAll(reports.Format(unit, x), " ", ""); err != nil || got != want {
			t.Errorf("%v is shown as %q (%v), want %q", x, got, err, want)
		}
		p.next()
	}
	for x, want := range map[float64]string{0.9999999: "0.00000%", 0.00001: "0.000%", -0.00001: "0.000%", 2: "0%", 1.5: "0.0%", 1e-300: "0.000000000000%"} {
		if got := format(reports.Share, x); got != want {
			t.Errorf("format of the share %v is %s, want %s", x, got, want)
		}
	}
	if b.err != nil {
		t.Error(b.err)
	}
}

func TestRagged(t *testing.T) {
	d := reports.Document{ID: "x", Parts: []reports.Part{reports.Table{ID: "r", Columns: []reports.Column{{Key: "a"}, {Key: "b"}}, Rows: [][]reports.Cell{{reports.Str("x")}}}}}
	if err := Workbook(&bytes.Buffer{}, d, ""); err == nil || !strings.Contains(err.Error(), "r row 1: 1 cells for 2 columns") {
		t.Errorf("a ragged table: %v", err)
	}
	if err := Workbook(&bytes.Buffer{}, reports.Document{Parts: []reports.Part{nil}}, ""); err == nil {
		t.Error("nothing is a part")
	}
}

func BenchmarkWorkbook(b *testing.B) {
	sets, err := reportstest.Sets()
	if err != nil {
		b.Fatal(err)
	}
	d := reportstest.Document(sets[3])
	for b.Loop() {
		var out bytes.Buffer
		if err := Workbook(&out, d, base); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(out.Len()), "bytes")
	}
}

// grid is the cells of a sheet by row, and in it by column, both from 0.
type grid map[int]map[int]cell

func (g grid) at(column, row int) cell { return g[row][column] }

type cell struct {
	kind string // "s": a text; "": a number
	text string
}

// files returns what is packed in a workbook.
func files(t *testing.T, packed []byte) [][]byte {
	t.Helper()
	var out [][]byte
	for _, content := range unzip(t, packed) {
		out = append(out, content)
	}
	return out
}

func unzip(t *testing.T, packed []byte) map[string][]byte {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string][]byte)
	for _, f := range archive.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		var content bytes.Buffer
		if _, err := content.ReadFrom(in); err != nil {
			t.Fatal(err)
		}
		out[f.Name] = content.Bytes()
	}
	return out
}

// unpack reads a workbook as ISO/IEC 29500 has it, without the library that wrote it.
func unpack(t *testing.T, packed []byte) map[string]grid {
	t.Helper()
	parts := unzip(t, packed)
	read := func(name string, into any) {
		t.Helper()
		if err := xml.Unmarshal(parts[name], into); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	var texts struct {
		SI []struct {
			T string `xml:"t"`
		} `xml:"si"`
	}
	read("xl/sharedStrings.xml", &texts)
	var rels struct {
		Relationship []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	read("xl/_rels/workbook.xml.rels", &rels)
	var book struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			Rel  string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	read("xl/workbook.xml", &book)
	out := make(map[string]grid)
	for _, s := range book.Sheets {
		g := make(grid)
		for _, r := range rels.Relationship {
			if r.ID != s.Rel {
				continue
			}
			var sheet struct {
				Rows []struct {
					N     int `xml:"r,attr"`
					Cells []struct {
						At   string `xml:"r,attr"`
						Kind string `xml:"t,attr"`
						V    string `xml:"v"`
					} `xml:"c"`
				} `xml:"sheetData>row"`
			}
			read(path.Join("xl", strings.TrimPrefix(r.Target, "/xl/")), &sheet)
			for _, row := range sheet.Rows {
				g[row.N-1] = make(map[int]cell)
				for _, c := range row.Cells {
					column := 0
					for _, letter := range strings.TrimRight(c.At, "0123456789") {
						column = column*26 + int(letter-'A') + 1
					}
					got := cell{c.Kind, c.V}
					if c.Kind == "s" {
						n, err := strconv.Atoi(c.V)
						if err != nil {
							t.Fatal(err)
						}
						got.text = escapes.Replace(texts.SI[n].T)
					}
					g[row.N-1][column-1] = got
				}
			}
		}
		out[s.Name] = g
	}
	return out
}

// escapes undoes the one escape that the tests need: _x005F_ is an underscore that begins what would else be an escape (ST_Xstring).
var escapes = strings.NewReplacer("_x005F_", "_")
