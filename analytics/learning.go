package analytics

import (
	"fmt"
	"slices"
	"time"

	"hindsight/incident"
)

// Lesson is an incident with what was made of it.
type Lesson struct {
	Incident      *incident.Incident
	Retrospective bool   // one was written
	Problem       string // that it belongs to, by a person's or its source's word; empty: none
}

// Step is one step of the funnel from an incident to what was changed because of it.
type Step struct {
	Name  string
	N     int
	Share Estimate // of all incidents, Wilson
}

// OverdueItem is an action item that is open behind its due time.
type OverdueItem struct {
	incident.ActionItem
	Incident *incident.Incident
}

// Learning says whether incidents are learnt from.
type Learning struct {
	Incidents int // that count and began in the period
	// Silent is how many of them came through connections of which no incident of the period has a retrospective, a factor or an
	// action item: they count as having none, and it may be that their source does not tell.
	Silent   int
	Funnel   []Step
	Actions  Actions  // Age and OnTime as far as sources say when items were made and done
	Age      Estimate // of action items when they are done, in seconds: open ones count as far as they are
	Undated  int      // done, and nobody says when: in neither OnTime nor Age
	Ageless  int      // of which nobody says when they were made, or that were done before: not in Age
	Unknown  int      // action items of which the source does not say whether they are done; in no share
	Overdue  []OverdueItem
	Repeats  Repeats // of the incidents of the period
	Lookback time.Duration
	// Members are what is behind the steps of Funnel ("step0" and on), "actions" (items) and "repeats".
	Members Members
}

// RepeatLookback is how long after an incident another one of its problem is a repeat.
const RepeatLookback = 90 * 24 * time.Hour

// Learn measures the lessons of [from, to). Those that began up to RepeatLookback before tell what is a repeat, and count in
// nothing else. A zero bound does not bind.
func Learn(from, to, now time.Time, lessons []Lesson) Learning {
	l := Learning{Lookback: RepeatLookback, Members: Members{}}
	var counts [4]int
	var all []Occurrence
	var items, timed []Action
	in := map[incident.ID]bool{}
	for _, x := range lessons {
		inc := x.Incident
		at := inc.StartedAt()
		if at.IsZero() {
			continue
		}
		all = append(all, Occurrence{Incident: inc.ID, Problem: x.Problem, At: at})
		if at.Before(from) || !to.IsZero() && !at.Before(to) {
			continue
		}
		l.Incidents++
		in[inc.ID] = true
		done := slices.ContainsFunc(inc.Actions, incident.ActionItem.Finished)
		for _, a := range inc.Actions {
			if item, known := l.item(inc, a, now); known {
				items = append(items, item)
				if !a.Dropped() && (!a.Finished() || !a.Done.IsZero()) {
					timed = append(timed, Action{Created: a.Created, Due: a.Due, Done: a.Done})
				}
			}
			done = done && (a.Finished() || a.Dropped())
		}
		for i, has := range []bool{x.Retrospective, len(inc.Factors) > 0, len(inc.Actions) > 0, done} {
			if has {
				counts[i]++
			}
			l.Members.split(fmt.Sprintf("step%d", i), inc, has, "")
		}
	}
	for i, name := range []string{"with a retrospective", "with factors named", "with action items", "with all action items done"} {
		l.Funnel = append(l.Funnel, Step{name, counts[i], share(counts[i], l.Incidents)})
	}
	l.Silent = silentIn(lessons, in)
	l.Actions = MeasureActions(now, items)
	l.timed(now, timed)
	l.Repeats = repeatedIn(all, in)
	l.noteRepeats(lessons, in)
	slices.SortStableFunc(l.Overdue, func(a, b OverdueItem) int { return a.Due.Compare(b.Due) })
	return l
}

const noDoneTime = "no source says when an action item was done"

