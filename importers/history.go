package importers

import (
	"slices"
	"time"

	"hindsight/incident"
)

// Turn is one change of status, as a source's history tells it.
type Turn struct {
	At     time.Time
	Status incident.Status
	Raw    string // the source's word
	By     string // who changed it; may be empty
	Field  string // where it was read from: "log_entries/acknowledge"
}

// SetHistory sets what follows from a history of changes, in any order: the status segments, how often the incident
// was reopened, and the milestones that the record itself does not state. first is the status before the first
// turn, from opened on; both may be zero.
//
// Acknowledged is the first turn to a status in which somebody works on it, also when the acknowledgement timed out
// later. Mitigated is the first such turn. Resolved and closed are the last turns to be so, and only while the
// incident is still over: what was reopened has no resolution yet. Turns to the status that it has already
// change nothing.
func (d *Draft) SetHistory(source string, opened time.Time, first incident.Status, turns []Turn) {
	if first != "" && !opened.IsZero() {
		turns = append([]Turn{{At: opened, Status: first}}, turns...)
	}
	turns = slices.Clone(turns)
	slices.SortStableFunc(turns, func(a, b Turn) int { return a.At.Compare(b.At) })
	turns = slices.DeleteFunc(turns, func(t Turn) bool { return t.At.IsZero() || t.Status == "" })
	h := history{draft: d, source: source}
	for _, t := range turns {
		h.turn(t)
	}
	h.close()
}

// SetStages is SetHistory for a system that says when each status was entered, and nothing of ways back: a status further
// on than that of today, which is set already, was left again. How often the incident was reopened is not known then.
func (d *Draft) SetStages(source string, turns []Turn) {
	today := slices.Index(incident.Statuses, d.Incident.Status)
	turns = slices.DeleteFunc(slices.Clone(turns), func(t Turn) bool {
		return today >= 0 && slices.Index(incident.Statuses, t.Status) > today
	})
	if len(turns) > 0 {
		d.SetHistory(source, time.Time{}, "", turns)
		d.Incident.Reopened = nil
	}
}

// TakeBack drops milestones that a history has stated: of a system in which the turn that they follow from means less.
func (d *Draft) TakeBack(names ...incident.MilestoneName) {
	d.Incident.Milestones = slices.DeleteFunc(d.Incident.Milestones, func(m incident.Milestone) bool {
		return m.Basis == incident.FromLog && slices.Contains(names, m.Name)
	})
}

type history struct {
	draft    *Draft
	source   string
	now      incident.Status
	reopened int
	marks    map[incident.MilestoneName]Turn
}

func (h *history) turn(t Turn) {
	if t.Status == h.now {
		return
	}
	inc := &h.draft.Incident
	if n := len(inc.Segments); n > 0 {
		inc.Segments[n-1].To = t.At.UTC()
	}
	inc.Segments = append(inc.Segments, incident.Segment{Status: t.Status, StatusRaw: Line(t.Raw), From: t.At.UTC(), By: Line(t.By)})
	if h.marks == nil {
		h.marks = map[incident.MilestoneName]Turn{}
	}
	switch t.Status {
	case incident.Acknowledged, incident.Investigating:
		h.once(incident.Acked, t)
	case incident.Mitigated:
		h.once(incident.Acked, t)
		h.once(incident.MitigatedAt, t)
	case incident.Closed:
		h.marks[incident.ClosedAt] = t
	}
	was := h.now
	switch {
	case t.Status.Over() && !was.Over():
		h.marks[incident.ResolvedAt] = t
	case !t.Status.Over() && was.Over():
		h.reopened++
		delete(h.marks, incident.ResolvedAt)
		delete(h.marks, incident.ClosedAt)
	}
	h.now = t.Status
}

func (h *history) once(name incident.MilestoneName, t Turn) {
	if _, done := h.marks[name]; !done {
		h.marks[name] = t
	}
}

// close states the milestones that the record has not stated itself.
func (h *history) close() {
	inc := &h.draft.Incident
	inc.Reopened = &h.reopened
	for _, name := range incident.MilestoneNames {
		if _, stated := inc.Milestones.Current(name); stated {
			continue
		}
		if t, ok := h.marks[name]; ok && h.counts(name) {
			inc.Milestones.Set(name, t.At, incident.ToSecond, incident.FromLog, h.source, t.Field)
		}
	}
}

// counts leaves out the resolution of what was canceled or merged: nobody resolved it.
func (h *history) counts(name incident.MilestoneName) bool {
	return name != incident.ResolvedAt || h.now == incident.Resolved || h.now == incident.Closed
}
