package pagerduty

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

const (
	shifts = "shifts"
	block  = 84 * day // of a schedule that one record holds: whole weeks, less than the three months that one request may cover
)

// rosterRecord is the body of a raw record: a schedule with who was on call in a block of time.
type rosterRecord struct {
	From     time.Time       `json:"from"`
	Schedule json.RawMessage `json:"schedule"`
}

// schedule is a schedule as the API renders it for a stretch of time.
type schedule struct {
	reference
	Teams     []reference
	Final     layer `json:"final_schedule"`
	Overrides layer `json:"overrides_subschedule"`
}

type layer struct {
	Entries []turn `json:"rendered_schedule_entries"`
}

// turn is a stretch of time for which somebody is on call.
type turn struct {
	User       reference
	Start, End string
}

// rosters reads a page of schedules, rendered for a block of time.
func rosters(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
	blocks := importers.Blocks(in, at, in.Client.Now(), block)
	number, skip, _ := strings.Cut(at.Token, ":")
	n, _ := strconv.Atoi(number)
	n = min(max(n, 0), len(blocks)-1)
	from := blocks[n]
	offset, _ := strconv.Atoi(skip)
	query := within(importers.At{From: from, To: from.Add(block)}, in.Config)
	query["include[]"] = []string{"final_schedule", "overrides_subschedule"}
	p, tooMany, err := list(ctx, in, "/schedules", query, offset)
	if err != nil {
		return importers.Slice{}, err
	}
	s := importers.Slice{TooMany: tooMany}
	switch {
	case p.More && len(p.Schedules) > 0:
		s.Next = token(strconv.Itoa(n), offset+len(p.Schedules))
	case n+1 < len(blocks):
		s.Next = token(strconv.Itoa(n+1), 0)
	}
	past := from.Add(block).Before(in.Client.Now())
	for _, raw := range p.Schedules {
		var sched schedule
		if err := json.Unmarshal(raw, &sched); err != nil || sched.ID == "" {
			s.Rejects = append(s.Rejects, importers.Reject{Place: "/schedules", Reason: "the schedule has no id, or cannot be read", Body: string(raw)})
			continue
		}
		id := sched.ID + "/" + from.Format(time.DateOnly)
		s.Held = append(s.Held, id)
		if past && len(sched.Final.Entries) == 0 {
			continue // before the schedule was made, or with nobody on call
		}
		body, err := json.Marshal(rosterRecord{From: from, Schedule: raw})
		if err != nil {
			return s, fmt.Errorf("pagerduty: write schedule %s: %w", sched.ID, err)
		}
		s.Records = append(s.Records, importers.Record{ExternalID: id, Body: body, At: from})
	}
	return s, nil
}

// mapRoster turns a rendered schedule into shifts. A shift that goes on over the end of a block is two here.
func mapRoster(raw incident.Raw, _ importers.Config) (importers.Draft, error) {
	var r rosterRecord
	var sched schedule
	if err := json.Unmarshal(raw.Body, &r); err != nil || json.Unmarshal(r.Schedule, &sched) != nil || sched.ID == "" {
		return importers.Draft{}, &importers.MapError{Reason: "it is no schedule"}
	}
	team := ""
	if len(sched.Teams) > 0 {
		team = sched.Teams[0].label()
	}
	d := importers.NewRoster(shifts, raw.ExternalID, team)
	for _, t := range sched.Final.Entries {
		d.AddShift("final_schedule/start", t.Start, incident.Shift{ScheduleRef: sched.ID, ScheduleName: cmp.Or(sched.Name, sched.Summary),
			Person: incident.ID(t.User.ID), PersonName: t.User.label(), From: importers.ISO(t.Start), To: importers.ISO(t.End), Override: sched.overrides(t)})
	}
	return d, nil
}

// overrides reports whether a turn lies in an override of the same person.
func (s schedule) overrides(t turn) bool {
	return slices.ContainsFunc(s.Overrides.Entries, func(o turn) bool {
		return o.User.ID == t.User.ID && !importers.ISO(t.Start).Before(importers.ISO(o.Start)) && !importers.ISO(t.End).After(importers.ISO(o.End))
	})
}
