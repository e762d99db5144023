package recurring

import (
	"cmp"
	"slices"

	"hindsight/incident"
)

// answers is what people said of pairs, ready to be asked. The zero value is no answers.
type answers struct {
	root  map[incident.ID]incident.ID   // of incidents that are the same problem, the first of them
	many  map[incident.ID]bool          // roots of two incidents or more
	apart map[incident.ID][]incident.ID // by root: the roots that must not share a problem with it
}

// newAnswers draws the conclusions: who is the same as the same is the same, and who is apart from one of them
// is apart from all. Where answers contradict each other the one that was given last is in force.
func newAnswers(list []incident.Answer) answers {
	list = slices.SortedFunc(slices.Values(list), func(x, y incident.Answer) int {
		return cmp.Or(y.At.Compare(x.At), cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B))
	})
	a := answers{map[incident.ID]incident.ID{}, map[incident.ID]bool{}, map[incident.ID][]incident.ID{}}
	for _, l := range list {
		x, y := a.of(l.A), a.of(l.B)
		switch {
		case x == y || a.forbids(x, y):
		case l.Same:
			a.unite(min(x, y), max(x, y))
		default:
			a.apart[x], a.apart[y] = append(a.apart[x], y), append(a.apart[y], x)
		}
	}
	return a
}

// of returns the incident that stands for all that are the same as id.
func (a answers) of(id incident.ID) incident.ID {
	for {
		up, known := a.root[id]
		if !known {
			return id
		}
		id = up
	}
}

// stands reports whether root is one of several incidents that are the same.
func (a answers) stands(root incident.ID) bool { return a.many[root] }

// about reports whether there is any answer about root's incidents.
func (a answers) about(root incident.ID) bool { return a.many[root] || len(a.apart[root]) > 0 }

// forbids reports whether two roots must not share a problem.
func (a answers) forbids(x, y incident.ID) bool { return slices.Contains(a.apart[x], y) }

// unite makes y's incidents those of x.
func (a answers) unite(x, y incident.ID) {
	a.root[y], a.many[x] = x, true
	for _, o := range a.apart[y] {
		a.apart[x] = append(a.apart[x], o)
		a.apart[o][slices.Index(a.apart[o], y)] = x
	}
	delete(a.apart, y)
}

// Contradicts reports whether an answer is against what follows from the others. One about the same pair does not count: the new
// answer replaces it.
func Contradicts(said []incident.Answer, a incident.Answer) bool {
	known := newAnswers(slices.DeleteFunc(slices.Clone(said), func(o incident.Answer) bool { return o.A == a.A && o.B == a.B }))
	x, y := known.of(a.A), known.of(a.B)
	if a.Same {
		return known.forbids(x, y)
	}
	return x == y
}
