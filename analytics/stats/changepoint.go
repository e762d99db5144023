package stats

import "math"

// Segments is a series cut where its level changes.
type Segments struct {
	Changes []int     // positions, counted from 1, of the last value of every segment but the final one
	Cost    float64   // of all segments, and a penalty for each change
	Levels  []float64 // mean of each segment
}

// ChangesOfMean cuts x where that lowers the sum of squared deviations from the segments' means by more than penalty a cut, with at
// least shortest values in a segment. The cut is the best there is, as that of PELT (Killick, Fearnhead and Eckley
// 2012). It is empty when x is shorter than a segment.
func ChangesOfMean(x []float64, penalty float64, shortest int) Segments {
	sums, squares := cumulate(x, 1), cumulate(x, 2)
	return partition(x, penalty, shortest, func(i, j int) float64 {
		s := sums[j] - sums[i]
		return squares[j] - squares[i] - s*s/float64(j-i)
	})
}

// ChangesOfRate cuts counts as ChangesOfMean cuts values, by −2 times the Poisson log-likelihood.
func ChangesOfRate(counts []float64, penalty float64, shortest int) Segments {
	sums := cumulate(counts, 1)
	return partition(counts, penalty, shortest, func(i, j int) float64 {
		s := sums[j] - sums[i]
		if s == 0 {
			return 0
		}
		return 2 * (s - s*math.Log(s/float64(j-i)))
	})
}

// cumulate returns the sums of the first i values raised to a power, for each i.
func cumulate(x []float64, power int) []float64 {
	out := make([]float64, len(x)+1)
	for i, v := range x {
		if power == 2 {
			v *= v
		}
		out[i+1] = out[i] + v
	}
	return out
}

// partition finds the cut of least cost; cost(i, j) is that of x[i:j].
func partition(x []float64, penalty float64, shortest int, cost func(i, j int) float64) Segments {
	n, shortest := len(x), max(1, shortest)
	if n < shortest {
		return Segments{Cost: math.NaN()}
	}
	best, from := make([]float64, n+1), make([]int, n+1)
	best[0] = -penalty
	for j := 1; j <= n; j++ {
		best[j] = math.Inf(1)
		for i := 0; i <= j-shortest; i++ {
			if total := best[i] + cost(i, j) + penalty; total < best[j] {
				best[j], from[j] = total, i
			}
		}
	}
	s := Segments{Cost: best[n]}
	for j := n; j > 0; j = from[j] {
		s.Levels = append([]float64{Mean(x[from[j]:j])}, s.Levels...)
		if from[j] > 0 {
			s.Changes = append([]int{from[j]}, s.Changes...)
		}
	}
	return s
}

// Break is the likeliest place of a single change.
type Break struct {
	Location int     // position of the last value before it, counted from 1; 0 when there is none
	K        float64 // greatest |U|
	P        float64 // approximate
}

// Pettitt looks for one shift of the level by ranks (Pettitt 1979).
func Pettitt(x []float64) Break {
	var out Break
	u, n := 0.0, float64(len(x))
	for t := range x {
		for _, other := range x {
			switch {
			case x[t] < other:
				u--
			case x[t] > other:
				u++
			}
		}
		if t+1 < len(x) && math.Abs(u) > out.K {
			out.K, out.Location = math.Abs(u), t+1
		}
	}
	out.P = math.Min(1, 2*math.Exp(-6*out.K*out.K/(n*n*n+n*n)))
	return out
}

// MeanShift is the sum of the deviations from the mean, at its extreme.
type MeanShift struct {
	Location     int     // where the sum is farthest from 0, counted from 1; 0 for an even series
	Most         float64 // there, without its sign
	Range        float64 // greatest less least sum, 0 at the start included
	Standardised float64 // Most / (sd · √n): 1.358 is exceeded by chance once in twenty (Kolmogorov)
}

