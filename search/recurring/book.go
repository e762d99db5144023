package recurring

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync"

	"hindsight/incident"
)

// Book is a finished grouping, kept to say at once where an incident belongs that came after it. It keeps eight texts of each problem, and what
// is style and how rare words are. Its methods may be called at the same time.
type Book struct {
	// Problems are what was found, as Group returns them.
	Problems []incident.Problem

	mu      sync.Mutex
	g       *grouping
	groups  map[incident.ID][]node      // some members of each problem
	sizes   map[incident.ID]int         // texts of each problem
	problem map[int]incident.ID         // by place of a text
	streams map[incident.ID]incident.ID // problem by the stream's own id
}

// Joined says which problem an incident belongs to, and how it got there.
type Joined struct {
	Problem incident.ID
	Member  incident.ProblemMember
}

// Regroup is Group for who wants to add to the result what comes later.
func Regroup(ctx context.Context, docs []Document, previous []incident.Problem, said []incident.Answer) (*Book, error) {
	docs = slices.DeleteFunc(slices.Clone(docs), func(d Document) bool { return d.Private })
	slices.SortFunc(docs, func(a, b Document) int { return cmp.Compare(a.ID, b.ID) })
	found := bySource(docs)
	g, texts, err := byText(ctx, docs, previous, newAnswers(said))
	if err != nil {
		return nil, err
	}
	out := reconcile(append(found, texts...), previous, docs)
	slices.SortFunc(out, func(a, b incident.Problem) int {
		return cmp.Or(cmp.Compare(len(b.Members), len(a.Members)), cmp.Compare(a.ID, b.ID))
	})
	b := &Book{Problems: out, g: g, groups: map[incident.ID][]node{}, sizes: map[incident.ID]int{}, problem: map[int]incident.ID{}, streams: map[incident.ID]incident.ID{}}
	b.sample()
	return b, nil
}

// sample keeps some texts of each problem and lets go of the others.
func (b *Book) sample() {
	of := map[incident.ID]incident.ID{}
	for _, p := range b.Problems {
		if p.Basis != ByText || p.State == incident.Rejected {
			continue
		}
		for _, m := range p.Members {
			if !m.Removed {
				of[m.Incident] = p.ID
			}
		}
	}
	for _, n := range b.g.nodes {
		if p := of[b.g.docs[n.docs[0]].ID]; p != "" {
			b.groups[p] = append(b.groups[p], n)
		}
	}
	keep := map[int]bool{}
	for id, group := range b.groups {
		b.sizes[id], b.groups[id] = len(group), some(group)
		for _, n := range b.groups[id] {
			keep[n.place], b.problem[n.place] = true, id
		}
	}
	if s := b.g.stream; s != nil {
		for _, c := range s.clusters {
			for _, m := range c.members {
				if p := of[s.texts[m].ID]; p != "" {
					b.streams[c.id] = p
				}
			}
		}
	}
	b.g.corpus.Keep(func(at int) bool { return keep[at] })
	for i := range b.g.docs {
		b.g.docs[i].Body, b.g.docs[i].Code = "", ""
	}
}

// Place returns where an incident belongs that the grouping did not know, as far as its text says, or that it belongs nowhere. It
// takes milliseconds, and decides as the grouping does with two differences: words are as rare as they were, and two incidents that
// are alike but belong to no problem yet wait for the next grouping.
func (b *Book) Place(d Document) (Joined, bool) {
	if d.Private {
		return Joined{}, false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.g.docs = append(b.g.docs, d)
	n := node{docs: []int{len(b.g.docs) - 1}, owner: -1}
	defer func() { b.g.docs = b.g.docs[:len(b.g.docs)-1] }()
	n.place = b.g.corpus.Add(timelessText(d))
	defer b.g.corpus.Remove(n.place)
	b.g.corpus.Ignore(n.place, b.g.style[d.Connection])
	if b.g.corpus.Words(n.place) < fewWords {
		return Joined{}, false
	}
	id := b.belongs(n, d)
	if id == "" {
		return Joined{}, false
	}
	group := append(slices.Clone(b.groups[id]), n)
	score, reasons := b.g.standing(n, group)
	return Joined{id, incident.ProblemMember{Incident: d.ID, Score: score, Reasons: append(reasons, sameServices(d, b.g.serviceCounts(group))...)}}, true
}

// belongs returns the problem of a node; empty: none.
func (b *Book) belongs(n node, d Document) incident.ID {
	if b.g.stream != nil && b.g.titleOnly(n) {
		id, _ := b.g.stream.Nearest(b.g.unstyled(d))
		return b.streams[id]
	}
	id := b.nearest(n)
	group := append(slices.Clone(b.groups[id]), n)
	if id == "" || !b.g.evident(group, b.g.telling(group, whole(b.g.corpus.Common(placesOf(group), math.MaxInt)))) {
		return ""
	}
	return id
}

// nearest returns the problem whose texts are nearest on average to a node, when they are near enough, and near most of them.
func (b *Book) nearest(n node) incident.ID {
	best, most := incident.ID(""), 0.0
	seen := map[incident.ID]bool{}
	for _, near := range b.g.corpus.Nearest(n.place, neighbors) {
		id := b.problem[near.At]
		if near.Score < edge || seen[id] {
			continue
		}
		seen[id] = true
		bar := joined
		if b.sizes[id] > neighbors/2 {
			bar = joinedAfresh
		}
		mean := b.g.between([]node{n}, b.groups[id])
		fits := mean >= bar && slices.ContainsFunc(b.g.tight(append(slices.Clone(b.groups[id]), n)), func(m node) bool { return m.place == n.place })
		if fits && (mean > most || mean == most && id < best) {
			best, most = id, mean
		}
	}
	return best
}
