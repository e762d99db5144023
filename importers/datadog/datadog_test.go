package datadog

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/datadog/datadogtest"
	"hindsight/importers/importertest"
	"hindsight/incident"
)

var config = datadogtest.Upstream.Config

// serve starts a system that is held to the vendor's description.
func serve(t *testing.T, h http.Handler) string {
	return importertest.Served(t, importertest.Contract(t, "testdata/openapi.json", h))
}

func input(t *testing.T, url string) importers.Input {
	return importertest.Input(t, Source(), config(url))
}

func TestAPI(t *testing.T) {
	h := importertest.RunAPI(t, Source(), datadogtest.Upstream.Fake())
	d := h.Draft(t, collection, datadogtest.New(250).Incidents[107].ID())
	if d.Incident.Status != incident.Mitigated || len(d.Incident.Actions) != 1 || len(d.Incident.Links) != 1 || len(d.Incident.People) != 1 || d.Incident.People[0].Name != "Responder 2" {
		t.Errorf("incident 107 became %q with actions %v, links %v and people %v; want stable, its task, its issue and its commander", d.Incident.Status, d.Incident.Actions, d.Incident.Links, d.Incident.People)
	}
}

// TestRequests counts what 250 incidents cost: three pages, the tasks of each, and the linked issues of the five that
// have some.
func TestRequests(t *testing.T) {
	h, err := importertest.Collect(context.Background(), t, Source(), config(serve(t, datadogtest.New(250))), nil, 0)
	if err != nil || h.Requests != 3+250+5 {
		t.Errorf("reading took %d requests, %v, want %d", h.Requests, err, 3+250+5)
	}
}

// walk reads all pages behind a cursor.
func walk(t *testing.T, in importers.Input, cursor importers.Cursor, each func()) (ids []string, next importers.Cursor) {
	t.Helper()
	for page, err := range Source().Collections[0].Pages(context.Background(), in, cursor) {
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Records {
			ids = append(ids, r.ExternalID)
		}
		next = page.Next
		each()
	}
	return ids, next
}

// TestPoll changes an incident while a walk is under way: the poll behind it looks at the newest ones down to a month
// before the walk, and finds that one and a new one alone.
func TestPoll(t *testing.T) {
	f := datadogtest.New(250)
	now := time.Now().UTC()
	for n, m := range f.Incidents {
		m.Created = now.Add(-time.Duration(250-n) * 24 * time.Hour)
		m.Modified = m.Created
	}
	in := input(t, serve(t, f))
	_, cursor := walk(t, in, nil, func() { f.Incidents[240].Modified = time.Now().Add(time.Second) })
	f.Incidents = append(f.Incidents, &datadogtest.Incident{N: 250, Created: time.Now(), Modified: time.Now().Add(time.Second)})
	f.Asked = nil
	again, cursor := walk(t, in, cursor, func() {})
	slices.Sort(again)
	if !slices.Equal(again, []string{f.Incidents[240].ID(), f.Incidents[250].ID()}) {
		t.Errorf("the poll found %v, want the incident that changed and the new one", again)
	}
	if len(f.Asked) != 1+2*2 || !strings.Contains(f.Asked[0], "/search?") || !strings.Contains(f.Asked[0], "sort=-created") {
		t.Errorf("the poll asked %q, want one search for the newest, and two incidents with their tasks", f.Asked)
	}
	if again, _ = walk(t, in, cursor, func() {}); len(again) > 2 {
		t.Errorf("the poll behind that found %v", again)
	}
}

// TestSince passes over what did not change since a given time: the list knows no such filter.
func TestSince(t *testing.T) {
	f := datadogtest.New(250)
	in := input(t, serve(t, f))
	in.Since = time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	f.Incidents[3].Modified = in.Since
	got, _ := walk(t, in, nil, func() {})
	if len(got) != 1+3 || got[0] != f.Incidents[3].ID() { // 246 was modified an hour before
		t.Errorf("since %s there are %d incidents, %v; want 4", in.Since, len(got), got)
	}
}

func TestFetch(t *testing.T) {
	f := datadogtest.New(250)
	f.Incidents[5].Archived = true
	records, err := Source().Collections[0].Fetch(context.Background(), input(t, serve(t, f)), []string{f.Incidents[4].ID(), f.Incidents[5].ID(), "gone"})
	if err != nil || len(records) != 2 || records[0].Gone || !records[1].Gone {
		t.Fatalf("fetched %v, %v; want one that is there and one that is archived, which counts as deleted", records, err)
	}
}

func TestCensus(t *testing.T) {
	f := datadogtest.New(250)
	in, token := input(t, serve(t, f)), ""
	var all []string
	for range 3 {
		ids, next, err := census(context.Background(), in, token)
		if err != nil {
			t.Fatal(err)
		}
		all, token = append(all, ids...), next
	}
	if len(all) != 250 || all[249] != f.Incidents[249].ID() || token != "" {
		t.Errorf("the census found %d incidents in three pages, then comes %q; want 250, and no more", len(all), token)
	}
}

func TestProbe(t *testing.T) {
	s, err := probe(context.Background(), input(t, serve(t, datadogtest.New(250))))
	if err != nil || !slices.Equal(s.Reach, []string{"250 incidents"}) || len(s.Notes) != 0 {
		t.Errorf("probe = %+v, %v, want 250 incidents", s, err)
	}
}
