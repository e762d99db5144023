package importertest

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// entry is a record of a made-up ticket system.
type entry struct {
	ID               int
	Created, Updated time.Time
}

// crowd returns n entries: most of them on one afternoon, many within one second, the rest over years.
func crowd(n int) []entry {
	noon := time.Date(2023, 5, 4, 12, 0, 0, 0, time.UTC)
	var out []entry
	for i := range n {
		at := noon.Add(time.Duration(i) * 40 * time.Millisecond).Truncate(time.Second)
		if i%10 == 0 {
			at = noon.AddDate(0, 0, -i)
		}
		out = append(out, entry{ID: i + 1, Created: at, Updated: at.Add(time.Hour)})
	}
	return out
}

// tickets serves entries by time of creation, with offsets, and lists no more than ceiling of one period.
func tickets(entries []entry, ceiling int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		from, _ := time.Parse(time.RFC3339, q.Get("from"))
		to, _ := time.Parse(time.RFC3339, q.Get("to"))
		offset, _ := strconv.Atoi(q.Get("offset"))
		var fit []entry
		for _, e := range entries {
			if !e.Created.Before(from) && e.Created.Before(to) {
				fit = append(fit, e)
			}
		}
		slices.SortStableFunc(fit, func(a, b entry) int { return a.Created.Compare(b.Created) })
		end := min(len(fit), offset+10)
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string]any{"total": len(fit), "more": end < len(fit), "over": len(fit) > ceiling, "entries": fit[min(offset, end):end]})
	})
}

func ticketSource(list *importers.Listing) importers.Source {
	return importers.Source{
		Name: "tickets", Title: "Tickets", Origin: incident.OriginTicket, Settings: []importers.Field{{Name: "url"}},
		API: &importers.API{Base: func(cfg importers.Config) string { return cfg.Settings["url"] }},
		Collections: []importers.Collection{{Name: "tickets", List: list, Map: func(raw incident.Raw, _ importers.Config) (importers.Draft, error) {
			return importers.Draft{}, nil
		}}},
	}
}

func windowed() importers.Source {
	return ticketSource(&importers.Listing{Window: 7 * 24 * time.Hour, MaxWindow: 400 * 24 * time.Hour, Page: func(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
		query := url.Values{"from": {at.From.Format(time.RFC3339)}, "to": {at.To.Format(time.RFC3339)}, "offset": {at.Token}}
		answer, err := in.Client.Get(ctx, "/entries", query)
		if err != nil {
			return importers.Slice{}, err
		}
		var page struct {
			Total      int64
			More, Over bool
			Entries    []json.RawMessage
		}
		if err := answer.JSON(&page); err != nil {
			return importers.Slice{}, err
		}
		s := importers.Slice{Total: page.Total, TooMany: page.Over}
		for _, body := range page.Entries {
			var e entry
			if err := json.Unmarshal(body, &e); err != nil {
				return s, err
			}
			s.Records = append(s.Records, importers.Record{ExternalID: strconv.Itoa(e.ID), Body: body, At: e.Created})
		}
		if page.More {
			offset, _ := strconv.Atoi(at.Token)
			s.Next = strconv.Itoa(offset + len(s.Records))
		}
		return s, nil
	}})
}

func config(url string) importers.Config {
	return importers.Config{Settings: map[string]string{"url": url}}
}

func TestRunAPIOnWindows(t *testing.T) {
	entries := crowd(400)
	RunAPI(t, windowed(), Fake{Handler: func() http.Handler { return tickets(entries, 60) }, Config: config, Want: 400})
}

// A second that holds more than the source can list is an error that says what to do, not a loss.
func TestTooManyInOneSecond(t *testing.T) {
	srv := httptest.NewServer(tickets(crowd(400), 5))
	defer srv.Close()
	_, err := Collect(context.Background(), t, windowed(), config(srv.URL), nil, 0)
	if err == nil || !strings.Contains(err.Error(), "narrow the connection down") {
		t.Errorf("reading what cannot be listed gave %v, want an error that says what to do", err)
	}
}

// A walk goes on from where the last one ended, so that a poll of a quiet source is one request.
func TestPollIsCheap(t *testing.T) {
	srv := httptest.NewServer(tickets(crowd(50), 60))
	defer srv.Close()
	first, err := Collect(context.Background(), t, windowed(), config(srv.URL), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Collect(context.Background(), t, windowed(), config(srv.URL), first, 0)
	if err != nil || again.Requests != 1 {
		t.Errorf("a poll took %d requests (%v), want 1", again.Requests, err)
	}
}

func BenchmarkWindows(b *testing.B) {
	entries := crowd(5000)
	BenchAPI(b, windowed(), Fake{Handler: func() http.Handler { return tickets(entries, 500) }, Config: config})
}
