package draw

import (
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hindsight/reports"
	"hindsight/reports/reportstest"
)

// unkind is a document of what no report should have: very long words, texts and titles, scripts that the fonts lack, very many rows and columns.
func unkind(rows int) reports.Document {
	endless := strings.Repeat("w", 5000)
	wordy := strings.TrimSpace(strings.Repeat("very long ", 500))
	source := reports.Source{N: rows, Filter: wordy[:400], Method: endless[:300]}
	d := reports.Document{ID: "unkind", Title: "🔥 " + wordy[:300], About: endless, Summary: []reports.Item{{Text: wordy, Link: "/a b?q=ü"}, {Text: endless}, {}},
		Stamp: reports.Stamp{At: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), Reader: "\u202eana\u202c " + endless[:200], AsOf: 7, Terms: []string{wordy}}}
	texts := []string{"שלום עולם", "日本語のサービス", "🔥🔥🔥", "a\x00b\x1b[31m\n\tc", "\xff\xfe", "", "=1+1", "<script>", "non\u2011breaking\u00a0space"}
	long := reports.Table{ID: "long", Title: wordy[:200], Source: source,
		Columns: []reports.Column{{Key: "n", Title: "Number", Unit: reports.Count}, {Key: "t", Title: "Text", Unit: reports.Text}, {Key: "at", Title: "When", Unit: reports.Instant}, {Key: "s", Title: "Share", Unit: reports.Share}}}
	for i := range rows {
		row := []reports.Cell{reports.Num(float64(i) + 1), {Text: texts[i%len(texts)], Link: "/incidents/x"}, {Time: d.Stamp.At.Add(time.Duration(i) * time.Hour)}, reports.Missing("not estimable from 3 incidents")}
		if i == 40 {
			row[1].Text = endless
		}
		if i == 60 {
			row[1].Text = wordy + " " + wordy + " " + wordy
		}
		long.Rows = append(long.Rows, row)
	}
	broad := reports.Table{ID: "broad", Title: endless[:200]}
	for i := range 40 {
		broad.Columns = append(broad.Columns, reports.Column{Title: fmt.Sprintf("Column number %d %s", i, endless[:i*9]), Unit: reports.Count})
	}
	row := make([]reports.Cell, 40)
	for i := range row {
		row[i] = reports.Num(float64(i) * 1e9)
	}
	broad.Rows = [][]reports.Cell{row, row}
	d.Parts = []reports.Part{
		reports.Heading{Level: 2, Text: endless[:300]}, reports.Heading{Level: 1, Text: wordy[:600]}, reports.Heading{Level: 9, Text: ""},
		reports.Figures{{Name: endless, Unit: reports.Text, Value: reports.Str(wordy), Words: endless}, {}},
		reports.Figures{{Name: "a", Unit: reports.Text, Value: reports.Str("🔥🔥🔥"), Level: reports.Bad}, {Name: wordy[:90], Value: reports.Missing(wordy[:90])}, {Value: reports.Num(1e300)}, {}, {}, {}, {}},
		reports.Figures{}, reports.Prose(""), reports.Prose(strings.Repeat(wordy+" ", 5)), reports.List{}, reports.List{Boxes: true, Items: []reports.Item{{Text: wordy}, {Text: endless}}},
		reports.Chart{ID: "none", Title: wordy[:300], Empty: wordy, Source: source}, reports.Table{}, reports.Table{ID: "no columns", Rows: [][]reports.Cell{{}, {}}},
		reports.Table{ID: "bare", Title: "Bare", Columns: []reports.Column{{Title: "A"}}}, long, broad, reports.Heading{Level: 1, Text: "The end"},
	}
	return d
}

// box2 is a word or a page as pdftotext -bbox has it.
type box2 struct {
	Text   string  `xml:",chardata"`
	Width  float64 `xml:"width,attr"`
	Height float64 `xml:"height,attr"`
	XMin   float64 `xml:"xMin,attr"`
	XMax   float64 `xml:"xMax,attr"`
	YMin   float64 `xml:"yMin,attr"`
	YMax   float64 `xml:"yMax,attr"`
	Words  []box2  `xml:"word"`
}

// within checks that all words of a file stand between the edges of its pages, and none but the footer where that is.
func within(t *testing.T, file string) {
	t.Helper()
	var all struct {
		Pages []box2 `xml:"body>doc>page"`
	}
	if err := xml.Unmarshal([]byte(strings.ToValidUTF8(poppler(t, "pdftotext", "-bbox", file, "-"), "?")), &all); err != nil || len(all.Pages) == 0 {
		t.Fatalf("pdftotext -bbox: %v, %d pages", err, len(all.Pages))
	}
	for n, page := range all.Pages {
		for _, w := range page.Words {
			if w.XMin < side-1 || w.XMax > page.Width-side+1 || w.YMin < 25 || w.YMax > page.Height-28 || w.YMin > page.Height-foot && w.YMax < page.Height-44 {
				t.Errorf("page %d of %g x %g: %.40q stands at %g, %g to %g, %g", n+1, page.Width, page.Height, w.Text, w.XMin, w.YMin, w.XMax, w.YMax)
			}
		}
	}
}

func TestDocumentHolds(t *testing.T) {
	e := engine(t)
	t.Run("unkind", func(t *testing.T) {
		d := unkind(2000)
		file := paged(t, e, "unkind", d, "https://hindsight.example.com")
		within(t, file)
		text := squeezed(poppler(t, "pdftotext", file, "-"))
		for _, want := range []string{"Theend", "2,000", "There is nothing to list.", "non-breaking space", "1 Mar 2026, 09:00 UTC"} {
			if !strings.Contains(text, squeezed(want)) {
				t.Errorf("no page says %q", want)
			}
		}
		if n := strings.Count(text, "w"); n < 5*5000 { // of the about, an item, a figure's name and words, a list's item, a cell
			t.Errorf("%d of the letters of endless words are there, want 25,000 at least", n)
		}
	})
	t.Run("nothing", func(t *testing.T) { within(t, paged(t, e, "nothing", reports.Document{}, "")) })
}

// BenchmarkDocument makes a report of six charts and a table of 2,000 rows.
func BenchmarkDocument(b *testing.B) {
	e := engine(b)
	sets, err := reportstest.Sets()
	if err != nil {
		b.Fatal(err)
	}
	d := document(b, sets[2])
	d.Parts = nil
	for _, id := range []string{"incidents-per-month", "ttr-ecdf", "ttr-dots", "mtbf-by-service", "tta-by-service", "sla-by-month"} {
		c, err := reports.Find(id)
		if err != nil {
			b.Fatal(err)
		}
		d.Parts = append(d.Parts, c.Build(sets[2].Snapshot, sets[2].Query))
	}
	many := reports.Breaches(sets[2].Snapshot, sets[2].Query)
	for len(many.Rows) < 2000 {
		many.Rows = append(many.Rows, many.Rows...)
	}
	many.Rows, many.Shown = many.Rows[:2000], 0
	d.Parts = append(d.Parts, many)
	var body []byte
	for b.Loop() {
		if body, err = e.Document(b.Context(), d, "https://hindsight.example.com"); err != nil {
			b.Fatal(err)
		}
	}
	file := filepath.Join(b.TempDir(), "document.pdf")
	if err := os.WriteFile(file, body, 0o600); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(len(body)), "bytes")
	b.ReportMetric(float64(pagesOf(b, file))*float64(b.N)/b.Elapsed().Seconds(), "pages/s")
}
