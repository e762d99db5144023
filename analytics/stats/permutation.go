package stats

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Permuted is how a difference of two samples stands among those of all relabellings.
type Permuted struct {
	Observed     float64 // statistic of x less that of y
	Permutations int     // relabellings that were looked at
	Exact        bool    // all there are, the one seen included
	P            PValues // shares with a difference as far from 0, as low, as high as the one seen
	Undefined    bool    // a sample is empty
}

// mostPermutations is how many relabellings are looked at one by one; of more a seeded sample is drawn.
const (
	mostPermutations = 200_000
	drawn            = 20_000
)

// PermutationTest compares a statistic of x and y over all relabellings (Fisher 1935), or, when there are more than 200,000,
// over 20,000 drawn ones with the one seen counted in (Phipson and Smyth 2010). Differences that are equal but for rounding count as
// equal.
func PermutationTest(x, y []float64, statistic Statistic, seed uint64) Permuted {
	t := Permuted{Exact: true}
	if len(x) == 0 || len(y) == 0 {
		nan := math.NaN()
		return Permuted{Observed: nan, Undefined: true, P: PValues{nan, nan, nan}}
	}
	all := slices.Concat(x, y)
	difference := func(first []bool) float64 {
		var a, b []float64
		for i, v := range all {
			if first[i] {
				a = append(a, v)
			} else {
				b = append(b, v)
			}
		}
		return statistic(a) - statistic(b)
	}
	seen := make([]bool, len(all))
	for i := range x {
		seen[i] = true
	}
	t.Observed = difference(seen)
	tails := tailsAt(t.Observed)
	if choices(len(all), len(x)) <= mostPermutations {
		everyChoice(len(all), len(x), func(first []bool) { tails.add(difference(first)) })
	} else {
		t.Exact = false
		tails.add(t.Observed)
		random := rand.New(rand.NewPCG(seed, 0))
		for range drawn {
			random.Shuffle(len(seen), func(i, j int) { seen[i], seen[j] = seen[j], seen[i] })
			tails.add(difference(seen))
		}
	}
	t.Permutations, t.P = tails.n, tails.values()
	return t
}

// PermutationOfMeans is PermutationTest of the mean, with at most draws relabellings where it does not look at all. Its
// cost is draws times the size of the smaller sample.
func PermutationOfMeans(x, y []float64, draws int, seed uint64) Permuted {
	if len(x) == 0 || len(y) == 0 {
		return PermutationTest(x, y, Mean, seed)
	}
	t := Permuted{Exact: true, Observed: Mean(x) - Mean(y)}
	few, sign := len(x), 1.0
	if len(y) < few {
		few, sign = len(y), -1
	}
	all := slices.Concat(x, y)
	total, many := sum(all), len(all)-few
	difference := func(ofFew float64) float64 {
		return sign * (ofFew/float64(few) - (total-ofFew)/float64(many))
	}
	tails := tailsAt(t.Observed)
	if choices(len(all), few) <= mostPermutations {
		everyChoice(len(all), few, func(chosen []bool) {
			var s float64
			for i, v := range all {
				if chosen[i] {
					s += v
				}
			}
			tails.add(difference(s))
		})
	} else {
		t.Exact = false
		tails.add(t.Observed)
		random := rand.New(rand.NewPCG(seed, 0))
		for range draws {
			var s float64
			for i := range few { // the first places are drawn from those left
				j := i + random.IntN(len(all)-i)
				all[i], all[j] = all[j], all[i]
				s += all[i]
			}
			tails.add(difference(s))
		}
	}
	t.Permutations, t.P = tails.n, tails.values()
	return t
}

// tails count how many differences are as extreme as the one seen.
type tails struct {
	at, eps           float64
	n, far, low, high int
}

func tailsAt(observed float64) *tails {
	return &tails{at: observed, eps: 1e-9 * math.Max(math.Abs(observed), 1e-300)}
}

func (t *tails) add(d float64) {
	t.n++
	if math.Abs(d) >= math.Abs(t.at)-t.eps {
		t.far++
	}
	if d <= t.at+t.eps {
		t.low++
	}
	if d >= t.at-t.eps {
		t.high++
	}
}

func (t *tails) values() PValues {
	n := float64(t.n)
	return PValues{TwoSided: float64(t.far) / n, Less: float64(t.low) / n, Greater: float64(t.high) / n}
}

// choices returns the number of ways to choose k of n.
func choices(n, k int) float64 {
	out := 1.0
	for i := range k {
		out = out * float64(n-i) / float64(i+1)
	}
	return math.Round(out)
}

// everyChoice calls f with each choice of k of n places; f must not keep it.
func everyChoice(n, k int, f func([]bool)) {
	chosen := make([]bool, n)
	var choose func(at, left int)
	choose = func(at, left int) {
		if left == 0 {
			f(chosen)
			return
		}
		for i := at; i <= n-left; i++ {
			chosen[i] = true
			choose(i+1, left-1)
			chosen[i] = false
		}
	}
	choose(0, k)
}
