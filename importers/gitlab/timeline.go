package gitlab

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// stateEvent is an entry of the history of states; it does not tell of the opening.
type stateEvent struct {
	User      person
	CreatedAt string `json:"created_at"`
	State     string
}

// note is a comment, or what GitLab notes itself about a change (System).
type note struct {
	Body         string
	Author       person
	CreatedAt    string `json:"created_at"`
	System       bool
	Internal     bool
	Confidential bool // the older name of Internal
}

// timelineEvent is an event of the incident's own timeline, which people keep.
type timelineEvent struct {
	OccurredAt string
	Note       string
	Action     string
	Author     person
	Tags       struct{ Nodes []struct{ Name string } } `json:"timelineEventTags"`
}

// How GitLab words what it notes itself.
var (
	notedStatus   = regexp.MustCompile(`^changed the (?:incident )?status to \*\*(.+?)\*\*`)
	notedSeverity = regexp.MustCompile(`^changed the severity to \*\*`)
	notedAssigned = regexp.MustCompile(`^(?:assigned to|unassigned) @`)
	notedState    = regexp.MustCompile(`^(?:closed|reopened|changed the status to closed)\b`)
)

// teller gathers the events and the turns of status.
type teller struct {
	draft *importers.Draft
	words importers.Words
	turns []importers.Turn
}

// tell adds the timeline and the history. Somebody who is assigned, or comments on another's report, has acknowledged
// it, unless a change of status came before.
func tell(d *importers.Draft, r record, w importers.Words) {
	t := teller{draft: d, words: w}
	opened := d.Incident.Milestones.At(incident.Opened)
	t.add("created_at", r.Issue.CreatedAt, incident.TimelineEvent{Kind: incident.EventCreated, Actor: r.Issue.Author.name(), Text: "Incident opened", RawKind: "opened"})
	for _, e := range r.States {
		t.state(e)
	}
	for _, n := range r.Notes {
		t.note(n)
	}
	for _, e := range r.Timeline.Data.Project.Events.Nodes {
		t.add("timeline/occurredAt", e.OccurredAt, incident.TimelineEvent{Kind: incident.EventNote, Actor: e.Author.name(), Text: e.Note, RawKind: "timeline " + e.Action})
	}
	t.acknowledge(r)
	for i, turn := range slices.Backward(t.turns) {
		if st := d.Incident.Status; turn.Raw == "closed" && r.Issue.State == "closed" && st != incident.StatusUnknown {
			t.turns[i].Status = st // moved and duplicate incidents are closed, too
			break
		}
	}
	d.SetHistory("gitlab", opened, incident.Triggered, t.turns)
	inc := &d.Incident
	if n := len(inc.Segments); n > 0 && r.Issue.State == "opened" && r.Timeline.Data.Project.Issue.EscalationStatus == "" {
		inc.Status = inc.Segments[n-1].Status
	}
}

func (t *teller) add(field, text string, ev incident.TimelineEvent) time.Time {
	m, err := importers.ISO8601.Parse(text)
	if err != nil {
		t.draft.Warn(field, importers.Line(text), "this event was left out: "+err.Error())
		return time.Time{}
	}
	ev.At = m.At
	t.draft.Happened(ev)
	return m.At
}

func (t *teller) turn(at time.Time, word, by, field string) {
	if s, ok := t.words.Status.Of(word); ok && !at.IsZero() {
		t.turns = append(t.turns, importers.Turn{At: at, Status: s, Raw: word, By: by, Field: field})
	}
}

func (t *teller) state(e stateEvent) {
	kinds := map[string]incident.EventKind{"closed": incident.EventResolved, "reopened": incident.EventReopened}
	kind, ok := kinds[e.State]
	if !ok {
		kind = incident.EventStatus
	}
	at := t.add("state_events/created_at", e.CreatedAt, incident.TimelineEvent{Kind: kind, Actor: e.User.name(), Text: "State: " + e.State, RawKind: e.State})
	t.turn(at, e.State, e.User.name(), "state_events/"+e.State)
}

func (t *teller) note(n note) {
	ev := incident.TimelineEvent{Kind: incident.EventNote, Actor: n.Author.name(), Text: n.Body, Private: n.Internal || n.Confidential, RawKind: "note"}
	word := ""
	if n.System {
		ev.Kind, ev.RawKind = incident.EventOther, "system note"
		switch m := notedStatus.FindStringSubmatch(n.Body); {
		case m != nil:
			ev.Kind, word = incident.EventStatus, m[1]
		case notedSeverity.MatchString(n.Body):
			ev.Kind = incident.EventSeverity
		case notedAssigned.MatchString(n.Body):
			ev.Kind = incident.EventAssigned
		case notedState.MatchString(n.Body):
			return // the state events tell it
		}
	}
	at := t.add("notes/created_at", n.CreatedAt, ev)
	if word != "" {
		t.turn(at, word, n.Author.name(), "notes/status")
	}
}

// acknowledge adds the turn of whoever took the incident first, unless another turn came before.
func (t *teller) acknowledge(r record) {
	var first time.Time
	for _, turn := range t.turns {
		if first.IsZero() || turn.At.Before(first) {
			first = turn.At
		}
	}
	for _, n := range r.Notes {
		m, err := importers.ISO8601.Parse(n.CreatedAt)
		taken := n.System && strings.HasPrefix(n.Body, "assigned to @")
		answered := !n.System && n.Author.Username != "" && n.Author.Username != r.Issue.Author.Username
		if err != nil || m.At.IsZero() || !taken && !answered {
			continue
		}
		if first.IsZero() || m.At.Before(first) {
			t.turns = append(t.turns, importers.Turn{At: m.At, Status: incident.Acknowledged, Raw: "note", By: n.Author.name(), Field: "notes"})
			t.draft.AddPerson(n.Author.name(), "acknowledger")
		}
		return
	}
}
