package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"hindsight/incident"
	"hindsight/server/internal/pgtest"
)

func importTable(t *testing.T, b browser)      { wizard(t, b, open(t, ""), examine) }
func importOnPostgres(t *testing.T, b browser) { wizard(t, b, open(t, pgtest.URL(t)), nil) }

// wizard imports a table of four rows, of which one has no key and one a priority that nobody knows.
// examine, where there is one, looks closer at each step.
func wizard(t *testing.T, b browser, s site, examine func(*testing.T, *tab, string)) {
	if examine == nil {
		examine = func(*testing.T, *tab, string) {}
	}
	s.user(t, "admin", incident.Admin)
	p := b.tab(t, s)
	p.signIn("admin", password)
	p.open("/imports/new")
	p.follow("main", "CSV")
	p.fill("#f-name", "Help desk")
	p.do(chromedp.SetUploadFiles(chromedp.CSS("#f-file"), []string{absolute(t, "testdata/broken.csv")}))
	p.leave(func() { p.click("main", "Upload and continue") })

	p.want("the heading", p.text("h1"), "What does each column mean?")
	p.want("what the column Opened is guessed to be", p.chosen("[aria-label='Meaning of Opened']"), "Opened")
	examine(t, p, "columns")
	p.choose("[aria-label='Meaning of Number']", "Key")
	p.follow("main", "Preview the first rows")
	p.previewed()
	examine(t, p, "preview")
	p.follow("main", "Change the columns")
	p.want("what the column Number was said to be", p.chosen("[aria-label='Meaning of Number']"), "Key: identifies the incident for good")
	p.follow("main", "Preview the first rows")
	p.previewed()

	p.follow("main", "Import everything")
	p.until(`document.querySelector('#run-progress')?.innerText.includes('complete')`)
	p.wantIn("#run-progress", "4 read", "3 new", "1 rejected")
	p.shows(3)
	p.open(p.where()) // the buttons of a run that is done
	examine(t, p, "run")
	p.follow("main", "See the incidents")
	p.wantIn("#results", "3 of 3 incidents", "Source: Help desk")
	p.rows("Mail bounces Help desk 20m", "Login is slow Help desk 40m", "Login page is empty Help desk 1h 10m")

	p.repair()
	p.shows(4)
	p.open("/incidents")
	p.rows("Mail bounces Help desk 20m", "Mail is late Help desk 5h", "Login is slow Help desk 40m", "Login page is empty Help desk 1h 10m")
	p.open("/imports/letters")
	p.wantIn("main", "None waiting")
}

// previewed checks the preview, and that nothing is written by it.
func (p *tab) previewed() {
	p.t.Helper()
	p.wantIn("main", "Before anything is written", "column Number: it is part of the key and must not be empty", "Panic")
	if got := p.texts("main td.col-title .row-title"); !slices.Equal(got, []string{"Login page is empty", "Login is slow", "Mail bounces"}) {
		p.t.Errorf("the preview shows %q", got)
	}
	if got := eval[string](p, `fetch('/incidents').then(r => r.text())`); !strings.Contains(got, "No incidents yet") {
		p.t.Errorf("after a preview, /incidents does not say that there are none")
	}
}

// repair gives the rejected row its key: first one that is still wrong, then a right one.
func (p *tab) repair() {
	p.t.Helper()
	p.open("/imports/letters")
	p.click("main", "What was read, and repair it")
	text := eval[string](p, `document.querySelector('main textarea').value`)
	p.fill("main textarea", `{"Number"`)
	p.follow("main", "Try this text")
	p.wantIn("main", "It still cannot be imported")
	p.want("the text that was sent", eval[string](p, `document.querySelector('main textarea').value`), `{"Number"`)
	eval[bool](p, `(() => { document.querySelector('main details.disclose').open = true; return true })()`)
	p.fill("main textarea", strings.Replace(text, `"Number":""`, `"Number":"INC-3"`, 1))
	p.follow("main", "Try this text")
	p.wantIn("main", "The record is imported.")
}

// shows waits until pages count n incidents: charts and search follow a moment behind.
func (p *tab) shows(n int) {
	p.t.Helper()
	p.until(`fetch('/incidents').then(r => r.text()).then(t => t.includes(` + quote(of(n)) + `))`)
}

// rows compares title, source and length of the incidents in the list.
func (p *tab) rows(want ...string) {
	p.t.Helper()
	got := eval[[]string](p, `[...document.querySelectorAll('tr[data-row]')].map(r => [r.querySelector('.row-title').innerText,
		r.querySelector('.row-meta').lastElementChild.innerText, r.querySelector('[data-label=Lasted]').innerText].join(' '))`)
	if !slices.Equal(got, want) {
		p.t.Errorf("at %s the rows are %q, want %q", p.where(), got, want)
	}
}
