package analytics

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"hindsight/incident"
)

// DeliveryGroup is the figures of delivery of one group: all, a service or a month. Groups by service do not add up: a
// deployment of several services is in the group of each.
type DeliveryGroup struct {
	Group
	// Delivery counts a deployment as failed when an incident is laid to it, or its source says that it failed.
	Delivery
	// Said is the failures that rest on the word of a source or a person, without those that are near in time alone.
	Said     int
	SaidRate Estimate // Said / Deployments, Wilson
	// FailChance is the share of deployments that an incident would follow within the cap by chance alone; nil without any.
	FailChance *float64

	Incidents int                      // that count and began in the period
	Of        map[AttributionBasis]int // Incidents by why they are laid to a deployment, or are not
	Near      int                      // of Incidents, those within the cap after a deployment, whatever people say
	NearShare Estimate                 // Near / Incidents, Wilson
	// NearChance is the share of Incidents that would be Near by chance alone; nil without incidents.
	NearChance *float64
}

// FailedDeployment is a deployment that failed and why it counts as failed.
type FailedDeployment struct {
	Change    incident.ChangeEvent
	Basis     AttributionBasis // the strongest: SaidByPerson, SaidBySource, NearInTime
	Incidents []Attribution    // that are laid to it
	Recovered time.Time        // zero: not yet, or, when Unknown, at a time that nobody knows
	Unknown   bool
}

// DeliveryReport is what deployments and incidents tell about delivery in [From, To).
type DeliveryReport struct {
	From, To     time.Time // UTC; both zero when there is no deployment and the question has no bounds
	Rule         incident.DeliveryRule
	Total        DeliveryGroup
	Services     []DeliveryGroup // most deployments first; without those of no service
	Months       []DeliveryGroup // in q.Location, in order, without gaps
	Failures     []FailedDeployment
	Attributions []Attribution // of the incidents of the period, newest first
	Unnamed      int           // deployments that name no service, so that no incident can be laid to them
	LeftOut      []LeftOut     // changes that are no deployments
	// Members are what is behind "deployments", "failed" and "recovery" (changes), and "near" (incidents).
	Members Members
}

// noRework is why there is no share of rework: change events do not carry it.
const noRework = "no source says which deployments were unplanned repairs"

// Delivery measures changes, which the caller has narrowed down to the services and kinds of q, against the incidents
// of q. changes should reach from the cap before q.From to q.Now, so that incidents at the period's
// beginning and repairs behind its end are seen. An open end of the period is that of the first or behind the last
// deployment's day.
func (s *Snapshot) Delivery(q Query, rule incident.DeliveryRule, changes []incident.ChangeEvent) DeliveryReport {
	r := DeliveryReport{Rule: rule}
	changes, none := deploymentsOf(q, rule, changes)
	r.LeftOut = countReasons(none)
	r.From, r.To = deliveryPeriod(q, changes)
	r.Total.Of = map[AttributionBasis]int{}
	if !r.From.Before(r.To) {
		r.Total.Delivery = Deliver(r.From, r.From, q.Now, nil)
		r.Total.Rework = unknown("", 0, noRework)
		r.Total.SaidRate, r.Total.NearShare = share(0, 0), share(0, 0)
		r.Members = Members{"deployments": none}
		return r
	}
	span := q
	span.From, span.To = r.From, r.To.Add(rule.Cap()+time.Microsecond)
	span.GroupBy = ByNothing
	b := newBook(rule, q.Now, changes, s.struckIn(span))
	r.Total, r.Failures, r.Attributions = b.measure(Group{Label: "all", From: r.From, To: r.To, LeftOut: s.leftOutOf(q, r.From, r.To)}, "")
	for _, x := range periods(ByMonth, r.From, r.To, q.zone()) {
		p := s.population(Query{From: r.From, To: r.To, Now: q.Now})
		g, _, _ := b.measure(p.periodHead(x), "")
		r.Months = append(r.Months, g)
	}
	for id := range b.byService {
		if len(q.Services) > 0 && !slices.Contains(q.Services, id) {
			continue
		}
		g, _, _ := b.measure(Group{Key: string(id), Label: s.Name(id), From: r.From, To: r.To}, id)
		if g.Deployments > 0 {
			r.Services = append(r.Services, g)
		}
	}
	slices.SortFunc(r.Services, func(a, b DeliveryGroup) int {
		return cmp.Or(cmp.Compare(b.Deployments, a.Deployments), strings.Compare(a.Label, b.Label), strings.Compare(a.Key, b.Key))
	})
	r.Members = b.members(r, none, s.Cases(periodOf(q, r.From, r.To), Excluded))
	for _, d := range b.deployed {
		if len(d.services) == 0 && d.at >= micros(r.From) && d.at < micros(r.To) {
			r.Unnamed++
		}
	}
	return r
}

