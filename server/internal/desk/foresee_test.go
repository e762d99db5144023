package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"log/slog"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/incident"
	"hindsight/server/internal/jobs"
	"hindsight/server/internal/store/storetest"
)

// lamps is a source whose setting says which of two times is the resolution.
func lamps() importers.Source {
	type lamp struct{ Opened, Dark, Light time.Time }
	return importers.Source{
		Name: "lamps", Title: "Lamps", File: true, Settings: []importers.Field{{Name: "resolved", Default: "dark"}},
		Collections: []importers.Collection{{
			Name: "lamps",
			Read: func(context.Context, importers.Input, importers.Cursor) iter.Seq2[importers.Page, error] {
				return func(yield func(importers.Page, error) bool) {
					var page importers.Page
					for i := range 9 {
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

// Nine incidents took 37 to 45 minutes by one time and 59 to 67 by the other: the middle ones are 41 and 63.
func TestForesee(t *testing.T) {
	s := storetest.SQLite(t)
	now := func() time.Time { return noon.AddDate(0, 1, 0) }
	d := &Desk{Store: s, Sources: []importers.Source{lamps()}, Runner: jobs.NewRunner(s, []importers.Source{lamps()}, now, slog.New(slog.DiscardHandler)), Now: now}
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
	f, err := d.Foresee(t.Context(), conn)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, m := range f.Figures {
		got[m.Title+" "+m.Period] = fmt.Sprintf("%v to %v minutes of %d", *m.Before.Value/60, *m.After.Value/60, m.After.N)
	}
	want := "41 to 63 minutes of 9"
	if len(got) != 2 || got["Time to resolve 2026 Q1"] != want || got["Time to resolve all time"] != want {
		t.Errorf("figures that move: %v, want the time to resolve of the quarter and of all time from %s", got, want)
	}
	if f.Outcome.Changed != 9 {
		t.Errorf("%d incidents would change, want 9", f.Outcome.Changed)
	}
	if after, err := s.Head(t.Context()); err != nil || after != head {
		t.Errorf("foreseeing wrote change %d (%v), want none", after, err)
	}
}
