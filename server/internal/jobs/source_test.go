package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"log/slog"
	"strconv"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/incident"
	"hindsight/server/internal/store"
)

// ticket is what the tests' source reads: a small ticket system's record.
type ticket struct {
	ID       string
	Title    string
	Service  string
	Team     string
	Priority string
	Created  time.Time
	Updated  time.Time
	Resolved time.Time
	Owner    string
	Notes    []string
	Break    string // "error", "panic", "badtime", "nul": what goes wrong when it is mapped
}

var day = time.Date(2024, 3, 1, 9, 0, 0, 0, time.UTC)

// tickets returns n different tickets.
func tickets(n int) []ticket {
	var ts []ticket
	for i := range n {
		at := day.Add(time.Duration(i) * time.Hour)
		t := ticket{
			ID: strconv.Itoa(1000 + i), Title: fmt.Sprintf("Checkout slow %d", i), Service: []string{"Checkout", "checkout ", "Search"}[i%3],
			Team: "Web", Priority: strconv.Itoa(1 + i%4), Created: at, Updated: at.Add(2 * time.Hour), Owner: "owner-" + strconv.Itoa(i%5),
			Notes: []string{"opened", "looked into it"},
		}
		if i%2 == 0 {
			t.Resolved = at.Add(time.Duration(30+i) * time.Minute)
		}
		ts = append(ts, t)
	}
	return ts
}

func (t ticket) record() importers.Record {
	body, err := json.Marshal(t)
	if err != nil {
		panic(err)
	}
	return importers.Record{ExternalID: t.ID, Body: body, Place: "tickets, id " + t.ID}
}

func records(ts []ticket) []importers.Record {
	var rs []importers.Record
	for _, t := range ts {
		rs = append(rs, t.record())
	}
	return rs
}

// feed is what a source reads in one test: records in pages, and what happens at a page.
type feed struct {
	records []importers.Record
	rejects []importers.Reject // on the first page
	size    int
	at      func(page int) error
}

// source returns a source that reads f; its cursor is the number of the next record.
func (f *feed) source() importers.Source {
	return importers.Source{
		Name: "tickets", Title: "Tickets", Origin: incident.OriginTicket, File: true,
		Settings:    []importers.Field{{Name: "reversed"}, {Name: "lenient"}},
		Collections: []importers.Collection{{Name: "tickets", Read: f.read, Map: mapTicket}},
	}
}

func (f *feed) read(ctx context.Context, in importers.Input, cursor importers.Cursor) iter.Seq2[importers.Page, error] {
	return func(yield func(importers.Page, error) bool) {
		from := 0
		if cursor != nil {
			from, _ = strconv.Atoi(string(cursor))
		}
		for from < len(f.records) || from == 0 {
			if f.at != nil {
				if err := f.at(from / f.size); err != nil {
					yield(importers.Page{}, err)
					return
				}
			}
			page := importers.Page{Total: int64(len(f.records))}
			if from == 0 {
				page.Rejects = f.rejects
			}
			to := min(len(f.records), from+f.size)
			page.Records = f.records[from:to]
			page.Next = importers.Cursor(strconv.Itoa(to))
			if !yield(page, nil) || to == from {
				return
			}
			from = to
		}
	}
}

func mapTicket(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	var t ticket
	if err := json.Unmarshal(raw.Body, &t); err != nil {
		return importers.Draft{}, &importers.MapError{Reason: err.Error()}
	}
	var d importers.Draft
	if cfg.Settings["lenient"] == "yes" {
		t.Break = ""
	}
	switch t.Break {
	case "error":
		return d, &importers.MapError{Field: "priority", Value: t.Priority, Reason: "there is no such priority"}
	case "panic":
		panic("no such thing")
	case "badtime":
		d.Incident.Milestones.Set(incident.Detected, time.Date(20240, 1, 1, 0, 0, 0, 0, time.UTC), incident.ToDay, incident.FromField, "tickets", "detected")
	case "nul":
		d.Incident.Description = "before\x00after \xff"
	}
	d.Incident.Ref = incident.Ref{Type: "ticket", ExternalID: t.ID}
	d.SetTitle("title", t.Title)
	d.Incident.Number = "T-" + t.ID
	d.Incident.ExternalCreatedAt, d.Incident.ExternalUpdatedAt = t.Created, t.Updated
	d.Incident.Status = incident.Triggered
	if !t.Resolved.IsZero() {
		d.Incident.Status = incident.Resolved
	}
	n, err := strconv.Atoi(t.Priority)
	if err != nil {
		d.Warn("priority", t.Priority, "this is no number")
	}
	if cfg.Settings["reversed"] == "yes" {
		n = 5 - n
	}
	d.Incident.Severity, d.Incident.PriorityRaw = incident.Severity(n), t.Priority
	d.Incident.Milestones.Set(incident.Opened, t.Created, incident.ToSecond, incident.FromField, "tickets", "created")
	d.Incident.Milestones.Set(incident.ResolvedAt, t.Resolved, incident.ToSecond, incident.FromField, "tickets", "resolved")
	d.AddServices(t.Service)
	d.Team = t.Team
	d.AddPerson(t.Owner, "assignee")
	d.Incident.Tags = []string{"b", "a", "b"}
	for i, note := range t.Notes {
		d.Timeline = append(d.Timeline, incident.TimelineEvent{At: t.Created.Add(time.Duration(i) * time.Minute), Kind: incident.EventNote, Actor: t.Owner, Text: note})
	}
	return d, nil
}

