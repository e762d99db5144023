package jira

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"hindsight/importers"
	"hindsight/incident"
)

// status returns what a status means: by its id, its name (which may be translated, and is the team's own), else
// its category.
func (m *mapping) status(id, word, category string) (incident.Status, bool) {
	for _, w := range []string{"status " + id, word, category} {
		if s, ok := m.words.Status.Of(w); ok {
			return s, true
		}
	}
	return incident.StatusUnknown, false
}

// history sets status, segments, milestones and the timeline.
func (m *mapping) history() {
	m.now()
	log := m.log()
	m.AddEvent(incident.TimelineEvent{At: m.at("created"), Kind: incident.EventCreated, Actor: get[ref](m.issue, "creator").person(), Text: "Created", RawKind: "created"})
	turns, first := m.turns(log)
	m.resolution(turns)
	m.SetHistory(name, m.at("created"), first, turns)
	for _, c := range log {
		m.changed(c)
	}
	m.notes()
	m.SortTimeline()
}

// now sets the status of today. An issue that is over and duplicates another one was merged into it.
func (m *mapping) now() {
	inc, s := &m.Incident, get[ref](m.issue, "status")
	inc.StatusRaw = importers.Line(s.Name)
	known := false
	if inc.Status, known = m.status(s.ID, s.Name, s.Category.Key); !known {
		m.Warn("status", importers.Line(s.Name), "neither this status nor its category is in any map; say in the mapping what it means")
	}
	if !inc.Status.Over() {
		return
	}
	if why, ok := m.words.Status.Of("resolution " + get[ref](m.issue, "resolution").Name); ok {
		inc.Status = why
	}
	if inc.DuplicateOf != "" {
		inc.Status, inc.MergedInto = incident.Merged, inc.DuplicateOf
	}
}

// log returns the changelog, oldest first: Cloud gives the newest first, Data Center the oldest.
func (m *mapping) log() []change {
	raw := m.body.Changelog
	if raw == nil {
		raw = m.issue.Changelog.Histories
	}
	var log []change
	for _, r := range raw {
		if c := importers.Decode[change](r); !m.ISO("changelog.created", c.Created).IsZero() {
			log = append(log, c)
		}
	}
	slices.SortStableFunc(log, func(a, b change) int {
		return cmp.Or(importers.ISO(a.Created).Compare(importers.ISO(b.Created)), compareIDs(a.ID, b.ID))
	})
	return log
}

// compareIDs orders numbers that are written as texts.
func compareIDs(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

// turns returns the changes of status and the status before the first one. The first leaving of the statuses in which
// nobody works on the issue is its acknowledgement.
func (m *mapping) turns(log []change) (turns []importers.Turn, first incident.Status) {
	first = m.Incident.Status
	for _, c := range log {
		at := m.ISO("changelog.created", c.Created)
		for _, i := range c.Items {
			if i.of() != "status" {
				continue
			}
			from, _ := m.status(i.From, i.FromStr, m.body.Categories[i.From])
			to, known := m.status(i.To, i.ToStr, m.body.Categories[i.To])
			if len(turns) == 0 {
				first = from
			}
			if !known {
				m.Warn("changelog.status", importers.Line(i.ToStr), "neither this status nor its category is in any map; the issue passed through it")
			}
			turns = append(turns, importers.Turn{At: at, Status: to, Raw: i.ToStr, By: c.Author.person(), Field: "changelog.status"})
			if _, acked := m.Incident.Milestones.Current(incident.Acked); !acked && from == incident.Triggered && to != from && known && to != incident.Canceled && to != incident.Merged {
				m.Incident.Milestones.Set(incident.Acked, at, incident.ToSecond, incident.FromLog, name, "changelog.status")
			}
		}
	}
	if n := len(turns); n > 0 && turns[n-1].Status.Over() && m.Incident.Status.Over() {
		turns[n-1].Status = m.Incident.Status // which the resolution or a link may have changed
	}
	return turns, first
}

// resolution states the time in resolutiondate, which stays set when an issue is reopened and may be null where it
// is done: it counts while the issue is over, and not when the last reopening is later.
func (m *mapping) resolution(turns []importers.Turn) {
	s := m.Incident.Status
	if _, stated := m.Incident.Milestones.Current(incident.ResolvedAt); stated || s != incident.Resolved && s != incident.Closed {
		return
	}
	at := m.at("resolutiondate")
	for n, t := range turns {
		if n > 0 && turns[n-1].Status.Over() && !t.Status.Over() && t.At.After(at) {
			return
		}
	}
	m.Incident.Milestones.Set(incident.ResolvedAt, at, incident.ToSecond, incident.FromField, name, "resolutiondate")
}

// changed adds an event for each field that a change is about, and people who had the issue.
func (m *mapping) changed(c change) {
	at := m.ISO("changelog.created", c.Created)
	for _, i := range c.Items {
		e := incident.TimelineEvent{At: at, Kind: incident.EventOther, Actor: c.Author.person(), RawKind: i.of(), Text: importers.ToldChange(i.Field, i.FromStr, i.ToStr)}
		switch named := m.words.Fields["severity"]; {
		case i.of() == "status":
			from, _ := m.status(i.From, i.FromStr, m.body.Categories[i.From])
			to, _ := m.status(i.To, i.ToStr, m.body.Categories[i.To])
			e.Kind = importers.EventOfTurn(from, to)
		case i.of() == "assignee":
			e.Kind = incident.EventAssigned
			m.had(i.FromStr)
		case i.of() == "priority", named != "" && (i.of() == named || importers.Fold(i.Field) == importers.Fold(named)):
			e.Kind = incident.EventSeverity
		}
		m.AddEvent(e)
	}
}

// had notes somebody to whom the issue was assigned once.
func (m *mapping) had(name string) {
	same := func(p incident.Participation) bool {
		return p.Name == importers.Line(name) && p.Role != "reporter" && p.Role != "author"
	}
	if !slices.ContainsFunc(m.Incident.People, same) {
		m.AddPerson(name, "responder")
	}
}

// notes adds the comments. Those that not everybody may see are left out unless the connection asks for them.
func (m *mapping) notes() {
	raw := m.body.Comments
	if raw == nil {
		raw = get[comments](m.issue, "comment").Comments
	}
	for _, r := range raw {
		var c struct {
			Author     ref             `json:"author"`
			Body       json.RawMessage `json:"body"`
			Created    string          `json:"created"`
			Public     *bool           `json:"jsdPublic"`
			Visibility json.RawMessage `json:"visibility"`
		}
		json.Unmarshal(r, &c)
		private := c.Public != nil && !*c.Public || len(c.Visibility) > 0 && string(c.Visibility) != "null"
		if private && settings.Of(m.cfg, "private_notes") != "yes" {
			continue
		}
		m.AddEvent(incident.TimelineEvent{At: m.ISO("comment.created", c.Created), Kind: incident.EventNote, Actor: c.Author.person(), Text: markdown(c.Body), Private: private, RawKind: "comment"})
	}
}
