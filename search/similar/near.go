package similar

import (
	"cmp"
	"math"
	"slices"
	"strconv"
)

// Near is a text near another one.
type Near struct {
	At    int     // its place
	Score float64 // as Corpus.Score
}

// effort says how thoroughly a search looks.
type effort struct {
	terms      int // of the text that are looked up to find candidates; more add cost and few candidates
	candidates int // that are compared term by term
	// A word that stands in more than every share-th text, and in more than floor of them, finds no
	// candidates; it still counts in the comparison.
	share, floor int
	// postings bounds how many texts of words are looked at, the weightiest words first: among a million the frequent ones would take
	// ten times as long as the comparing, and bring few that rarer ones do not.
	postings int
}

// leastTerms are looked up whatever they bring.
const leastTerms = 4

var (
	thorough = effort{terms: 40, candidates: 800, share: 10, floor: 200, postings: 200_000}
	quick    = effort{terms: 12, candidates: 60, share: 200, floor: 200, postings: 200_000}
)

// Nearest returns at most n texts that share words with the one at a place, nearest first; texts that are equally near come
// in order of place. It is for whoever asks for every text in turn: it looks rare words up only, and misses texts that share none.
func (c *Corpus) Nearest(at, n int) []Near {
	var out []Near
	for _, other := range c.candidates(at, quick, nil) {
		out = append(out, Near{other, c.Score(at, other)})
	}
	slices.SortFunc(out, func(a, b Near) int { return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.At, b.At)) })
	return out[:min(n, len(out))]
}

// Score returns the nearness of two texts: the weighted mean of the cosines of their views, 0 to 1,
// rounded to 6 decimals. A view without words in both texts does not count. It is symmetric, and changes with Refresh.
func (c *Corpus) Score(a, b int) float64 {
	x, y := &c.docs[a], &c.docs[b]
	var sum, weights float64
	for i, w := range viewWeights {
		if len(x.views[i].terms)+len(y.views[i].terms) > 0 {
			weights += w
		}
		if dot := c.dot(x.views[i], y.views[i]); dot > 0 {
			sum += w * dot / (x.norms[i] * y.norms[i])
		}
	}
	if sum == 0 {
		return 0
	}
	return math.Round(sum/weights*1e6) / 1e6
}

// dot is the innermost loop of everything here, so it repeats what common does.
func (c *Corpus) dot(a, b vector) float64 {
	var dot float64
	for i, j := 0, 0; i < len(a.terms) && j < len(b.terms); {
		switch s, t := a.terms[i], b.terms[j]; {
		case s < t:
			i++
		case s > t:
			j++
		default:
			idf := c.idf(s)
			dot += c.weight(a.counts[i], idf) * c.weight(b.counts[j], idf)
			i, j = i+1, j+1
		}
	}
	return dot
}

// common calls f for the places of each term that both vectors have.
func common(a, b vector, f func(i, j int)) {
	for i, j := 0, 0; i < len(a.terms) && j < len(b.terms); {
		switch {
		case a.terms[i] < b.terms[j]:
			i++
		case a.terms[i] > b.terms[j]:
			j++
		default:
			f(i, j)
			i, j = i+1, j+1
		}
	}
}

// Shared returns the words that two texts have in common, those that say most first, at most n. Titles
// count as much as everything else together.
func (c *Corpus) Shared(a, b, n int) []string {
	weights := map[uint32]float64{}
	for _, view := range []int{title, whole} {
		x, y := c.docs[a].views[view], c.docs[b].views[view]
		norm := c.norm(x) * c.norm(y)
		common(x, y, func(i, j int) {
			idf := c.idf(x.terms[i])
			if bareNumber(c.terms[x.terms[i]].form) {
				return
			}
			weights[x.terms[i]] += c.weight(x.counts[i], idf) * c.weight(y.counts[j], idf) / norm
		})
	}
	return c.heaviest(weights, n)
}

// bareNumber reports whether a word is part of a date or a time, or looks like it: at most two digits, or a year. Such words count, and tell a
// person nothing; 504 and 8443 do.
func bareNumber(form string) bool {
	n, err := strconv.Atoi(form)
	return err == nil && (len(form) <= 2 || len(form) == 4 && n >= 1990 && n < 2100)
}

