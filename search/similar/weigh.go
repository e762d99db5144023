package similar

import (
	"math"
	"math/rand/v2"
	"slices"
)

const (
	// fewVerdicts is how many verdicts it takes before weights are learnt from them, and fewOfEach how many of each answer.
	fewVerdicts, fewOfEach = 100, 20
	// folds of the verdicts are judged by weights that were learnt on the others.
	folds = 5
	// sharpness is how steeply the odds of being the same rise with the score, as far as the defaults know; spread is the standard deviation
	// that each weight, times sharpness, is given around its default.
	sharpness, spread = 10.0, 1.0
	steps             = 2000 // of the descent
)

// Learnt says whether verdicts have taught weights, and what that gained.
type Learnt struct {
	Same, Apart int // verdicts of each kind
	// Needs is how many verdicts are missing before anything is learnt, of whichever kind lacks most; 0: none.
	Needs int
	// Before and After are how often a pair that people call the same scores higher than one that they keep apart, with the
	// weights that are the same for everybody and with those learnt from other verdicts than the pair's own; 0.5 is chance.
	Before, After float64
	// Low and High are the 95 % bootstrap interval of After - Before.
	Low, High float64
	InForce   bool // the learnt weights rank now: they are better for certain
}

// learn fits weights to verdicts by logistic regression, with a normal prior around the
// defaults and no weight below zero. They are put in force when they order verdicts that they have not seen better than the defaults do, for certain:
// the lower bound of the difference is above zero in five-fold cross-validation (Efron's bootstrap over verdicts, seeded). scores are
// of the verdicts by the weights returned, each from weights that do not know it.
func learn(vs []judged) (w weights, scores []float64, l Learnt) {
	for _, v := range vs {
		if v.same {
			l.Same++
		} else {
			l.Apart++
		}
	}
	before := scored(vs, func(int) weights { return defaults })
	l.Needs = max(0, fewVerdicts-len(vs), fewOfEach-l.Same, fewOfEach-l.Apart)
	if l.Needs > 0 {
		return defaults, before, l
	}
	byFold := make([]weights, folds)
	for f := range folds {
		byFold[f] = fit(without(vs, f))
	}
	after := scored(vs, func(i int) weights { return byFold[i%folds] })
	l.Before, l.After = ordered(vs, before, nil), ordered(vs, after, nil)
	l.Low, l.High = gained(vs, before, after)
	if l.InForce = l.Low > 0; l.InForce {
		return fit(vs), after, l
	}
	return defaults, before, l
}

// without cuts one fold out.
func without(vs []judged, fold int) []judged {
	var out []judged
	for i, v := range vs {
		if i%folds != fold {
			out = append(out, v)
		}
	}
	return out
}

func scored(vs []judged, by func(int) weights) []float64 {
	out := make([]float64, len(vs))
	for i, v := range vs {
		out[i] = by(i).score(v.features)
	}
	return out
}

// fit returns the most likely weights, which sum to what the defaults sum to. Both kinds of verdicts count alike in all, however many
// there are of each.
func fit(vs []judged) weights {
	var start weights
	for i, x := range defaults {
		start[i] = x / defaults.sum() * sharpness
	}
	w, bias, each := start, -sharpness/2.0, balance(vs)
	// The features and the bias are nine numbers up to 1, so the slope changes by no more than this.
	step := 1 / (float64(len(vs))*float64(featureCount+1)/4 + 1/(spread*spread))
	for range steps {
		var slope weights
		var lift float64
		for _, v := range vs {
			z := bias
			for i, x := range v.features {
				z += w[i] * x
			}
			off := each[v.same] * (1/(1+math.Exp(-z)) - truth(v.same))
			lift += off
			for i, x := range v.features {
				slope[i] += off * x
			}
		}
		bias -= step * lift
		for i := range w {
			w[i] = max(0, w[i]-step*(slope[i]+(w[i]-start[i])/(spread*spread)))
		}
	}
	if w.sum() == 0 {
		return defaults
	}
	scale := defaults.sum() / w.sum()
	for i := range w {
		w[i] *= scale
	}
	return w
}

// balance returns how much a verdict of each kind counts.
func balance(vs []judged) map[bool]float64 {
	n := map[bool]float64{}
	for _, v := range vs {
		n[v.same]++
	}
	half := float64(len(vs)) / 2
	return map[bool]float64{true: half / max(1, n[true]), false: half / max(1, n[false])}
}

func truth(same bool) float64 {
	if same {
		return 1
	}
	return 0
}

// ordered is how often a same pair scores higher than one kept apart, equal scores counting half (the area under the ROC curve; Hanley
// and McNeil, Radiology 143, 1982). times says how often each verdict counts; nil: once.
func ordered(vs []judged, scores []float64, times []int) float64 {
	type counted struct {
		score       float64
		same, apart float64
	}
	all := make([]counted, len(vs))
	for i, v := range vs {
		n := 1.0
		if times != nil {
			n = float64(times[i])
		}
		all[i] = counted{score: scores[i], same: n * truth(v.same), apart: n * truth(!v.same)}
	}
	slices.SortFunc(all, func(a, b counted) int {
		switch {
		case a.score < b.score:
			return -1
		case a.score > b.score:
			return 1
		}
		return 0
	})
	var below, won, same float64
	for i := 0; i < len(all); {
		var tie counted
		for j := i; i < len(all) && all[i].score == all[j].score; i++ {
			tie.same, tie.apart = tie.same+all[i].same, tie.apart+all[i].apart
		}
		won += tie.same * (below + tie.apart/2)
		below, same = below+tie.apart, same+tie.same
	}
	if below == 0 || same == 0 {
		return 0.5
	}
	return won / (below * same)
}

// draws is how often the bootstrap draws.
const draws = 1000

// gained is the 95 % interval of how much better after orders than before.
func gained(vs []judged, before, after []float64) (low, high float64) {
	random := rand.New(rand.NewPCG(1, 2))
	gains := make([]float64, draws)
	for d := range gains {
		times := make([]int, len(vs))
		for range vs {
			times[random.IntN(len(vs))]++
		}
		gains[d] = ordered(vs, after, times) - ordered(vs, before, times)
	}
	slices.Sort(gains)
	return gains[draws/40], gains[draws-draws/40-1]
}
