package recurring

import (
	"cmp"
	"maps"
	"slices"

	"hindsight/incident"
)

// Story tells what happened between two groupings, as far as the machine did it: problems found and gone, members joined
// and left, and problems that became part of another one. Events come in order of problem and incident, without a time.
//
//  1. A problem that is gone was merged into the one that has most of its members now, when that has at least half of them and did
//     exist before, or when it is new. Its members do not join one by one then.
//  2. A new problem of which at least half of the members came from one that still exists was split off from it.
//  3. Members that a person took out neither join nor leave.
func Story(previous, found []incident.Problem) []incident.ProblemEvent {
	was, is := problemOf(previous), problemOf(found)
	before, after := byID(previous), byID(found)
	var out []incident.ProblemEvent
	merged := map[incident.ID]incident.ID{}
	for _, id := range slices.Sorted(maps.Keys(before)) {
		if _, stays := after[id]; stays {
			continue
		}
		if to, most := mostOf(before[id], is); to != "" && 2*most >= alive(before[id]) {
			merged[id] = to
			out = append(out, incident.ProblemEvent{Problem: to, Kind: incident.ProblemMerged, Other: id, Rule: "regrouping"})
		} else {
			out = append(out, incident.ProblemEvent{Problem: id, Kind: incident.ProblemGone, Rule: "regrouping"})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(after)) {
		p := after[id]
		if _, known := before[id]; !known {
			out = append(out, begun(p, was, after))
		}
		out = append(out, membersOf(p, was, merged)...)
	}
	for _, id := range slices.Sorted(maps.Keys(before)) {
		if _, stays := after[id]; stays {
			out = append(out, leaving(before[id], is)...)
		}
	}
	return out
}

func byID(ps []incident.Problem) map[incident.ID]incident.Problem {
	out := map[incident.ID]incident.Problem{}
	for _, p := range ps {
		out[p.ID] = p
	}
	return out
}

// begun tells how a new problem came to be.
func begun(p incident.Problem, was map[incident.ID]incident.ID, after map[incident.ID]incident.Problem) incident.ProblemEvent {
	if from, most := mostOf(p, was); from != "" && 2*most >= alive(p) {
		if _, stays := after[from]; stays {
			return incident.ProblemEvent{Problem: from, Kind: incident.ProblemSplit, Other: p.ID, Rule: "regrouping"}
		}
	}
	return incident.ProblemEvent{Problem: p.ID, Kind: incident.ProblemFound, Rule: p.Basis}
}

// membersOf tells who joined a problem, and where they came from.
func membersOf(p incident.Problem, was, merged map[incident.ID]incident.ID) []incident.ProblemEvent {
	var out []incident.ProblemEvent
	for _, m := range ordered(p) {
		from := was[m.Incident]
		if from == p.ID || from != "" && merged[from] == p.ID {
			continue
		}
		out = append(out, incident.ProblemEvent{Problem: p.ID, Kind: incident.ProblemJoined, Incident: m.Incident, Other: from, Score: m.Score, Rule: p.Basis})
	}
	return out
}

// leaving tells who left a problem that still exists, and where to.
func leaving(p incident.Problem, is map[incident.ID]incident.ID) []incident.ProblemEvent {
	var out []incident.ProblemEvent
	for _, m := range ordered(p) {
		if to := is[m.Incident]; to != p.ID {
			out = append(out, incident.ProblemEvent{Problem: p.ID, Kind: incident.ProblemLeft, Incident: m.Incident, Other: to, Rule: "regrouping"})
		}
	}
	return out
}

// ordered returns the members that nobody took out, by incident.
func ordered(p incident.Problem) []incident.ProblemMember {
	ms := slices.DeleteFunc(slices.Clone(p.Members), func(m incident.ProblemMember) bool { return m.Removed })
	slices.SortFunc(ms, func(a, b incident.ProblemMember) int { return cmp.Compare(a.Incident, b.Incident) })
	return ms
}

// mostOf returns the problem that has most members of p, the first in order of ids among equals.
func mostOf(p incident.Problem, in map[incident.ID]incident.ID) (best incident.ID, most int) {
	counts := map[incident.ID]int{}
	for _, m := range p.Members {
		if at := in[m.Incident]; at != "" && !m.Removed {
			counts[at]++
		}
	}
	for _, id := range slices.Sorted(maps.Keys(counts)) {
		if counts[id] > most {
			best, most = id, counts[id]
		}
	}
	return best, most
}