// heaviest returns the forms of the terms with most weight.
func (c *Corpus) heaviest(weights map[uint32]float64, n int) []string {
	type weighed struct {
		form   string
		weight float64
	}
	var all []weighed
	for t, w := range weights {
		all = append(all, weighed{c.terms[t].form, math.Round(w * 1e9)})
	}
	slices.SortFunc(all, func(x, y weighed) int { return cmp.Or(cmp.Compare(y.weight, x.weight), cmp.Compare(x.form, y.form)) })
	var out []string
	for _, w := range all[:min(n, len(all))] {
		out = append(out, w.form)
	}
	return out
}

// pair sums up estimates for title and whole.
type pair struct{ title, whole float32 }

// candidates adds up, over the words of a text that say most, an estimate of the score of each text
// that has them, and returns the best.
func (c *Corpus) candidates(at int, how effort, keep func(int) bool) []int {
	pooled, _ := c.sums.Get().(*[]pair)
	if pooled == nil || len(*pooled) < len(c.docs) {
		fresh := make([]pair, len(c.docs)+len(c.docs)/10)
		pooled = &fresh
	}
	sums, touched := *pooled, []uint32(nil)
	for _, t := range c.pick(c.docs[at], how) {
		for _, p := range c.lists[t.term] {
			sum := &sums[p.doc]
			if sum.whole == 0 {
				touched = append(touched, p.doc)
			}
			sum.title += float32(t.title * c.weight(p.title, t.idf))
			sum.whole += float32(t.whole * c.weight(p.whole, t.idf))
		}
	}
	found := c.best(at, sums, touched, how, keep)
	for _, d := range touched {
		sums[d] = pair{}
	}
	c.sums.Put(pooled)
	return found
}

// picked is a word of the query with its part in the query's cosines.
type picked struct {
	term              uint32
	idf, title, whole float64
}

func (c *Corpus) pick(q doc, how effort) []picked {
	var all []picked
	// The title's pieces are not looked up; its words stand for them.
	byTitle := (viewWeights[title] + viewWeights[pieces]) / max(c.norm(q.views[title]), 1e-9)
	byWhole := viewWeights[whole] / max(c.norm(q.views[whole]), 1e-9)
	q.eachWord(func(t uint32, inTitle, inWhole uint8) {
		if df := c.terms[t].df; df > how.floor && df > c.live/how.share {
			return
		}
		idf := c.idf(t)
		all = append(all, picked{t, idf, c.weight(inTitle, idf) * byTitle, c.weight(inWhole, idf) * byWhole})
	})
	slices.SortFunc(all, func(a, b picked) int {
		return cmp.Or(cmp.Compare(b.idf*(b.title+b.whole), a.idf*(a.title+a.whole)), cmp.Compare(a.term, b.term))
	})
	all = all[:min(len(all), how.terms)]
	sum := 0
	for i, t := range all {
		if sum += c.terms[t.term].df; sum > how.postings && i >= leastTerms {
			return all[:i]
		}
	}
	return all
}

// estimate is a guess at a score, from the words that were looked up.
type estimate struct {
	doc   uint32
	score float32
}

// best returns the texts with the highest estimates. It sorts a few at a time: a frequent word brings
// tens of thousands.
func (c *Corpus) best(at int, sums []pair, touched []uint32, how effort, keep func(int) bool) []int {
	found := make([]estimate, 0, 2*how.candidates)
	for _, d := range touched {
		n := c.docs[d].norms
		e := estimate{d, sums[d].title/float32(max(n[title], 1e-9)) + sums[d].whole/float32(max(n[whole], 1e-9))}
		if len(found) >= how.candidates && e.score < found[how.candidates-1].score {
			continue // found is sorted up to there
		}
		if int(d) == at || keep != nil && !keep(int(d)) {
			continue
		}
		if found = append(found, e); len(found) == cap(found) || len(found) == how.candidates {
			found = strongest(found, how.candidates)
		}
	}
	found = strongest(found, how.candidates)
	out := make([]int, len(found))
	for i, e := range found {
		out[i] = int(e.doc)
	}
	return out
}

func strongest(found []estimate, n int) []estimate {
	slices.SortFunc(found, func(a, b estimate) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.doc, b.doc))
	})
	return found[:min(len(found), n)]
}
