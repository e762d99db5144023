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
	eps := 1e-9 * math.Max(math.Abs(t.Observed), 1e-300)
	var far, low, high int
	count := func(first []bool) {
		d := difference(first)
		t.Permutations++
		if math.Abs(d) >= math.Abs(t.Observed)-eps {
			far++
		}
		if d <= t.Observed+eps {
			low++
		}
		if d >= t.Observed-eps {
			high++
		}
	}
	if choices(len(all), len(x)) <= mostPermutations {
		everyChoice(len(all), len(x), count)
	} else {
		t.Exact = false
		count(seen)
		random := rand.New(rand.NewPCG(seed, 0))
		for range drawn {
			random.Shuffle(len(seen), func(i, j int) { seen[i], seen[j] = seen[j], seen[i] })
			count(seen)
		}
	}
	n := float64(t.Permutations)
	t.P = PValues{TwoSided: float64(far) / n, Less: float64(low) / n, Greater: float64(high) / n}
	return t
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
