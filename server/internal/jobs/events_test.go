package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// event is what the tests' source of events reads: a deployment, or a schedule with its shifts.
type event struct {
	ID               string
	Title            string
	Kind             string // "schedule", else a change's
	Service          string
	Start, End       time.Time
	Created, Updated time.Time
	Shifts           []turn
	Gone             bool `json:"-"`
}

type turn struct {
	Who      string
	From, To time.Time
}

// eventFeed reads entries in pages of two.
type eventFeed []event

func (f eventFeed) source() importers.Source {
	return importers.Source{Name: "tickets", Title: "Events", File: true, Settings: []importers.Field{{Name: "upper"}},
		Collections: []importers.Collection{{Name: "events", Read: f.read, Map: mapEvent}}}
}

func (f eventFeed) read(context.Context, importers.Input, importers.Cursor) iter.Seq2[importers.Page, error] {
	return func(yield func(importers.Page, error) bool) {
		for from := 0; from < len(f); from += 2 {
			page := importers.Page{Next: importers.Cursor(fmt.Sprint(from))}
			for _, e := range f[from:min(len(f), from+2)] {
				body, err := json.Marshal(e)
				if err != nil {
					panic(err)
				}
				page.Records = append(page.Records, importers.Record{ExternalID: e.ID, Body: body, Place: "entry " + e.ID, Gone: e.Gone})
			}
			if !yield(page, nil) {
				return
			}
		}
	}
}

func mapEvent(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	var e event
	if err := json.Unmarshal(raw.Body, &e); err != nil {
		return importers.Draft{}, err
	}
	if cfg.Settings["upper"] == "yes" {
		e.Title = strings.ToUpper(e.Title)
	}
	if e.Kind == "schedule" {
		r := &incident.Roster{Ref: incident.Ref{Type: "schedule"}, ExternalUpdatedAt: e.Updated}
		for _, s := range e.Shifts {
			r.Shifts = append(r.Shifts, incident.Shift{ScheduleRef: e.ID, ScheduleName: e.Title, PersonName: s.Who, From: s.From, To: s.To})
		}
		return importers.Draft{Roster: r, Team: "Web"}, nil
	}
	return importers.Draft{Change: &incident.ChangeEvent{Ref: incident.Ref{Type: "deploy"}, Kind: incident.ChangeKind(e.Kind), Title: e.Title,
		Services: []incident.ServiceUse{{Name: e.Service}}, StartedAt: e.Start, FinishedAt: e.End, URL: "javascript:alert(1)",
		ExternalCreatedAt: e.Created, ExternalUpdatedAt: e.Updated}}, nil
}

func deploy(id, title string, updated time.Duration) event {
	return event{ID: id, Title: title, Kind: "deploy", Service: "Checkout", Start: day, End: day.Add(time.Minute), Created: day, Updated: day.Add(updated)}
}

func schedule(updated time.Duration, turns ...turn) event {
	return event{ID: "S1", Title: "Primary", Kind: "schedule", Updated: day.Add(updated), Shifts: turns}
}

// on is a shift of one hour, some hours after day.
func on(who string, hour int) turn {
	from := day.Add(time.Duration(hour) * time.Hour)
	return turn{who, from, from.Add(time.Hour)}
}

func (b *bench) runEvents(opts Options, es ...event) Outcome {
	b.Helper()
	out, err := b.runner(eventFeed(es).source()).Run(b.Context(), b.conn, incident.Run{}, nil, opts, nil)
	if err != nil {
		b.Fatalf("Run: %v", err)
	}
	return out
}

// changes returns "id title" of the change events that exist, newest first.
func (b *bench) changes() []string {
	b.Helper()
	found, _, err := b.store.ChangeEvents(b.Context(), incident.ChangeFilter{})
	if err != nil {
		b.Fatalf("ChangeEvents: %v", err)
	}
	out := []string{}
	for _, c := range found {
		out = append(out, fmt.Sprintf("%s/%d %s", c.Ref.ExternalID, c.Ref.Incarnation, c.Title))
	}
	return out
}

