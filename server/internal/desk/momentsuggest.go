package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"hindsight/incident"
)

// MomentSuggestion is a moment that the record seems to tell. It is none before a person accepts it.
type MomentSuggestion struct {
	Key    string // names it while the record is as it is
	Moment incident.Moment
	Reason string // why it is suggested, as a sentence without a full stop
}

// sameTime is within which time events of one kind, from several records, tell of one moment.
const sameTime = 2 * time.Minute

// SuggestMoments proposes a first narrative: how it was noticed, taken, escalated, how its status moved, what was changed, how it was
// mitigated and resolved. What a moment tells already, told or removed, is not proposed again, and neither is anything private.
func (d *Desk) SuggestMoments(ctx context.Context, s *Story, sight incident.Sight) ([]MomentSuggestion, error) {
	out := s.suggestEvents()
	out = append(out, s.suggestMilestones(out)...)
	changes, err := d.suggestChanges(ctx, s, sight)
	if err != nil {
		return nil, err
	}
	out = append(out, changes...)
	out = slices.DeleteFunc(out, func(x MomentSuggestion) bool { return s.tells(x.Moment) })
	slices.SortStableFunc(out, func(a, b MomentSuggestion) int { return a.Moment.At.Compare(b.Moment.At) })
	for i := range out {
		m := &out[i].Moment
		out[i].Key = string(incident.DeriveID("sug", string(m.Lane), m.At.Format(time.RFC3339Nano), m.Title, fmt.Sprint(m.Events)))
	}
	return out, nil
}

// tells reports whether a moment rests on one of the events of another, or, where that has none, tells of its very time in its lane.
func (s *Story) tells(m incident.Moment) bool {
	return slices.ContainsFunc(s.Moments, func(o incident.Moment) bool {
		if len(m.Events) == 0 {
			return o.At.Equal(m.At) && o.Lane == m.Lane
		}
		return slices.ContainsFunc(m.Events, func(e incident.ID) bool { return slices.Contains(o.Events, e) })
	})
}

// suggestEvents proposes what the events tell, several of one kind and time as one.
func (s *Story) suggestEvents() []MomentSuggestion {
	var out []MomentSuggestion
	last := map[incident.EventKind]int{}
	seen := map[incident.EventKind]int{}
	mitigated := s.Incident.Milestones.Earliest(incident.MitigatedAt, incident.ResolvedAt)
	for _, e := range s.Events {
		if e.Narrow || e.At.IsZero() {
			continue
		}
		if i, ok := last[e.Kind]; ok && e.At.Sub(out[i].Moment.At) <= sameTime && e.Kind != incident.EventStatus {
			out[i].Moment.Events = append(out[i].Moment.Events, e.ID)
			continue
		}
		lane, reason := laneFor(e.Kind, seen[e.Kind], !mitigated.IsZero() && e.At.After(mitigated))
		seen[e.Kind]++
		if lane == "" {
			continue
		}
		last[e.Kind] = len(out)
		title := cmp.Or(firstLine(e.Text, 300), capitalWords(string(e.Kind)))
		out = append(out, MomentSuggestion{Reason: reason, Moment: incident.Moment{Incident: s.Incident.ID, At: e.At, Lane: lane, Title: title, Events: []incident.ID{e.ID}}})
	}
	return out
}

// laneFor says where an event of a kind belongs and why it is worth telling; an empty lane: it is not. before is how many of its kind came
// before it, over whether the incident was mitigated by then.
func laneFor(kind incident.EventKind, before int, over bool) (incident.MomentLane, string) {
	switch kind {
	case incident.EventCreated:
		if before == 0 {
			return "detection", "it is the first alert or record of any of the linked incidents"
		}
	case incident.EventAcknowledged:
		if before == 0 {
			return "detection", "it is the first time that somebody took it"
		}
	case incident.EventEscalated:
		return "diagnosis", "it was escalated"
	case incident.EventSeverity:
		return "diagnosis", "its severity was judged anew"
	case incident.EventStatus:
		if over {
			return "recovery", "its status changed"
		}
		return "diagnosis", "its status changed"
	case incident.EventChange:
		return "mitigation", "something was changed while it went on"
	case incident.EventMitigated:
		return "mitigation", "the record says that it was mitigated"
	case incident.EventResolved:
		return "recovery", "the record says that it was resolved"
	case incident.EventReopened:
		return "key", "it came back after it had been over"
	}
	return "", ""
}

