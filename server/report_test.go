package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"hindsight/incident"
	"hindsight/reports"
	"hindsight/reports/table"
	"hindsight/server/internal/edition"
)

const (
	wholeLog = "?range=all&at=2017-03-01T00:00:00Z"
	oneMonth = "?from=2016-04-01&to=2016-04-30&at=2017-03-01T00:00:00Z"
)

// logByReports asks for the reports of the whole log in each way: the figures are those of the reference, and the same in each file, by the command and
// by the API.
func logByReports(t *testing.T, in installation, v visitor, want logReference) {
	d := reportJSON(t, v, "sla"+".json"+wholeLog)
	met, breached := whole(t, d, "sla", 0, "met"), whole(t, d, "sla", 0, "breached")
	if met != want.SLA.Made || breached != want.SLA.Incidents-want.SLA.Made {
		t.Errorf("report sla: %d met and %d broken, want %d of %d", met, breached, want.SLA.Made, want.SLA.Incidents)
	}
	for _, k := range edition.Kinds() {
		if k.Of == "" {
			sameEverywhere(t, v, k.ID, oneMonth)
		}
	}
	byCommand := filepath.Join(t.TempDir(), "sla.json")
	in.mustRun(t, "report", "sla", "--range", "all", "--at", "2017-03-01T00:00:00Z", "-o", byCommand)
	var c table.Document
	if err := json.Unmarshal(read(t, byCommand), &c); err != nil {
		t.Fatal(err)
	}
	c.Stamp, d.Stamp = table.Stamp{}, table.Stamp{} // another reader
	one, _ := json.Marshal(c)
	two, _ := json.Marshal(d)
	if strings.ReplaceAll(string(one), ", private ones included", "") != strings.ReplaceAll(string(two), ", private ones included", "") {
		t.Errorf("the command and the API differ:\n%.3000s\n%.3000s", one, two)
	}
	for path, status := range map[string]int{"none.md": 404, "sla.docx": 422, "sla.md?at=yesterday": 422, "sla.md?range=ever": 422, "sla.md?q=checkout": 422, "problem.md": 422, "problem.md?problem=prb_none": 404} {
		if got := v.get(t, "/api/v1/reports/"+path); got.status != status {
			t.Errorf("GET %s = %d, want %d: %.200s", path, got.status, status, got.body)
		}
	}
}

// TestProblemReport: the brief about a problem says the same in each of its files.
func TestProblemReport(t *testing.T) {
	in := installation{dir: t.TempDir()}
	in.mustRun(t, "import", "markdown", "--dir", "internal/demo/data/moj-incidents", "--set", "service=Cloud Platform")
	in.mustRun(t, "problems")
	s := in.serve(t, false, false)
	v := s.signedIn(t, in, string(incident.Viewer))
	id := firstID(t, v.get(t, "/api/v1/problems").body)
	sameEverywhere(t, v, "problem", "?at=2026-11-01T00:00:00Z&problem="+id)
	if page := v.get(t, "/problems/"+id).body; !strings.Contains(page, "/api/v1/reports/problem.pdf?download=1&amp;problem="+id) {
		t.Error("the page of a problem does not lead to its brief")
	}
	// It has to be told which problem, so it is not among the reports that are ready.
	if list, page := v.get(t, "/reports").body, v.get(t, "/reports/problem"); strings.Contains(list, "/reports/problem") || page.status != 404 {
		t.Errorf("GET /reports/problem = %d, or the list leads to it", page.status)
	}
}

func reportJSON(t *testing.T, v visitor, path string) table.Document {
	t.Helper()
	got := v.get(t, "/api/v1/reports/"+path)
	var d table.Document
	if err := json.Unmarshal([]byte(got.body), &d); err != nil || got.status != 200 {
		t.Fatalf("GET %s = %d, %v: %.300s", path, got.status, err, got.body)
	}
	return d
}

