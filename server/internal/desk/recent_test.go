package desk

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/incident"
	"hindsight/server/internal/jobs"
	"hindsight/server/internal/store/storetest"
)

// A source that may be asked once a minute is asked once for the words and the preview, and again ten minutes later.
func TestTrialsOfSlowSource(t *testing.T) {
	asked := 0
	snail := importers.Source{Name: "snail", Title: "Snail",
		API: &importers.API{Base: func(importers.Config) string { return "https://snail.example.com" },
			Rates: map[string]importers.Rate{"": {Requests: 1, Per: time.Minute}}},
		Collections: []importers.Collection{{Name: "incidents",
			List: &importers.Listing{Page: func(context.Context, importers.Input, importers.At) (importers.Slice, error) {
				asked++
				return importers.Slice{Records: []importers.Record{{ExternalID: "1", Body: []byte(`{}`)}}}, nil
			}},
			Map: func(incident.Raw, importers.Config) (importers.Draft, error) {
				d := importers.Draft{Incident: incident.Incident{Title: "Synthetic incident", StatusRaw: "slow"}}
				d.Incident.Milestones.Set(incident.Opened, noon, incident.ToSecond, incident.FromField, "snail", "opened")
				return d, nil
			}}}}
	s, at := storetest.SQLite(t), noon
	now := func() time.Time { return at }
	d := &Desk{Store: s, Sources: []importers.Source{snail}, Runner: jobs.NewRunner(s, []importers.Source{snail}, now, slog.New(slog.DiscardHandler)), Now: now}
	conn, err := d.Connect(t.Context(), Plan{Source: "snail"})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		later time.Duration
		asked int
	}{{0, 1}, {time.Minute, 1}, {10 * time.Minute, 2}} {
		at = at.Add(tc.later)
		trial, err := d.TryLive(t.Context(), conn, incident.Sight{All: true})
		if err != nil || trial.Read != 1 || len(trial.Words) != 1 || len(trial.Drafts) != 1 || asked != tc.asked {
			t.Errorf("after %s more, TryLive read %d records with the words %v, %v, and the source was asked %d times; want 1, 1 and %d", tc.later, trial.Read, trial.Words, err, asked, tc.asked)
		}
	}
}
