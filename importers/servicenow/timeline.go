package servicenow

import (
	"strconv"

	"hindsight/importers"
	"hindsight/incident"
)

// mapHistory turns the differences between neighbouring rows into status segments and events.
func (t *ticket) mapHistory() {
	opened := t.draft.Incident.Milestones.At(incident.Opened)
	t.event(incident.TimelineEvent{At: opened, Kind: incident.EventCreated, Actor: t.last().get(colOpenedBy), Text: "Opened", RawKind: colOpened})
	for i, r := range t.rows {
		var before row
		if i > 0 {
			before = t.rows[i-1]
		}
		t.segment(i, before, r)
		if i > 0 {
			t.compare(i, before, r)
		}
	}
}

// segment begins a new segment when the state changed. A first row of a log begins one even though
// the ticket may have been in that state before: earlier is not known.
func (t *ticket) segment(i int, before, r row) {
	state := r.get(colState)
	if i > 0 && before.get(colState) == state {
		return
	}
	segments := &t.draft.Incident.Segments
	if n := len(*segments); n > 0 {
		(*segments)[n-1].To = t.at[i]
	}
	s := incident.Segment{Status: status(state), StatusRaw: state, From: t.at[i], By: r.get(colUpdatedBy)}
	if s.Status == incident.StatusUnknown && i != len(t.rows)-1 { // the last one was warned of already
		t.draft.Warn(colState, state, "this word is in no map; the ticket passed through it")
	}
	*segments = append(*segments, s)
}

// compare adds an event for each change between two rows that a reader of the timeline would ask about.
func (t *ticket) compare(i int, before, r row) {
	e := incident.TimelineEvent{At: t.at[i], Actor: r.get(colUpdatedBy)}
	if old, state := before.get(colState), r.get(colState); old != state {
		e.Kind, e.RawKind, e.Text = importers.EventOfTurn(status(old), status(state)), colState, importers.ToldChange("State", old, state)
		t.event(e)
	} else if count(r) > count(before) {
		e.Kind, e.RawKind, e.Text = incident.EventReopened, colReopens, importers.ToldChange("Reopened", before.get(colReopens), r.get(colReopens))
		t.event(e)
	}
	for _, c := range [...]struct {
		column, label string
		kind          incident.EventKind
	}{
		{colGroup, "Group", incident.EventAssigned},
		{colAssignee, "Assignee", incident.EventAssigned},
		{colPriority, "Priority", incident.EventSeverity},
	} {
		if old, now := before.get(c.column), r.get(c.column); old != now {
			e.Kind, e.RawKind, e.Text = c.kind, c.column, importers.ToldChange(c.label, old, now)
			t.event(e)
		}
	}
}

func count(r row) int {
	n, _ := strconv.Atoi(r.get(colReopens))
	return n
}

// event appends e, its words as the log has them, in order among the events of its instant.
func (t *ticket) event(e incident.TimelineEvent) {
	e.Pos = len(t.draft.Timeline)
	t.draft.Timeline = append(t.draft.Timeline, e)
}
