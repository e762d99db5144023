package opsgenie

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

const block = 84 * day // of a schedule that one record holds: twelve weeks

// rosterRecord is the body of a raw record: a schedule with who was on call in a block of time.
type rosterRecord struct {
	Schedule json.RawMessage `json:"schedule"`
	Timeline json.RawMessage `json:"timeline"`
}

// timeline is who was on call, as the API renders it: rotations with their periods.
type timeline struct {
	Final struct {
		Rotations []struct {
			Name    string
			Periods []period
		}
	} `json:"finalTimeline"`
}

type recipient struct{ ID, Name, Type string }

type period struct {
	StartDate, EndDate string
	Type               string // "default", "override", "forwarding", "historical"
	Recipient          recipient
	Flattened          []recipient `json:"flattenedRecipients"` // of "historical" periods
}

// rosters reads all schedules for a block of time: the list, and a request for each.
var rosters = importers.RosterBlocks{Width: block, Page: rendered}

func rendered(ctx context.Context, in importers.Input, from, _ time.Time, _ string) (s importers.Slice, all []importers.Rendered, err error) {
	var found listed
	if err := in.Get(ctx, "/v2/schedules", nil, &found); err != nil {
		return s, nil, fmt.Errorf("opsgenie: list schedules: %w", err)
	}
	for _, raw := range found.Data {
		var key struct{ ID string }
		if json.Unmarshal(raw, &key) != nil || key.ID == "" {
			s.Reject("/v2/schedules", "the schedule has no id", raw)
			continue
		}
		one, err := roster(ctx, in, raw, key.ID, from)
		if err != nil {
			return s, nil, fmt.Errorf("opsgenie: timeline of schedule %s: %w", key.ID, err)
		}
		all = append(all, one)
	}
	return s, all, nil
}

// roster reads one schedule's block.
func roster(ctx context.Context, in importers.Input, schedule json.RawMessage, id string, from time.Time) (one importers.Rendered, err error) {
	query := url.Values{"identifierType": {"id"}, "interval": {"12"}, "intervalUnit": {"weeks"}, "date": {from.Format(time.RFC3339)}}
	var got struct{ Data json.RawMessage }
	var t timeline
	if err := in.Get(ctx, "/v2/schedules/"+url.PathEscape(id)+"/timeline", query, &got); err != nil {
		return one, err
	}
	if err := json.Unmarshal(got.Data, &t); err != nil {
		return one, err
	}
	one.ID = id
	for _, r := range t.Final.Rotations {
		one.Shifts += len(r.Periods)
	}
	one.Body, err = json.Marshal(rosterRecord{Schedule: schedule, Timeline: got.Data})
	return one, err
}

// mapRoster turns a rendered schedule into shifts. A shift that goes on over the end of a block is two here.
func mapRoster(raw incident.Raw, _ importers.Config) (importers.Draft, error) {
	var r rosterRecord
	var t timeline
	var s struct {
		ID, Name  string
		OwnerTeam struct{ Name string }
	}
	if json.Unmarshal(raw.Body, &r) != nil || json.Unmarshal(r.Schedule, &s) != nil || json.Unmarshal(r.Timeline, &t) != nil || s.ID == "" {
		return importers.Draft{}, &importers.MapError{Reason: "it is no schedule with a timeline"}
	}
	d := importers.NewRoster(shifts, raw.ExternalID, s.OwnerTeam.Name)
	for _, rotation := range t.Final.Rotations {
		for _, p := range rotation.Periods {
			for _, who := range p.people() {
				d.AddShift("finalTimeline/startDate", p.StartDate, incident.Shift{ScheduleRef: s.ID, ScheduleName: s.Name, Layer: rotation.Name,
					Person: incident.ID(who.ID), PersonName: who.Name, From: importers.ISO(p.StartDate), To: importers.ISO(p.EndDate), Override: p.Type == "override"})
			}
		}
	}
	return d, nil
}

// people returns the users of a period; teams and escalations are no people.
func (p period) people() []recipient {
	var out []recipient
	for _, who := range append([]recipient{p.Recipient}, p.Flattened...) {
		if who.Type == "user" && (who.Name != "" || who.ID != "") {
			out = append(out, who)
		}
	}
	return out
}
