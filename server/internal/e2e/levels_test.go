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
	p.wantIn("main", "No targets yet")
	p.follow("main", "Define a target")
	p.fill("#f-name", "Resolution, urgent")
	p.choose("#f-span", "Resolution")
	p.fill("#f-within", "soon")
	p.fill("#f-goal", "90")
	p.choose("#f-priority", "P2")
	p.follow("main", "Define target")
	p.wantIn("[role=alert]", "soon")
	p.want("the name after a mistake", eval[string](p, `document.querySelector('#f-name').value`), "Resolution, urgent")
	p.fill("#f-within", "4h")
	p.follow("main", "Define target")

	p.open("/sla")
	p.wantIn("[aria-labelledby=own]", "Resolution, urgent", "within 4h", "90", "52.9", "9 of 17", "missed")
	took := p.texts("[aria-labelledby=breaches] [data-label=Took]")
	slices.Sort(took)
	if want := []string{"4h 20m", "4h 20m", "4h 20m", "4h 20m", "5h", "5h", "5h", "5h"}; !slices.Equal(took, want) {
		t.Errorf("the missed targets took %q, want %q", took, want)
	}
	p.sameInFiles()
	p.incident("INC-005")
	p.wantIn("[aria-labelledby=sla]", "missed", "Resolution, urgent", "5h of 4h")
}

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
