package pagerduty

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/importers/pagerduty/pagerdutytest"
	"hindsight/incident"
)

// input returns what the source's functions read a made-up system from.
func input(t testing.TB, h http.Handler, more ...string) importers.Input {
	return importertest.Input(t, Source(), pagerdutytest.Upstream.ConfigWith(importertest.Served(t, h), more...))
}

// read reads all of a source with the given settings, into what is known already.
func read(t *testing.T, a *pagerdutytest.Server, into *importertest.Haul, more ...string) *importertest.Haul {
	t.Helper()
	return importertest.ReadAll(t, Source(), pagerdutytest.Upstream.ConfigWith(importertest.Served(t, a), more...), into)
}

func TestRunAPI(t *testing.T) {
	a := pagerdutytest.New(45)
	importertest.RunAPI(t, Source(), importertest.Fake{Handler: func() http.Handler { return a }, Config: pagerdutytest.Upstream.Config, Want: 45})
}

// More entries than can be listed of any period that is not cut: none is lost, whether the total tells or a refusal.
func TestAboveTheCeiling(t *testing.T) {
	for _, tc := range []struct{ incidents, ceiling int }{
		{2600, ceiling}, // 10,400 log entries within 45 minutes
		{45, 100},       // refused with the code 2002 before the total is above what the vendor documents
	} {
		a := pagerdutytest.New(tc.incidents)
		a.Ceiling = tc.ceiling
		h := read(t, a, nil)
		if len(h.Records) != tc.incidents {
			t.Errorf("read %d incidents, want %d", len(h.Records), tc.incidents)
		}
		for _, i := range []int{0, tc.incidents / 2, tc.incidents - 1} {
			if n := len(h.Draft(t, incidents, fmt.Sprintf("PINC%04d", i)).Timeline); n != 4 {
				t.Errorf("incident %d has %d events, want 4", i, n)
			}
		}
	}
}

// A thousand incidents with four entries each take 10 + 40 pages; the periods without any take the rest.
func TestRequestsForAThousandIncidents(t *testing.T) {
	a := pagerdutytest.New(1000)
	read(t, a, nil)
	empty := pagerdutytest.New(0)
	read(t, empty, nil)
	got := a.Asked["/incidents"] + a.Asked["/log_entries"] - empty.Asked["/incidents"] - empty.Asked["/log_entries"]
	t.Logf("%d requests for 1,000 incidents with 4,000 log entries; %d for the periods without any", got, empty.Asked["/incidents"]+empty.Asked["/log_entries"])
	if got > 60 || a.Asked["/incidents/PINC0000"] != 0 {
		t.Errorf("1,000 incidents took %d list requests and %d fetches of the first, want at most 60 and none", got, a.Asked["/incidents/PINC0000"])
	}
}

// What happens after the backfill is read from the account's log alone, one request when nothing happened.
func TestFollow(t *testing.T) {
	a := pagerdutytest.New(3)
	first := read(t, a, nil)
	now := time.Now().UTC().Add(-time.Minute).Format(time.RFC3339)
	a.Asked = map[string]int{}
	first = read(t, a, first)
	if want := map[string]int{"/log_entries": 1, "/change_events": 1, "/schedules": 1}; !maps.Equal(a.Asked, want) {
		t.Errorf("a poll when nothing happened asked %v, want %v", a.Asked, want)
	}
	old := a.Incidents[0]
	a.Incidents[0] = importertest.With(old, object{"status": "triggered", "updated_at": now, "last_status_change_at": now, "resolved_at": nil})
	a.Log["PINC0000"] = append(a.Log["PINC0000"], pagerdutytest.Entry("RNEW", "reopen", now, pagerdutytest.User(2), nil))
	d := read(t, a, first).Draft(t, incidents, "PINC0000")
	if d.Incident.Status != incident.Triggered || *d.Incident.Reopened != 1 || len(d.Timeline) != 5 || !d.Incident.Milestones.At(incident.ResolvedAt).IsZero() {
		t.Errorf("after a reopening: status %s, reopened %d, %d events, resolved %v; want triggered, 1, 5, none",
			d.Incident.Status, *d.Incident.Reopened, len(d.Timeline), d.Incident.Milestones.At(incident.ResolvedAt))
	}
}

// A server that says "more" for ever, with the same page each time, ends the walk with an error that says so.
func TestMoreForEver(t *testing.T) {
	a := pagerdutytest.New(2)
	url := importertest.Served(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e := importertest.With(a.Log["PINC0000"][0], object{"incident": a.Incidents[0]})
		importertest.Answer(w, 200, object{"log_entries": []any{e}, "incidents": []any{a.Incidents[0]}, "more": true, "limit": 1})
	}))
	_, err := importertest.Collect(context.Background(), t, Source(), pagerdutytest.Upstream.ConfigWith(url), nil, 0)
	if !errors.Is(err, importers.ErrStuck) {
		t.Errorf("more for ever gave %v, want ErrStuck", err)
	}
}

