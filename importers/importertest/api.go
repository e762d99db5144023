package importertest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// Instant is a pacer and a clock for tests: nobody waits, and waiting moves the clock on.
type Instant struct {
	mu     sync.Mutex
	at     time.Time
	Waits  []time.Duration // what was waited, in order
	longer map[string]time.Time
}

// NewInstant returns a clock that shows at.
func NewInstant(at time.Time) *Instant { return &Instant{at: at, longer: map[string]time.Time{}} }

// Now returns what the clock shows.
func (i *Instant) Now() time.Time {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.at
}

// Sleep moves the clock on by d.
func (i *Instant) Sleep(ctx context.Context, d time.Duration) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.at = i.at.Add(d)
	i.Waits = append(i.Waits, d)
	return ctx.Err()
}

// Take moves the clock on to the end of a hold, if there is one.
func (i *Instant) Take(ctx context.Context, key string, _ time.Duration) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if until := i.longer[key]; until.After(i.at) {
		i.at = until
	}
	return ctx.Err()
}

// Hold notes a hold.
func (i *Instant) Hold(_ context.Context, key string, until time.Time) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.longer[key] = until
	return nil
}

// Client returns a client that waits for nothing and may call this machine.
func Client(t testing.TB, s importers.Source, cfg importers.Config) (*importers.Client, *Instant) {
	t.Helper()
	clock := NewInstant(time.Now().UTC())
	client, err := importers.NewClient(*s.API, cfg, http.DefaultTransport, clock, importers.Clock{Now: clock.Now, Sleep: clock.Sleep})
	if err != nil {
		t.Fatal(err)
	}
	return client, clock
}

// Input returns what a source gets for a connection, with a client that waits for nothing and may call this machine.
func Input(t testing.TB, s importers.Source, cfg importers.Config) importers.Input {
	t.Helper()
	client, clock := Client(t, s, cfg)
	return importers.Input{Config: cfg, Client: client, Now: clock.Now()}
}

// Served starts a server for a test and returns its address.
func Served(t testing.TB, h http.Handler) string {
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// Haul is what was read of a source: the newest version of each record, and what follows from it.
type Haul struct {
	Source   importers.Source
	Config   importers.Config
	Records  map[string]importers.Record // by "collection/external id"
	Rejects  []importers.Reject
	Cursors  map[string]importers.Cursor
	Pages    int
	Requests int64
}

// Collect reads all collections of a source over the network, from the given cursors (nil: from the beginning),
// adding to what into holds (nil: nothing). It stops behind page stop, if that is above 0.
func Collect(ctx context.Context, t testing.TB, s importers.Source, cfg importers.Config, into *Haul, stop int) (*Haul, error) {
	t.Helper()
	if cfg.Connection == "" {
		cfg.Connection = "con_test"
	}
	h := &Haul{Source: s, Config: cfg, Records: map[string]importers.Record{}, Cursors: map[string]importers.Cursor{}}
	if into != nil {
		maps.Copy(h.Records, into.Records)
		maps.Copy(h.Cursors, into.Cursors)
	}
	client, clock := Client(t, s, cfg)
	in := importers.Input{Config: cfg, Client: client, Now: clock.Now()}
	defer func() { h.Requests = client.Requests() }()
	for _, c := range s.Collections {
		if c.List == nil {
			continue
		}
		for page, err := range c.Pages(ctx, in, h.Cursors[c.Name]) {
			if err == nil {
				err = h.take(ctx, c, in, page)
			}
			if err != nil {
				return h, err
			}
			if h.Pages++; h.Pages == stop {
				return h, nil
			}
		}
	}
	return h, nil
}

// take keeps a page, and fetches what it says was touched.
func (h *Haul) take(ctx context.Context, c importers.Collection, in importers.Input, page importers.Page) error {
	h.Rejects = append(h.Rejects, page.Rejects...)
	records := page.Records
	if len(page.Touched) > 0 {
		ids := slices.Compact(slices.Sorted(slices.Values(page.Touched)))
		fetched, err := c.Fetch(ctx, in, ids)
		if err != nil {
			return err
		}
		records = append(slices.Clip(records), fetched...)
	}
	for _, r := range records {
		if err := h.Put(c, r); err != nil {
			return err
		}
	}
	if page.Next != nil {
		h.Cursors[c.Name] = page.Next
	}
	return nil
}

// Put adds a record of a collection, as the runner does.
func (h *Haul) Put(c importers.Collection, r importers.Record) error {
	key := c.Name + "/" + r.ExternalID
	if old, known := h.Records[key]; known && c.Combine != nil && !old.Gone && !r.Gone {
		body, err := c.Combine(old.Body, r.Body)
		if err != nil {
			return fmt.Errorf("combine %s: %w", key, err)
		}
		r.Body = body
	}
	h.Records[key] = r
	return nil
}

// Draft maps a record of the haul; it fails the test when there is none or it cannot be mapped.
func (h *Haul) Draft(t testing.TB, collection, id string) importers.Draft {
	t.Helper()
	r, ok := h.Records[collection+"/"+id]
	if !ok {
		t.Fatalf("there is no record %s/%s; there are %q", collection, id, slices.Sorted(maps.Keys(h.Records)))
	}
	i := slices.IndexFunc(h.Source.Collections, func(c importers.Collection) bool { return c.Name == collection })
	d, err := h.Source.Collections[i].Map(incident.Raw{Connection: h.Config.Connection, Type: collection, ExternalID: id, Body: r.Body, Origin: r.Place, Via: "poll"}, h.Config)
	if err != nil {
		t.Fatalf("map %s/%s: %v", collection, id, err)
	}
	promises(t, r, h.Source, d)
	return d
}

// digest returns what was read in a form that can be compared: each record with the hash of its body.
func (h *Haul) digest() map[string]string {
	out := map[string]string{}
	for key, r := range h.Records {
		sum := sha256.Sum256(r.Body)
		out[key] = fmt.Sprintf("%s gone=%v asked=%q", hex.EncodeToString(sum[:8]), r.Gone, r.Asked)
	}
	return out
}
