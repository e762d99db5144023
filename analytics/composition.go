package analytics

import (
	"slices"

	"hindsight/analytics/stats"
	"hindsight/incident"
)

const composedMethod = "union of the service's own impact and that of what it needs, piece by piece"

// composition is what a service loses with what it needs, inside a window.
type composition struct {
	composer
	own    *losses
	needs  []incident.Needs
	mine   []stats.Piece
	groups [][]stats.Piece // what each of needs takes
}

// composition measures a service with what it needs; nil when it needs nothing. A service counts impact as own does.
func (s *Snapshot) composition(own *losses, service incident.ID, w stats.Stretch, terms Terms, sight incident.Sight, as shape) *composition {
	c := &composition{own: own, needs: needsOf(terms.Dependencies, service), composer: composer{own: own, s: s, w: w, as: as, terms: terms, sight: sight,
		known: map[incident.ID][]stats.Piece{}, open: map[incident.ID]bool{service: true}}}
	if len(c.needs) == 0 {
		return nil
	}
	c.mine = stats.Profile(w, own.shaped(as), nil, own.combine)
	for _, n := range c.needs {
		c.groups = append(c.groups, c.group(n))
	}
	return c
}

// composedLoss estimates what a service that needs others lost with them, in seconds.
func (s *Snapshot) composedLoss(own *losses, service incident.ID, w stats.Stretch, terms Terms, sight incident.Sight) Estimate {
	var lost [3]float64
	n := 0
	for i, as := range []shape{asStated, blur.shortest, blur.longest} {
		c := s.composition(own, service, w, terms, sight, as)
		lost[i] = c.losses().seconds(w)
		n = max(n, c.n+len(own.within(w)))
	}
	return estimate(lost[0], stats.Interval{Low: lost[1], High: lost[2]}, composedMethod, n).unlevelled()
}

// losses returns what the service and all that it needs took, as its losses; nobody can say which incident took which.
func (c *composition) losses() *losses { return c.without(-1) }

// without returns what is left when one group always works; none for −1.
func (c *composition) without(group int) *losses {
	profiles := [][]stats.Piece{c.mine}
	for i, p := range c.groups {
		if i != group {
			profiles = append(profiles, p)
		}
	}
	out := *c.own
	out.outages, out.rows, out.combine = nil, nil, stats.Largest
	for _, p := range stats.Overlay(profiles, c.own.worst) {
		out.outages = append(out.outages, stats.Outage{Stretch: p.Stretch, Impact: p.Impact})
	}
	return &out
}

// taken says what each group took. Services that only hidden incidents name are not named.
func (c *composition) taken() (out []NeedLoss) {
	secret := c.s.secretServices(c.sight)
	total := c.losses().seconds(c.w)
	for i, n := range c.needs {
		shown := slices.DeleteFunc(slices.Clone(n.Services), func(id incident.ID) bool { return secret[string(id)] })
		out = append(out, NeedLoss{Any: n.Any, Services: shown, Own: total - c.without(i).seconds(c.w)})
	}
	return out
}

// seconds returns what is lost in a window, outside the service's own maintenance.
func (l *losses) seconds(w stats.Stretch) float64 {
	return stats.Measure(w, l.outages, l.maintenance, l.combine).Weighted / 1e6
}

// worst combines impacts at one time.
func (l *losses) worst(impacts []float64) float64 {
	if l.combine == stats.Largest {
		return slices.Max(impacts)
	}
	var sum float64
	for _, x := range impacts {
		sum += x
	}
	return min(1, sum)
}

func needsOf(all []incident.Dependencies, service incident.ID) []incident.Needs {
	var out []incident.Needs
	for _, d := range all {
		if d.Service == service {
			out = append(out, d.Needs...)
		}
	}
	return out
}

// composer walks what a service needs, and what that needs in turn. Each service is measured once.
type composer struct {
	own        *losses // says how impact counts
	s          *Snapshot
	w          stats.Stretch
	as         shape
	terms      Terms
	sight      incident.Sight
	known      map[incident.ID][]stats.Piece
	open       map[incident.ID]bool // being measured: a circle ends here
	n, unclear int                  // incidents with known impact, and without
}

// service returns the profile of a service with all that it needs. Its maintenance is no excuse to those who need it.
func (c *composer) service(id incident.ID) []stats.Piece {
	if p, ok := c.known[id]; ok {
		return p
	}
	l := c.s.losses(id, instant(c.w.To), c.sight, c.own.weigh, c.own.combine)
	c.n, c.unclear = c.n+len(l.within(c.w)), c.unclear+l.uncertain(c.w).Unknown()
	profiles := [][]stats.Piece{stats.Profile(c.w, l.shaped(c.as), nil, l.combine)}
	c.open[id] = true
	for _, n := range needsOf(c.terms.Dependencies, id) {
		profiles = append(profiles, c.group(n))
	}
	delete(c.open, id)
	c.known[id] = stats.Overlay(profiles, l.worst)
	return c.known[id]
}

// group returns what a group takes: the worst of its services, or where one is enough, the best.
func (c *composer) group(n incident.Needs) []stats.Piece {
	var profiles [][]stats.Piece
	for _, id := range n.Services {
		if !c.open[id] {
			profiles = append(profiles, c.service(id))
		}
	}
	if len(profiles) == 0 {
		return nil
	}
	if n.Any {
		return stats.Overlay(profiles, slices.Min)
	}
	return stats.Overlay(profiles, slices.Max)
}
