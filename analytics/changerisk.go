package analytics

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"hindsight/analytics/stats"
	"hindsight/incident"
)

// ChangeRisk says what it means that something a service runs on was changed shortly before it failed.
type ChangeRisk struct {
	Service incident.ID
	Name    string
	Within  time.Duration // how long before
	Changes int           // of the service and of what it needs
	// Failures are those that began while changes were on record: incidents within TogetherWithin of the first one are one.
	Failures int
	Near     int      // of Failures: a change was made within Within before
	Before   Estimate // Near / Failures, Wilson
	// Base is the share of the same failures that would be Near if each had happened one to eight weeks earlier or later, at
	// the same hour of the same weekday: what chance alone gives. Lift is Before over Base.
	Base, Lift Estimate
	P, Q       float64 // of the test against chance; Q is P until many are corrected together
	Says       Suspicion
}

// Suspicion is what a change shortly before a failure says.
type Suspicion string

const (
	SuspicionTooFew  Suspicion = "too_few"        // failures to tell
	SuspicionNothing Suspicion = "says_nothing"   // as many failures have a change before them as chance gives
	SuspicionSome    Suspicion = "suspected"      // more than chance
	SuspicionStrong  Suspicion = "well_suspected" // so many more that at least half of them would not be there by chance
)

// Words writes a suspicion for people.
func (x Suspicion) Words() string {
	return map[Suspicion]string{SuspicionTooFew: "too few incidents to tell", SuspicionNothing: "says nothing", SuspicionSome: "suspected", SuspicionStrong: "strongly suspected"}[x]
}

// strongLift is the lift from which on at least half of the failures near a change would not be there by chance (attributable
// fraction 1 − 1/lift; Levin 1953).
const strongLift = 2

// ChangeRisks measures for each service that q selects how often something of its own, or of what it needs, was changed within a
// time before it failed. changes are all that are on record, whatever their service; those that were called off, or made
// elsewhere than rule says, are no suspects. Services without a change or without a failure are in no row. Those that say
// most come first. Q is corrected for all rows (Benjamini and Hochberg 1995).
func (s *Snapshot) ChangeRisks(q Query, rule incident.DeliveryRule, within time.Duration, changes []incident.ChangeEvent) []ChangeRisk {
	wanted := q.Services
	t := s.timelines(q)
	b := s.suspects(rule, within, changes)
	needs := s.Terms().Dependencies
	var out []ChangeRisk
	for i, id := range t.ids {
		if len(wanted) > 0 && !slices.Contains(wanted, id) {
			continue
		}
		own := append([]incident.ID{id}, NeededBy(needs, id)...)
		if r := b.risk(t.of[i], t.record[i], own); r.Changes > 0 && r.Failures > 0 {
			r.Service, r.Name = id, t.names[i]
			out = append(out, r)
		}
	}
	ps := make([]float64, len(out))
	for i, r := range out {
		ps[i] = r.P
	}
	for i, q := range stats.BenjaminiHochberg(ps) {
		out[i].judge(q)
	}
	slices.SortStableFunc(out, func(x, y ChangeRisk) int {
		return cmp.Or(cmp.Compare(x.Q, y.Q), cmp.Compare(y.Near, x.Near), strings.Compare(x.Name, y.Name), cmp.Compare(x.Service, y.Service))
	})
	return out
}

// suspects is a book of changes, as attribution keeps one, with within for its cap.
func (s *Snapshot) suspects(rule incident.DeliveryRule, within time.Duration, changes []incident.ChangeEvent) *book {
	made := slices.DeleteFunc(slices.Clone(changes), func(c incident.ChangeEvent) bool { return notMade(rule, c) != "" })
	b := newBook(rule, time.Time{}, made, nil)
	b.cap = within.Microseconds()
	return b
}

// notMade returns why a change is no suspect, or "": as for deployments, but one that runs may do harm before it ends.
func notMade(rule incident.DeliveryRule, c incident.ChangeEvent) string {
	if c.Result == incident.ChangeRunning {
		c.Result = incident.ChangeResultUnknown
	}
	return rule.NotDeployed(&c)
}