// toldByMilestones are the milestones that are worth a moment, with its lane and words.
var toldByMilestones = []struct {
	name  incident.MilestoneName
	lane  incident.MomentLane
	title string
}{{incident.ImpactStarted, "key", "Users began to suffer"}, {incident.Detected, "detection", "It was noticed"}, {incident.Acked, "detection", "Somebody took it"},
	{incident.MitigatedAt, "mitigation", "Users' suffering stopped or became minor"}, {incident.ResolvedAt, "recovery", "It was resolved"}, {incident.ImpactEnded, "recovery", "Service was normal again"}}

// laneOf is the lane of moments about a milestone; empty for one that is worth none.
func laneOf(name incident.MilestoneName) incident.MomentLane {
	for _, t := range toldByMilestones {
		if t.name == name {
			return t.lane
		}
	}
	return ""
}

// suggestMilestones proposes the times that are known and that no proposal from an event tells of.
func (s *Story) suggestMilestones(events []MomentSuggestion) []MomentSuggestion {
	var out []MomentSuggestion
	for _, t := range toldByMilestones {
		m, ok := s.Incident.Milestones.Current(t.name)
		near := func(x MomentSuggestion) bool {
			return x.Moment.Lane == t.lane && x.Moment.At.Sub(m.At).Abs() <= sameTime
		}
		if !ok || slices.ContainsFunc(events, near) || slices.ContainsFunc(out, near) {
			continue
		}
		who := cmp.Or(m.Source, "the record")
		reason := fmt.Sprintf("%s states when it was %s", who, strings.ReplaceAll(string(t.name), "_", " "))
		out = append(out, MomentSuggestion{Reason: reason, Moment: incident.Moment{Incident: s.Incident.ID, At: m.At, About: aboutOf(m.Precision), Lane: t.lane, Title: t.title}})
	}
	return out
}

// aboutOf is how far a time of a precision may be off.
func aboutOf(p incident.Precision) time.Duration {
	switch p {
	case incident.ToHour:
		return 30 * time.Minute
	case incident.ToDay:
		return 12 * time.Hour
	case incident.About:
		return 10 * time.Minute
	}
	return 0
}

const changesSuggested = 3

// suggestChanges proposes the change that a person laid the incident to, or else those nearest before it.
func (d *Desk) suggestChanges(ctx context.Context, s *Story, sight incident.Sight) ([]MomentSuggestion, error) {
	found, err := d.Suspects(ctx, s.Incident, sight)
	if err != nil {
		return nil, err
	}
	cause, _ := s.Incident.CausedBy()
	var out []MomentSuggestion
	for _, x := range found {
		at := x.Change.At()
		if x.No != "" || at.IsZero() || len(out) == changesSuggested || cause != "" && x.Change.ID != cause {
			continue
		}
		reason := fmt.Sprintf("a %s of its services, %s before the start; near in time is no cause", x.Change.Kind, incident.FormatDuration(x.Before))
		if x.Change.ID == cause {
			reason = "a person here says that it brought the incident about"
		}
		title := firstLine(cmp.Or(x.Change.Title, x.Change.Number, string(x.Change.ID)), 250)
		m := incident.Moment{Incident: s.Incident.ID, At: at, Lane: "key", Title: capitalWords(string(x.Change.Kind)) + ": " + title}
		if x.Change.URL != "" && webAddress(x.Change.URL) {
			m.Text = "<" + x.Change.URL + ">"
		}
		out = append(out, MomentSuggestion{Reason: reason, Moment: m})
	}
	return out, nil
}

// AcceptMoments makes moments of suggestions, by their keys. One that is not suggested any more is passed over.
func (d *Desk) AcceptMoments(ctx context.Context, id incident.ID, keys []string, sight incident.Sight) ([]incident.Moment, incident.Seq, error) {
	s, err := d.Story(ctx, id, sight)
	if err != nil {
		return nil, 0, err
	}
	all, err := d.SuggestMoments(ctx, s, sight)
	if err != nil {
		return nil, 0, err
	}
	var taken []incident.Moment
	for _, x := range all {
		if slices.Contains(keys, x.Key) {
			x.Moment.ID = incident.NewID("mom")
			taken = append(taken, x.Moment)
		}
	}
	if len(taken) == 0 {
		return nil, 0, incident.Invalidf("accept", "choose at least one of those that are suggested")
	}
	return d.putMoments(ctx, s, taken)
}

// capitalWords writes a name of the program as the beginning of a sentence: "Status changed".
func capitalWords(name string) string {
	words := strings.ReplaceAll(name, "_", " ")
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:]
}