// shifts returns "hour who" of the shifts that there are.
func (b *bench) shifts() string {
	b.Helper()
	found, _, err := b.store.Shifts(b.Context(), incident.ShiftFilter{})
	if err != nil {
		b.Fatalf("Shifts: %v", err)
	}
	var out []string
	for _, s := range found {
		out = append(out, fmt.Sprintf("%v %s", s.From.Sub(day).Hours(), s.PersonName))
	}
	return strings.Join(out, ", ")
}

func TestEventsAreImported(t *testing.T) {
	onBoth(t, func(b *bench) {
		es := []event{deploy("1", "Build 1", 0), deploy("2", "Build 2", 0), schedule(0, on("Responder Two", 1), on("Responder One", 0), on("Responder One", 0))}
		out := b.runEvents(Options{}, es...)
		if countsOf(out.Run) != (counts{3, 3, 0, 0, 0}) || len(b.incidents()) != 0 {
			b.Errorf("Run = %+v with %d incidents, want 3 new records and no incident", countsOf(out.Run), len(b.incidents()))
		}
		ref := incident.Ref{Connection: "con_tickets", Type: "deploy", ExternalID: "1"}
		c, err := b.store.ChangeEvent(b.Context(), ref.ChangeEventID())
		if err != nil {
			b.Fatal(err)
		}
		if c.Ref != ref || c.Result != incident.ChangeResultUnknown || c.RawID == "" || c.URL != "" || c.Services[0].Service != incident.NewService("checkout").ID {
			b.Errorf("ChangeEvent = %+v, want it named, without a dangerous address, its result unknown", c)
		}
		if got := b.shifts(); got != "0 Responder One, 1 Responder Two" {
			b.Errorf("shifts = %q, want each once, in order", got)
		}
		shifts, _, err := b.store.Shifts(b.Context(), incident.ShiftFilter{Schedules: []string{"S1"}})
		if err != nil || len(shifts) != 2 || shifts[0].Team != incident.NewTeam("Web").ID || shifts[0].Person == "" || shifts[0].Person == shifts[1].Person {
			b.Errorf("Shifts = %+v, %v, want two of team Web by two people", shifts, err)
		}
		head := b.head()
		if again := b.runEvents(Options{}, es...); again.Unchanged != 3 || b.head() != head {
			b.Errorf("Run again = %+v, head %d, want 3 unchanged, %d", countsOf(again.Run), b.head(), head)
		}
	})
}

func TestEventsInAnyOrder(t *testing.T) {
	versions := []event{deploy("1", "first", 0), deploy("1", "second", time.Hour), deploy("1", "third", 2*time.Hour),
		schedule(0, on("Responder One", 0), on("Responder One", 1)), schedule(time.Hour, on("Responder Two", 0)), schedule(2*time.Hour, on("Responder Two", 3))}
	for seed := range uint64(8) {
		b := sqliteBench(t)
		es := append([]event{}, versions...)
		rand.New(rand.NewPCG(seed, 2)).Shuffle(len(es), func(i, j int) { es[i], es[j] = es[j], es[i] })
		b.runEvents(Options{}, es...)
		if got := fmt.Sprint(b.changes(), b.shifts()); got != "[1/0 third]3 Responder Two" {
			t.Errorf("order %d: %s, want the newest versions alone", seed, got)
		}
	}
}

func TestEventsGoAndComeAnew(t *testing.T) {
	b := sqliteBench(t)
	b.runEvents(Options{}, deploy("1", "old", 0), schedule(0, on("Responder One", 0)))
	gone, away := deploy("1", "old", 0), schedule(0, on("Responder One", 0))
	gone.Gone, away.Gone = true, true
	if out := b.runEvents(Options{}, gone, away); out.Changed != 2 || len(b.changes()) != 0 || b.shifts() != "" {
		t.Errorf("Run with deletions = %+v, left %v and %q, want 2 changed and nothing", countsOf(out.Run), b.changes(), b.shifts())
	}
	c, err := b.store.ChangeEvent(t.Context(), incident.Ref{Connection: "con_tickets", Type: "deploy", ExternalID: "1"}.ChangeEventID())
	if err != nil || c.DeletedReason != deletedAtSource || !c.DeletedAt.Equal(b.clock) {
		t.Errorf("ChangeEvent = %+v, %v, want a tombstone", c, err)
	}
	anew := deploy("1", "another build of that number", 0)
	anew.Created = day.AddDate(0, 1, 0)
	b.runEvents(Options{}, anew, schedule(time.Hour))
	if got := fmt.Sprint(b.changes()); got != "[1/1 another build of that number]" {
		t.Errorf("changes = %s, want the next incarnation", got)
	}
}

