package e2e

import (
	"strings"
	"testing"
)

// setUp goes from a server with nothing in it to figures, and back.
func setUp(t *testing.T, b browser) {
	p := b.tab(t, open(t, ""))
	p.open("/incidents")
	p.want("where a new server leads", p.where(), "/setup")
	p.fill("#f-name", "first")
	p.fill("#f-display", "First Person")
	p.fill("#f-password", "short")
	p.follow("main", "Create administrator")
	p.wantIn("[role=alert]", "12")
	p.want("the name after a mistake", eval[string](p, `document.querySelector('#f-name').value`), "first")
	p.fill("#f-password", password)
	p.follow("main", "Create administrator")
	p.want("where setting up leads", p.where(), "/setup/start")

	p.open("/")
	p.wantIn("main", "Getting started", "No incidents yet")
	p.open("/setup/start")
	p.follow("main", "Load Postmortems of mybinder.org")
	p.until(`document.querySelector('#run-progress')?.innerText.includes('complete')`)
	p.wantIn("#run-progress", "17 new")
	if text := strings.Join(p.texts("#run-progress"), " "); strings.Contains(text, "rejected") {
		p.t.Errorf("the run of the sample data says %q, want nothing rejected", text)
	}

	p.until(`fetch('/incidents').then(r => r.text()).then(t => t.includes('17 of 17 incidents'))`)
	p.open("/")
	p.want("the number of incidents", strings.Join(p.texts(".stat-value")[:1], ""), "17")
	p.wantIn("main", "Postmortems of mybinder.org")

	p.open("/setup/start")
	p.follow("main", "Remove Postmortems of mybinder.org")
	p.wantIn("main", "The sample data is removed.")
	p.open("/")
	p.wantIn("main", "No incidents yet")
	p.open("/incidents")
	if got := p.text("main"); strings.Contains(got, "Binder") {
		t.Errorf("after the sample data is removed, /incidents says %q", got)
	}
}
