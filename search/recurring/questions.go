package recurring

import (
	"cmp"
	"context"
	"slices"

	"hindsight/incident"
)

// Question is a pair of incidents about which an answer would teach most.
type Question struct {
	A, B     incident.ID
	Nearness float64 // 0 to 1
	Together bool    // the grouping has them in one problem now
}

// Questions returns at most n pairs that are worth asking about, given the problems found, the strongest suggestion first.
//
//  1. What answers say already, or what follows from them, is not asked again.
//  2. Each pair of incidents that stand for what is known to be the same is asked about once, by its nearest members.
//  3. The nearer two incidents are, the earlier they are asked about: an answer about near ones is most often yes, and then
//     binds; where it is no, the grouping was about to make its worst mistake.
//
// The only error is that of ctx, or of the word lists.
func Questions(ctx context.Context, docs []Document, problems []incident.Problem, said []incident.Answer, n int) ([]Question, error) {
	docs = slices.DeleteFunc(slices.Clone(docs), func(d Document) bool { return d.Private })
	slices.SortFunc(docs, func(a, b Document) int { return cmp.Compare(a.ID, b.ID) })
	known := newAnswers(said)
	g, links, err := compare(ctx, docs, problems, known)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(links, func(a, b link) int { return cmp.Compare(b.score, a.score) })
	in := problemOf(problems)
	asked := map[[2]incident.ID]bool{}
	var out []Question
	for _, l := range links {
		a, b := docs[g.nodes[l.a].docs[0]].ID, docs[g.nodes[l.b].docs[0]].ID
		x, y := known.of(a), known.of(b)
		pair := [2]incident.ID{min(x, y), max(x, y)}
		if x == y || known.forbids(x, y) || asked[pair] {
			continue
		}
		asked[pair] = true
		out = append(out, Question{min(a, b), max(a, b), l.score, in[a] != "" && in[a] == in[b]})
		if len(out) == n {
			break
		}
	}
	return out, nil
}

// problemOf maps incidents to the problem that they are members of.
func problemOf(problems []incident.Problem) map[incident.ID]incident.ID {
	out := map[incident.ID]incident.ID{}
	for _, p := range problems {
		for _, m := range p.Members {
			if !m.Removed {
				out[m.Incident] = p.ID
			}
		}
	}
	return out
}
