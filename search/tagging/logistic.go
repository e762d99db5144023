package tagging

import (
	"context"
	"math"
	"math/rand/v2"

	"hindsight/search/similar"
)

const (
	passes = 30   // over all texts
	rate   = 0.5  // of AdaGrad
	decay  = 1e-4 // of weights, each time that a text has the word
)

// regress fits, for each tag, logistic regression of having it against not having it, by stochastic descent with a step of its own for every
// word (AdaGrad; Duchi et al., JMLR 12, 2011). The last number of a tag is what is added for every text. Seeded.
func regress(ctx context.Context, vectors []similar.Unit, has [][]int, prior []float64) ([][]float32, error) {
	terms := 0
	for _, v := range vectors {
		if n := len(v.Terms); n > 0 {
			terms = max(terms, int(v.Terms[n-1])+1)
		}
	}
	out := make([][]float32, len(prior))
	for tag := range prior {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		out[tag] = fit(vectors, func(at int) bool {
			for _, x := range has[at] {
				if x == tag {
					return true
				}
			}
			return false
		}, prior[tag], terms)
	}
	return out, nil
}

func fit(vectors []similar.Unit, is func(at int) bool, prior float64, terms int) []float32 {
	w, seen := make([]float32, terms+1), make([]float32, terms+1)
	p := min(max(prior, 1e-3), 1-1e-3)
	w[terms] = float32(math.Log(p / (1 - p)))
	random := rand.New(rand.NewPCG(1, 2))
	step := func(i int, slope float32) {
		seen[i] += slope * slope
		w[i] -= rate * slope / float32(math.Sqrt(float64(seen[i])+1e-8))
	}
	for range passes {
		for _, at := range random.Perm(len(vectors)) {
			v := vectors[at]
			off := float32(probability(w, v))
			if is(at) {
				off--
			}
			for i, t := range v.Terms {
				step(int(t), off*v.Weights[i]+decay*w[t])
			}
			step(terms, off)
		}
	}
	return w
}

// probability is what logistic regression says.
func probability(w []float32, v similar.Unit) float64 {
	z := w[len(w)-1]
	for i, t := range v.Terms {
		if int(t) < len(w)-1 {
			z += w[t] * v.Weights[i]
		}
	}
	return 1 / (1 + math.Exp(-float64(z)))
}