// deploymentsOf tells deployments from other changes. Only those of q's period are left out of something.
func deploymentsOf(q Query, rule incident.DeliveryRule, changes []incident.ChangeEvent) (kept []incident.ChangeEvent, left []Member) {
	for _, c := range changes {
		reason := rule.NotDeployed(&c)
		switch at := c.At(); {
		case reason == "" && !(!q.Now.IsZero() && at.After(q.Now)):
			kept = append(kept, c)
		case !at.Before(q.From) && (q.To.IsZero() || at.Before(q.To)):
			left = append(left, memberOfChange(c, NotIn, cmp.Or(reason, "in the future")))
		}
	}
	return kept, left
}

// countReasons counts members by why, most frequent first.
func countReasons(members []Member) []LeftOut {
	counts := map[string]int{}
	for _, m := range members {
		counts[m.Why]++
	}
	var left []LeftOut
	for reason, n := range counts {
		left = append(left, LeftOut{reason, n})
	}
	slices.SortFunc(left, func(a, b LeftOut) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Reason, b.Reason)) })
	return left
}

// deliveryPeriod returns the observed part of q's period. An open end is that of the first or the last deployment's day.
func deliveryPeriod(q Query, deployments []incident.ChangeEvent) (from, to time.Time) {
	from, to = q.From, q.To
	day := func(t time.Time, after int) time.Time {
		y, m, d := t.In(q.zone()).Date()
		return startOfDay(y, m, d+after, q.zone()).UTC()
	}
	for i, c := range deployments {
		if at := c.At(); q.From.IsZero() && (i == 0 || at.Before(from)) {
			from = day(at, 0)
		}
		if at := c.At(); q.To.IsZero() && !at.Before(to) {
			to = day(at, 1)
		}
	}
	if !q.Now.IsZero() && to.After(q.Now) {
		to = q.Now
	}
	return from.UTC(), to.UTC()
}

// leftOutOf counts the incidents of q in a period that do not count.
func (s *Snapshot) leftOutOf(q Query, from, to time.Time) []LeftOut {
	return s.Counts(periodOf(q, from, to))[0].LeftOut
}

// struckIn returns the incidents of q that count.
func (s *Snapshot) struckIn(q Query) []struck {
	p := s.population(q)
	ends := spanOf(incident.Span{To: []incident.MilestoneName{incident.ImpactEnded, incident.ResolvedAt}}).to
	var out []struck
	for r := range p.started() {
		if r.leftOut != 0 {
			continue
		}
		x := struck{Case: p.caseOf(r), at: r.started[r.i], end: r.earliest(r.i, ends), over: r.flags[r.i].has(isOver), cause: s.cause(r.id[r.i]), rejected: s.rejections(r.id[r.i])}
		for _, code := range s.sets[r.services[r.i]] {
			x.services = append(x.services, incident.ID(s.texts[code]))
		}
		out = append(out, x)
	}
	return out
}

