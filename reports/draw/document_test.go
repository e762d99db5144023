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
	d.About += ", made up" // so that no text says the same
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
		if f := strings.Fields(line); i > 1 && (f[4] != "yes" || f[5] != "yes" || f[6] != "yes") { // name, CID, TrueType, encoding, embedded, subset, Unicode
			t.Errorf("pdffonts says %q, want that the font is embedded, with the letters that are needed alone, and says what they are", line)
		}
	}
	if images := poppler(t, "pdfimages", "-list", file); strings.Count(images, "\n") > 2 {
		t.Errorf("pdfimages says\n%s\nwant none", images)
	}
	return file
}

func pagesOf(t testing.TB, file string) (n int) {
	t.Helper()
	_, after, _ := strings.Cut(poppler(t, "pdfinfo", file), "Pages:")
	if _, err := fmt.Sscan(after, &n); err != nil {
		t.Fatalf("pdfinfo says no number of pages: %v", err)
	}
	return n
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
			within(t, file)
			pages := pagesOf(t, file)
			if pages < 2 || pages > 24 {
				t.Errorf("%d pages, want 2 to 24", pages)
			}
			words := poppler(t, "pdftotext", file, "-")
			for n, page := range strings.Split(words, "\f") {
				above, _, _ := strings.Cut(page, "Change 1,942")
				for _, part := range d.Parts {
					if h, is := part.(reports.Heading); is && strings.HasSuffix(strings.TrimSpace(above), h.Text) {
						t.Errorf("the heading %q stands alone at the foot of page %d", h.Text, n+1)
					}
				}
			}
			text := squeezed(words)
			for n := range pages { // what stands above and below each page would part the texts that run over it
				for _, edge := range []string{fmt.Sprintf("Page %d of %d", n+1, pages), "Change 1,942 · SHA-256 " + d.Stamp.Digest[:12], d.Title, d.About} {
					before := text
					if text = strings.Replace(text, squeezed(edge), "", 1); before == text {
						t.Errorf("page %d does not say %q", n+1, edge)
					}
				}
			}
			want := []string{d.Summary[0].Text, "Where this comes from", d.Stamp.Digest}
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

// Links lead to the installation where its address is known, and are none where it is not; a figure says what it shows.
func TestDocumentLinks(t *testing.T) {
	e := engine(t)
	sets, err := reportstest.Sets()
	if err != nil {
		t.Fatal(err)
	}
	d := document(t, sets[2])
	d.Summary = append(d.Summary, reports.Item{Text: "not of ours", Link: "javascript:alert(1)"})
	if urls := poppler(t, "pdfinfo", "-url", paged(t, e, "linked", d, "")); strings.Contains(urls, "URI") || strings.Contains(urls, "http") {
		t.Errorf("without an address the links are\n%s", urls)
	}
	file := paged(t, e, "linked", d, "https://hindsight.example.com")
	urls := poppler(t, "pdfinfo", "-url", file)
	for _, want := range []string{"https://hindsight.example.com/sla\n", "https://hindsight.example.com/problems\n"} {
		if !strings.Contains(urls, want) {
			t.Errorf("no link leads to %q:\n%s", want, urls)
		}
	}
	if strings.Contains(urls, "javascript") {
		t.Errorf("a link leads out of the installation:\n%s", urls)
	}
}

// TestDocumentTagged looks at what a document says to a program that reads it aloud: what each piece of it is, in reading order, with nothing that
// only repeats.
func TestDocumentTagged(t *testing.T) {
	e := engine(t)
	sets, err := reportstest.Sets()
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range sets {
		if set.Name == "huge" { // poppler takes a minute to read its structure
			continue
		}
		t.Run(set.Name, func(t *testing.T) {
			d := document(t, set)
			file := paged(t, e, set.Name, d, "")
			if info := poppler(t, "pdfinfo", file); !strings.Contains(info, "Tagged:          yes") || !strings.Contains(info, "Title:           "+d.Title+"\n") {
				t.Errorf("pdfinfo says\n%s\nwant a tagged file with its title", info)
			}
			text, count := read(t, file)
			for kind, want := range map[string]int{"H1": 1, "Figure": pictures(d), "Table": len(shownTables(d))} {
				if count[kind] != want {
					t.Errorf("%d elements %s, want %d", count[kind], kind, want)
				}
			}
			if strings.Contains(text, "Page 1 of") {
				t.Error("the footer is read aloud")
			}
			for _, table := range shownTables(d) {
				rows := [][]string{nil}
				for _, c := range table.Columns {
					rows[0] = append(rows[0], c.Title)
				}
				for _, cells := range [][]reports.Cell{table.Rows[0], table.Rows[len(table.Rows)-1]} {
					var row []string
					for i, c := range cells {
						text := reports.FormatCell(table.Columns[i].Unit, c, d.Zone())
						switch {
						case c.Note != "" && text == "–":
							text = c.Note
						case c.Note != "":
							text += " (" + c.Note + ")"
						}
						row = append(row, text)
					}
					rows = append(rows, row)
				}
				for _, row := range rows {
					for i, cell := range row {
						row[i] = squeezed(e.fonts.shown(printable(cell)))
					}
					if row := "|" + strings.Join(row, "|") + "|"; !strings.Contains(text, row) {
						t.Errorf("table %s has no row %s", table.ID, row)
					}
				}
			}
		})
	}
}

func pictures(d reports.Document) (n int) {
	for _, part := range d.Parts {
		if c, is := part.(reports.Chart); is && c.Empty == "" {
			n++
		}
	}
	return n
}

// shownTables are those that have rows, in the parts or in the appendix.
func shownTables(d reports.Document) (out []reports.Table) {
	parts := d.Parts
	d.Parts = nil
	for _, part := range parts {
		if c, is := part.(reports.Chart); !is || c.Empty == "" {
			d.Parts = append(d.Parts, part)
		}
	}
	for _, table := range d.Tables() {
		if len(table.Rows) > 0 {
			out = append(out, table.Folded())
		}
	}
	return out
}

// read returns the texts of a tagged file in reading order, "|one|two|" without spaces, and how many elements of each kind it has.
func read(t *testing.T, file string) (text string, count map[string]int) {
	t.Helper()
	var b strings.Builder
	b.WriteString("|")
	count = map[string]int{}
	for _, line := range strings.Split(poppler(t, "pdfinfo", "-struct-text", file), "\n") {
		line = strings.TrimSpace(line)
		if words, quoted := strings.CutPrefix(line, `"`); quoted {
			b.WriteString(squeezed(strings.TrimSuffix(words, `"`)) + "|")
		} else if kind := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == ':' }); len(kind) > 0 {
			count[kind[0]]++
		}
	}
	return b.String(), count
}

// The contents beside the pages are the headings, the parts of a section below it.
func TestDocumentContents(t *testing.T) {
	sets, err := reportstest.Sets()
	if err != nil {
		t.Fatal(err)
	}
	file := paged(t, engine(t), "typical", document(t, sets[2]), "https://hindsight.example.com")
	_, contents, _ := strings.Cut(poppler(t, "pdftohtml", "-xml", "-stdout", "-i", file), "<outline>")
	want := []string{"Service levels", "<outline>", "Broken promises", "</outline>", "Decisions asked for", "The numbers behind the charts", "How these numbers are worked out", "Where this comes from"}
	for i, line := range strings.Split(strings.TrimSpace(contents), "\n")[:len(want)] {
		got := line
		if page, text, is := strings.Cut(strings.TrimPrefix(line, `<item page="`), `">`); is {
			got = strings.TrimSuffix(text, "</item>")
			if words := poppler(t, "pdftotext", "-f", page, "-l", page, file, "-"); !strings.Contains(words, got) {
				t.Errorf("page %s has no heading %q", page, got)
			}
		}
		if got != want[i] {
			t.Errorf("entry %d of the contents is %q, want %q", i, got, want[i])
		}
	}
}
