package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/pgtest"
)

func connectJira(t *testing.T, b browser) { connect(t, b, open(t, "", loopback), examine) }
func connectOnPostgres(t *testing.T, b browser) {
	connect(t, b, open(t, pgtest.URL(t), loopback), nil)
}

// loopback lets importers call this machine.
var loopback = netip.MustParsePrefix("127.0.0.0/8")

// syntheticJira is a made-up Jira Cloud with four issues of February 2026, one of them in a status that no map knows.
func syntheticJira(t *testing.T) string {
	var issues []string
	for i, status := range []string{"Parked", "Resolved", "Resolved", "Open"} {
		at := today.AddDate(0, 0, -4-3*i)
		stamp := func(hours int) string {
			return at.Add(time.Duration(hours) * time.Hour).Format("2006-01-02T15:04:05.000-0700")
		}
		issues = append(issues, fmt.Sprintf(`{"id":"%d","key":"OPS-%d","fields":{"summary":"Synthetic outage %d","project":{"id":"1","key":"OPS"},"created":%q,"updated":%q,
			"resolutiondate":%q,"status":{"id":"%d","name":%q,"statusCategory":{"key":"undefined"}},"priority":{"id":"1","name":"Highest"},"components":[{"id":"1","name":"checkout"}]},
			"changelog":{"startAt":0,"maxResults":0,"total":0,"histories":[]}}`, 10000+i, i+1, i+1, stamp(0), stamp(5), stamp(1+i), 50+i, status))
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if _, token, _ := r.BasicAuth(); token != "right" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		switch {
		case strings.HasSuffix(r.URL.Path, "/myself"):
			fmt.Fprint(w, `{"displayName":"Reading account"}`)
		case strings.HasSuffix(r.URL.Path, "/project/OPS"):
			fmt.Fprint(w, `{"id":"1","key":"OPS","name":"Operations"}`)
		case strings.HasSuffix(r.URL.Path, "/approximate-count"):
			fmt.Fprintf(w, `{"count":%d}`, len(issues))
		case strings.HasSuffix(r.URL.Path, "/bulkfetch"):
			fmt.Fprint(w, `{"issues":[],"issueChangeLogs":[]}`)
		default:
			fmt.Fprintf(w, `{"isLast":true,"issues":[%s]}`, strings.Join(issues, ","))
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// connect goes through the steps of connecting a made-up Jira: a wrong token first, then the right one, until its
// incidents are in the list; then changes what a word means. examine, where there is one, looks closer at each page.
func connect(t *testing.T, b browser, s site, examine func(*testing.T, *tab, string)) {
	if examine == nil {
		examine = func(*testing.T, *tab, string) {}
	}
	s.user(t, "admin", incident.Admin)
	p := b.tab(t, s)
	p.signIn("admin", password)
	p.open("/imports/new")
	p.follow("main", "Jira")
	examine(t, p, "connect")
	p.fill("[id='f-set.url']", syntheticJira(t))
	p.fill("[id='f-set.user']", "reader@example.com")
	p.fill("[id='f-set.token']", "wrong")
	p.fill("[id='f-set.projects']", "OPS")
	p.follow("main", "Connect and continue")
	p.wantIn("main", "It does not work yet", "401", "The credentials are wrong or have expired")
	examine(t, p, "test-failed")
	p.follow("main", "Change the settings")
	p.want("the secret in the form", eval[string](p, `document.getElementById('f-set.token').value`), "")
	p.fill("[id='f-set.token']", "right")
	p.follow("main", "Save and test")
	p.wantIn("main", "It works", "Reading account", "OPS Operations", "about 4 issues")
	examine(t, p, "test")

	p.open("/imports") // leave, and come back
	p.follow("main", "Jira")
	p.wantIn("main", "Setting up is not finished")
	examine(t, p, "unfinished")
	p.follow("main .banner", "Continue")
	p.follow("main", "Continue")
	p.wantIn("main", "1 word without a meaning", "Parked")
	p.choose("[aria-label='Meaning of Parked']", "Resolved")
	examine(t, p, "words")
	p.follow("main", "Save and preview")
	p.wantIn("main", "4 records looked at", "Synthetic outage 1")
	examine(t, p, "preview-network")
	p.follow("main", "Continue")
	p.set("#f-since", "2026-01-01")
	examine(t, p, "begin")
	p.follow("main form", "Import")
	p.until(`document.querySelector('#run-progress')?.innerText.includes('complete')`)
	p.wantIn("#run-progress", "4 read", "4 new")
	p.shows(4)
	p.open("/incidents")
	if got := p.texts("tr[data-row] .row-title"); !slices.Equal(got, []string{"Synthetic outage 1", "Synthetic outage 2", "Synthetic outage 3", "Synthetic outage 4"}) {
		t.Errorf("the list holds %q", got)
	}
	p.open("/imports")
	p.follow("main", "Jira")
	p.wantIn("main", "every 5m, compared daily", "Set up pushes")
	examine(t, p, "connection-network")
	p.remap(t, examine)
	p.follow("main", "Set up pushes")
	examine(t, p, "webhook")
	p.follow("main", "Make a secret")
	p.wantIn("main", "It is shown this once", "one is good", s.url+"/hooks/con_")
}

// remap changes the meaning of a word of a connection that is set up: first it is shown what would change.
func (p *tab) remap(t *testing.T, examine func(*testing.T, *tab, string)) {
	t.Helper()
	p.follow("main", "Change the mapping")
	p.choose("[aria-label='Meaning of Parked']", "Canceled")
	p.follow("main", "See what would change")
	p.wantIn("main", "1 incident would change", "Nothing is written yet")
	examine(t, p, "forecast")
	p.follow("main", "Do it")
	p.until(`document.querySelector('#run-progress')?.innerText.includes('complete')`)
	p.open("/imports")
	p.follow("main", "Jira")
	p.wantIn("main", "Mappings so far", "1 status")
	examine(t, p, "connection-versions")
}
