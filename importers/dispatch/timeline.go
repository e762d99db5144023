package dispatch

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"hindsight/importers"
	"hindsight/incident"
)

// turn reads a change of status out of an event's text: "NAME marked the incident as stable", and before 2024
// "The incident status has been changed from Active to Stable". What people write themselves changes nothing.
func (m *mapper) turn(e row) (importers.Turn, bool) {
	if byHand(e) {
		return importers.Turn{}, false
	}
	text := importers.Line(e["description"])
	_, word, ok := cutLast(text, " marked the incident as ")
	if !ok && strings.HasPrefix(text, "The incident status has been changed from ") {
		_, word, ok = cutLast(text, " to ")
	}
	status, known := m.words.Status.Of(word)
	at := importers.ISO(e["started_at"])
	if !ok || !known || at.IsZero() {
		return importers.Turn{}, false
	}
	return importers.Turn{At: at, Status: status, Raw: word, By: m.actor(e), Field: "event"}, true
}

func byHand(e row) bool { return e["type"] == "Custom event" || e["type"] == "Imported message" }

func cutLast(text, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(text, sep); i >= 0 {
		return text[:i], text[i+len(sep):], true
	}
	return text, "", false
}

// history sets what follows from the changes of status in the log. The first one tells what was before only in the
// old wording, but all incidents but those that were closed from the beginning begin as active or stable.
func (m *mapper) history() {
	var turns []importers.Turn
	for _, e := range m.Tables["event"] {
		if t, ok := m.turn(e); ok {
			turns = append(turns, t)
		}
	}
	if len(turns) == 0 {
		return
	}
	inc := &m.draft.Incident
	m.draft.SetHistory(name, inc.Milestones.At(incident.Opened), incident.Investigating, turns)
	// Active is what an incident is from the beginning: nobody acknowledges anything in Dispatch.
	m.draft.TakeBack(incident.Acked)
}

// timeline makes an event of each entry of the log, and a note of each report.
func (m *mapper) timeline() {
	now := incident.Investigating
	for _, e := range m.inOrder() {
		kind := m.kind(e)
		if t, ok := m.turn(e); ok {
			kind, now = importers.EventOfTurn(now, t.Status), t.Status
		}
		m.event(e["started_at"], kind, m.actor(e), e["description"], cmp.Or(e["type"], e["source"]))
	}
	for _, r := range m.Tables["report"] {
		m.event(r["created_at"], incident.EventNote, m.participant(r.ID("participant_id")), reportText(r), r["type"])
	}
	m.draft.SortTimeline()
}

// inOrder returns the log in the order in which it happened; ids follow the order in which it was written.
func (m *mapper) inOrder() []row {
	return slices.SortedStableFunc(slices.Values(m.Tables["event"]), func(a, b row) int {
		return importers.ISO(a["started_at"]).Compare(importers.ISO(b["started_at"]))
	})
}

func (m *mapper) event(at string, kind incident.EventKind, actor, text, raw string) {
	when := importers.ISO(at)
	if when.IsZero() {
		m.draft.Warn("started_at", importers.Line(at), "an entry of the log without a time was left out")
		return
	}
	m.draft.Happened(incident.TimelineEvent{At: when, Kind: kind, Actor: actor, Text: text, RawKind: raw})
}

// actor returns who did it: the owner, as far as the log names one, else the person that the entry is about.
func (m *mapper) actor(e row) string {
	return importers.Line(cmp.Or(e["owner"], m.individual(e.ID("individual_id"))))
}

// kind returns what sort of thing an entry tells, by its type and, within a type and in dumps that have none, by its text.
func (m *mapper) kind(e row) incident.EventKind {
	text := e["description"]
	switch {
	case byHand(e):
		return incident.EventNote
	case text == "Incident created":
		return incident.EventCreated
	case strings.Contains(text, " marked the incident as "), strings.HasPrefix(text, "The incident status has been changed "):
		return incident.EventStatus
	case strings.Contains(text, " changed the incident severity to "), strings.Contains(text, " changed the incident priority to "),
		strings.HasPrefix(text, "The incident priority has been changed "):
		return incident.EventSeverity
	case strings.Contains(text, "has been assigned the role of "):
		return incident.EventAssigned
	case strings.HasSuffix(text, " on-call paged"):
		return incident.EventEscalated
	}
	return incident.EventOther
}

// reportText writes a report as its parts: "Conditions: …", "Actions: …", "Needs: …".
func reportText(r row) string {
	var parts map[string]any
	if err := json.Unmarshal([]byte(r["details"]), &parts); err != nil {
		return r["details_raw"]
	}
	var out []string
	for _, part := range slices.Sorted(maps.Keys(parts)) {
		text, ok := parts[part].(string)
		if text = strings.TrimSpace(text); !ok || text == "" || part == "" {
			continue
		}
		heading := strings.ReplaceAll(part, "_", " ")
		out = append(out, strings.ToUpper(heading[:1])+heading[1:]+": "+text)
	}
	return strings.Join(out, "\n")
}
