package firehydrant

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/firehydrant/firehydranttest"
	"hindsight/importers/importertest"
	"hindsight/incident"
)

var config = firehydranttest.Upstream.Config

// serve starts a system and looks at its end whether it was asked for what is documented alone.
func serve(t *testing.T, f *firehydranttest.Server) string {
	t.Cleanup(func() {
		if len(f.Wrong) > 0 {
			t.Errorf("the list was asked with %q, which are not documented", f.Wrong)
		}
	})
	return importertest.Served(t, f)
}

// input returns what a source gets for a server, for what was changed from the end of 2025 on.
func input(t *testing.T, url string) importers.Input {
	in := importertest.Input(t, Source(), config(url))
	in.Since = time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC)
	return in
}

func TestAPI(t *testing.T) {
	fake := firehydranttest.Upstream.Fake()
	fake.Want += 2 // which are archived
	h := importertest.RunAPI(t, Source(), fake)
	d := h.Draft(t, collection, firehydranttest.New().Incidents[7].ID())
	if d.Incident.Status != incident.Mitigated || len(d.Timeline) != 3 || d.Retrospective == nil {
		t.Errorf("incident 7 became %q with %d events and the retrospective %v; want mitigated, its creation and two notes, and its report", d.Incident.Status, len(d.Timeline), d.Retrospective)
	}
	if r := h.Records[collection+"/"+firehydranttest.New().Incidents[11].ID()]; !r.Gone {
		t.Errorf("an archived incident was read as %+v, want it gone", r)
	}
}

// walk reads all pages behind a cursor.
func walk(t *testing.T, in importers.Input, cursor importers.Cursor) (ids []string, next importers.Cursor) {
	t.Helper()
	for page, err := range Source().Collections[0].Pages(context.Background(), in, cursor) {
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Records {
			ids = append(ids, r.ExternalID)
		}
		next = page.Next
	}
	return ids, next
}

// missing returns which incidents were not read.
func missing(f *firehydranttest.Server, ids []string) (out []int) {
	for _, m := range f.Incidents {
		if !slices.Contains(ids, m.ID()) {
			out = append(out, m.N)
		}
	}
	return out
}

// lists counts the requests for lists.
func lists(f *firehydranttest.Server) (n int) {
	for _, a := range f.Asked {
		if strings.HasPrefix(a, "/v1/incidents?") {
			n++
		}
	}
	return n
}

// TestBusyWindow has 250 incidents change within one day, more than a page: the day is read in halves, and one of the
// incidents that changes meanwhile, which a numbered page would lose others by, hides none.
func TestBusyWindow(t *testing.T) {
	f := &firehydranttest.Server{}
	for n := range 250 {
		at := time.Date(2026, 1, 20, 0, 0, 0, 0, time.UTC).Add(time.Duration(n) * 5 * time.Minute)
		f.Incidents = append(f.Incidents, &firehydranttest.Incident{N: n, Created: at, Updated: at})
	}
	changes := 0
	f.Listed = func(int) {
		if changes < 10 { // always the newest of those that did not change yet, which stands first
			f.Incidents[249-changes].Updated = time.Now().Add(-time.Minute)
			changes++
		}
	}
	ids, _ := walk(t, input(t, serve(t, f)), nil)
	if lost := missing(f, ids); len(lost) > 0 {
		t.Errorf("incidents %v were lost", lost)
	}
	for _, a := range f.Asked {
		if strings.Contains(a, "/v1/incidents?") && !strings.Contains(a, "page=1&") {
			t.Errorf("a page behind the first was asked for: %s", a)
		}
	}
}

// TestOneSecond has 250 incidents change within one second, which no window divides: they are read by numbers of pages. When
// one of them changes meanwhile the window is read again, since another one has moved over the border of two pages.
func TestOneSecond(t *testing.T) {
	f := &firehydranttest.Server{}
	at := time.Date(2026, 1, 20, 12, 0, 0, 0, time.UTC)
	for n := range 250 {
		f.Incidents = append(f.Incidents, &firehydranttest.Incident{N: n, Created: at, Updated: at})
	}
	changed := false
	f.Listed = func(page int) {
		if q, err := url.Parse(f.Asked[len(f.Asked)-1]); err == nil && page == 1 && !changed && narrowed(q.Query()) {
			changed = true
			f.Incidents[249].Updated = time.Now().Add(-time.Minute) // it stood first
		}
	}
	ids, _ := walk(t, input(t, serve(t, f)), nil)
	if lost := missing(f, ids); len(lost) > 0 {
		t.Errorf("incidents %v were lost", lost)
	}
	again := map[string]bool{}
	repeated := 0
	for _, a := range f.Asked {
		if strings.Contains(a, "/v1/incidents?") && again[a] {
			repeated++
		}
		again[a] = true
	}
	if !changed || repeated == 0 {
		t.Errorf("an incident changed between two pages: %v; %d lists were asked for again, want some", changed, repeated)
	}
}

