package recurring

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

const (
	// shortlist is how many clusters that share words are compared by their vectors.
	shortlist = 64
	// A word of more than every rareShare-th text, and of more than rareFloor, finds none: it would find all.
	rareShare, rareFloor = 20, 500
)

// index finds the clusters that share words with a text.
type index struct {
	texts int
	lists map[string][]int // by word: the texts that have it
}

func newIndex() index { return index{lists: map[string][]int{}} }

func (x *index) add(at int, words []string) {
	x.texts++
	for i, w := range words {
		if !slices.Contains(words[:i], w) {
			x.lists[w] = append(x.lists[w], at)
		}
	}
}

// candidates returns the clusters that share most with words, the rare words counting most, in order of their oldest text.
// of says which cluster a text is in; a text that is in none does not count.
func (x *index) candidates(words []string, of []*cluster) []*cluster {
	weights := map[*cluster]float64{}
	for i, w := range words {
		list := x.lists[w]
		if slices.Contains(words[:i], w) || len(list) > rareFloor && len(list) > x.texts/rareShare {
			continue
		}
		idf := math.Log(float64(x.texts+1) / float64(len(list)+1))
		counts := map[*cluster]int{}
		for _, at := range list {
			if of[at] != nil {
				counts[of[at]]++
			}
		}
		for c, k := range counts {
			weights[c] += idf * (1 + math.Log(float64(k)))
		}
	}
	found := slices.SortedFunc(maps.Keys(weights), func(a, b *cluster) int { return cmp.Compare(a.members[0], b.members[0]) })
	if len(found) > shortlist {
		slices.SortStableFunc(found, func(a, b *cluster) int { return cmp.Compare(weights[b], weights[a]) })
		found = found[:shortlist]
		slices.SortFunc(found, func(a, b *cluster) int { return cmp.Compare(a.members[0], b.members[0]) })
	}
	return found
}

// mostFrequent returns the n keys that count most, the first in the alphabet among equals.
func mostFrequent(counts map[string]int, n int) []string {
	keys := slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	return keys[:min(n, len(keys))]
}
