package similar

import (
	"cmp"
	"slices"

	"hindsight/incident"
)

// perProblem is how many pairs one decision about a problem counts as: who confirms a group of forty has not compared each with each.
const perProblem = 5

// verdict is what is known of a pair: whether people see one problem behind both.
type verdict struct {
	a, b incident.ID
	same bool
}

// heard is what people said, as it was last heard.
type heard struct {
	answers  []incident.Answer
	problems []incident.Problem
	version  int // counts what was heard
}

// hear takes over what people say about pairs and problems; nil lists have not changed.
func (e *Engine) hear(d incident.Delta) {
	if d.Answers == nil && d.Problems == nil {
		return
	}
	if d.Answers != nil {
		e.heard.answers = d.Answers
		e.said = map[[2]incident.ID]bool{}
		for _, a := range d.Answers {
			e.said[[2]incident.ID{a.A, a.B}] = a.Same
		}
	}
	if d.Problems != nil {
		e.heard.problems = d.Problems
	}
	e.heard.version++
}

// saidOf returns what a person said of two incidents, and whether anybody did.
func (e *Engine) saidOf(a, b incident.ID) (same, known bool) {
	same, known = e.said[[2]incident.ID{min(a, b), max(a, b)}]
	return same, known
}

// verdicts lists the pairs that people decided about, each once, an answer about the pair itself before what follows from a
// problem: the neighbours among the members of one that a person confirmed are the same, those of a rejected one are not, and who was taken out is
// not the same as the first that stayed. Hidden members are left out before. Problems of basis "source" say what the source thinks, and do not count.
func (h heard) verdicts(hidden func(incident.ID) bool) []verdict {
	known := map[[2]incident.ID]bool{}
	var out []verdict
	add := func(a, b incident.ID, same bool) {
		pair := [2]incident.ID{min(a, b), max(a, b)}
		if a != b && !known[pair] {
			known[pair] = true
			out = append(out, verdict{pair[0], pair[1], same})
		}
	}
	for _, a := range h.answers {
		add(a.A, a.B, a.Same)
	}
	problems := slices.SortedFunc(slices.Values(h.problems), func(p, q incident.Problem) int { return cmp.Compare(p.ID, q.ID) })
	for _, p := range problems {
		if p.By == "" || p.Basis != "text" || p.State == incident.Suggested {
			continue
		}
		p.Members = slices.DeleteFunc(slices.Clone(p.Members), func(m incident.ProblemMember) bool { return hidden(m.Incident) })
		stayed, out := membersOf(p)
		for i := 1; i < min(len(stayed), perProblem+1); i++ {
			add(stayed[i-1], stayed[i], p.State == incident.Confirmed)
		}
		for i := 0; i < min(len(out), perProblem) && len(stayed) > 0; i++ {
			add(stayed[0], out[i], false)
		}
	}
	return out
}

// membersOf returns the members of a problem that are in it, and those that were taken out, by id.
func membersOf(p incident.Problem) (in, out []incident.ID) {
	for _, m := range p.Members {
		if m.Removed {
			out = append(out, m.Incident)
		} else {
			in = append(in, m.Incident)
		}
	}
	slices.Sort(in)
	slices.Sort(out)
	return in, out
}

// judged is a verdict with how alike the two incidents are.
type judged struct {
	verdict
	features
}

// private reports whether an incident is known to be private.
func (e *Engine) private(id incident.ID) bool {
	e.mu.RLock()
	defer e.mu.RUnlock()
	at, known := e.places[id]
	return known && e.entries[at].private
}

// judge measures the pairs of public incidents whose texts are known, in the order given: what is learnt from them, and how many there are, everybody sees.
func (e *Engine) judge(vs []verdict) []judged {
	e.mu.RLock()
	defer e.mu.RUnlock()
	var out []judged
	for _, v := range vs {
		a, knownA := e.places[v.a]
		b, knownB := e.places[v.b]
		if knownA && knownB && !e.entries[a].private && !e.entries[b].private {
			out = append(out, judged{v, e.featuresOf(a, b)})
		}
	}
	return out
}