// narrowed reports whether a window is so narrow that it is not divided any more.
func narrowed(q url.Values) bool {
	from, err := time.Parse(time.RFC3339, q.Get("updated_after"))
	to, err2 := time.Parse(time.RFC3339, q.Get("updated_before"))
	return err == nil && err2 == nil && to.Sub(from) <= narrow+2*slack && from.Before(time.Date(2026, 1, 20, 12, 0, 0, 0, time.UTC)) && to.After(time.Date(2026, 1, 20, 12, 0, 0, 0, time.UTC))
}

// TestRestless gives up on a window whose number of incidents changes each time that it is read.
func TestRestless(t *testing.T) {
	f := &firehydranttest.Server{}
	at := time.Date(2026, 1, 20, 12, 0, 0, 0, time.UTC)
	for n := range 250 {
		f.Incidents = append(f.Incidents, &firehydranttest.Incident{N: n, Created: at, Updated: at})
	}
	f.Listed = func(page int) {
		if page == 1 {
			f.Incidents = append(f.Incidents, &firehydranttest.Incident{N: len(f.Incidents), Created: at, Updated: at})
		}
	}
	var last error
	for _, err := range Source().Collections[0].Pages(context.Background(), input(t, serve(t, f)), nil) {
		last = err
	}
	if last == nil || !strings.Contains(last.Error(), "changes all the time") {
		t.Errorf("a window that never stands still gave %v", last)
	}
}

// TestPoll asks for what changed since the last walk began, and finds an incident that changed and one that was archived.
func TestPoll(t *testing.T) {
	f := firehydranttest.New()
	in := input(t, serve(t, f))
	ids, cursor := walk(t, in, nil)
	if lost := missing(f, ids); len(lost) > 0 {
		t.Fatalf("incidents %v were lost", lost)
	}
	f.Incidents[3].Updated = time.Now()
	f.Incidents[4].Updated, f.Incidents[4].Archived = time.Now(), true
	f.Asked = nil
	again, _ := walk(t, in, cursor)
	slices.Sort(again)
	if !slices.Equal(again, []string{f.Incidents[3].ID(), f.Incidents[4].ID()}) || lists(f) != 2 {
		t.Errorf("the poll found %v with %d lists, want the two that changed, with one list of them and one of those archived", again, lists(f))
	}
}

// TestRequests counts what an incident costs beside the lists: its timeline, of which one has two pages; the report about
// one; and nothing for the two that are archived.
func TestRequests(t *testing.T) {
	f := firehydranttest.New()
	walk(t, input(t, serve(t, f)), nil)
	if got := len(f.Asked) - lists(f); got != 38+2 {
		t.Errorf("40 incidents took %d requests beside %d lists, want %d", got, lists(f), 38+2)
	}
}

func TestFetch(t *testing.T) {
	f := firehydranttest.New()
	records, err := Source().Collections[0].Fetch(context.Background(), input(t, serve(t, f)), []string{f.Incidents[4].ID(), f.Incidents[11].ID(), "gone"})
	if err != nil || len(records) != 2 || records[0].Gone || !records[1].Gone {
		t.Fatalf("fetched %v, %v; want one that is there and one that is archived", records, err)
	}
}

func TestProbe(t *testing.T) {
	s, err := probe(context.Background(), input(t, serve(t, firehydranttest.New())))
	if err != nil || s.Identity != "Reading bot" || !slices.Equal(s.Reach, []string{"organization Example", "38 incidents"}) || len(s.Notes) != 0 {
		t.Errorf("probe = %+v, %v, want the bot, its organization and 38 incidents", s, err)
	}
}