// measure fills in the figures of a group with a period, of one service or, when only is empty, of all.
func (b *book) measure(head Group, only incident.ID) (DeliveryGroup, []FailedDeployment, []Attribution) {
	g := DeliveryGroup{Group: head, Of: map[AttributionBasis]int{}}
	from, to := micros(head.From), micros(head.To)
	laid := map[int][]Attribution{}
	incidents := map[int][]struck{}
	var all []Attribution
	chance, covered := 0.0, chances{}
	for _, x := range b.struck {
		services := x.services
		if only != "" {
			if !slices.Contains(services, only) {
				continue
			}
			services = []incident.ID{only}
		}
		i, basis, near := b.attribute(x, services)
		a := Attribution{Case: x.Case, Basis: basis, Near: near}
		if i >= 0 {
			a.Change, a.After = b.deployed[i].event.ID, time.Duration(x.at-b.deployed[i].at)*time.Microsecond
			laid[i], incidents[i] = append(laid[i], a), append(incidents[i], x)
		} else if basis == SaidByPerson {
			a.Change = x.cause
		}
		if x.at < from || x.at >= to {
			continue
		}
		all = append(all, a)
		g.Incidents++
		g.Of[basis]++
		if near {
			g.Near++
		}
		chance += covered.of(services, func() float64 { return b.covered(services, from, to) })
	}
	g.NearShare = share(g.Near, g.Incidents)
	if g.Incidents > 0 {
		g.NearChance = finite(chance / float64(g.Incidents))
	}
	failures := b.fill(&g, only, laid, incidents)
	slices.Reverse(all)
	return g, failures, all
}

// fill adds the figures of deployments.
func (b *book) fill(g *DeliveryGroup, only incident.ID, laid map[int][]Attribution, incidents map[int][]struck) []FailedDeployment {
	from, to := micros(g.From), micros(g.To)
	var deployments []Deployment
	var failures []FailedDeployment
	chance, followed := 0.0, chances{}
	for i, d := range b.deployed {
		if d.at < from || d.at >= to || only != "" && !slices.Contains(d.services, only) {
			continue
		}
		services := d.services
		if only != "" {
			services = []incident.ID{only}
		}
		chance += followed.of(services, func() float64 { return b.followed(services, from, to) })
		x := Deployment{At: d.event.At()}
		if d.event.Result == incident.ChangeFailed || len(laid[i]) > 0 {
			f := FailedDeployment{Change: d.event, Basis: basisOf(d.event, laid[i]), Incidents: laid[i]}
			f.Recovered, f.Unknown = b.recovery(i, incidents[i])
			x.Failed, x.Recovered, x.Unknown = true, f.Recovered, f.Unknown
			failures = append(failures, f)
			if f.Basis != NearInTime {
				g.Said++
			}
		}
		deployments = append(deployments, x)
	}
	g.Delivery = Deliver(g.From, g.To, b.now, deployments)
	g.Rework = unknown("", g.Deployments, noRework)
	g.SaidRate = share(g.Said, g.Deployments)
	if g.Deployments > 0 {
		g.FailChance = finite(chance / float64(g.Deployments))
	}
	slices.Reverse(failures)
	return failures
}

// chances holds what was computed once for each set of services.
type chances map[string]float64

func (c chances) of(services []incident.ID, compute func() float64) float64 {
	var key strings.Builder
	for _, id := range services {
		key.WriteString(string(id) + "\x00")
	}
	p, ok := c[key.String()]
	if !ok {
		p = compute()
		c[key.String()] = p
	}
	return p
}

func basisOf(c incident.ChangeEvent, laid []Attribution) AttributionBasis {
	switch {
	case slices.ContainsFunc(laid, func(a Attribution) bool { return a.Basis == SaidByPerson }):
		return SaidByPerson
	case c.Result == incident.ChangeFailed:
		return SaidBySource
	}
	return NearInTime
}