// sameEverywhere makes a report in each format, and those that libraries write twice: the same bytes, and in each the title, the digest and what people read of the first and the last
// row that they are shown.
func sameEverywhere(t *testing.T, v visitor, kind, asked string) {
	t.Helper()
	d := reportJSON(t, v, kind+".json"+asked)
	texts := map[string]string{}
	for _, format := range edition.Formats {
		path := "/api/v1/reports/" + kind + "." + format + asked
		first := v.get(t, path)
		if first.status != 200 {
			t.Errorf("GET %s = %d: %.200s", path, first.status, first.body)
		}
		if again := format == "pdf" || format == "xlsx"; again && first.body != v.get(t, path).body {
			t.Errorf("GET %s gives other bytes when it is asked again", path)
		}
		texts[format] = reportText(t, format, []byte(first.body))
	}
	numbers := 0
	for format, text := range texts {
		if !strings.Contains(text, squeezed(d.Title)) || !strings.Contains(text, d.Stamp.Digest[:12]) {
			t.Errorf("%s.%s lacks its title %q or the digest %s", kind, format, d.Title, d.Stamp.Digest[:12])
		}
	}
	for _, p := range d.Parts {
		for _, f := range p.Figures {
			x, is := f.Value.(float64)
			if !is {
				continue
			}
			numbers++
			shown, plain := squeezed(reports.Format(f.Unit, x)), strconv.FormatFloat(x, 'f', -1, 64)
			for _, format := range []string{"html", "pdf", "md"} {
				if !strings.Contains(texts[format], shown) {
					t.Errorf("%s.%s lacks %s = %s", kind, format, f.Name, shown)
				}
			}
			if !strings.Contains(texts["xlsx"], digits(plain)) {
				t.Errorf("%s.xlsx lacks %s = %s", kind, f.Name, plain)
			}
		}
		if p.Table != nil {
			numbers += len(p.Table.Rows)
			sameTable(t, kind, *p.Table, texts)
		}
	}
	if numbers == 0 {
		t.Errorf("the report %s of the log has no number", kind)
	}
}

// sameTable looks for all numbers of the first row of a table in the files for spreadsheets.
func sameTable(t *testing.T, kind string, x table.Table, texts map[string]string) {
	t.Helper()
	for _, c := range x.Columns {
		if len(x.Rows) == 0 {
			return
		}
		n, is := x.Rows[0][c.Key].(float64)
		if !is {
			continue
		}
		plain := strconv.FormatFloat(n, 'f', -1, 64)
		if !strings.Contains(texts["csv"], plain) || c.Unit != reports.Seconds && !strings.Contains(texts["xlsx"], digits(plain)) {
			t.Errorf("%s: CSV or XLSX lacks %s of %s = %s", kind, c.Key, x.ID, plain)
		}
	}
}

// digits is as much of a number as each spreadsheet keeps: 15 digits, of which the last may be rounded.
func digits(plain string) string { return plain[:min(len(plain), 12)] }

// reportText is what can be read in a file, without blanks: where lines break is a matter of the format.
func reportText(t *testing.T, format string, body []byte) string {
	t.Helper()
	text := string(body)
	switch format {
	case "pdf":
		cmd := exec.CommandContext(context.Background(), "pdftotext", "-layout", "-", "-")
		cmd.Stdin = bytes.NewReader(body)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("pdftotext: %v", err)
		}
		text = string(out)
	case "xlsx":
		book, err := excelize.OpenReader(bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer book.Close()
		var b strings.Builder
		for _, name := range book.GetSheetList() {
			rows, err := book.GetRows(name, excelize.Options{RawCellValue: true})
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintln(&b, rows)
		}
		text = b.String()
	case "csv":
		if rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))).ReadAll(); err != nil || len(rows) == 0 {
			t.Errorf("the CSV cannot be read: %v", err)
		}
	case "html":
		text = visibleText(t, text)
	case "md":
		text = strings.NewReplacer(`\`, "", "&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(text)
	}
	return squeezed(text)
}

func squeezed(text string) string { return strings.Join(strings.Fields(text), "") }

// whole returns a whole number of a table.
func whole(t *testing.T, d table.Document, id string, row int, key string) int {
	t.Helper()
	i := slices.IndexFunc(d.Parts, func(p table.Part) bool { return p.Table != nil && p.Table.ID == id })
	if i < 0 {
		t.Fatalf("there is no table %s", id)
	}
	x, is := d.Parts[i].Table.Rows[row][key].(float64)
	if !is {
		t.Fatalf("%s of %s is no number", key, id)
	}
	return int(x)
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// firstID is the id of the first item of a list.
func firstID(t *testing.T, body string) string {
	t.Helper()
	var list struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
	}
	if err := json.Unmarshal([]byte(body), &list); err != nil || len(list.Items) == 0 {
		t.Fatalf("no item: %v: %.200s", err, body)
	}
	return list.Items[0].ID
}
