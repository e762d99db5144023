package jira

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// clock is a service level of Jira Service Management, as a custom field holds it.
type clock struct {
	Name      string  `json:"name"`
	Completed []cycle `json:"completedCycles"`
	Ongoing   *cycle  `json:"ongoingCycle"`
}

// cycle is one run of it. Times are milliseconds since 1970; the goal counts working time of the level's calendar.
type cycle struct {
	Start    instant `json:"startTime"`
	Stop     instant `json:"stopTime"`
	Breached *bool   `json:"breached"`
	Goal     struct {
		Millis int64 `json:"millis"`
	} `json:"goalDuration"`
}

type instant struct {
	Millis int64 `json:"epochMillis"`
}

// at returns the time; zero when there is none, or none that can be.
func (i instant) at() time.Time {
	if i.Millis <= 0 || i.Millis >= 7e12 { // the year 2191
		return time.Time{}
	}
	return time.UnixMilli(i.Millis).UTC()
}

// levels keeps every cycle of every service level, as Jira judges it. Which level is which the mapping says, since
// their names are the team's own.
func (m *mapping) levels() {
	response, resolution := m.field("sla_response"), m.field("sla_resolution")
	for _, id := range slices.Sorted(maps.Keys(m.issue.Fields)) {
		var c clock
		if !custom(id) || json.Unmarshal(m.issue.Fields[id], &c) != nil || c.Completed == nil && c.Ongoing == nil {
			continue
		}
		m.used[id] = true
		goal := ""
		switch id {
		case response:
			goal = "response"
		case resolution:
			goal = "resolution"
		}
		if c.Name == "" {
			c.Name = m.body.Names[id]
		}
		if c.Ongoing != nil {
			c.Ongoing.Stop = instant{}
			c.Completed = append(c.Completed, *c.Ongoing)
		}
		for _, run := range c.Completed {
			m.level(goal, c.Name, run)
		}
	}
}

func (m *mapping) level(goal, name string, run cycle) {
	if run.Start.at().IsZero() {
		return
	}
	m.Incident.SLA = append(m.Incident.SLA, incident.SLACycle{
		Goal: goal, Name: importers.Line(name), Start: run.Start.at(), Stop: run.Stop.at(),
		Target: time.Duration(min(max(run.Goal.Millis, 0), int64(10*365*24*time.Hour/time.Millisecond))) * time.Millisecond, Breached: run.Breached,
	})
}
