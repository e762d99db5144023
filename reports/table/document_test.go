package table

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"hindsight/reports"
	"hindsight/reports/reportstest"
)

// TestDocument: whatever the numbers are, a document can be written in each form, says the same twice, and its digest is that of what it says.
func TestDocument(t *testing.T) {
	sets, err := reportstest.Sets()
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range sets {
		d := reportstest.Document(set)
		var md, js, again bytes.Buffer
		if err := DocumentMarkdown(&md, d, "https://hindsight.example.com"); err != nil {
			t.Fatal(err)
		}
		if err := DocumentJSON(&js, d); err != nil {
			t.Fatal(err)
		}
		if err := DocumentJSON(&again, reportstest.Document(set)); err != nil || again.String() != js.String() {
			t.Errorf("%s: the same document is not the same JSON (%v)", set.Name, err)
		}
		var back Document
		if err := json.Unmarshal(js.Bytes(), &back); err != nil || len(back.Parts) != len(d.Parts) {
			t.Errorf("%s: read back: %v, %d parts for %d", set.Name, err, len(back.Parts), len(d.Parts))
		}
		for _, want := range []string{"# A sample of everything\n", "\n## Service levels\n", "\n### Broken promises\n", "- [ ] ", `&lt;b&gt;What&lt;/b&gt; is \*written\* here \| stays as it is.](https://hindsight.example.com/sla)`,
			"## How these numbers are worked out\n", "Made for ana, without private incidents, as of 1 Oct 2025, 00:00 CEST and change 1,942.", "=cmd()\\|calc never"} {
			if !strings.Contains(md.String(), want) {
				t.Errorf("%s: the Markdown lacks %q:\n%s", set.Name, want, md.String()[:min(1500, md.Len())])
			}
		}
		if bad := "this](javascript:"; strings.Contains(md.String(), bad) {
			t.Errorf("%s: a text became a link", set.Name)
		}
		digest, err := Digest(d)
		if err != nil || len(digest) != 64 {
			t.Fatal(digest, err)
		}
		d.Stamp.Digest = "whatever"
		if same, _ := Digest(d); same != digest {
			t.Errorf("%s: a digest depends on the digest that is there", set.Name)
		}
		d.Stamp.At = d.Stamp.At.Add(1)
		if other, _ := Digest(d); other == digest {
			t.Errorf("%s: two moments have one digest", set.Name)
		}
	}
}

// TestMethods: each definition stands once, in the order in which its figures come.
func TestMethods(t *testing.T) {
	sets, err := reportstest.Sets()
	if err != nil {
		t.Fatal(err)
	}
	d := reportstest.Document(sets[2])
	var ids []string
	for _, m := range d.Methods() {
		ids = append(ids, m.ID)
		if !strings.HasSuffix(m.Text, ".") || strings.Contains(m.Text, "..") {
			t.Errorf("%s: %s", m.ID, m.Text)
		}
	}
	if got := strings.Join(ids, " "); got != "sla time_to_resolve" {
		t.Errorf("definitions %s", got)
	}
	if n := len(d.Tables()); n != 5 {
		t.Errorf("%d tables, want those of three charts, the promises and the breaches", n)
	}
	if _, err := newPart(nil); err == nil {
		t.Error("nothing is a part")
	}
	var none reports.Document
	if len(none.Methods())+len(none.Tables()) > 0 {
		t.Error("an empty document has tables")
	}
}
