package incident

import (
	"cmp"
	"slices"
	"strings"
)

// FactorNode is a factor in the outline of what led to an incident.
type FactorNode struct {
	FactorStatement
	Depth int    // 0: it led to the incident itself
	Up    string // the key of the factor above it; empty at depth 0
	Links []string
}

// placeStep is the distance between the places of factors that nobody has moved.
const placeStep = 1024

// FactorOutline is the factors that nobody has rejected as an outline: behind each the ones that made it possible, as people say. One whose
// parent is rejected or gone stands at the outermost level; so does the first of a ring.
func (inc *Incident) FactorOutline() []FactorNode {
	all := inc.FactorStatements()
	parent, place := map[string]string{}, map[string]float64{}
	for i, x := range all {
		if x.State != FactorRejected {
			parent[x.Key], place[x.Key] = x.Parent, cmp.Or(x.Place, float64(i+1)*placeStep)
		}
	}
	for _, x := range all {
		if _, ok := parent[parent[x.Key]]; x.State != FactorRejected && (!ok || ringed(parent, x.Key)) {
			parent[x.Key] = ""
		}
	}
	var out []FactorNode
	var below func(up string, depth int)
	below = func(up string, depth int) {
		var level []FactorStatement
		for _, x := range all {
			if at, ok := parent[x.Key]; ok && at == up && x.State != FactorRejected {
				level = append(level, x)
			}
		}
		slices.SortStableFunc(level, func(a, b FactorStatement) int { return cmp.Compare(place[a.Key], place[b.Key]) })
		for _, x := range level {
			x.Place = place[x.Key]
			n := FactorNode{FactorStatement: x, Depth: depth, Up: up}
			for _, key := range strings.Fields(x.Also) {
				if _, ok := parent[key]; ok && key != x.Key && key != up {
					n.Links = append(n.Links, key)
				}
			}
			out = append(out, n)
			below(x.Key, depth+1)
		}
	}
	below("", 0)
	return out
}

// ringed reports whether following parents from key leads back to it.
func ringed(parent map[string]string, key string) bool {
	for at, steps := parent[key], 0; at != "" && steps <= len(parent); at, steps = parent[at], steps+1 {
		if at == key {
			return true
		}
	}
	return false
}

// FactorMoves lists how a factor can be moved in the outline.
var FactorMoves = []string{"in", "out", "up", "down"}

// MoveFactor returns what is to be said of a factor so that it stands elsewhere in the outline: in makes it a child of the one before it,
// out a sibling of its parent, up and down exchange it with its neighbour. ok is false where it cannot go there.
func (inc *Incident) MoveFactor(key, move string) (says FactorSays, ok bool) {
	outline := inc.FactorOutline()
	i := slices.IndexFunc(outline, func(n FactorNode) bool { return n.Key == key })
	if i < 0 {
		return says, false
	}
	n := outline[i]
	says = n.FactorSays
	says.Parent = n.Up
	level := siblings(outline, n.Up)
	at := slices.IndexFunc(level, func(o FactorNode) bool { return o.Key == key })
	switch {
	case move == "in" && at > 0:
		says.Parent = level[at-1].Key
		level = siblings(outline, says.Parent)
		says.Place = between(level, len(level))
	case move == "out" && n.Up != "":
		up := outline[slices.IndexFunc(outline, func(o FactorNode) bool { return o.Key == n.Up })]
		says.Parent = up.Up
		level = siblings(outline, up.Up)
		says.Place = between(level, 1+slices.IndexFunc(level, func(o FactorNode) bool { return o.Key == up.Key }))
	case move == "up" && at > 0:
		says.Place = between(level, at-1)
	case move == "down" && at+1 < len(level):
		says.Place = between(level, at+2)
	default:
		return says, false
	}
	return says, true
}

func siblings(outline []FactorNode, up string) []FactorNode {
	return slices.DeleteFunc(slices.Clone(outline), func(n FactorNode) bool { return n.Up != up })
}

// between is a place before the i-th of a level; never 0, which says that nobody moved the factor.
func between(level []FactorNode, i int) float64 {
	switch {
	case len(level) == 0:
		return placeStep
	case i <= 0:
		if at := level[0].Place - placeStep; at != 0 {
			return at
		}
		return -placeStep
	case i >= len(level):
		if at := level[len(level)-1].Place + placeStep; at != 0 {
			return at
		}
		return placeStep
	}
	if at := (level[i-1].Place + level[i].Place) / 2; at != 0 {
		return at
	}
	return level[i].Place / 2
}
