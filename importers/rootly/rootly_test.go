package rootly

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
	"hindsight/importers/rootly/rootlytest"
	"hindsight/incident"
)

var config = rootlytest.Upstream.Config

// serve starts a system that is held to the vendor's description, which lacks users/me in the copy that is at hand.
func serve(t *testing.T, h http.Handler) string {
	return importertest.Served(t, importertest.Contract(t, "testdata/openapi.json", h, "/v1/users/me"))
}

func input(t *testing.T, url string) importers.Input {
	return importertest.Input(t, Source(), config(url))
}

func TestAPI(t *testing.T) {
	h := importertest.RunAPI(t, Source(), rootlytest.Upstream.Fake())
	d := h.Draft(t, collection, rootlytest.New().Incidents[7].ID())
	if d.Incident.Status != incident.Mitigated || len(d.Timeline) != 4 || len(d.Incident.Factors) != 1 {
		t.Errorf("incident 7 became %q with %d events and factors %v; want mitigated, its creation, mitigation and two events, and the shared cause", d.Incident.Status, len(d.Timeline), d.Incident.Factors)
	}
}

// TestRequests counts what 50 incidents cost when 20 come on a page: nothing beside the pages.
func TestRequests(t *testing.T) {
	h, err := importertest.Collect(context.Background(), t, Source(), config(serve(t, rootlytest.New())), nil, 0)
	if err != nil || h.Requests != 3 {
		t.Errorf("reading took %d requests, %v, want 3", h.Requests, err)
	}
}

// TestPoll changes an incident while a walk is under way, behind the walk's place: the next poll finds it.
func TestPoll(t *testing.T) {
	f := rootlytest.New()
	in := input(t, serve(t, f))
	c := Source().Collections[0]
	var cursor importers.Cursor
	for page, err := range c.Pages(context.Background(), in, nil) {
		if err != nil {
			t.Fatal(err)
		}
		cursor = page.Next
		f.Incidents[3].Updated = time.Now()
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
	// The latest change that the walk saw is that of incident 49, at 2026-03-03T11:00Z; five minutes before is asked for.
	if !strings.Contains(f.Asked[0], "filter%5Bupdated_at%5D%5Bgte%5D=2026-03-03T10%3A55%3A00Z") || !slices.Equal(again, []string{f.Incidents[3].ID(), f.Incidents[49].ID()}) {
		t.Errorf("the next poll asked %q and found %v, want the one that changed meanwhile and the last one", f.Asked[0], again)
	}
}

func TestFetch(t *testing.T) {
	f := rootlytest.New()
	records, err := Source().Collections[0].Fetch(context.Background(), input(t, serve(t, f)), []string{f.Incidents[4].ID(), "gone"})
	if err != nil || len(records) != 1 || records[0].ExternalID != f.Incidents[4].ID() {
		t.Fatalf("fetched %v, %v; want the one that is there", records, err)
	}
	h, err := importertest.Collect(context.Background(), t, Source(), config(serve(t, f)), nil, 0)
	if listed := h.Records[collection+"/"+f.Incidents[4].ID()]; err != nil || string(listed.Body) != string(records[0].Body) {
		t.Errorf("fetched %s, listed %s (%v); want the same", records[0].Body, listed.Body, err)
	}
}

// TestNumberedPages refuses a list that has more pages but no cursors: what it gives would be a part, and look whole.
func TestNumberedPages(t *testing.T) {
	f := rootlytest.New()
	f.Numbered = true
	if _, err := importertest.Collect(context.Background(), t, Source(), config(serve(t, f)), nil, 0); err == nil || !strings.Contains(err.Error(), "no cursor") {
		t.Errorf("a list without cursors gave %v", err)
	}
}

func TestRepeatedPage(t *testing.T) {
	f := rootlytest.New()
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if q := r.URL.Query(); q.Get("page[after]") != "" {
			q.Del("page[after]")
			r.URL.RawQuery = q.Encode()
		}
		f.ServeHTTP(w, r)
	}))
	if _, err := importertest.Collect(context.Background(), t, Source(), config(url), nil, 0); !errors.Is(err, importers.ErrStuck) {
		t.Errorf("a server that does not know page[after] gave %v, want ErrStuck", err)
	}
}

func TestProbe(t *testing.T) {
	s, err := probe(context.Background(), input(t, serve(t, rootlytest.New())))
	if err != nil || s.Identity != "Reading account" || !slices.Equal(s.Reach, []string{"50 incidents", "team Shop"}) || len(s.Notes) != 0 {
		t.Errorf("probe = %+v, %v, want the account, 50 incidents and one team", s, err)
	}
}