// bench is a database with one connection, and a clock that stands still.
type bench struct {
	testing.TB
	store *store.Store
	conn  incident.Connection
	clock time.Time
}

func newBench(t testing.TB, cfg store.Config) *bench {
	t.Helper()
	b := &bench{TB: t, clock: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	cfg.Log, cfg.Now = slog.New(slog.DiscardHandler), b.now
	var err error
	if b.store, err = store.Open(t.Context(), cfg); err != nil {
		t.Fatalf("open store: %v", err)
	}
	t.Cleanup(func() {
		if err := b.store.Close(); err != nil {
			t.Errorf("close store: %v", err)
		}
	})
	b.conn = incident.Connection{ID: "con_tickets", Source: "tickets", Name: "Our tickets", Settings: map[string]string{}, MapVersion: 1, CreatedAt: b.clock}
	b.update(func(tx incident.Tx) error { return tx.PutConnection(b.conn) })
	return b
}

func sqliteBench(t testing.TB) *bench {
	t.Helper()
	return newBench(t, store.Config{DataDir: t.TempDir()})
}

func (b *bench) now() time.Time { return b.clock }

func (b *bench) update(f func(incident.Tx) error) incident.Seq {
	b.Helper()
	seq, err := b.store.Update(context.Background(), f)
	if err != nil {
		b.Fatalf("Update: %v", err)
	}
	return seq
}

func (b *bench) runner(sources ...importers.Source) *Runner {
	return NewRunner(b.store, sources, b.now, slog.New(slog.DiscardHandler))
}

// run imports f and fails the test when the run cannot go on.
func (b *bench) run(f *feed) Outcome {
	b.Helper()
	out, err := b.runner(f.source()).Run(b.Context(), b.conn, incident.Run{}, nil, Options{}, nil)
	if err != nil {
		b.Fatalf("Run: %v", err)
	}
	return out
}

func (b *bench) head() incident.Seq {
	b.Helper()
	head, err := b.store.Head(b.Context())
	if err != nil {
		b.Fatalf("Head: %v", err)
	}
	return head
}

// incidents returns all incidents, tombstones included, by external id and incarnation: "1000/0".
func (b *bench) incidents() map[string]*incident.Incident {
	b.Helper()
	out := map[string]*incident.Incident{}
	for inc, err := range b.store.Incidents(b.Context(), incident.Filter{Sight: incident.Sight{All: true}, Deleted: true}) {
		if err != nil {
			b.Fatalf("Incidents: %v", err)
		}
		out[fmt.Sprintf("%s/%d", inc.Ref.ExternalID, inc.Ref.Incarnation)] = inc
	}
	return out
}

// dump returns everything that an import writes, as text, without what depends on how many
// transactions it took.
func (b *bench) dump() string {
	b.Helper()
	out := map[string]any{}
	var ids []incident.ID
	for key, inc := range b.incidents() {
		inc.Seq = 0
		out["incident "+key] = inc
		ids = append(ids, inc.ID)
	}
	timelines, err := b.store.Timelines(b.Context(), ids)
	if err != nil {
		b.Fatalf("Timelines: %v", err)
	}
	out["timelines"] = timelines
	services, err := b.store.Services(b.Context())
	if err != nil {
		b.Fatalf("Services: %v", err)
	}
	teams, err := b.store.Teams(b.Context())
	if err != nil {
		b.Fatalf("Teams: %v", err)
	}
	out["services"], out["teams"] = services, teams
	for raw, err := range b.store.LatestRaws(b.Context(), b.conn.ID) {
		if err != nil {
			b.Fatalf("LatestRaws: %v", err)
		}
		out["raw "+raw.ExternalID] = raw
	}
	letters, err := b.store.DeadLetters(b.Context(), "", 0)
	if err != nil {
		b.Fatalf("DeadLetters: %v", err)
	}
	for _, l := range letters {
		l.Run = ""
		out["letter "+string(l.ID)] = l
	}
	text, err := json.MarshalIndent(out, "", " ")
	if err != nil {
		b.Fatal(err)
	}
	return string(text)
}