// timed measures what needs the times of action items: those that are open, and those done of which somebody says when.
func (l *Learning) timed(now time.Time, items []Action) {
	const method = "Kaplan-Meier median of the age when done"
	done := slices.ContainsFunc(items, func(a Action) bool { return !a.Done.IsZero() })
	l.Undated = l.Actions.Done
	for _, a := range items {
		if !a.Done.IsZero() {
			l.Undated--
		}
	}
	l.Actions.OnTime = MeasureActions(now, items).OnTime
	items = slices.DeleteFunc(items, func(a Action) bool {
		return a.Created.IsZero() || a.Created.After(now) || !a.Done.IsZero() && a.Done.Before(a.Created)
	})
	l.Ageless = l.Actions.Total - l.Actions.Canceled - l.Undated - len(items)
	a := MeasureActions(now, items)
	l.Actions.Age, l.Actions.NaiveAge = a.Age, a.NaiveAge
	switch {
	case !done:
		l.Actions.OnTime, l.Age = unknown(l.Actions.OnTime.Method, 0, noDoneTime), unknown(method, 0, noDoneTime)
	case len(items) == 0:
		l.Age = unknown(method, 0, "no source says when an action item was made")
	case a.Age == nil:
		l.Age = unknown(method, len(items), "fewer than half of them are done")
	default:
		l.Age = estimate(*a.Age, a.AgeBounds, method, len(items))
	}
}

// silentIn counts those among some of the incidents that came through connections of which none of these has anything to learn from.
func silentIn(lessons []Lesson, in map[incident.ID]bool) (n int) {
	through, tells := map[incident.ID]int{}, map[incident.ID]bool{}
	for _, x := range lessons {
		inc := x.Incident
		if !in[inc.ID] {
			continue
		}
		through[inc.Ref.Connection]++
		if x.Retrospective || len(inc.Factors)+len(inc.Actions) > 0 {
			tells[inc.Ref.Connection] = true
		}
	}
	for connection, count := range through {
		if !tells[connection] {
			n += count
		}
	}
	return n
}

// noteRepeats lists what is behind the share of repeats.
func (l *Learning) noteRepeats(lessons []Lesson, in map[incident.ID]bool) {
	repeats := map[incident.ID]bool{}
	for _, id := range l.Repeats.Incidents {
		repeats[id] = true
	}
	for _, x := range lessons {
		if !in[x.Incident.ID] {
			continue
		}
		why := ""
		if x.Problem == "" {
			why = "of no known problem"
		}
		l.Members.split("repeats", x.Incident, repeats[x.Incident.ID], why)
	}
}

// item notes an action item that is overdue, or of unknown state, and returns what its figures need; not known is one of which
// nobody says whether it is done.
func (l *Learning) item(inc *incident.Incident, a incident.ActionItem, now time.Time) (Action, bool) {
	out := Action{Created: inc.StartedAt()}
	part, why := Beside, ""
	defer func() {
		l.Members["actions"] = append(l.Members["actions"], Member{Case: caseOfIncident(inc), Item: a.Title, Part: part, Why: why})
	}()
	switch {
	case a.Finished():
		part = Counted
		out.Done = now // when is not known; that it is done is
	case a.Dropped():
		part, why = NotIn, "decided not to do"
		out.Canceled = now
	case !a.Open():
		l.Unknown++
		part, why = NotIn, "its source does not say whether it is done"
		return out, false
	case a.Overdue(now):
		out.Due, why = a.Due, "overdue"
		l.Overdue = append(l.Overdue, OverdueItem{a, inc})
	}
	return out, true
}

// repeatedIn counts the repeats among some of the incidents.
func repeatedIn(all []Occurrence, in map[incident.ID]bool) Repeats {
	r := Repeated(all, RepeatLookback)
	r.Incidents = slices.DeleteFunc(r.Incidents, func(id incident.ID) bool { return !in[id] })
	r.Unclassified = 0
	for _, o := range all {
		if in[o.Incident] && o.Problem == "" {
			r.Unclassified++
		}
	}
	r.Rate = share(len(r.Incidents), len(in))
	return r
}