const riskMethod = "share of failures over that at the same hour and weekday of other weeks, conditional binomial interval"

// risk measures the failures of one service against the changes of some.
func (b *book) risk(failures []int64, record stats.Stretch, services []incident.ID) ChangeRisk {
	r := ChangeRisk{Within: time.Duration(b.cap) * time.Microsecond, P: 1, Q: 1}
	seen := map[int]bool{}
	for _, id := range services {
		for _, i := range b.byService[id] {
			seen[i] = true
		}
	}
	r.Changes = len(seen)
	if r.Changes == 0 {
		return r
	}
	known := stats.Stretch{From: b.deployed[0].at, To: b.deployed[len(b.deployed)-1].at + b.cap + 1}.Clip(record)
	r.Near, r.Failures = b.nearAt(failures, known, services, 0)
	var counts []int
	var exposures []float64
	for k := 1; k <= togetherLags; k++ {
		for _, lag := range []int64{weeks(k), -weeks(k)} {
			if near, n := b.nearAt(failures, known, services, lag); n*2 >= r.Failures && n > 0 {
				counts, exposures = append(counts, near), append(exposures, float64(n))
			}
		}
	}
	r.Before = share(r.Near, r.Failures)
	if len(counts) < fewestLags {
		r.Base, r.Lift = unknown(riskMethod, r.Failures, shortChanges), unknown(riskMethod, r.Failures, shortChanges)
		return r
	}
	x := stats.ExcessOver(r.Near, float64(r.Failures), counts, exposures, Level)
	r.Base = Estimate{Value: finite(x.Expected / float64(r.Failures)), Method: "mean over moves by whole weeks", N: r.Failures}
	r.Lift, r.P = estimate(x.Ratio, x.Interval, riskMethod, r.Failures), x.P
	if r.Lift.Value == nil {
		r.Lift.Reason = "none is expected by chance"
	}
	return r
}

const shortChanges = "changes and incidents are on record together for too short a time to tell what chance gives"

// nearAt counts how many of the failures in a stretch of time that stay there when they are moved by a lag have a change within the cap before them.
func (b *book) nearAt(failures []int64, in stats.Stretch, services []incident.ID, lag int64) (near, n int) {
	for _, at := range failures {
		if at < in.From || at >= in.To || at+lag < in.From || at+lag >= in.To {
			continue
		}
		n++
		if b.nearest(services, at+lag) >= 0 {
			near++
		}
	}
	return near, n
}

// judge says what the figures say, given p corrected for the number of questions.
func (r *ChangeRisk) judge(q float64) {
	r.Q = q
	switch {
	case r.Failures < fewest || r.Base.Value == nil:
		r.Says = SuspicionTooFew
	case q > togetherLevel || r.Lift.Low == nil || *r.Lift.Low <= 1:
		r.Says = SuspicionNothing
	case *r.Lift.Low >= strongLift:
		r.Says = SuspicionStrong
	default:
		r.Says = SuspicionSome
	}
}

// Sentence says how often a change comes before a failure, and how often it would by chance.
func (r ChangeRisk) Sentence() string {
	text := fmt.Sprintf("a change within %s before %d of %d failures", incident.FormatDuration(r.Within), r.Near, r.Failures)
	if r.Base.Value == nil {
		return text + "; " + r.Base.Reason
	}
	text += fmt.Sprintf(" (%s); at the same hour of other weeks %s of the time", percent(r.Before), percent(r.Base))
	switch {
	case r.Says == SuspicionTooFew:
		return text + "; too few failures to tell"
	case LiftText(r.Lift) != "":
		text += ": lift " + LiftText(r.Lift)
	}
	if r.Says == SuspicionNothing {
		return text + ", which cannot be told from chance"
	}
	return text
}

func percent(e Estimate) string {
	if e.Value == nil {
		return "not known"
	}
	return fmt.Sprintf("%.0f %%", 100**e.Value)
}
