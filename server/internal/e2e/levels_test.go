package e2e

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"
)

// serviceLevels promises something and finds out how often it was kept. Of the 17 incidents of priority P2,
// eight took 260 or 300 minutes, the others 120 at most: nine of 17 are 52.9 %.
func serviceLevels(t *testing.T, b browser) {
	p := b.tab(t, filled(t))
	p.signIn("admin", password)
	p.open("/sla")
	p.wantIn("main", "No contracts yet")
	p.follow("main", "New contract")
	p.contract("soon")
	p.fill(field("p0.priorities"), "P2")
	p.follow("main", "See what it would change")
	p.wantIn("[role=alert]", "soon")
	p.want("the name after a mistake", eval[string](p, `document.querySelector('#f-name').value`), "Resolution, urgent")
	p.fill(field("p0.within"), "4h")
	p.follow("main", "See what it would change")
	p.wantIn("[aria-labelledby=tried]", "Apr 2025, Resolution, urgent: from 0 breaches to 1")
	would := map[bool]int{}
	for _, row := range p.texts("[aria-labelledby=tried] tbody tr") {
		would[strings.HasSuffix(strings.TrimSpace(row), "breached")]++
	}
	if would[true] != 8 || would[false] != 9 {
		t.Errorf("the trial lists %d clocks that would be breached and %d that would be met, want 8 and 9", would[true], would[false])
	}
	p.follow("main", "Save as a new version")

	p.open("/sla")
	p.wantIn("[aria-labelledby=own]", "Resolution, urgent", "within 4h", "90", "52.9", "9 of 17", "missed")
	took := p.texts("[aria-labelledby=breaches] [data-label=Took]")
	slices.Sort(took)
	if want := []string{"4h 20m", "4h 20m", "4h 20m", "4h 20m", "5h", "5h", "5h", "5h"}; !slices.Equal(took, want) {
		t.Errorf("the broken promises took %q, want %q", took, want)
	}
	p.sameInFiles()
	p.incident("INC-005")
	p.wantIn("[aria-labelledby=sla]", "breached", "Resolution, urgent", "5h of 4h", "over by 1h", "due ")
}

// contract fills the form of one with a promise about resolution.
func (p *tab) contract(within string) {
	p.t.Helper()
	p.fill("#f-name", "Resolution, urgent")
	p.fill(field("p0.name"), "Resolution, urgent")
	p.fill(field("p0.span"), "opened..resolved")
	p.fill(field("p0.within"), within)
	p.fill(field("p0.goal"), "90")
}

// field selects the input of a name.
func field(name string) string { return "[name='" + name + "']" }

// sameInFiles compares the page with what its exports say.
func (p *tab) sameInFiles() {
	p.t.Helper()
	rows := p.download("/sla/export.csv")
	if len(rows) != 2 {
		p.t.Fatalf("the exported compliance is %q, want a header and one row", rows)
	}
	for column, want := range map[string]string{"service_level": "Resolution, urgent", "within_seconds": "14400", "goal_share": "0.9",
		"met": "9", "breached": "8", "met_share": "0.5294117647058824"} {
		if got := rows[1][slices.Index(rows[0], column)]; got != want {
			p.t.Errorf("the exported %s = %q, want %q", column, got, want)
		}
	}
	shown := p.texts("[aria-labelledby=breaches] .row-meta")
	all := strings.Join(slices.Concat(p.download("/sla/breaches.csv")...), "\n")
	if n := strings.Count(all, "INC-0"); n != 8 || len(shown) != 8 {
		p.t.Errorf("%d breaches are exported and %d are shown, want 8", n, len(shown))
	}
	for _, number := range shown {
		if !strings.Contains(all, number) {
			p.t.Errorf("the breach of %s is not exported", number)
		}
	}
}

// download reads a file of comma-separated values that the page offers.
func (p *tab) download(path string) [][]string {
	p.t.Helper()
	text := eval[string](p, `fetch(document.querySelector(`+quote("a[download][href^='"+path+"']")+`).href).then(r => r.text())`)
	reader := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
	reader.FieldsPerRecord = -1
	reader.Comment = '#'
	rows, err := reader.ReadAll()
	if err != nil {
		p.t.Fatalf("read %s: %v\n%s", path, err, text)
	}
	return rows
}
