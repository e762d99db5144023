// Package tagging says which tags a text probably has, learnt from texts of this installation whose tags are known: the team that took
// an incident, its severity, the category of what contributed. It downloads nothing and stores nothing.
//
// Start with [Teach].
package tagging

import (
	"cmp"
	"context"
	"slices"

	"hindsight/search/similar"
)

// Guess is a tag that a text may have.
type Guess struct {
	Tag   string
	Share float64 // it orders guesses, the more likely being higher
}

// Tagger guesses tags. It does not change.
type Tagger struct {
	tags   []string
	prior  []float64 // share of the texts that have a tag
	near   neighbours
	linear [][]float32 // by tag, by term: log odds; the last is where nothing is known
	trust  float64     // what the logistic regression counts
	names  [][][]uint32
}

// Teach learns from texts and their tags, each tag once. named gives, for each word of a tag's name, the terms that begin like it; nil where tags have no names that
// say anything. It takes about a second for a thousand texts of a hundred words and fifty tags. The only error is
// ctx's.
//
// A tag's share is the mean of two answers, and something for its name: that of the ten nearest texts by the cosine of their vectors, each counting by its nearness,
// and that of logistic regression over the same vectors, one tag against the rest, which counts nothing up to 100 texts, and as much from 300 on. A text that says the words of a
// tag's name is likely to have it: "config" and "change" for config-change.
func Teach(ctx context.Context, texts []similar.Unit, tags [][]string, named func(tag string) [][]uint32) (*Tagger, error) {
	t := &Tagger{}
	at := map[string]int{}
	for _, ts := range tags {
		for _, tag := range ts {
			at[tag] = 0
		}
	}
	for tag := range at {
		t.tags = append(t.tags, tag)
	}
	slices.Sort(t.tags)
	for i, tag := range t.tags {
		at[tag] = i
	}
	has := make([][]int, len(texts))
	t.prior = make([]float64, len(t.tags))
	for i, ts := range tags {
		for _, tag := range ts {
			has[i] = append(has[i], at[tag])
			t.prior[at[tag]] += 1 / float64(len(texts))
		}
	}
	t.near = gather(texts, has)
	t.trust = min(1, max(0, float64(len(texts)-100)/200)) / 2
	for _, tag := range t.tags {
		var words [][]uint32
		if named != nil {
			words = named(tag)
		}
		t.names = append(t.names, words)
	}
	var err error
	t.linear, err = regress(ctx, texts, has, t.prior)
	return t, err
}

// Rank returns all tags, the most likely first, equal ones in the order of the alphabet.
func (t *Tagger) Rank(text similar.Unit) []Guess {
	near := t.near.shares(text, t.prior)
	weight := map[uint32]float32{}
	for i, term := range text.Terms {
		weight[term] = text.Weights[i]
	}
	return t.ranked(func(i int) float64 {
		return (1-t.trust)*near[i] + t.trust*probability(t.linear[i], text) + byName*spoken(t.names[i], weight)
	})
}

// byName is what a text's weight of a tag's name counts.
const byName = 3

// spoken is the mean weight that a text gives to the words of a name.
func spoken(name [][]uint32, weight map[uint32]float32) float64 {
	var sum float64
	for _, word := range name {
		var most float32
		for _, term := range word {
			most = max(most, weight[term])
		}
		sum += float64(most)
	}
	return sum / float64(max(1, len(name)))
}

// Frequent returns all tags, the most frequent first: what is guessed of a text that nobody has read.
func (t *Tagger) Frequent() []Guess { return t.ranked(func(i int) float64 { return t.prior[i] }) }

func (t *Tagger) ranked(share func(i int) float64) []Guess {
	out := make([]Guess, len(t.tags))
	for i, tag := range t.tags {
		out[i] = Guess{tag, share(i)}
	}
	slices.SortStableFunc(out, func(a, b Guess) int { return cmp.Compare(b.Share, a.Share) })
	return out
}
