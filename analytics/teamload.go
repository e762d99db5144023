package analytics

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"hindsight/analytics/calendar"
	"hindsight/incident"
)

// FewestPeople is how many people a team must be known to have for figures about their load to be shown: with fewer, a
// figure would be about somebody in particular.
const FewestPeople = 5

// Hardship is an incident with what the load on people is told from.
type Hardship struct {
	Incident *incident.Incident
	Timeline []incident.TimelineEvent
	Teams    []incident.ID // that it fell to
}

// TeamLoad is the load on one team in a period, never on a person.
type TeamLoad struct {
	Team      incident.ID
	Name      string
	Hours     incident.TeamHours
	HoursFrom string // whose hours were used: "of the team", "of all teams", "standard"
	Incidents int    // that count
	People    int    // different ones that the sources name in its incidents or schedules
	// Withheld is why the figures about people are not shown; they are zero then. Empty: they are.
	Withheld string

	// Interruptions are the beginnings of incidents, escalations and reopenings, each an instant at which somebody is needed.
	Interruptions        int
	Business, Off, Sleep int
	SleepShare           Estimate // Sleep / Interruptions, Wilson
	OutsideShare         Estimate // (Off + Sleep) / Interruptions, Wilson
	PerWeek              Estimate // Interruptions per week of the observed period, Garwood
	// Overlap is the share of the time on incidents that one person spent on several at once; no interval by method.
	Overlap Estimate
	Gini    *float64 // how unevenly the time is spread: 0 is even; nil without any

	// Of the incidents whose source tells of such things at all.
	Escalated, Reassigned Estimate // at least once, Wilson
	Levels                []int    // incidents by how often they were escalated: 0, 1, 2, and 3 or more times
	Reopened              Estimate // Wilson; of those whose source records returns

	// Members are the incidents behind "interruptions", "sleep", "outside", "overlap", "escalated", "reassigned" and "reopened"; of
	// the first four only where figures about people are shown.
	Members Members
}

// TooFewPeople is why figures about people are withheld.
const TooFewPeople = "too few people to show without naming them"

// MeasureTeam measures the hardships of one team in [from, to). onCall are the people that schedules name; weeks are taken
// from the period. It returns incident.ErrInvalid when the hours cannot be kept.
func MeasureTeam(t TeamLoad, from, to, now time.Time, hardships []Hardship, onCall []string) (TeamLoad, error) {
	work, err := calendar.New(t.Hours.Work())
	if err != nil {
		return t, err
	}
	night, err := calendar.New(t.Hours.Night())
	if err != nil {
		return t, err
	}
	people := map[string]bool{}
	for _, name := range onCall {
		people[name] = true
	}
	t.Incidents = len(hardships)
	for _, h := range hardships {
		for _, name := range peopleOf(h.Incident) {
			people[name] = true
		}
	}
	t.People, t.Members = len(people), Members{}
	t.measureIncidents(hardships)
	if t.People < FewestPeople {
		t.withhold()
		return t, nil
	}
	for _, h := range hardships {
		t.interrupt(h, from, to, work, night)
	}
	t.SleepShare, t.OutsideShare = share(t.Sleep, t.Interruptions), share(t.Off+t.Sleep, t.Interruptions)
	t.PerWeek = perWeek(t.Interruptions, from, to)
	t.measureTime(from, to, now, hardships)
	return t, nil
}

// interrupt counts the interruptions of one incident in [from, to).
func (t *TeamLoad) interrupt(h Hardship, from, to time.Time, work, night *calendar.Calendar) {
	var business, off, sleep int
	for _, at := range interruptions(h) {
		switch {
		case at.Before(from) || !at.Before(to):
		case work.Open(at.UnixMicro()):
			business++
		case night.Open(at.UnixMicro()):
			sleep++
		default:
			off++
		}
	}
	n := business + off + sleep
	t.Interruptions, t.Business, t.Off, t.Sleep = t.Interruptions+n, t.Business+business, t.Off+off, t.Sleep+sleep
	if n == 0 {
		for _, figure := range []string{"interruptions", "sleep", "outside"} {
			t.Members.add(figure, h.Incident, NotIn, "no interruption of it lies inside the period")
		}
		return
	}
	t.Members.add("interruptions", h.Incident, Counted, often(n))
	t.Members.split("sleep", h.Incident, sleep > 0, fmt.Sprintf("%d of %d", sleep, n))
	t.Members.split("outside", h.Incident, off+sleep > 0, fmt.Sprintf("%d of %d", off+sleep, n))
}

func (t *TeamLoad) withhold() {
	t.Withheld = TooFewPeople
	for _, e := range []*Estimate{&t.SleepShare, &t.OutsideShare, &t.PerWeek, &t.Overlap} {
		*e = unknown("", 0, TooFewPeople)
	}
}

func perWeek(n int, from, to time.Time) Estimate {
	e := countGroup(Group{}, n, max(0, to.Sub(from).Hours()/24)).PerDay
	for _, x := range []**float64{&e.Value, &e.Low, &e.High} {
		if *x != nil {
			v := 7 * **x
			*x = &v
		}
	}
	return e
}

// working are the roles of people who work on an incident, rather than tell or write about it.
var working = []string{"assignee", "responder", "commander", "acknowledger", "resolver"}

