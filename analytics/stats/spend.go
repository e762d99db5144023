package stats

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Spent is how a downtime falls to those whose outages made it.
type Spent struct {
	Total float64   // integral of the combined impact, outside maintenance
	Own   []float64 // by owner: by how much Total would be less without the owner's outages
	// Shared is what no owner alone could have saved: Total less the sum of Own, ≥ 0.
	Shared float64
}

// Spend attributes the downtime inside window to n owners; owners[i] is that of outages[i], 0 to n−1. What several
// cause at once is nobody's own.
func Spend(window Stretch, outages []Outage, owners []int, n int, maintenance []Stretch, combine Combine) Spent {
	out := Spent{Own: make([]float64, n)}
	planned := clipAll(maintenance, window)
	edges := ownedEdges(window, outages, owners)
	open := held{}
	for i, e := range edges {
		open.change(e)
		if i+1 == len(edges) || edges[i+1].at == e.at || len(open) == 0 {
			continue
		}
		s := Stretch{e.at, edges[i+1].at}
		length := float64(s.Length() - overlap(s, planned))
		out.Total += length * open.combined(combine, -1)
		for _, o := range open.able(combine) {
			out.Own[o] += length * (open.combined(combine, -1) - open.combined(combine, o))
		}
	}
	out.Shared = out.Total
	for _, own := range out.Own {
		out.Shared -= own
	}
	out.Shared = math.Max(0, out.Shared)
	return out
}

// ownedEdge is an edge with whose it is.
type ownedEdge struct {
	edge
	owner int
}

func ownedEdges(window Stretch, outages []Outage, owners []int) []ownedEdge {
	var edges []ownedEdge
	for i, o := range outages {
		if s := o.Clip(window); s.Length() > 0 && o.Impact > 0 {
			edges = append(edges, ownedEdge{edge{s.From, o.Impact, 1}, owners[i]}, ownedEdge{edge{s.To, o.Impact, -1}, owners[i]})
		}
	}
	slices.SortFunc(edges, func(a, b ownedEdge) int { return cmp.Compare(a.at, b.at) })
	return edges
}

// held are the impacts that are going on, the highest first, with how many outages of each owner have them.
type held []heldLevel

type heldLevel struct {
	impact  float64
	count   int         // of all owners
	outages map[int]int // by owner, none of them 0
}

func (h *held) change(e ownedEdge) {
	i, found := slices.BinarySearchFunc(*h, e.impact, func(x heldLevel, impact float64) int { return cmp.Compare(impact, x.impact) })
	if !found {
		*h = slices.Insert(*h, i, heldLevel{e.impact, 0, map[int]int{}})
	}
	l := &(*h)[i]
	l.count += e.edge.change
	if l.outages[e.owner] += e.edge.change; l.outages[e.owner] == 0 {
		delete(l.outages, e.owner)
	}
	if len(l.outages) == 0 {
		*h = slices.Delete(*h, i, i+1)
	}
}

// combined returns what the impacts add up to without those of one owner; −1 leaves out nobody.
func (h held) combined(how Combine, without int) float64 {
	var sum float64
	for _, l := range h {
		if how == Largest {
			if _, own := l.outages[without]; len(l.outages) > 1 || !own {
				return l.impact
			}
			continue
		}
		sum += l.impact * float64(l.count-l.outages[without])
	}
	return math.Min(1, sum)
}

// able returns the owners without whom less would be lost, and perhaps others.
func (h held) able(how Combine) []int {
	var out []int
	for _, l := range h {
		if how == Largest && len(l.outages) > 1 {
			return nil // two have the worst impact, so neither alone could have saved anything
		}
		for owner := range l.outages {
			out = append(out, owner)
		}
		if how == Largest {
			return out
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// WeightedPoisson returns the interval of the expected sum of weights when each event adds one and their number is
// Poisson (Fay and Feuer, Statistics in Medicine 1997, gamma interval). With equal weights it is Garwood's. Without weights
// above 0 there is no interval.
func WeightedPoisson(weights []float64, level float64) Interval {
	var sum, squares, largest float64
	for _, w := range weights {
		sum, squares, largest = sum+w, squares+w*w, math.Max(largest, w)
	}
	if !(sum > 0) {
		return Interval{math.NaN(), math.NaN()}
	}
	bound := func(p, y, v float64) float64 { return v / (2 * y) * distuv.ChiSquared{K: 2 * y * y / v}.Quantile(p) }
	tail := (1 - level) / 2
	return Interval{bound(tail, sum, squares), bound(1-tail, sum+largest, squares+largest*largest)}
}