func TestImpossibleEventsAreDeadLetters(t *testing.T) {
	b := sqliteBench(t)
	b.runEvents(Options{}, schedule(0, on("Responder One", 0)))
	backwards, timeless, party := deploy("1", "a", 0), deploy("2", "b", 0), deploy("3", "c", 0)
	backwards.End = day.Add(-time.Second)
	timeless.Start, timeless.End = time.Time{}, time.Time{}
	party.Kind = "party"
	bad := on("Responder Two", 5)
	bad.To = bad.From.Add(-time.Minute)
	es := []event{backwards, timeless, party, schedule(time.Hour, on("Responder Two", 4), bad), deploy("4", "good", 0)}
	dry := b.runEvents(Options{DryRun: true}, es...)
	covered := map[string]string{}
	for _, c := range dry.Coverage {
		covered[c.Field] = fmt.Sprintf("%d/%d", c.Filled, c.Of)
	}
	if dry.Dead != 4 || len(dry.Drafts) != 1 || dry.Drafts[0].Change == nil || covered["change: finished"] != "1/1" || covered["change: revision"] != "0/1" || covered["title"] != "" {
		t.Errorf("dry Run = %+v, %d drafts, coverage %v, want 4 dead and one change", countsOf(dry.Run), len(dry.Drafts), covered)
	}
	if out := b.runEvents(Options{}, es...); countsOf(out.Run) != (counts{5, 1, 0, 0, 4}) {
		t.Errorf("Run = %+v, want 1 new and 4 dead", countsOf(out.Run))
	}
	reasons := map[string]string{}
	for _, l := range b.letters() {
		reasons[l.ExternalID] = l.Place + ": " + l.Reason
	}
	for id, want := range map[string]string{"1": "column finished_at: the change finishes at 2024-03-01T08:59:59Z", "2": "needs the time", "3": `"party" is not a kind`, "S1": "column shift 2, to: the shift ends"} {
		if !strings.Contains(reasons[id], want) {
			t.Errorf("letter of %s = %q, want %q in it", id, reasons[id], want)
		}
	}
	if got := b.shifts(); got != "0 Responder One" {
		t.Errorf("shifts = %q, want those of the last good version", got)
	}
}

func TestRemapEvents(t *testing.T) {
	b := sqliteBench(t)
	es := eventFeed{deploy("1", "new", time.Hour), deploy("1", "stale", 0), schedule(0, on("Responder One", 0))}
	b.runEvents(Options{}, es...)
	remap := func() Outcome {
		t.Helper()
		out, err := b.runner(es.source()).Remap(t.Context(), b.conn, incident.Run{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if out := remap(); out.Unchanged != 2 || len(out.Changes) != 0 {
		t.Errorf("Remap without a change = %+v, %v, want 2 unchanged", countsOf(out.Run), out.Changes)
	}
	b.conn.Settings, b.conn.MapVersion = map[string]string{"upper": "yes"}, 2
	if out := remap(); out.Changed != 2 || out.Changes["title"] != 1 || out.Changes["shifts"] != 1 {
		t.Errorf("Remap = %+v, %v, want the title of one and the shifts of the other changed", countsOf(out.Run), out.Changes)
	}
	if got := fmt.Sprint(b.changes()); got != "[1/0 NEW]" {
		t.Errorf("changes = %s, want the newest version under the new mapping", got)
	}
}