func peopleOf(inc *incident.Incident) []string {
	var out []string
	for _, p := range inc.People {
		if name := personKey(p); name != "" && slices.Contains(working, p.Role) {
			out = append(out, name)
		}
	}
	return out
}

// personKey tells people apart: by name as far as there is one, for one human may have several ids.
func personKey(p incident.Participation) string {
	return strings.ToLower(cmp.Or(strings.TrimSpace(p.Name), string(p.Person)))
}

// interruptions are the instants at which an incident needs somebody: when it is noticed, or else opened, and each time
// that it is escalated or comes back.
func interruptions(h Hardship) []time.Time {
	var out []time.Time
	if at := h.Incident.Milestones.Earliest(incident.Detected, incident.Opened); !at.IsZero() {
		out = append(out, at)
	}
	for _, e := range h.Timeline {
		if e.Kind == incident.EventEscalated || e.Kind == incident.EventReopened {
			out = append(out, e.At)
		}
	}
	return out
}

// measureIncidents fills in what is about incidents and not about people. A source that never tells of an escalation, or of an
// assignment, may not know any: its incidents are in neither share.
func (t *TeamLoad) measureIncidents(hardships []Hardship) {
	type tells struct {
		connection incident.ID
		kind       incident.EventKind
	}
	known := map[tells]bool{}
	for _, h := range hardships {
		for _, e := range h.Timeline {
			known[tells{h.Incident.Ref.Connection, e.Kind}] = true
		}
	}
	t.Levels = make([]int, 4)
	var told, escalated, assigned, reassigned, resolved, reopened int
	for _, h := range hardships {
		if n := h.Incident.Reopened; n != nil {
			resolved++
			reopened += min(*n, 1)
			t.Members.split("reopened", h.Incident, *n > 0, often(*n))
		} else {
			t.Members.add("reopened", h.Incident, NotIn, "its source records no returns")
		}
		levels, turns := turnsOf(h)
		if known[tells{h.Incident.Ref.Connection, incident.EventEscalated}] {
			told++
			t.Levels[min(levels, 3)]++
			escalated += min(levels, 1)
			t.Members.split("escalated", h.Incident, levels > 0, often(levels))
		} else {
			t.Members.add("escalated", h.Incident, NotIn, "its source never tells of escalations")
		}
		if known[tells{h.Incident.Ref.Connection, incident.EventAssigned}] {
			assigned++
			reassigned += min(max(0, turns-1), 1)
			t.Members.split("reassigned", h.Incident, turns > 1, often(max(0, turns-1)))
		} else {
			t.Members.add("reassigned", h.Incident, NotIn, "its source never tells of assignments")
		}
	}
	t.Escalated, t.Reassigned, t.Reopened = share(escalated, told), share(reassigned, assigned), share(reopened, resolved)
	for _, e := range []struct {
		of   *Estimate
		what string
	}{{&t.Escalated, "escalations"}, {&t.Reassigned, "assignments"}, {&t.Reopened, "reopening"}} {
		if e.of.N == 0 {
			e.of.Reason = "no source of these incidents tells of " + e.what
		}
	}
}

// turnsOf counts the escalations and the different assignments of an incident.
func turnsOf(h Hardship) (levels, turns int) {
	seen := map[string]bool{}
	for _, e := range h.Timeline {
		switch e.Kind {
		case incident.EventEscalated:
			levels++
		case incident.EventAssigned:
			seen[e.Actor+"\x00"+e.Text] = true
		}
	}
	return levels, len(seen)
}

// measureTime fills in how the time on incidents is spread.
func (t *TeamLoad) measureTime(from, to, now time.Time, hardships []Hardship) {
	var all []Assignment
	for _, h := range hardships {
		before := len(all)
		for _, p := range h.Incident.People {
			if a := assignment(h.Incident, p, now); !a.From.IsZero() && slices.Contains(working, p.Role) {
				all = append(all, a)
			}
		}
		if n := len(all) - before; n > 0 {
			t.Members.add("overlap", h.Incident, Counted, "")
		} else {
			t.Members.add("overlap", h.Incident, NotIn, "no source says from when to when somebody worked on it")
		}
	}
	load := MeasureLoad(from, earlier(to, now), t.People, all)
	var busy, overlapped time.Duration
	for _, r := range load.Responders {
		busy, overlapped = busy+r.Busy, overlapped+r.Overlapped
	}
	const method = "time counted several times / time counted once for each incident"
	t.Overlap = unknown(method, len(all), "no source says from when to when somebody worked")
	if sum := busy + overlapped; sum > 0 {
		v := float64(overlapped) / float64(sum)
		t.Overlap = Estimate{Value: &v, Method: method, N: len(all)}
	}
	t.Gini = finite(load.Gini)
}

// assignment is how long somebody had to do with an incident: as the source says, or else from the acknowledgement to
// the resolution. Without a beginning it is not known.
func assignment(inc *incident.Incident, p incident.Participation, now time.Time) Assignment {
	a := Assignment{Responder: personKey(p), Incident: string(inc.ID), From: p.From, To: p.To}
	if a.From.IsZero() {
		a.From = inc.Milestones.At(incident.Acked)
	}
	if a.To.IsZero() {
		a.To = inc.Milestones.Earliest(incident.ResolvedAt, incident.ClosedAt)
	}
	if a.To.IsZero() && inc.Status.Over() || a.To.Before(a.From) && !a.To.IsZero() {
		return Assignment{}
	}
	return a
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
