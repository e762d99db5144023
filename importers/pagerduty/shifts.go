package pagerduty

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
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

// rosters reads schedules, rendered for a block of time.
var rosters = importers.RosterBlocks{Width: block, Page: rendered}

func rendered(ctx context.Context, in importers.Input, from, to time.Time, token string) (s importers.Slice, all []importers.Rendered, err error) {
	offset, _ := strconv.Atoi(token)
	query := within(importers.At{From: from, To: to}, in.Config)
	query["include[]"] = []string{"final_schedule", "overrides_subschedule"}
	p, tooMany, err := list(ctx, in, "/schedules", query, offset)
	if err != nil {
		return s, nil, err
	}
	if s.TooMany = tooMany; p.More && len(p.Schedules) > 0 {
		s.Next = strconv.Itoa(offset + len(p.Schedules))
	}
	for _, raw := range p.Schedules {
		var sched schedule
		if err := json.Unmarshal(raw, &sched); err != nil || sched.ID == "" {
			s.Reject("/schedules", "the schedule has no id, or cannot be read", raw)
			continue
		}
		body, err := json.Marshal(rosterRecord{From: from, Schedule: raw})
		if err != nil {
			return s, nil, fmt.Errorf("pagerduty: write schedule %s: %w", sched.ID, err)
		}
		all = append(all, importers.Rendered{ID: sched.ID, Body: body, Shifts: len(sched.Final.Entries)})
	}
	return s, all, nil
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
