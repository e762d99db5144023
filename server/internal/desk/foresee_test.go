package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/incident"
	"hindsight/server/internal/jobs"
	"hindsight/server/internal/store/storetest"
)

// lamps is a source of n incidents, one a day, whose setting says which of two times is the resolution.
func lamps(n int) importers.Source {
	type lamp struct{ Opened, Dark, Light time.Time }
	return importers.Source{
		Name: "lamps", Title: "Lamps", File: true, Settings: []importers.Field{{Name: "resolved", Default: "dark"}},
		Collections: []importers.Collection{{
			Name: "lamps",
			Read: func(context.Context, importers.Input, importers.Cursor) iter.Seq2[importers.Page, error] {
				return func(yield func(importers.Page, error) bool) {
					var page importers.Page
					for i := range n {
						at := noon.AddDate(0, 0, i)
						body, _ := json.Marshal(lamp{at, at.Add(time.Duration(37+i) * time.Minute), at.Add(time.Duration(59+i) * time.Minute)})
						page.Records = append(page.Records, importers.Record{ExternalID: fmt.Sprint(i), Body: body})
					}
					yield(page, nil)
				}
			},
			Map: func(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
				var l lamp
				err := json.Unmarshal(raw.Body, &l)
				d := importers.Draft{Incident: incident.Incident{Title: "A lamp", Status: incident.Resolved}}
				at := l.Dark
				if cfg.Settings["resolved"] == "light" {
					at = l.Light
				}
				d.Incident.Milestones.Set(incident.Opened, l.Opened, incident.ToSecond, incident.FromField, "lamps", "Opened")
				d.Incident.Milestones.Set(incident.ResolvedAt, at, incident.ToSecond, incident.FromField, "lamps", "Resolved")
				return d, err
			},
		}},
	}
}

// foretold imports n lamps and returns what taking the other time would change, within limit by a clock that goes on by a
// second whenever it is looked at.
func foretold(t *testing.T, n int, limit time.Duration) Forecast {
	t.Helper()
	s := storetest.SQLite(t)
	var looked atomic.Int64
	now := func() time.Time { return noon.AddDate(3, 0, 0).Add(time.Duration(looked.Add(1)) * time.Second) }
	d := &Desk{Store: s, Sources: []importers.Source{lamps(n)}, Runner: jobs.NewRunner(s, []importers.Source{lamps(n)}, now, slog.New(slog.DiscardHandler)), Now: now}
	conn, err := d.Connect(t.Context(), Plan{Source: "lamps"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Runner.Run(t.Context(), conn, d.NewRun(conn, "file", ""), nil, jobs.Options{}, nil); err != nil {
		t.Fatal(err)
	}
	head, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	conn.Settings = map[string]string{"resolved": "light"}
	f, err := d.Foresee(t.Context(), conn, limit, incident.Sight{All: true})
	if err != nil {
		t.Fatal(err)
	}
	if after, err := s.Head(t.Context()); err != nil || after != head {
		t.Errorf("foreseeing wrote change %d (%v), want none", after, err)
	}
	return f
}

func figures(f Forecast) map[string]string {
	got := map[string]string{}
	for _, m := range f.Figures {
		got[m.Title+" "+m.Period] = fmt.Sprintf("%v to %v minutes of %d", *m.Before.Value/60, *m.After.Value/60, m.After.N)
	}
	return got
}

// Nine incidents took 37 to 45 minutes by one time and 59 to 67 by the other: the middle ones are 41 and 63.
func TestForesee(t *testing.T) {
	f := foretold(t, 9, 0)
	got, want := figures(f), "41 to 63 minutes of 9"
	if len(got) != 2 || got["Time to resolve 2026 Q1"] != want || got["Time to resolve all time"] != want {
		t.Errorf("figures that move: %v, want the time to resolve of the quarter and of all time from %s", got, want)
	}
	if f.Changed != 9 || f.Read != 9 || f.Kept != 9 || f.Cut {
		t.Errorf("%d incidents would change, of %d records looked at of %d, cut %v; want 9 each, and all", f.Changed, f.Read, f.Kept, f.Cut)
	}
}

// Of 600 incidents there is time for 500: the newest, numbers 100 to 599 from the oldest, which took 137 to 636
// minutes by one time and 159 to 658 by the other.
func TestForeseeWithoutTimeForAll(t *testing.T) {
	f := foretold(t, 600, time.Second)
	if f.Read != 500 || f.Kept != 600 || f.Changed != 500 || !f.Cut {
		t.Errorf("looked at %d records of %d, cut %v, %d would change; want the newest 500 of 600", f.Read, f.Kept, f.Cut, f.Changed)
	}
	if got, want := figures(f)["Time to resolve the newest records"], "386.5 to 408.5 minutes of 500"; got != want {
		t.Errorf("the median moves %s, want %s", got, want)
	}
}

// A reader who has gone is waited for by nobody.
func TestForeseeEndsWithItsRequest(t *testing.T) {
	s := storetest.SQLite(t)
	now := func() time.Time { return noon }
	d := &Desk{Store: s, Sources: []importers.Source{lamps(9)}, Runner: jobs.NewRunner(s, []importers.Source{lamps(9)}, now, slog.New(slog.DiscardHandler)), Now: now}
	conn, err := d.Connect(t.Context(), Plan{Source: "lamps"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Foresee(ctx, conn, 0, incident.Sight{All: true}); !errors.Is(err, context.Canceled) {
		t.Errorf("foreseeing for a request that was canceled: %v, want that it was canceled", err)
	}
}
