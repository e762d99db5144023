package recurring

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"hindsight/incident"
)

// manyTitles is how many different texts of a title alone it takes to learn from them which words mean the same. Fewer are compared by
// the words that they share.
const manyTitles = 500

// widen groups the texts of which there is nothing but a title, as a stream: such titles share too few words to be compared by
// them. It takes them out of groups and returns the groups that have any. The titles of other texts stand by: a
// title alone may join the group of a longer text, which itself stays as it is. Members of an earlier problem begin together.
func (g *grouping) widen(ctx context.Context, groups [][]node, previous []incident.Problem) ([][]node, error) {
	alone := 0
	for _, n := range g.nodes {
		if g.titleOnly(n) {
			alone++
		}
	}
	if alone < manyTitles {
		return nil, nil
	}
	s := NewStream(nil)
	s.said = g.said
	texts := g.titleTexts()
	byNode := map[incident.ID]node{}
	for i, n := range g.nodes {
		byNode[texts[i].ID] = n
	}
	if err := s.learn(ctx, texts); err != nil {
		return nil, err
	}
	at := map[int]int{} // the place of a node's text
	for i, n := range g.nodes {
		at[n.place] = i
	}
	g.stream = s
	g.resume(s, groups, previous, texts, at)
	if err := s.Repair(ctx); err != nil {
		return nil, err
	}
	return g.taken(s, groups, byNode), nil
}

// titleOnly reports whether the stream decides where a node belongs.
func (g *grouping) titleOnly(n node) bool {
	d := g.docs[n.docs[0]]
	return n.owner < 0 && strings.TrimSpace(d.Body) == "" && strings.TrimSpace(d.Code) == ""
}

// resume gives the stream what is grouped already, then the rest in order of time.
func (g *grouping) resume(s *Stream, groups [][]node, previous []incident.Problem, texts []Text, at map[int]int) {
	for _, group := range groups {
		var firm []Text
		for _, n := range group {
			if !g.titleOnly(n) {
				firm = append(firm, texts[at[n.place]])
			}
		}
		if len(firm) > 0 {
			s.Resume(incident.DeriveID("grp", string(firm[0].ID)), true, firm)
		}
	}
	was, before := problemOf(previous), map[incident.ID][]Text{}
	var fresh []Text
	var ids []incident.ID
	for i, n := range g.nodes {
		p := was[g.docs[n.docs[0]].ID]
		switch {
		case !g.titleOnly(n):
		case p == "":
			fresh = append(fresh, texts[i])
		default:
			if before[p] == nil {
				ids = append(ids, p)
			}
			before[p] = append(before[p], texts[i])
		}
	}
	slices.Sort(ids)
	for _, id := range ids {
		s.Resume(id, false, before[id])
	}
	slices.SortStableFunc(fresh, func(a, b Text) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	s.Add(fresh)
}

// taken takes titles out of groups and returns the groups of the stream that have any.
func (g *grouping) taken(s *Stream, groups [][]node, byNode map[incident.ID]node) [][]node {
	for i, group := range groups {
		groups[i] = slices.DeleteFunc(slices.Clone(group), g.titleOnly)
	}
	of := map[int]int{} // place of a longer text: its group
	for i, group := range groups {
		for _, n := range group {
			of[n.place] = i
		}
	}
	var out [][]node
	for _, c := range s.clusters {
		var group []node
		for _, m := range c.members {
			group = append(group, byNode[s.texts[m].ID])
		}
		if !slices.ContainsFunc(group, g.titleOnly) {
			continue
		}
		if i := slices.IndexFunc(group, func(n node) bool { return !g.titleOnly(n) }); i >= 0 {
			groups[of[group[i].place]] = nil
		}
		out = append(out, group)
	}
	return out
}

// use is a word in the titles of a connection.
type use struct {
	connection incident.ID
	word       string
}

// titleTexts returns the title of each node by its words, without those that belong to the style of its connection.
func (g *grouping) titleTexts() []Text {
	out, counts, all := make([]Text, len(g.nodes)), map[use]int{}, map[incident.ID]int{}
	for i, n := range g.nodes {
		d := g.docs[n.docs[0]]
		out[i] = Text{ID: d.ID, Words: g.corpus.Roots(untimed(d.Title)), At: d.At}
		all[d.Connection]++
		for k, w := range out[i].Words {
			if !slices.Contains(out[i].Words[:k], w) {
				counts[use{d.Connection, w}]++
			}
		}
	}
	for u, n := range counts {
		if n > max(commonFloor, all[u.connection]/commonShare) {
			g.worn[u] = true
		}
	}
	for i, n := range g.nodes {
		out[i].Words = g.without(g.docs[n.docs[0]].Connection, out[i].Words)
	}
	return out
}

// without takes out of a title's words what its connection's titles have anyway.
func (g *grouping) without(from incident.ID, words []string) []string {
	return slices.DeleteFunc(words, func(w string) bool { return g.worn[use{from, w}] })
}

// unstyled returns the words of a title that count.
func (g *grouping) unstyled(d Document) []string {
	return g.without(d.Connection, g.corpus.Roots(untimed(d.Title)))
}
