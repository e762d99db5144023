package stats

import (
	"cmp"
	"slices"
)

// Stretch is a stretch of time, half open, in any whole unit: [From, To).
type Stretch struct{ From, To int64 }

// Length returns To − From, or 0 for an empty stretch.
func (s Stretch) Length() int64 { return max(0, s.To-s.From) }

// Clip returns the part of s inside window; it may be empty.
func (s Stretch) Clip(window Stretch) Stretch {
	return Stretch{max(s.From, window.From), min(s.To, window.To)}
}

// Union returns the stretches merged into ones that neither overlap nor touch, in time order. Empty
// ones vanish. It leaves its argument as it is.
func Union(stretches []Stretch) []Stretch {
	sorted := slices.DeleteFunc(slices.Clone(stretches), func(s Stretch) bool { return s.To <= s.From })
	slices.SortFunc(sorted, func(a, b Stretch) int { return cmp.Compare(a.From, b.From) })
	var out []Stretch
	for _, s := range sorted {
		if n := len(out); n > 0 && s.From <= out[n-1].To {
			out[n-1].To = max(out[n-1].To, s.To)
			continue
		}
		out = append(out, s)
	}
	return out
}

// Total returns the sum of the lengths.
func Total(stretches []Stretch) int64 {
	var sum int64
	for _, s := range stretches {
		sum += s.Length()
	}
	return sum
}

// Outage is a stretch with the share of service that was lost in it, 0 to 1.
type Outage struct {
	Stretch
	Impact float64
}

// Combine says what concurrent impacts add up to.
type Combine int

const (
	Largest   Combine = iota // the worst of them
	CappedSum                // their sum, at most 1
)

// Downtime is how much of a window was lost. All lengths are in the unit of the stretches.
type Downtime struct {
	Observed int64   // length of the window
	Excluded int64   // of it, maintenance
	Base     int64   // Observed − Excluded
	Counted  int     // outages with impact that reach into the window
	Sum      int64   // their lengths inside the window added up: overlaps count twice
	Any      int64   // with any impact, outside maintenance
	Full     int64   // with impact 1, outside maintenance
	Weighted float64 // integral of the combined impact, outside maintenance
}

// Measure returns the downtime of the outages inside window. Maintenance leaves both the downtime and the time
// that it is compared with.
func Measure(window Stretch, outages []Outage, maintenance []Stretch, combine Combine) Downtime {
	d := Downtime{Observed: window.Length()}
	var edges []edge
	for _, o := range outages {
		o.Stretch = o.Clip(window)
		if o.Length() == 0 || o.Impact <= 0 {
			continue
		}
		d.Counted++
		d.Sum += o.Length()
		edges = append(edges, edge{o.From, o.Impact, 1}, edge{o.To, o.Impact, -1})
	}
	planned := clipAll(maintenance, window)
	d.Excluded = Total(planned)
	d.Base = d.Observed - d.Excluded
	sweep(edges, combine, func(s Stretch, impact float64) {
		up := s.Length() - overlap(s, planned)
		d.Any += up
		d.Weighted += float64(up) * impact
		if impact >= 1 {
			d.Full += up
		}
	})
	return d
}

// clipAll returns the union of the parts inside window.
func clipAll(stretches []Stretch, window Stretch) []Stretch {
	clipped := make([]Stretch, len(stretches))
	for i, s := range stretches {
		clipped[i] = s.Clip(window)
	}
	return Union(clipped)
}

// edge is where an outage of an impact begins (+1) or ends (−1).
type edge struct {
	at     int64
	impact float64
	change int
}

// sweep calls f for every stretch of constant impact above 0, in time order.
func sweep(edges []edge, combine Combine, f func(Stretch, float64)) {
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Compare(a.at, b.at) })
	var open levels
	for i, e := range edges {
		open.change(e)
		if i+1 < len(edges) && edges[i+1].at > e.at && len(open) > 0 {
			f(Stretch{e.at, edges[i+1].at}, open.combined(combine))
		}
	}
}

// levels are the impacts that are going on, ascending, each with the number of outages that have it. There are
// few different ones, so that inserting into a slice is cheap.
type levels []level

type level struct {
	impact  float64
	outages int
}

func (l *levels) change(e edge) {
	i, found := slices.BinarySearchFunc(*l, e.impact, func(x level, impact float64) int { return cmp.Compare(x.impact, impact) })
	if !found {
		*l = slices.Insert(*l, i, level{impact: e.impact})
	}
	if (*l)[i].outages += e.change; (*l)[i].outages == 0 {
		*l = slices.Delete(*l, i, i+1)
	}
}

func (l levels) combined(how Combine) float64 {
	if how == Largest {
		return l[len(l)-1].impact
	}
	var sum float64
	for _, x := range l {
		sum += x.impact * float64(x.outages)
	}
	return min(1, sum)
}

// overlap returns how much of s the merged stretches cover.
func overlap(s Stretch, merged []Stretch) int64 {
	first, _ := slices.BinarySearchFunc(merged, s.From, func(m Stretch, at int64) int { return cmp.Compare(m.To, at) })
	var sum int64
	for _, m := range merged[first:] {
		if m.From >= s.To {
			break
		}
		sum += s.Clip(m).Length()
	}
	return sum
}

// Episodes returns the merged outages that begin inside window and are not wholly inside maintenance: what
// counts as failures. An outage that was already going on when the window began is not one of them.
func Episodes(window Stretch, outages, maintenance []Stretch) []Stretch {
	planned := Union(maintenance)
	return slices.DeleteFunc(Union(outages), func(s Stretch) bool {
		return s.From < window.From || s.From >= window.To || overlap(s, planned) == s.Length()
	})
}
