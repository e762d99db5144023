package frontend_test

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"hindsight/frontend"
	"hindsight/reports"
	"hindsight/reports/draw"
	"hindsight/reports/echarts"
	"hindsight/reports/reportstest"
)

// sample is the sample report with the numbers of a set.
func sample(t *testing.T, name string) reports.Document {
	t.Helper()
	sets, err := reportstest.Sets()
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range sets {
		if set.Name == name {
			return reportstest.Document(set)
		}
	}
	t.Fatalf("there is no set %s", name)
	return reports.Document{}
}

func reportFile(t *testing.T, d reports.Document, base string) string {
	t.Helper()
	engine, err := draw.New()
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	var b bytes.Buffer
	err = frontend.ReportFile(&b, d, func(c reports.Chart, ids string) ([]byte, error) {
		return engine.Plot(t.Context(), c, draw.Size{Width: 800, Height: 320}, echarts.Browser(), ids)
	}, base)
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestReportFile: a file has each part, asks for nothing, is the same twice, and no id stands in it twice, however many pictures it has.
func TestReportFile(t *testing.T) {
	for _, set := range []string{"empty", "typical", "hostile"} {
		d := sample(t, set)
		text := reportFile(t, d, "https://hindsight.example.com/")
		if again := reportFile(t, d, "https://hindsight.example.com/"); again != text {
			t.Errorf("%s: the same report is not the same file", set)
		}
		p := walk(t, text)
		p.headings(t, true)
		p.uniqueIDs(t)
		p.references(t)
		for _, e := range p.elements {
			switch e.tag {
			case "script", "link", "img", "iframe", "object", "image", "form", "use":
				t.Errorf("%s: the file holds an element %s", set, e.tag)
			}
			for key, value := range e.attr {
				if key == "style" || strings.HasPrefix(key, "on") || key == "src" {
					t.Errorf("%s: the file holds %s=%q", set, key, value)
				}
			}
		}
		for _, l := range p.links {
			if !strings.HasPrefix(l.path, "#") && !strings.HasPrefix(l.path, "https://hindsight.example.com/") {
				t.Errorf("%s: a link leads to %q", set, l.path)
			}
		}
		for _, want := range []string{"<h1 dir=\"auto\">A sample of everything</h1>", ">Service levels</h2>", ">Broken promises</h3>", ">How these numbers are worked out</h2>", ">Where this comes from</h2>",
			"&lt;b&gt;What&lt;/b&gt; is *written* here | stays as it is.", "too few incidents", "</span>Warning</p>", "Decide about [this](javascript:alert(1))", "default-src &#39;none&#39;", "change 1,942 of the record", "1 Oct 2025, 00:00 CEST", "<bdi>=cmd()|calc</bdi>: never"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the file lacks %s", set, want)
			}
		}
		for _, hole := range []string{"<script>alert", "<img src=x", "<b>What"} {
			if strings.Contains(text, hole) {
				t.Errorf("%s: the file holds the text %s as markup", set, hole)
			}
		}
		if strings.Contains(text, "url(/") || strings.Contains(text, "@import") || strings.Contains(text, "@font-face") {
			t.Errorf("%s: the style of the file asks for something", set)
		}
	}
}

// TestReportFileAlone: without an address there are no links but those within the file.
func TestReportFileAlone(t *testing.T) {
	text := reportFile(t, sample(t, "typical"), "")
	if found := regexp.MustCompile(`href="[^#][^"]*"`).FindString(text); found != "" {
		t.Errorf("without an address the file has the link %s", found)
	}
	if !strings.Contains(text, "stays as it is.</li>") {
		t.Error("without a link the text is lost")
	}
}

// TestReportFileFails: a picture that fails leaves no half a file.
func TestReportFileFails(t *testing.T) {
	var b bytes.Buffer
	broken := errors.New("no ink")
	err := frontend.ReportFile(&b, sample(t, "typical"), func(reports.Chart, string) ([]byte, error) { return nil, broken }, "")
	if !errors.Is(err, broken) || b.Len() > 0 {
		t.Errorf("ReportFile = %v with %d bytes, want the error and none", err, b.Len())
	}
}

// TestReportNames: what occurs twice can be led to and told apart all the same, and no link leads elsewhere.
func TestReportNames(t *testing.T) {
	table := reports.Table{ID: "a", Title: "Incidents", Columns: []reports.Column{{Title: "When", Unit: reports.Instant}}, Rows: [][]reports.Cell{{{Text: "x", Link: "//example.com"}}}}
	chart := reports.Chart{ID: "c", Title: "How often?", Empty: "nothing was seen", Table: table}
	d := reports.Document{ID: "twice", Title: "Twice", Place: "Europe/Berlin", Parts: []reports.Part{table, reports.Heading{Level: 1, Text: "Costs"}, table, chart, reports.Heading{Level: 2, Text: "costs"}, chart,
		reports.List{Items: []reports.Item{{Text: "y", Link: "javascript:alert(1)"}}}, reports.List{}}}
	r, err := frontend.NewReport(d)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range r.Sections {
		for _, p := range s.Parts {
			if p.Chart != nil {
				got = append(got, p.Chart.Chart.ID, p.Chart.Chart.Title)
			}
			if p.Table != nil {
				got = append(got, p.Table.Title, p.Title, p.Table.Columns[0].Title+p.Table.Rows[0][0].Link)
			}
			if p.List != nil {
				got = append(got, fmt.Sprint(p.List.Items))
			}
			if p.Heading != "" {
				got = append(got, p.ID)
			}
		}
	}
	want := "Table: Incidents|Incidents|When (Europe/Berlin)|Table: Incidents (2)|Incidents|When (Europe/Berlin)|c|How often?|s-costs-2|c-2|How often? (2)|[{y }]|[]"
	if text := strings.Join(got, "|"); text != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
	if table.Columns[0].Title != "When" || d.Parts[0].(reports.Table).Rows[0][0].Link != "//example.com" {
		t.Error("laying a report out changed it")
	}
}
