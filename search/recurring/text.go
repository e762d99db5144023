package recurring

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"regexp"
	"runtime"
	"slices"
	"sync"

	"hindsight/incident"
	"hindsight/search/similar"
)

const (
	// fewWords is too little to group by: "Disk full" may mean anything.
	fewWords = 3
	// A word that more than a commonShare-th part of one connection's texts have, and more than commonFloor of
	// them, belongs to the style of that connection and is no evidence.
	commonShare, commonFloor = 14, 8
	// neighbors of each text are looked at.
	neighbors = 25
	// edge is the nearness from which a pair counts at all; joined is what all pairs of a group must have on
	// average. Fitted on eclipse-dup (docs/similarity.md).
	edge, joined = 0.20, 0.30
	// joinedAfresh is joined for pairs that are compared afresh; sampled means run higher than those with gaps.
	joinedAfresh = 0.38
	// sameService is how much of what two texts lack to being equal the same services make up for;
	// otherService is what is left of their nearness when the services differ.
	sameService, otherService = 0.05, 0.8
)

// node is one or more incidents with the same words; they are compared once.
type node struct {
	docs  []int       // in docs
	place int         // in the corpus
	owner int         // index of the confirmed problem that it belongs to, or -1
	root  incident.ID // of its answers; empty where there are none
	bound bool        // an answer calls it the same as another one
}

// decided reports whether people have said where a node belongs, whatever its text is.
func (n node) decided() bool { return n.owner >= 0 || n.bound }

// grouping is one run of byText.
type grouping struct {
	corpus *similar.Corpus
	docs   []Document
	nodes  []node
	labels map[origin]int
	said   answers
	style  map[incident.ID]similar.Words // by connection: what its texts have anyway
	stream *Stream                       // of titles alone; nil: too few
	worn   map[use]bool                  // what titles of a connection have anyway
}

// byText groups incidents that are described alike.
func byText(ctx context.Context, docs []Document, previous []incident.Problem, said answers) (*grouping, []incident.Problem, error) {
	g, edges, err := compare(ctx, docs, previous, said)
	if err != nil {
		return nil, nil, err
	}
	groups := average(g.nodes, edges, said, g.between)
	for i, group := range groups {
		groups[i] = g.tight(group)
	}
	worded, err := g.widen(ctx, groups, previous)
	if err != nil {
		return nil, nil, err
	}
	var out []incident.Problem
	for _, group := range groups {
		if p, ok := g.describe(group, g.evident); ok {
			out = append(out, p)
		}
	}
	for _, group := range worded {
		if p, ok := g.describe(group, func([]node, []string) bool { return true }); ok {
			out = append(out, p)
		}
	}
	return g, out, nil
}

// compare reads all texts and links those that are near each other.
func compare(ctx context.Context, docs []Document, previous []incident.Problem, said answers) (*grouping, []link, error) {
	corpus, err := similar.NewCorpus()
	if err != nil {
		return nil, nil, err
	}
	g := &grouping{corpus: corpus, docs: docs, labels: countLabels(docs), said: said, style: map[incident.ID]similar.Words{}, worn: map[use]bool{}}
	g.gather(owners(previous))
	g.ignoreStyle()
	corpus.Refresh()
	edges, err := g.connect(ctx)
	return g, edges, err
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
func (g *grouping) gather(owners map[incident.ID]int) {
	type key struct {
		connection incident.ID
		text       string
		owner      int
		root       incident.ID
	}
	at := map[key]int{}
	texts := timeless(g.docs)
	for i, d := range g.docs {
		owner, owned := owners[d.ID]
		if !owned {
			owner = -1
		}
		root := g.said.of(d.ID)
		if !g.said.about(root) {
			root = ""
		}
		k := key{d.Connection, d.Title + "\x00" + d.Body, owner, root}
		if n, known := at[k]; known {
			g.nodes[n].docs = append(g.nodes[n].docs, i)
			continue
		}
		at[k] = len(g.nodes)
		g.nodes = append(g.nodes, node{[]int{i}, g.corpus.Add(texts[i]), owner, root, g.said.stands(root)})
	}
}

// moments are clock times and days, and how addresses begin. Two texts that name the same minute of different days, or were written in
// the same month, are not alike for it.
var moments = regexp.MustCompile(`(?i)\b\d{1,2}:\d{2}(?::\d{2})?\b|\b\d{4}-\d{2}-\d{2}|` +
	`\b(?:\d{1,2}(?:st|nd|rd|th)?,? )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,4}(?:st|nd|rd|th)?\b|` +
	`\b\d{1,2}(?:st|nd|rd|th)\b|\d+[年月日]|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\bhttps?://`)

// timeless returns the texts of documents without moments. Half of the time of reading them goes there, so all processors take part.
func timeless(docs []Document) []similar.Text {
	out := make([]similar.Text, len(docs))
	var wait sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		wait.Go(func() {
			for i := w; i < len(docs); i += workers {
				out[i] = timelessText(docs[i])
			}
		})
	}
	wait.Wait()
	return out
}

