package recurring

import (
	"cmp"
	"maps"
	"slices"

	"hindsight/incident"
)

// reconcile gives found problems the ids of the previous ones that they continue, and puts people's
// decisions in force.
func reconcile(found, previous []incident.Problem, docs []Document) []incident.Problem {
	here := map[incident.ID]bool{}
	for _, d := range docs {
		here[d.ID] = true
	}
	before := map[incident.ID]*incident.Problem{}
	for i := range previous {
		before[previous[i].ID] = &previous[i]
	}
	found = identify(found, previous)
	var out []incident.Problem
	seen := map[incident.ID]bool{}
	for _, p := range found {
		seen[p.ID] = true
		if old := before[p.ID]; old != nil {
			p = carryOver(p, *old, here)
		}
		if p.State == incident.Suggested && alive(p) < support {
			continue
		}
		out = append(out, p)
	}
	for _, old := range previous {
		if !seen[old.ID] && old.State != incident.Suggested {
			out = append(out, old)
		}
	}
	return out
}

// alive counts the members that nobody removed.
func alive(p incident.Problem) int {
	n := 0
	for _, m := range p.Members {
		if !m.Removed {
			n++
		}
	}
	return n
}

// overlap is how many incidents a found and a previous problem share.
type overlap struct{ found, old, n int }

// identify gives each text problem the id of the previous one with which it shares most members, the
// greatest overlaps first, and the others an id of their own. It drops groups that a person has rejected.
func identify(found, previous []incident.Problem) []incident.Problem {
	shared, rejected := overlaps(found, previous)
	taken := map[incident.ID]bool{}
	for _, o := range shared {
		id := previous[o.old].ID
		if found[o.found].ID == "" && !rejected[o.found] && !taken[id] {
			found[o.found].ID = id
			taken[id] = true
		}
	}
	for _, old := range previous {
		taken[old.ID] = true
	}
	var out []incident.Problem
	for i, p := range found {
		if p.ID == "" && rejected[i] {
			continue
		}
		if p.ID == "" {
			p.ID = freshID(p, taken)
			taken[p.ID] = true
		}
		out = append(out, p)
	}
	return out
}

// freshID derives an id from the first member, and from more of them while that id is taken, so that the
// same first run gives the same ids everywhere.
func freshID(p incident.Problem, taken map[incident.ID]bool) incident.ID {
	var members []string
	for _, m := range p.Members {
		members = append(members, string(m.Incident))
	}
	slices.Sort(members)
	parts := []string{ByText}
	for i := 0; ; i++ {
		parts = append(parts, members[i%len(members)])
		if id := incident.DeriveID("prb", parts...); !taken[id] {
			return id
		}
	}
}

// overlaps lists which text problems share members, confirmed ones first, then the greatest overlaps. It also
// returns which found ones were mostly rejected before: what people said of three incidents does not bind thirty.
func overlaps(found, previous []incident.Problem) (out []overlap, rejected map[int]bool) {
	of := membership(previous)
	rejected = map[int]bool{}
	for i, p := range found {
		if p.Basis != ByText {
			continue
		}
		shared := map[int]int{}
		for _, m := range p.Members {
			for _, old := range of[m.Incident] {
				shared[old]++
			}
		}
		for _, old := range slices.Sorted(maps.Keys(shared)) {
			switch {
			case previous[old].State != incident.Rejected:
				out = append(out, overlap{i, old, shared[old]})
			case 2*shared[old] >= len(p.Members):
				rejected[i] = true
			}
		}
	}
	slices.SortFunc(out, func(a, b overlap) int {
		x, y := previous[a.old], previous[b.old]
		return cmp.Or(-compareBool(x.State == incident.Confirmed, y.State == incident.Confirmed), cmp.Compare(b.n, a.n),
			cmp.Compare(x.ID, y.ID), cmp.Compare(a.found, b.found))
	})
	for _, o := range out {
		if previous[o.old].State == incident.Confirmed {
			delete(rejected, o.found)
		}
	}
	return out, rejected
}

// membership maps incidents to the text problems that hold them.
func membership(problems []incident.Problem) map[incident.ID][]int {
	of := map[incident.ID][]int{}
	for i, p := range problems {
		for _, m := range p.Members {
			if p.Basis == ByText && !m.Removed {
				of[m.Incident] = append(of[m.Incident], i)
			}
		}
	}
	return of
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// carryOver puts what people said about old in force for p, which continues it.
func carryOver(p, old incident.Problem, here map[incident.ID]bool) incident.Problem {
	if old.State == incident.Rejected {
		return old
	}
	p.State, p.By, p.At, p.Seq = old.State, old.By, old.At, old.Seq
	if old.By != "" {
		p.Title = old.Title
	}
	found := map[incident.ID]bool{}
	for _, m := range p.Members {
		found[m.Incident] = true
	}
	for _, m := range old.Members {
		switch {
		case m.Removed:
			p.Members = slices.DeleteFunc(p.Members, func(x incident.ProblemMember) bool { return x.Incident == m.Incident })
			p.Members = append(p.Members, m)
		case old.State == incident.Confirmed && !found[m.Incident] && here[m.Incident]:
			p.Members = append(p.Members, m)
		}
	}
	return p
}