// The log carries references where an account's answers are not expanded: then incidents are fetched.
func TestReferencesAreFetched(t *testing.T) {
	a := pagerdutytest.New(2)
	inner := a
	url := importertest.Served(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/log_entries" {
			inner.ServeHTTP(w, r)
			return
		}
		importertest.Answer(w, 200, object{"log_entries": []any{importertest.With(a.Log["PINC0001"][0], object{"incident": pagerdutytest.Ref("incident", "PINC0001", "x")}), object{"id": "RLOST", "type": "trigger_log_entry"}}})
	}))
	in := importertest.Input(t, Source(), pagerdutytest.Upstream.Config(url))
	s, err := follow(context.Background(), in, importers.At{From: importertest.Moment("2026-05-01T00:00:00Z"), To: importertest.Moment("2026-05-10T00:00:00Z")})
	if err != nil || len(s.Touched) != 1 || s.Touched[0] != "PINC0001" || len(s.Rejects) != 1 {
		t.Errorf("follow = touched %q, rejects %+v, %v; want PINC0001 and the entry without an incident", s.Touched, s.Rejects, err)
	}
}

func TestAllowLists(t *testing.T) {
	a := pagerdutytest.New(4)
	a.Incidents[1] = importertest.With(a.Incidents[1], object{"service": pagerdutytest.Ref("service", "PSVC2", "Search")})
	if h := read(t, a, nil, "services", "PSVC2, PSVC9"); len(h.Records) != 1 {
		t.Errorf("read %d incidents of the service PSVC2, want 1", len(h.Records))
	}
	in := input(t, a, "services", "PSVC2", "teams", "PTEAM1")
	got, err := Source().Collections[0].Fetch(context.Background(), in, []string{"PINC0000", "PINC0001", "PGONE"})
	if err != nil || len(got) != 1 || got[0].ExternalID != "PINC0001" {
		t.Errorf("Fetch = %d records, %v; want PINC0001 alone: one is of another service, one is gone", len(got), err)
	}
}

// With the setting "always" each incident is fetched, with its alerts and custom fields.
func TestDetailsAlways(t *testing.T) {
	a := pagerdutytest.New(2)
	for i := range 130 {
		a.Alerts["PINC0000"] = append(a.Alerts["PINC0000"], object{"id": fmt.Sprintf("PALERT%03d", i), "type": "alert", "summary": "Disk full", "severity": "critical",
			"status": "resolved", "created_at": "2026-05-04T11:58:00Z"})
	}
	d := read(t, a, nil, "details", detailsAlways).Draft(t, incidents, "PINC0000")
	if got := d.Incident.Milestones.At(incident.Detected); !got.Equal(importertest.Moment("2026-05-04T11:58:00Z")) || len(d.Timeline) != 134 {
		t.Errorf("detected %v with %d events, want 11:58, the time of the first alert, and 130 alerts with 4 log entries", got, len(d.Timeline))
	}
	custom := fmt.Sprint(d.Incident.Custom)
	if !strings.Contains(custom, "{Region eu-1}") || !strings.Contains(custom, "{Tiers gold, silver}") {
		t.Errorf("custom values are %s, want Region and Tiers", custom)
	}
}

// What only a fetch tells stays when a later poll reads a newer version of the incident from the log.
func TestCustomFieldsOutliveAPoll(t *testing.T) {
	a := pagerdutytest.New(1)
	h := read(t, a, nil)
	c := Source().Collections[0]
	got, err := c.Fetch(context.Background(), input(t, a), []string{"PINC0000"})
	if err != nil || len(got) != 1 {
		t.Fatalf("Fetch = %v, %v", got, err)
	}
	newerOne := record{Incident: raw(importertest.With(a.Incidents[0], object{"title": "Queue is full", "updated_at": "2026-05-05T00:00:00Z"}))}
	late, err := newerOne.as("PINC0000")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []importers.Record{got[0], late} {
		if err := h.Put(c, r); err != nil {
			t.Fatal(err)
		}
	}
	d := h.Draft(t, incidents, "PINC0000")
	if d.Incident.Title != "Queue is full" || !strings.Contains(fmt.Sprint(d.Incident.Custom), "{Region eu-1}") {
		t.Errorf("title %q, custom %v; want the newer title and the fetched custom field", d.Incident.Title, d.Incident.Custom)
	}
}

func TestProbe(t *testing.T) {
	a := pagerdutytest.New(1)
	scope, err := probe(context.Background(), input(t, a))
	if err != nil || scope.Identity != "An API key of the account" || len(scope.Reach) != 1 || scope.Reach[0] != "Billing" {
		t.Errorf("probe = %+v, %v; want an account's key that reaches Billing", scope, err)
	}
	a.Forbidden = "/services"
	if scope, err = probe(context.Background(), input(t, a)); err != nil || len(scope.Notes) != 1 {
		t.Errorf("probe without the right to list services = %+v, %v; want a note", scope, err)
	}
	a.Forbidden = "/incidents"
	if _, err = probe(context.Background(), input(t, a)); !importers.HasStatus(err, 403) {
		t.Errorf("probe without the right to read incidents = %v, want the 403", err)
	}
	if _, err = probe(context.Background(), input(t, a, "key", "wrong")); !importers.HasStatus(err, 401) {
		t.Errorf("probe with a wrong key = %v, want the 401", err)
	}
}

func TestSign(t *testing.T) {
	for key, want := range map[string]string{"u+abc": "Token token=u+abc", "pdus+_x": "Bearer pdus+_x", "pdeu+_x": "Bearer pdeu+_x"} {
		req := httptest.NewRequest("GET", "/", nil)
		sign(pagerdutytest.Upstream.ConfigWith("https://api.example.com", "key", key), req)
		if got := req.Header.Get("Authorization"); got != want {
			t.Errorf("Authorization for %q = %q, want %q", key, got, want)
		}
	}
}