func timelessText(d Document) similar.Text {
	return similar.Text{Title: untimed(d.Title), Prose: untimed(d.Body), Code: untimed(d.Code)}
}

func untimed(text string) string { return moments.ReplaceAllString(text, " ") }

// ignoreStyle takes out of each connection's texts what most people there write anyway, and leaves out the
// texts that say little else.
func (g *grouping) ignoreStyle() {
	of := map[incident.ID][]int{}
	for _, n := range g.nodes {
		from := g.docs[n.docs[0]].Connection
		of[from] = append(of[from], n.place)
	}
	for from, places := range of {
		g.style[from] = g.corpus.IgnoreCommon(places, max(commonFloor, len(places)/commonShare))
	}
	g.nodes = slices.DeleteFunc(g.nodes, func(n node) bool {
		few := !n.decided() && g.corpus.Words(n.place) < fewWords
		if few {
			g.corpus.Remove(n.place)
		}
		return few
	})
}

// connect returns the pairs of nodes that are near each other, each once.
func (g *grouping) connect(ctx context.Context) ([]link, error) {
	found, err := g.nearest(ctx)
	if err != nil {
		return nil, err
	}
	byPlace := map[int]int{}
	for i, n := range g.nodes {
		byPlace[n.place] = i
	}
	var out []link
	for i, ns := range found {
		for _, near := range ns {
			if near.Score >= edge {
				j := byPlace[near.At]
				out = append(out, link{min(i, j), max(i, j), g.nearness(g.nodes[i], g.nodes[j])})
			}
		}
	}
	slices.SortFunc(out, func(x, y link) int { return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b)) })
	return slices.CompactFunc(out, func(x, y link) bool { return x.a == y.a && x.b == y.b }), nil
}

// nearest returns the neighbours of each node.
func (g *grouping) nearest(ctx context.Context) ([][]similar.Near, error) {
	found := make([][]similar.Near, len(g.nodes))
	var wait sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		wait.Go(func() {
			for i := w; i < len(g.nodes) && ctx.Err() == nil; i += workers {
				found[i] = g.corpus.Nearest(g.nodes[i].place, neighbors)
			}
		})
	}
	wait.Wait()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("recurring: compare %d texts: %w", len(g.nodes), err)
	}
	return found, nil
}

// nearness returns how alike two nodes are, 0 to 1: their texts, a little more for the same services, and
// less when both name services and none is the same anywhere.
func (g *grouping) nearness(a, b node) float64 {
	score := g.corpus.Score(a.place, b.place)
	x, y := g.docs[a.docs[0]].Services, g.docs[b.docs[0]].Services
	if len(x) == 0 || len(y) == 0 {
		return score
	}
	shared, akin := 0, false
	for _, s := range x {
		if slices.ContainsFunc(y, func(o similar.Service) bool { return o.Key == s.Key }) {
			shared++
		}
		akin = akin || slices.ContainsFunc(y, func(o similar.Service) bool { return kind(o) == kind(s) })
	}
	switch share := float64(shared) / float64(len(x)+len(y)-shared); {
	case shared > 0:
		score += sameService * (1 - score) * share
	case !akin && score < nearlySame: // one event is posted under several services
		score *= otherService
	}
	return math.Round(score*1e6) / 1e6
}

// tight returns the nodes of a group that are near at least half of the others; those that a person has
// confirmed stay.
func (g *grouping) tight(group []node) []node {
	others := some(group)
	return slices.DeleteFunc(slices.Clone(group), func(n node) bool {
		var close, all int
		for _, o := range others {
			if o.place == n.place {
				continue
			}
			all++
			if g.nearness(n, o) >= edge {
				close++
			}
		}
		return !n.decided() && 2*close < all
	})
}

// compared bounds the texts of one group that are compared with those of another.
const compared = 8

// between returns the mean nearness of the texts of two groups, taken from some of each.
func (g *grouping) between(a, b []node) float64 {
	a, b = some(a), some(b)
	var sum, weights float64
	for _, x := range a {
		for _, y := range b {
			w := float64(len(x.docs) * len(y.docs))
			sum += w * g.nearness(x, y)
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
