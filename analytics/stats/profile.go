package stats

import (
	"cmp"
	"slices"
)

// Piece is a stretch in which the share of service that is lost stays the same.
type Piece struct {
	Stretch
	Impact  float64 // of the outages combined, 0 to 1
	Planned bool    // inside maintenance, where nothing is counted
}

// Profile cuts a window into pieces, in time order and without gaps; an empty window has none.
func Profile(window Stretch, outages []Outage, maintenance []Stretch, combine Combine) []Piece {
	if window.Length() == 0 {
		return nil
	}
	planned := clipAll(maintenance, window)
	edges, cuts := edgesIn(window, outages), []int64{window.From, window.To}
	for _, e := range edges {
		cuts = append(cuts, e.at)
	}
	for _, p := range planned {
		cuts = append(cuts, p.From, p.To)
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	var out []Piece
	var open levels
	next := 0
	for i, at := range cuts[:len(cuts)-1] {
		for ; next < len(edges) && edges[next].at <= at; next++ {
			open.change(edges[next])
		}
		p := Piece{Stretch: Stretch{at, cuts[i+1]}}
		if len(open) > 0 {
			p.Impact = open.combined(combine)
		}
		p.Planned = overlap(p.Stretch, planned) > 0
		out = join(out, p)
	}
	return out
}

// edgesIn returns the edges of the outages inside window, in time order.
func edgesIn(window Stretch, outages []Outage) []edge {
	var edges []edge
	for _, o := range outages {
		if s := o.Clip(window); s.Length() > 0 && o.Impact > 0 {
			edges = append(edges, edge{s.From, o.Impact, 1}, edge{s.To, o.Impact, -1})
		}
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Compare(a.at, b.at) })
	return edges
}

// join adds a piece, to the one before where they differ in nothing.
func join(pieces []Piece, p Piece) []Piece {
	if n := len(pieces); n > 0 && pieces[n-1].To == p.From && pieces[n-1].Impact == p.Impact && pieces[n-1].Planned == p.Planned {
		pieces[n-1].To = p.To
		return pieces
	}
	return append(pieces, p)
}

// Lost returns the integral of the impact outside maintenance, in the unit of the stretches.
func Lost(pieces []Piece) float64 {
	var sum float64
	for _, p := range pieces {
		if !p.Planned {
			sum += float64(p.Length()) * p.Impact
		}
	}
	return sum
}

// Overlay combines profiles of one window piece by piece: f gets the impact of each, in their order. The pieces of the
// result are never planned.
func Overlay(profiles [][]Piece, f func(impacts []float64) float64) []Piece {
	var cuts []int64
	for _, p := range profiles {
		for _, x := range p {
			cuts = append(cuts, x.From, x.To)
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	if len(cuts) < 2 {
		return nil
	}
	var out []Piece
	at, impacts := make([]int, len(profiles)), make([]float64, len(profiles))
	for i, from := range cuts[:len(cuts)-1] {
		for k, p := range profiles {
			for at[k] < len(p) && p[at[k]].To <= from {
				at[k]++
			}
			impacts[k] = 0
			if at[k] < len(p) && p[at[k]].From <= from {
				impacts[k] = p[at[k]].Impact
			}
		}
		out = join(out, Piece{Stretch: Stretch{from, cuts[i+1]}, Impact: f(impacts)})
	}
	return out
}

// Loads returns the profile as a series for BurnOver, in seconds when a unit of the stretches is 1/perSecond of one. While
// maintenance is on there is neither good nor bad time.
func Loads(pieces []Piece, perSecond float64) []Load {
	out := make([]Load, len(pieces))
	for i, p := range pieces {
		out[i] = Load{Seconds: float64(p.Length()) / perSecond, Total: 1, Bad: p.Impact}
		if p.Planned {
			out[i].Total, out[i].Bad = 0, 0
		}
	}
	return out
}
