package analytics

import (
	"cmp"
	"math"
	"slices"
	"time"

	"hindsight/analytics/stats"
	"hindsight/incident"
)

// Attribution says which deployment an incident is laid to, if any.
type Attribution struct {
	Case
	Change incident.ID   // of the deployment; empty: unattributed, which is an answer
	After  time.Duration // from the deployment to the incident's start; 0 without one that was read
	Basis  AttributionBasis
	Near   bool // it began within the cap after a deployment of a service that it touched, whatever people say
}

// AttributionBasis is why an incident is laid to a deployment, or is not.
type AttributionBasis string

const (
	SaidByPerson AttributionBasis = "confirmed"    // a person says so
	SaidBySource AttributionBasis = "source"       // of a failed deployment: its source says that it failed
	NearInTime   AttributionBasis = "suspected"    // it began within the cap after a deployment of a service of its own
	Denied       AttributionBasis = "denied"       // a person says that no change brought it about
	Unattributed AttributionBasis = "unattributed" // no deployment is near enough, and nobody says anything
)

// deployed is a deployment with what the book needs of it.
type deployed struct {
	event    incident.ChangeEvent
	at       int64
	services []incident.ID
}

// struck is an incident that counts, with what the book needs of it.
type struck struct {
	Case
	at, end  int64 // its start; the end of impact or the resolution, 0 when unknown
	over     bool
	services []incident.ID
	cause    incident.ID // as a person says
	rejected []incident.ID
}

// book holds deployments and incidents in time order, to lay the latter to the former.
type book struct {
	cap       int64 // microseconds
	now       time.Time
	deployed  []deployed
	struck    []struck
	byService map[incident.ID][]int // of deployed, in time order
	byID      map[incident.ID]int
}

func newBook(rule incident.DeliveryRule, now time.Time, changes []incident.ChangeEvent, incidents []struck) *book {
	b := &book{cap: rule.Cap().Microseconds(), now: now, struck: incidents, byService: map[incident.ID][]int{}, byID: map[incident.ID]int{}}
	for _, c := range changes {
		d := deployed{event: c, at: micros(c.At())}
		for _, u := range c.Services {
			if u.Service != "" && !slices.Contains(d.services, u.Service) {
				d.services = append(d.services, u.Service)
			}
		}
		b.deployed = append(b.deployed, d)
	}
	slices.SortFunc(b.deployed, func(x, y deployed) int { return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.event.ID, y.event.ID)) })
	slices.SortFunc(b.struck, func(x, y struck) int { return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.ID, y.ID)) })
	for i, d := range b.deployed {
		b.byID[d.event.ID] = i
		for _, id := range d.services {
			b.byService[id] = append(b.byService[id], i)
		}
	}
	return b
}

// nearest returns the last deployment of one of services within the cap before an instant, or at it, that is none of those
// rejected; −1 when there is none.
func (b *book) nearest(services []incident.ID, at int64, rejected ...incident.ID) int {
	best := -1
	for _, id := range services {
		of := b.byService[id]
		i, _ := slices.BinarySearchFunc(of, at+1, func(d int, t int64) int { return cmp.Compare(b.deployed[d].at, t) })
		for i > 0 && slices.Contains(rejected, b.deployed[of[i-1]].event.ID) {
			i--
		}
		if i > 0 && at-b.deployed[of[i-1]].at <= b.cap {
			best = max(best, of[i-1])
		}
	}
	return best
}

// attribute lays an incident to a deployment: −1 for none. A person's word outranks nearness in time. near says
// whether nearness alone would have found one.
func (b *book) attribute(x struck, services []incident.ID) (i int, basis AttributionBasis, near bool) {
	near = b.nearest(services, x.at) >= 0
	i = b.nearest(services, x.at, x.rejected...)
	switch {
	case x.cause == incident.NoChange:
		return -1, Denied, near
	case x.cause != "":
		if said, known := b.byID[x.cause]; known {
			return said, SaidByPerson, near
		}
		return -1, SaidByPerson, near // a change that was not read, or that is no deployment
	case i >= 0:
		return i, NearInTime, near
	}
	return -1, Unattributed, near
}

// covered returns the share of [from, to) that lies within the cap after a deployment of one of services: the chance
// that an incident which begins at any time is laid to one.
func (b *book) covered(services []incident.ID, from, to int64) float64 {
	var near []stats.Stretch
	for _, id := range services {
		for _, i := range b.byService[id] {
			at := b.deployed[i].at
			near = append(near, stats.Stretch{From: at, To: at + b.cap + 1}.Clip(stats.Stretch{From: from, To: to}))
		}
	}
	return float64(stats.Total(stats.Union(near))) / float64(to-from)
}

// followed returns the chance that a deployment of services is followed by an incident of one of them within the cap when the
// two have nothing to do with each other: one minus the Poisson probability of none, at the rate of those
// incidents in [from, to). That rate includes what deployments brought about, so the chance is overstated rather than
// understated.
func (b *book) followed(services []incident.ID, from, to int64) float64 {
	n := 0
	for _, x := range b.struck {
		if x.at >= from && x.at < to && shares(x.services, services) {
			n++
		}
	}
	return -math.Expm1(-float64(n) * float64(b.cap) / float64(to-from))
}

func shares(a, b []incident.ID) bool {
	return slices.ContainsFunc(a, func(id incident.ID) bool { return slices.Contains(b, id) })
}

// recovery fills in when a failed deployment was recovered from: when the last of its incidents ended, or else, where only
// its source calls it failed, when the next deployment of one of its services succeeded.
func (b *book) recovery(i int, incidents []struck) (recovered time.Time, unknown bool) {
	d := b.deployed[i]
	if len(incidents) == 0 {
		return b.repaired(i), false
	}
	last := d.at
	for _, x := range incidents {
		switch {
		case x.end == 0 && !x.over:
			return time.Time{}, false
		case x.end == 0, x.end < d.at:
			unknown = true
		}
		last = max(last, x.end)
	}
	return instant(last), unknown
}

func (b *book) repaired(i int) time.Time {
	d := b.deployed[i]
	for _, next := range b.deployed[i+1:] {
		if next.event.Result != incident.ChangeSucceeded || !shares(next.services, d.services) {
			continue
		}
		if !next.event.FinishedAt.IsZero() {
			return next.event.FinishedAt
		}
		return next.event.At()
	}
	return time.Time{}
}
