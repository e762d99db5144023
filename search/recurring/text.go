package recurring

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"

	"hindsight/incident"
	"hindsight/search/similar"
)

const (
	// fewWords is too little to group by: "Disk full" may mean anything.
	fewWords = 3
	// neighbors of each text are looked at.
	neighbors = 25
	// edge is the nearness from which a pair counts at all; joined is what all pairs of a group must have on
	// average. Fitted on eclipse-dup (docs/similarity.md).
	edge, joined = 0.20, 0.33
	// joinedAfresh is joined for pairs that are compared afresh; sampled means run higher than those with gaps.
	joinedAfresh = 0.38
	// titleWords is how many shared words make a title, shownWords how many are kept.
	titleWords, shownWords = 4, 8
)

// node is one or more incidents with the same words; they are compared once.
type node struct {
	docs  []int // in docs
	place int   // in the corpus
	owner int   // index of the confirmed problem that it belongs to, or -1
}

// byText groups incidents that are described alike.
func byText(ctx context.Context, docs []Document, previous []incident.Problem) ([]incident.Problem, error) {
	corpus, err := similar.NewCorpus()
	if err != nil {
		return nil, err
	}
	nodes := gather(corpus, docs, owners(previous))
	corpus.Refresh()
	edges, err := connect(ctx, corpus, nodes)
	if err != nil {
		return nil, err
	}
	var out []incident.Problem
	mean := func(a, b []node) float64 { return between(corpus, a, b) }
	for _, group := range average(nodes, edges, mean) {
		if p, ok := describe(corpus, docs, group); ok {
			out = append(out, p)
		}
	}
	return out, nil
}

// owners maps the members of confirmed problems to the problem's index.
func owners(previous []incident.Problem) map[incident.ID]int {
	out := map[incident.ID]int{}
	for i, p := range previous {
		if p.State != incident.Confirmed || p.Basis != ByText {
			continue
		}
		for _, m := range p.Members {
			if _, taken := out[m.Incident]; !m.Removed && !taken {
				out[m.Incident] = i
			}
		}
	}
	return out
}

// gather makes a node of each different text. Every text enters the corpus once, so that a thousand equal
// alerts make their words no more common than one does.
func gather(corpus *similar.Corpus, docs []Document, owners map[incident.ID]int) []node {
	type key struct {
		text  string
		owner int
	}
	at := map[key]int{}
	var nodes []node
	for i, d := range docs {
		owner, owned := owners[d.ID]
		if !owned {
			owner = -1
		}
		k := key{d.Title + "\x00" + d.Body, owner}
		if n, known := at[k]; known {
			if n >= 0 {
				nodes[n].docs = append(nodes[n].docs, i)
			}
			continue
		}
		place := corpus.Add(d.Title, d.Body)
		if corpus.Words(place) < fewWords && !owned {
			corpus.Remove(place)
			at[k] = -1
			continue
		}
		at[k] = len(nodes)
		nodes = append(nodes, node{[]int{i}, place, owner})
	}
	return nodes
}

// connect returns the pairs of nodes that are near each other, each once.
func connect(ctx context.Context, corpus *similar.Corpus, nodes []node) ([]link, error) {
	byPlace := map[int]int{}
	for i, n := range nodes {
		byPlace[n.place] = i
	}
	found := make([][]similar.Near, len(nodes))
	var wait sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		wait.Go(func() {
			for i := w; i < len(nodes) && ctx.Err() == nil; i += workers {
				found[i] = corpus.Nearest(nodes[i].place, neighbors)
			}
		})
	}
	wait.Wait()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("recurring: compare %d texts: %w", len(nodes), err)
	}
	var out []link
	for i, ns := range found {
		for _, near := range ns {
			if near.Score >= edge {
				j := byPlace[near.At]
				out = append(out, link{min(i, j), max(i, j), near.Score})
			}
		}
	}
	slices.SortFunc(out, func(x, y link) int { return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b)) })
	return slices.CompactFunc(out, func(x, y link) bool { return x.a == y.a && x.b == y.b }), nil
}

// compared bounds the texts of one group that are compared with those of another.
const compared = 8

// between returns the mean nearness of the texts of two groups, taken from some of each.
func between(corpus *similar.Corpus, a, b []node) float64 {
	a, b = some(a), some(b)
	var sum, weights float64
	for _, x := range a {
		for _, y := range b {
			w := float64(len(x.docs) * len(y.docs))
			sum += w * corpus.Score(x.place, y.place)
			weights += w
		}
	}
	return sum / weights
}

// some picks at most compared nodes, spread evenly.
func some(group []node) []node {
	if len(group) <= compared {
		return group
	}
	out := make([]node, compared)
	for i := range out {
		out[i] = group[i*len(group)/compared]
	}
	return out
}

// describe makes a problem of a group, or declines when it is too small or its members share too few words to
// say what it is about.
func describe(corpus *similar.Corpus, docs []Document, group []node) (incident.Problem, bool) {
	var places []int
	size, owned := 0, false
	for _, n := range group {
		places = append(places, n.place)
		size += len(n.docs)
		owned = owned || n.owner >= 0
	}
	words := corpus.Common(places, shownWords)
	if !owned && (size < support || len(words) < 2) {
		return incident.Problem{}, false
	}
	p := incident.Problem{State: incident.Suggested, Basis: ByText, Terms: words,
		Title: strings.Join(words[:min(titleWords, len(words))], ", ")}
	services := serviceCounts(docs, group)
	for _, n := range group {
		score, nearest := standing(corpus, n, group)
		shared := corpus.Shared(n.place, nearest, 5)
		for _, i := range n.docs {
			p.Members = append(p.Members, incident.ProblemMember{Incident: docs[i].ID, Score: score,
				Reasons: reasons(docs[i], n, shared, services)})
		}
	}
	slices.SortFunc(p.Members, func(a, b incident.ProblemMember) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Incident, b.Incident))
	})
	return p, true
}

// standing returns the mean nearness of a node to the others of its group, equal texts counting as 1, and
// the place of the nearest of them.
func standing(corpus *similar.Corpus, n node, group []node) (score float64, nearest int) {
	var sum, weights, best float64
	nearest = n.place
	for _, o := range some(group) {
		s, weight := 1.0, float64(len(o.docs))
		if o.place == n.place {
			weight--
		} else if s = corpus.Score(n.place, o.place); s > best {
			best, nearest = s, o.place
		}
		sum += s * weight
		weights += weight
	}
	if weights == 0 {
		return 0, nearest
	}
	return math.Round(sum/weights*1e4) / 1e4, nearest
}

func reasons(d Document, n node, shared []string, services map[string]int) []string {
	var out []string
	if len(n.docs) > 1 {
		out = append(out, fmt.Sprintf("same text as %d others", len(n.docs)-1))
	}
	if len(shared) > 0 {
		out = append(out, "speaks of "+strings.Join(shared, ", "))
	}
	for _, s := range d.Services {
		if others := services[s.Key] - 1; others > 0 {
			out = append(out, fmt.Sprintf("same service as %d others: %s", others, s.Name))
		}
	}
	return out
}

// serviceCounts counts the incidents of a group by the key of the service.
func serviceCounts(docs []Document, group []node) map[string]int {
	out := map[string]int{}
	for _, n := range group {
		for _, i := range n.docs {
			for _, s := range docs[i].Services {
				out[s.Key]++
			}
		}
	}
	return out
}
