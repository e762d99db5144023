package desk

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// Story is what a retrospective tells of an incident's course, and what it is told from.
type Story struct {
	Incident *incident.Incident
	// Linked are other records of the incident, and what is a part of it: children, merged into it, duplicates. As far as the viewer sees them.
	Linked  []*incident.Incident
	Begun   bool // a retrospective is written here
	Events  []StoryEvent
	Moments []incident.Moment // in time order, removed ones too
	// Gone counts per moment the events that it rests on and that no source tells any more.
	Gone map[incident.ID]int
	Gaps []incident.Gap
}

// StoryEvent is an imported event, of the incident or of a linked one.
type StoryEvent struct {
	incident.TimelineEvent
	Of     *incident.Incident
	Source string // name of the connection; empty: written down here
	// Narrow: not everybody who sees the incident may read it. Its words go into no moment by themselves.
	Narrow bool
}

// mostLinked is how many linked incidents are told of.
const mostLinked = 50

// Story returns the course of an incident that the viewer may see. Private events are there for those who may read them.
func (d *Desk) Story(ctx context.Context, id incident.ID, sight incident.Sight) (*Story, error) {
	inc, err := d.Incident(ctx, id, sight)
	if err != nil {
		return nil, err
	}
	s := &Story{Incident: inc, Gone: map[incident.ID]int{}}
	if _, err := d.Store.Retro(ctx, id); err == nil {
		s.Begun = true
	} else if !errors.Is(err, incident.ErrNotFound) {
		return nil, err
	}
	if s.Linked, err = d.linked(ctx, inc, sight); err != nil {
		return nil, err
	}
	all, err := d.events(ctx, s, sight)
	if err != nil {
		return nil, err
	}
	if s.Moments, err = d.Store.Moments(ctx, id); err != nil {
		return nil, err
	}
	for _, m := range s.Moments {
		for _, e := range m.Events {
			if !all[e] {
				s.Gone[m.ID]++
			}
		}
	}
	s.Gaps = s.gaps()
	return s, nil
}

// linked returns the other records of an incident and its parts.
func (d *Desk) linked(ctx context.Context, inc *incident.Incident, sight incident.Sight) ([]*incident.Incident, error) {
	lead := cmp.Or(inc.SameAs, inc.ID)
	found := map[incident.ID]*incident.Incident{}
	take := func(f incident.Filter) error {
		f.Sight, f.Limit = sight, mostLinked
		for other, err := range d.Store.Incidents(ctx, f) {
			if err != nil {
				return err
			}
			if other.ID != inc.ID && len(found) < mostLinked {
				found[other.ID] = other
			}
		}
		return nil
	}
	if err := take(incident.Filter{IDs: []incident.ID{lead}}); err != nil {
		return nil, err
	}
	if err := take(incident.Filter{SameAs: []incident.ID{lead}}); err != nil {
		return nil, err
	}
	records := append(slices.Collect(maps.Keys(found)), inc.ID)
	slices.Sort(records)
	if err := take(incident.Filter{PartOf: records}); err != nil {
		return nil, err
	}
	return slices.SortedFunc(maps.Values(found), func(a, b *incident.Incident) int {
		return cmp.Or(a.StartedAt().Compare(b.StartedAt()), cmp.Compare(a.ID, b.ID))
	}), nil
}

// events fills the events that the viewer may read, in time order, and returns the ids of all.
func (d *Desk) events(ctx context.Context, s *Story, sight incident.Sight) (map[incident.ID]bool, error) {
	records := append([]*incident.Incident{s.Incident}, s.Linked...)
	ids := make([]incident.ID, len(records))
	for i, r := range records {
		ids[i] = r.ID
	}
	lines, err := d.Store.Timelines(ctx, ids)
	if err != nil {
		return nil, err
	}
	connections, err := d.Store.Connections(ctx)
	if err != nil {
		return nil, err
	}
	names := map[incident.ID]string{}
	for _, c := range connections {
		names[c.ID] = c.Name
	}
	all := map[incident.ID]bool{}
	for _, r := range records {
		reads := sight.Sees(r.Team, r.Audience)
		for _, e := range lines[r.ID] {
			all[e.ID] = true
			if !e.Private || reads {
				s.Events = append(s.Events, StoryEvent{e, r, names[r.Ref.Connection], e.Private || r.Private && r != s.Incident})
			}
		}
	}
	slices.SortStableFunc(s.Events, func(a, b StoryEvent) int { return a.At.Compare(b.At) })
	return all, nil
}

