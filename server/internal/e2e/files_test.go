package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"hindsight/importers/all"
	"hindsight/incident"
)

// folder is where sources keep what they are tested with, as the tests here see it.
const folder = "../../../importers/"

// fileCase is a file as a product exports it, and what can be seen when it is imported.
type fileCase struct {
	source  string
	files   []string
	columns string // what is said about the columns of a table; empty: there is no such step
	preview string // on the page before anything is written
	result  string // of the run
	titles  []string
}

// fileCases are the files of every source that reads some; the counts were made by reading the files.
func fileCases(t *testing.T) []fileCase {
	jira := filepath.Join(t.TempDir(), "jira.csv") // with the columns of the export that importers/table/presets.go names
	rows := "Summary,Issue key,Issue id,Status,Priority,Created,Resolved,Component/s\nSynthetic outage,OPS-1,10001,Done,Highest,11/May/24 03:26 PM,11/May/24 04:26 PM,web\n"
	if err := os.WriteFile(jira, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	return []fileCase{
		{source: "dispatch", files: []string{folder + "dispatch/testdata/synthetic.dump"}, preview: "Slow search <script>", result: "6 new",
			titles: []string{"Checkout returns errors", "Slow search <script>", "Rehearsal", "Entered when all was over", "An odd one", "Another organization, the same id"}},
		{source: "icalendar", files: []string{folder + "icalendar/testdata/synthetic_rota.ics"}, preview: "on call: 3 shifts", result: "read"},
		{source: "markdown", files: []string{folder + "markdown/testdata/odd/tables.html.md.erb", folder + "markdown/testdata/odd/latin1.markdown"},
			preview: "Shakespeare Sonnet++ Postmortem", result: "2 new", titles: []string{"Ausfall im Gebäude", "Shakespeare Sonnet++ Postmortem"}},
		{source: "morgue", files: []string{folder + "morgue/testdata/synthetic.sql"}, preview: "Without an end", result: "3 new",
			titles: []string{"Without an end"}},
		{source: "runbooks", files: []string{folder + "markdown/testdata/runbooks/cold-cache.md"}, preview: "Cold cache after a restart", result: "1 new"},
		{source: "servicenow", files: []string{folder + "servicenow/testdata/few.csv"}, preview: "Category 46 / Subcategory 223", result: "4 new",
			titles: []string{"Category 20 / Subcategory 125 / Symptom 4", "Category 46 / Subcategory 150", "Category 46 / Subcategory 223", "Category 55 / Subcategory 170 / Symptom 72"}},
		{source: "statuspage", files: []string{folder + "statuspage/testdata/api/incidents.json"}, preview: "Messaging issues", result: "5 new",
			titles: []string{"Database upgrade", "Fix that did not hold <script>alert(1)</script>", "Messaging issues", "Still open", "Written afterwards"}},
		{source: "table", files: []string{jira}, columns: "These are the columns of a Jira issue export", preview: "Synthetic outage", result: "1 new", titles: []string{"Synthetic outage"}},
	}
}

// everyFile imports the files of each source that reads some, from the upload to the list of incidents.
func everyFile(t *testing.T, b browser) {
	s := open(t, "")
	s.user(t, "admin", incident.Admin)
	p := b.tab(t, s)
	p.signIn("admin", password)
	cases := fileCases(t)
	for _, source := range all.Sources() {
		if source.File && !slices.ContainsFunc(cases, func(c fileCase) bool { return c.source == source.Name }) {
			t.Errorf("no file of %s is imported here, so nobody has seen its wizard work", source.Name)
		}
	}
	for _, c := range cases {
		t.Run(c.source, func(t *testing.T) {
			defer func(outer *testing.T) { p.t = outer }(p.t)
			p.t = t
			p.bring(c)
		})
	}
}

// bring goes through the steps for a file, and removes what came of it.
func (p *tab) bring(c fileCase) {
	p.t.Helper()
	var files []string
	for _, f := range c.files {
		files = append(files, absolute(p.t, f))
	}
	p.open("/imports/new/" + c.source + "?from=file")
	title := eval[string](p, `document.querySelector('#f-name').value`)
	p.do(chromedp.SetUploadFiles(chromedp.CSS("#f-file"), files))
	p.leave(func() { p.click("main", "Upload and continue") })
	if c.columns != "" {
		p.wantIn("body", "What does each column mean?", c.columns)
		p.follow("main", "Preview the first rows")
	}
	p.wantIn("main", "Before anything is written", c.preview)
	if got := eval[string](p, `fetch('/incidents').then(r => r.text())`); !strings.Contains(got, "No incidents yet") {
		p.t.Errorf("after a preview, /incidents does not say that there are none")
	}
	p.follow("main", "Import everything")
	p.until(`/complete|partial|failed/.test(document.querySelector('#run-progress')?.innerText ?? '')`)
	p.wantIn("#run-progress", "complete", c.result)
	if len(c.titles) > 0 {
		p.until(`fetch('/incidents').then(r => r.text()).then(t => !t.includes('No incidents yet'))`)
		p.open("/incidents")
		for _, want := range c.titles {
			if got := p.texts("tr[data-row] .row-title"); !slices.Contains(got, want) {
				p.t.Errorf("the list of incidents holds %q, want %q among them", got, want)
			}
		}
	}
	p.open("/imports")
	p.follow("main table", title)
	p.wantIn("main", "Every record that was read could be used.")
	p.unplug(title)
}

// unplug removes the connection whose page is open, and waits until its incidents are gone.
func (p *tab) unplug(name string) {
	p.t.Helper()
	p.fill("#f-confirm", name)
	p.follow("main", "Remove the connection")
	p.wantIn("main", name+" is removed, with its incidents")
	p.until(`fetch('/incidents').then(r => r.text()).then(t => t.includes('No incidents yet'))`)
}

// pushDeploy connects the source that is only pushed to: a secret is made in the browser, a pipeline uses it.
func pushDeploy(t *testing.T, b browser) {
	s := open(t, "")
	s.user(t, "admin", incident.Admin)
	p := b.tab(t, s)
	p.signIn("admin", password)
	p.open("/imports/new/deploy")
	p.fill("#f-name", "Pipelines")
	p.follow("main", "Connect and continue")
	p.follow("main", "Make a secret")
	p.wantIn("main", "It is shown this once", s.url+"/hooks/con_")
	text := p.text("main")
	_, rest, _ := strings.Cut(text, "Authorization: Bearer ")
	secret, _, _ := strings.Cut(rest, "'")
	_, rest, _ = strings.Cut(text, "/hooks/")
	conn, _, _ := strings.Cut(rest, " ")
	conn = strings.TrimRight(conn, "'\"")
	const deployed = `{"id": "synthetic-1", "service": "checkout", "environment": "production", "revision": "abc1234", "result": "succeeded", "started_at": "2026-03-02T09:00:00Z"}`
	const broken = `{"issueKey": "OPS-9", "type": "INCIDENT", "title": "Synthetic outage after a deployment", "status": "DONE", "createdDate": "2026-03-02T09:05:00Z", "resolutionDate": "2026-03-02T09:45:00Z"}`
	post := func(token, body string) string {
		return eval[string](p, fmt.Sprintf(`fetch('/hooks/%s', {method: 'POST', headers: {'Content-Type': 'application/json', Authorization: 'Bearer %s'}, body: %s}).then(r => String(r.status))`, conn, token, quote(body)))
	}
	p.want("the answer to a delivery with a wrong secret", post("wrong", deployed), "401")
	p.want("the answer to a delivery", post(secret, deployed), "200")
	p.want("the answer to a delivery", post(secret, broken), "200")
	p.shows(1)
	p.open("/incidents")
	p.wantIn("main", "Synthetic outage after a deployment")
	p.open("/imports")
	p.follow("main table", "Pipelines")
	p.wantIn("main", "Last push", "Refused pushes 1, for their signature", "Push secret set")
	p.until(`fetch('/api/v1/changes').then(r => r.json()).then(c => c.items.length === 1 && c.items[0].revision === 'abc1234')`)
	p.unplug("Pipelines")
}
