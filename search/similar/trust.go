package similar

import (
	"context"
	"math"
)

// Strength says how alike a match is, in one word.
type Strength string

// The strengths: from a score of 0.6, of 0.4, and below. Of the first five suggestions on two sets 54 and 98 %, 12 and 62 %, and 4 and 13 % were right
// (docs/similarity.md); how many are here, Trust tells.
const (
	Strong Strength = "strong"
	Fair   Strength = "fair"
	Faint  Strength = "faint"
)

// strengthOf is the strength of a score.
func strengthOf(score float64) Strength {
	switch {
	case score >= 0.6:
		return Strong
	case score >= 0.4:
		return Fair
	}
	return Faint
}

// Rate is how often something was right.
type Rate struct {
	N, Right  int
	Low, High float64 // 95 % confidence interval of the share that is right; 0 to 1 when N is 0
}

// fewRated is too few to tell a rate.
const fewRated = 10

// Few reports whether there are too few to say how often it is right.
func (r Rate) Few() bool { return r.N < fewRated }

// NewRate returns the rate of right among n, with the interval of Wilson (JASA 22, 1927).
func NewRate(right, n int) Rate {
	if n == 0 {
		return Rate{High: 1}
	}
	const z = 1.959963984540054 // the normal quantile of a 95 % interval
	share, z2 := float64(right)/float64(n), z*z
	middle := (share + z2/(2*float64(n))) / (1 + z2/float64(n))
	half := z / (1 + z2/float64(n)) * math.Sqrt(share*(1-share)/float64(n)+z2/(4*float64(n)*float64(n)))
	return Rate{n, right, max(0, middle-half), min(1, middle+half)}
}

// ratesOf counts, for each strength, how many of the pairs that people decided about are the same. scores are those of vs.
func ratesOf(vs []judged, scores []float64) map[Strength]Rate {
	n, right := map[Strength]int{}, map[Strength]int{}
	for i, v := range vs {
		s := strengthOf(scores[i])
		n[s]++
		if v.same {
			right[s]++
		}
	}
	out := map[Strength]Rate{}
	for _, s := range []Strength{Strong, Fair, Faint} {
		out[s] = NewRate(right[s], n[s])
	}
	return out
}

// trust is what is known of how good suggestions are here, and the weights that follow from it.
type trust struct {
	weights weights
	learnt  Learnt
	rates   map[Strength]Rate
	history Rate
	heard   int // version of what people said
	taught  int // version of the vectors
	texts   int // how many there were
}

// Trust is how good the engine's suggestions are, by this installation's own history.
type Trust struct {
	Learnt Learnt
	// Rates are how many of the pairs that people decided about are the same, by how strong the suggestion was.
	Rates map[Strength]Rate
	// History is how often an incident that its source links to an earlier one has such a one among the first [FirstOf]
	// suggestions, of the youngest 200.
	History Rate
}

// Trust returns what was last measured.
func (e *Engine) Trust() Trust {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return Trust{e.trust.learnt, e.trust.rates, e.trust.history}
}

// Weigh learns weights from what people decided and measures how good suggestions are, when something has changed that matters:
// a decision, the vectors, a twentieth of the texts. It is for one caller at a time. The only error is ctx's.
func (e *Engine) Weigh(ctx context.Context) error {
	e.mu.RLock()
	due, known, before := e.settled && e.stale(), e.heard, e.trust
	next := trust{heard: known.version, taught: e.taught.version, texts: e.corpus.Len()}
	e.mu.RUnlock()
	if !due {
		return nil
	}
	judged := e.judge(known.verdicts(e.private))
	var scores []float64
	next.weights, scores, next.learnt = learn(judged)
	next.rates = ratesOf(judged, scores)
	var err error
	if next.history, err = e.try(ctx, next.weights); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.trust = next
	if next.learnt.InForce != before.learnt.InForce {
		e.log.Info("similar changed its weights", "learnt", next.learnt.InForce, "verdicts", len(judged), "before", next.learnt.Before, "after", next.learnt.After)
	}
	return nil
}

func (e *Engine) stale() bool {
	grown := e.corpus.Len() - e.trust.texts
	return e.heard.version != e.trust.heard || e.taught.version != e.trust.taught || grown > e.trust.texts/20
}
