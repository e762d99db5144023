package incidentio

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/importers/incidentio/incidentiotest"
	"hindsight/incident"
)

var config = incidentiotest.Upstream.Config

// serve starts a system that is held to the vendor's description; identity is not in the copy of it that is at hand.
func serve(t *testing.T, h http.Handler) string {
	return importertest.Served(t, importertest.Contract(t, "testdata/openapi.json", h, "/v1/identity"))
}

func input(t *testing.T, url string) importers.Input {
	return importertest.Input(t, Source(), config(url))
}

func TestAPI(t *testing.T) {
	h := importertest.RunAPI(t, Source(), incidentiotest.Upstream.Fake())
	d := h.Draft(t, collection, incidentiotest.New().Incidents[7].ID())
	if d.Incident.Status != incident.Closed || d.Retrospective == nil || d.Retrospective.Title != "Looked back" || len(d.Timeline) != 3 {
		t.Errorf("incident 7 became %q, retrospective %+v, %d events; want closed, with its post-mortem, its creation and two updates", d.Incident.Status, d.Retrospective, len(d.Timeline))
	}
	if got := h.Draft(t, collection, incidentiotest.New().Incidents[40].ID()).Incident.Actions; len(got) != 1 || got[0].Title != "Mend 40" {
		t.Errorf("follow-ups of incident 40 are %+v, want its own one", got)
	}
}

// TestRequests counts what 50 incidents cost: for each of three pages its list and all follow-ups, for each incident its
// updates and attachments, and the one post-mortem.
func TestRequests(t *testing.T) {
	h, err := importertest.Collect(context.Background(), t, Source(), config(serve(t, incidentiotest.New())), nil, 0)
	if want := int64(3 + 3 + 2*50 + 1); err != nil || h.Requests != want {
		t.Errorf("reading took %d requests, %v, want %d", h.Requests, err, want)
	}
}

// TestPoll changes an incident while a walk is under way. Changes are asked for by date: the next poll goes back a day.
func TestPoll(t *testing.T) {
	f := incidentiotest.New()
	in := input(t, serve(t, f))
	c := Source().Collections[0]
	var cursor importers.Cursor
	for page, err := range c.Pages(context.Background(), in, nil) {
		if err != nil {
			t.Fatal(err)
		}
		cursor = page.Next
		f.Incidents[3].Updated = time.Date(2026, 3, 3, 10, 0, 0, 0, time.UTC)
	}
	f.Asked = nil
	var again []string
	for page, err := range c.Pages(context.Background(), in, cursor) {
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Records {
			again = append(again, r.ExternalID)
		}
	}
	// The latest change that the walk saw is that of incident 49, at 2026-03-03T11:00Z.
	if !strings.Contains(f.Asked[0], "updated_at%5Bgte%5D=2026-03-02") || !slices.Contains(again, f.Incidents[3].ID()) {
		t.Errorf("the next poll asked %q and found %d incidents, want those since 2026-03-02 with the one that changed meanwhile", f.Asked[0], len(again))
	}
}

func TestFetch(t *testing.T) {
	f := incidentiotest.New()
	f.Updates = 300
	f.Incidents[5].Hidden = true
	records, err := Source().Collections[0].Fetch(context.Background(), input(t, serve(t, f)), []string{f.Incidents[4].ID(), f.Incidents[5].ID(), f.Incidents[51].ID(), "01GONE"})
	if err != nil || len(records) != 2 || records[0].ExternalID != f.Incidents[4].ID() || records[1].ExternalID != f.Incidents[51].ID() {
		t.Fatalf("fetched %v, %v; want the one that may be seen and the test", records, err)
	}
	d := mapped(t, records[0].Body, "")
	if n := len(d.Timeline); n != 301 {
		t.Errorf("of an incident with 300 updates, more than a page, the timeline holds %d events", n)
	}
	if d := mapped(t, records[1].Body, ""); d.Incident.Kind != incident.Test {
		t.Errorf("a test became %q", d.Incident.Kind)
	}
}

func TestRepeatedPage(t *testing.T) {
	f := incidentiotest.New()
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if q := r.URL.Query(); q.Get("after") != "" {
			q.Del("after")
			r.URL.RawQuery = q.Encode()
		}
		f.ServeHTTP(w, r)
	}))
	if _, err := importertest.Collect(context.Background(), t, Source(), config(url), nil, 0); !errors.Is(err, importers.ErrStuck) {
		t.Errorf("a server that does not know after gave %v, want ErrStuck", err)
	}
}

func TestProbe(t *testing.T) {
	s, err := probe(context.Background(), input(t, serve(t, incidentiotest.New())))
	if err != nil || s.Identity != "Reading key" || !slices.Equal(s.Reach, []string{"viewer", "50 incidents"}) || len(s.Notes) != 1 || !strings.Contains(s.Notes[0], ": Paged.") {
		t.Errorf("probe = %+v, %v, want the key, its role, 50 incidents, and a note on the timestamp that no milestone is read from", s, err)
	}
}
