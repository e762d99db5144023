package importertest

import (
	"context"
	"encoding/json"
	"iter"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// TestEvents runs a source of change events and rosters through every check, and its drafts against a golden file.
func TestEvents(t *testing.T) {
	Run(t, importers.Source{Name: "synthetic", Changes: importers.AlwaysChanges, Shifts: true, Collections: []importers.Collection{{
		Name: "events",
		Read: func(context.Context, importers.Input, importers.Cursor) iter.Seq2[importers.Page, error] {
			return func(yield func(importers.Page, error) bool) {
				yield(importers.Page{Next: importers.Cursor("end"), Records: []importers.Record{
					{ExternalID: "d1", Place: "row 1", Body: []byte(`"change"`)}, {ExternalID: "s1", Place: "row 2", Body: []byte(`"roster"`)}}}, nil)
			}
		},
		Map: func(raw incident.Raw, _ importers.Config) (importers.Draft, error) {
			var sort string
			if err := json.Unmarshal(raw.Body, &sort); err != nil {
				return importers.Draft{}, err
			}
			at := time.Date(2025, 1, 6, 9, 0, 0, 0, time.UTC)
			ref := incident.Ref{Type: sort, ExternalID: raw.ExternalID}
			if sort == "change" {
				return importers.Draft{Change: &incident.ChangeEvent{Ref: ref, Kind: incident.ChangeDeploy, Title: "Build 7",
					Result: incident.ChangeSucceeded, ResultRaw: "SUCCESS", StartedAt: at, Services: []incident.ServiceUse{{Name: "checkout"}}}}, nil
			}
			return importers.Draft{Team: "Web", Roster: &incident.Roster{Ref: ref, Shifts: []incident.Shift{
				{ScheduleRef: "s1", ScheduleName: "Primary", Person: "u1", PersonName: "Responder One", From: at, To: at.Add(time.Hour)}}}}, nil
		},
	}}}, Case{Name: "synthetic_events"})
}