// CusumShift looks for one shift of the mean by cumulated deviations (Page 1954; Taylor 2000).
func CusumShift(x []float64) MeanShift {
	var out MeanShift
	mean, so, least, most := Mean(x), 0.0, 0.0, 0.0
	for i, v := range x {
		so += v - mean
		least, most = math.Min(least, so), math.Max(most, so)
		if i+1 < len(x) && math.Abs(so) > out.Most*(1+1e-12) {
			out.Most, out.Location = math.Abs(so), i+1
		}
	}
	out.Range = most - least
	out.Standardised = out.Most / (StandardDeviation(x) * math.Sqrt(float64(len(x))))
	return out
}

// Split is the cut of a series into two parts that differ most in their whole distribution.
type Split struct {
	Location int     // length of the first part; 0 when the series is too short
	Q        float64 // scaled energy distance of the parts
}

// EnergySplit finds the best split with at least shortest values on each side (Matteson and James 2014, one step, whole
// parts). alpha, above 0 and at most 2, is the power of distances. It takes n² steps.
func EnergySplit(x []float64, alpha float64, shortest int) Split {
	shortest = max(2, shortest)
	n := len(x)
	distance := func(i, j int) float64 { return math.Pow(math.Abs(x[i]-x[j]), alpha) }
	var within, beyond, between float64 // sums over pairs left, right, across
	for i := range n {
		for j := range i {
			beyond += distance(i, j)
		}
	}
	out := Split{Q: math.Inf(-1)}
	for cut := 1; cut < n; cut++ { // x[cut−1] moves to the left part
		var left, right float64
		for i := range n {
			if i < cut-1 {
				left += distance(i, cut-1)
			} else {
				right += distance(i, cut-1)
			}
		}
		within, beyond, between = within+left, beyond-right, between+right-left
		a, b := float64(cut), float64(n-cut)
		if cut < shortest || n-cut < shortest {
			continue
		}
		q := a * b / (a + b) * (2*between/(a*b) - 2*within/(a*(a-1)) - 2*beyond/(b*(b-1)))
		if q > out.Q {
			out = Split{cut, q}
		}
	}
	if out.Location == 0 {
		out.Q = math.NaN()
	}
	return out
}

// RateChangeRange returns between which positions a single change of the rate of counts would have explained them nearly as
// well as at position at, counted from 1 as Segments.Changes: those whose log-likelihood is less than 1.92 lower, the
// bound of a 95 % likelihood interval.
func RateChangeRange(counts []float64, at int) (first, last int) {
	sums := cumulate(counts, 1)
	return changeRange(len(counts), at, 1, func(i, j int) float64 {
		s := sums[j] - sums[i]
		if s == 0 {
			return 0
		}
		return 2 * (s - s*math.Log(s/float64(j-i)))
	})
}

// MeanChangeRange is RateChangeRange for a change of the mean of values of the given variance around it.
func MeanChangeRange(x []float64, at int, variance float64) (first, last int) {
	sums := cumulate(x, 1)
	return changeRange(len(x), at, variance, func(i, j int) float64 {
		s := sums[j] - sums[i]
		return -s * s / float64(j-i) // the sum of squares is the same wherever the cut
	})
}

// changeRange returns the positions at which a cut costs at most scale times 3.84 more than at at.
func changeRange(n, at int, scale float64, cost func(i, j int) float64) (first, last int) {
	const slack = 3.841458820694124 // chi-square, 1 degree of freedom, 95 %
	best := cost(0, at) + cost(at, n)
	first, last = at, at
	for k := 1; k < n; k++ {
		if cost(0, k)+cost(k, n) <= best+slack*scale {
			first, last = min(first, k), max(last, k)
		}
	}
	return first, last
}

// SuccessiveVariance returns the variance of values around a level that may change now and then: half the mean squared
// difference of neighbours (von Neumann 1941). It is NaN below two values.
func SuccessiveVariance(x []float64) float64 {
	var squares float64
	for i := 1; i < len(x); i++ {
		d := x[i] - x[i-1]
		squares += d * d
	}
	return squares / float64(2*(len(x)-1))
}
