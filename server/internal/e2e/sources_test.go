package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"hindsight/importers"
	"hindsight/importers/all"
	"hindsight/importers/all/alltest"
	"hindsight/importers/importertest"
	"hindsight/incident"
	"hindsight/server/internal/pgtest"
)

func everySource(t *testing.T, b browser) {
	for _, s := range all.Sources() {
		known := slices.ContainsFunc(alltest.Upstreams(), func(u importertest.Upstream) bool { return u.Source == s.Name })
		if s.API != nil && !known {
			t.Errorf("%s has no made-up system in importers/all/alltest, so nobody has seen its wizard work", s.Name)
		}
	}
	walkSources(t, b, "", alltest.Upstreams())
}

// someOnPostgres takes one source of each kind: of a tracker, a pager, alerts, changes, and shifts.
func someOnPostgres(t *testing.T, b browser) {
	kinds := []string{"jira", "pagerduty", "alertmanager", "jenkins", "icalendar"}
	walkSources(t, b, pgtest.URL(t), slices.DeleteFunc(alltest.Upstreams(), func(u importertest.Upstream) bool { return !slices.Contains(kinds, u.Source) }))
}

// walkSources connects one made-up system after the other on one site, and removes it again.
func walkSources(t *testing.T, b browser, database string, upstreams []importertest.Upstream) {
	c := newClock()
	s := openAt(t, database, c.now, loopback)
	s.Desk.Runner.Sleep = c.sleep
	s.user(t, "admin", incident.Admin)
	p := b.tab(t, s)
	p.signIn("admin", password)
	for _, up := range upstreams {
		t.Run(up.Source, func(t *testing.T) {
			source, err := s.Desk.Source(up.Source)
			if err != nil {
				t.Fatal(err)
			}
			server := httptest.NewServer(c.dated(up.New()))
			t.Cleanup(server.Close)
			defer func(outer *testing.T) { p.t = outer }(p.t)
			p.t = t
			w := walker{tab: p, source: source, up: up, settings: up.Settings(server.URL)}
			if up.Pinned { // the vendor's own address is left as it is, and leads to the made-up system
				delete(w.settings, "url")
				defer func(outer http.RoundTripper) { s.Desk.Runner.Transport = outer }(s.Desk.Runner.Transport)
				s.Desk.Runner.Transport = detour{to: strings.TrimPrefix(server.URL, "http://")}
			}
			w.connect()
			w.learn()
			w.read()
			w.look()
			w.unplug(source.Title)
		})
	}
}

// detour takes every request to one server of this machine.
type detour struct{ to string }

func (d detour) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host = "http", d.to
	return http.DefaultTransport.RoundTrip(r)
}

// walker goes through the wizard for one source.
type walker struct {
	*tab
	source   importers.Source
	up       importertest.Upstream
	settings map[string]string
}

// connect fills in the settings, at first with a wrong credential where there is one, and tests them.
func (w walker) connect() {
	w.t.Helper()
	w.open("/imports/new/" + w.source.Name)
	w.shoot("1-settings")
	secret := w.secret()
	for _, f := range w.source.Settings {
		if value, set := w.settings[f.Name]; set {
			w.enter(f, value)
		}
	}
	if secret.Name != "" {
		w.enter(secret, w.settings[secret.Name]+"-wrong")
	}
	w.follow("main", "Connect and continue")
	if secret.Name != "" {
		w.wantIn("main", "It does not work yet", "The source could not be read.")
		if advice := w.texts("main [role=alert] p"); len(advice) != 2 || advice[1] == "" {
			w.t.Errorf("after a wrong %s, the test says %q and not what to do", secret.Label, advice)
		}
		w.shoot("2-test-failed")
		w.follow("main", "Change the settings")
		w.enter(secret, w.settings[secret.Name])
		w.follow("main", "Save and test")
	}
	w.wantIn("main", "It works", w.source.Title+" answered")
	w.shoot("2-test")
}

// secret is the first secret setting that the made-up system wants; without a name there is none.
func (w walker) secret() importers.Field {
	i := slices.IndexFunc(w.source.Settings, func(f importers.Field) bool { return f.Secret && w.settings[f.Name] != "" })
	if i < 0 {
		return importers.Field{}
	}
	return w.source.Settings[i]
}

func (w walker) enter(f importers.Field, value string) {
	w.t.Helper()
	selector := "[id='f-set." + f.Name + "']"
	if len(f.Options) > 0 {
		w.set(selector, value)
		return
	}
	w.fill(selector, value)
}

// learn leaves the meaning of words as it is and looks at the preview, which writes nothing.
func (w walker) learn() {
	w.t.Helper()
	w.follow("main", "Continue")
	w.wantIn("main", "What do its words mean?")
	w.shoot("3-words")
	w.follow("main", "Save and preview")
	w.wantIn("main", "Before anything is written")
	if text := w.text("main"); strings.Contains(text, "could not be read") || strings.Contains(text, "already here") || len(w.texts("main td.col-title")) == 0 {
		w.t.Errorf("the preview of a new connection shows no record, or some that are here already: %.900q", text)
	}
	if w.up.Incidents > 0 && !strings.Contains(w.text("main"), "Synthetic") {
		w.t.Errorf("the preview shows none of the made-up incidents: %q", w.texts("main td.col-title"))
	}
	w.shoot("4-preview")
	if got := eval[string](w.tab, `fetch('/incidents').then(r => r.text())`); !strings.Contains(got, "No incidents yet") {
		w.t.Errorf("after a preview, /incidents does not say that there are none")
	}
}

// read begins with the year that the made-up systems live in, and waits for the end.
func (w walker) read() {
	w.t.Helper()
	w.follow("main", "Continue")
	w.set("#f-since", "2026-01-01")
	w.shoot("5-begin")
	w.follow("main form", "Import")
	w.until(`/complete|partial|failed/.test(document.querySelector('#run-progress')?.innerText ?? '')`)
	w.wantIn("#run-progress", "complete", " new") // incidents, changes and shifts together
	w.open(w.where())                             // with what a run has that is done
	w.shoot("6-run")
	if w.up.Incidents == 0 {
		return
	}
	w.shows(w.up.Incidents)
	w.open("/incidents?q=" + `"` + strings.ReplaceAll(w.up.Title, " ", "+") + `"`)
	if got := w.texts("tr[data-row] .row-title"); !slices.Contains(got, w.up.Title) {
		w.t.Errorf("the list of incidents holds %q, want %q among them", got, w.up.Title)
	}
}

// look sees on the connection's page how it fares, and how pushes are set up.
func (w walker) look() {
	w.t.Helper()
	w.open("/imports")
	w.follow("main table", w.source.Title)
	w.wantIn("main", "every 5m, compared daily", "Every record that was read could be used.")
	if w.up.Incidents > 0 {
		w.wantIn("main", "What it knows", fmt.Sprintf("of %d", min(w.up.Incidents, 1000)))
	}
	w.shoot("7-connection")
	if w.source.Hook == nil {
		return
	}
	w.follow("main", "Set up pushes")
	w.wantIn("main", w.site.url+"/hooks/con_")
	w.shoot("8-pushes")
	w.back(-1)
	w.until(`document.querySelector('#remove')`)
}

// pictured are the sources whose steps are looked at by people.
var pictured = []string{"jira", "pagerduty", "victorops", "icalendar", "alertmanager", "jenkins"}

// shoot stores how a step looks, where somebody wants to see it.
func (w walker) shoot(step string) {
	w.t.Helper()
	if slices.Contains(pictured, w.source.Name) {
		w.pictures("walk-" + w.source.Name + "-" + step)
	}
}
