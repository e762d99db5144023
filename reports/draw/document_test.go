package draw

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hindsight/reports"
	"hindsight/reports/reportstest"
	"hindsight/reports/table"
)

// document is the sample of a set as reports are made: with its digest.
func document(t testing.TB, set reportstest.Set) reports.Document {
	t.Helper()
	d := reportstest.Document(set)
	digest, err := table.Digest(d)
	if err != nil {
		t.Fatal(err)
	}
	d.Stamp.Digest = digest
	return d
}

// paged writes a document into a file, which DRAW_DIR keeps, and checks what holds for each.
func paged(t *testing.T, e *Engine, name string, d reports.Document, base string) (file string) {
	t.Helper()
	body, err := e.Document(t.Context(), d, base)
	if err != nil {
		t.Fatalf("Document: %v", err)
	}
	if again, err := e.Document(t.Context(), d, base); err != nil || !bytes.Equal(body, again) {
		t.Errorf("Document again: %v, other bytes", err)
	}
	file = filepath.Join(t.TempDir(), "document.pdf")
	if dir := os.Getenv("DRAW_DIR"); dir != "" {
		file = filepath.Join(dir, "document-"+name+".pdf")
	}
	if err := os.WriteFile(file, body, 0o600); err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(strings.TrimSpace(poppler(t, "pdffonts", file)), "\n") {
		if f := strings.Fields(line); i > 1 && f[4] != "yes" { // name, CID, TrueType, encoding, embedded
			t.Errorf("pdffonts says %q, want that the font is embedded", line)
		}
	}
	if images := poppler(t, "pdfimages", "-list", file); strings.Count(images, "\n") > 2 {
		t.Errorf("pdfimages says\n%s\nwant none", images)
	}
	return file
}

// squeezed is a text without its spaces, so that it does not matter where lines are broken.
func squeezed(text string) string { return strings.Join(strings.Fields(text), "") }

// TestDocument reads the sample of each set back with poppler: each of its parts is there, as text.
func TestDocument(t *testing.T) {
	e := engine(t)
	sets, err := reportstest.Sets()
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range sets {
		t.Run(set.Name, func(t *testing.T) {
			d := document(t, set)
			file := paged(t, e, set.Name, d, "https://hindsight.example.com")
			info := poppler(t, "pdfinfo", file)
			var pages int
			if _, after, ok := strings.Cut(info, "Pages:"); ok {
				fmt.Sscan(after, &pages)
			}
			if pages < 2 || pages > 24 {
				t.Errorf("%d pages, want 2 to 24", pages)
			}
			text := squeezed(poppler(t, "pdftotext", file, "-"))
			want := []string{d.Title, d.About, d.Summary[0].Text, "Page 1 of " + fmt.Sprint(pages), fmt.Sprintf("Page %d of %[1]d", pages),
				"Change 1,942 · SHA-256 " + d.Stamp.Digest[:12], "Where this comes from", d.Stamp.Digest}
			for _, part := range d.Parts {
				switch part := part.(type) {
				case reports.Heading:
					want = append(want, part.Text)
				case reports.Prose:
					want = append(want, string(part))
				case reports.List:
					for _, x := range part.Items {
						want = append(want, x.Text)
					}
				case reports.Figures:
					for _, f := range part {
						want = append(want, f.Name, reports.FormatCell(f.Unit, f.Value, d.Zone()), f.Words, f.Interval())
					}
				case reports.Chart:
					want = append(want, part.Title, part.Answer+part.Empty)
				case reports.Table:
					want = append(want, part.Title)
				}
			}
			for _, m := range d.Methods() {
				want = append(want, m.Title, m.Text)
			}
			for _, words := range want {
				if words := squeezed(e.fonts.shown(printable(words))); !strings.Contains(text, words) {
					t.Errorf("no page says %q", words)
				}
			}
		})
	}
}