// Event returns an event by its id; nil when there is none, or the viewer may not read it.
func (s *Story) Event(id incident.ID) *StoryEvent {
	i := slices.IndexFunc(s.Events, func(e StoryEvent) bool { return e.ID == id })
	if i < 0 {
		return nil
	}
	return &s.Events[i]
}

// Told are the moments that are told.
func (s *Story) Told() []incident.Moment {
	return slices.DeleteFunc(slices.Clone(s.Moments), func(m incident.Moment) bool { return !m.RemovedAt.IsZero() })
}

// Untold are the milestones that no moment tells of. A moment tells of one when it stands at the same instant in its lane, as those do
// that were proposed from it. When an incident was opened and closed is its record's business.
func (s *Story) Untold() []incident.Milestone {
	told := s.Told()
	return slices.DeleteFunc(s.Incident.Milestones.Ordered(), func(m incident.Milestone) bool {
		return m.Name == incident.Opened || m.Name == incident.ClosedAt || slices.ContainsFunc(told, func(x incident.Moment) bool {
			return x.At.Equal(m.At) && x.Lane == laneOf(m.Name)
		})
	})
}

// gaps are the silences between the incident's start and its end, or the last record of one that goes on.
func (s *Story) gaps() []incident.Gap {
	var known []incident.Stretch
	var last time.Time
	add := func(from, to time.Time) {
		if !from.IsZero() {
			known, last = append(known, incident.Stretch{From: from, To: to}), later(last, to)
		}
	}
	for _, e := range s.Events {
		add(e.At, e.At)
	}
	for _, m := range s.Incident.Milestones.Ordered() {
		if m.Name != incident.ClosedAt {
			add(m.At, m.At)
		}
	}
	for _, m := range s.Told() {
		add(m.From(), m.To())
	}
	end := later(s.Incident.Milestones.At(incident.ResolvedAt), s.Incident.Milestones.At(incident.ImpactEnded))
	if end.IsZero() {
		end = last
	}
	return incident.Gaps(s.Incident.StartedAt(), end, known)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// DurationChange is a duration of an incident before and after one of its times is stated anew.
type DurationChange struct {
	Metric, Title string // as analytics names it
	Before, After incident.Duration
}

// PreviewMilestone says which durations of an incident would change if something were stated. It changes nothing, and is ErrInvalid
// where Edit would be.
func (d *Desk) PreviewMilestone(inc *incident.Incident, p MilestonePatch, by string) ([]DurationChange, error) {
	now := d.Now().UTC()
	moved := *inc
	moved.Milestones = slices.Clone(inc.Milestones)
	if err := (Patch{Milestones: []MilestonePatch{p}}).applyMilestones(&moved, by, now); err != nil {
		return nil, err
	}
	var out []DurationChange
	for _, m := range slices.Concat(analytics.Metrics(), d.Live.Snapshot().UserMetrics()) {
		if len(m.Span.From) == 0 {
			continue
		}
		c := DurationChange{m.ID, m.Title, inc.Milestones.Between(m.Span, inc.Status.Over(), now), moved.Milestones.Between(m.Span, inc.Status.Over(), now)}
		if c.Before != c.After {
			out = append(out, c)
		}
	}
	return out, nil
}

// firstLine is the beginning of a text on one line, at most n characters.
func firstLine(text string, n int) string {
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > n {
		text = strings.TrimSpace(string(r[:n-1])) + "…"
	}
	return text
}
