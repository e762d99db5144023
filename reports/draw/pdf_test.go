package draw

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/font/sfnt"

	"hindsight/reports"
	"hindsight/reports/echarts"
	"hindsight/reports/reportstest"
)

// TestPDF reads pages of the catalogue back with poppler: one page of the size in points, its words as text in fonts that the file carries, no
// bitmap, and the same bytes again.
func TestPDF(t *testing.T) {
	e := engine(t)
	sets, err := reportstest.Sets()
	if err != nil {
		t.Fatal(err)
	}
	size := Size{960, 480}
	for _, set := range sets {
		for _, d := range reports.Catalog() {
			t.Run(set.Name+"/"+d.ID, func(t *testing.T) {
				c := d.Build(set.Snapshot, set.Query)
				body, err := e.PDF(t.Context(), c, size, echarts.Light())
				if err != nil {
					t.Fatalf("PDF: %v", err)
				}
				if again, err := e.PDF(t.Context(), c, size, echarts.Light()); err != nil || !bytes.Equal(body, again) {
					t.Errorf("PDF again: %v, other bytes", err)
				}
				file := filepath.Join(t.TempDir(), "chart.pdf")
				if dir := os.Getenv("DRAW_DIR"); dir != "" {
					file = filepath.Join(dir, set.Name+"-"+c.ID+".pdf")
				}
				if err := os.WriteFile(file, body, 0o600); err != nil {
					t.Fatal(err)
				}
				svg, err := e.SVG(t.Context(), c, size, echarts.Light())
				if err != nil {
					t.Fatal(err)
				}
				text := strings.Join(strings.Fields(poppler(t, "pdftotext", "-layout", file, "-")), "")
				marks, drawn, err := e.fonts.parseMarks(svg)
				if err != nil {
					t.Fatal(err)
				}
				page := fmt.Sprintf("%g x %g pts", float64(drawn.Width)*72/96, float64(drawn.Height)*72/96)
				if info := poppler(t, "pdfinfo", file); !strings.Contains(info, "Pages:           1\n") || !strings.Contains(info, page) {
					t.Errorf("pdfinfo says\n%s\nwant one page of %s", info, page)
				}
				for _, m := range marks {
					if words := strings.Join(strings.Fields(m.text), ""); m.place.b == 0 && inFonts(e, m.text) && !strings.Contains(text, words) {
						t.Errorf("the page has no %q as text", m.text)
					}
				}
				for i, line := range strings.Split(strings.TrimSpace(poppler(t, "pdffonts", file)), "\n") {
					if f := strings.Fields(line); i > 1 && f[4] != "yes" { // name, CID, TrueType, encoding, embedded
						t.Errorf("pdffonts says %q, want that the font is embedded", line)
					}
				}
				if images := poppler(t, "pdfimages", "-list", file); strings.Count(images, "\n") > 2 {
					t.Errorf("pdfimages says\n%s\nwant none", images)
				}
			})
		}
	}
}

// inFonts reports whether the fonts have all characters of a text.
func inFonts(e *Engine, text string) bool {
	var b sfnt.Buffer
	return !strings.ContainsFunc(text, func(r rune) bool {
		glyph, err := e.fonts.regular.GlyphIndex(&b, r)
		return err != nil || glyph == 0
	})
}

// poppler runs one of its programs. Without them the test fails, for nobody reads what was skipped.
func poppler(t testing.TB, program string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s (make tools installs it)", program, err, out)
	}
	return string(out)
}

func BenchmarkPDF(b *testing.B) {
	e := engine(b)
	c := typical(b, "ttr-dots")
	for b.Loop() {
		if _, err := e.PDF(b.Context(), c, Size{720, 420}, echarts.Light()); err != nil {
			b.Fatal(err)
		}
	}
}
