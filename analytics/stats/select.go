package stats

import (
	"math/bits"
	"slices"
)

// Select puts the k-th smallest of values, counted from 0, in its place: everything before it is at most as large, everything
// behind it at least as large. It changes the order of values and needs 0 ≤ k < len(values). It takes time in proportion to their
// number (Hoare 1961, algorithm 65, with the middle of three as pivot), and sorts what made-up orders leave over. No two values may
// lie 2^63 or more apart, as none do that are 0 or more.
func Select(values []int64, k int) {
	for rounds := 3 * bits.Len(uint(len(values))); len(values) > few; rounds-- {
		if rounds == 0 {
			slices.Sort(values)
			return
		}
		first, same := split(values)
		switch {
		case k < first:
			values = values[:first]
		case k < first+same:
			return
		default:
			values, k = values[first+same:], k-first-same
		}
	}
	insert(values)
}

// few values are sorted faster than split.
const few = 9

// split puts what is smaller than a pivot before it, and returns how many these are and how many behind them are as large as the pivot.
// Without smaller ones, it gathers all that are as large: many values may be the same.
func split(values []int64) (smaller, same int) {
	last := len(values) - 1
	low, mid, high := values[0], values[last/2], values[last]
	pivot := middle(low, mid, high)
	switch pivot {
	case mid:
		values[last/2], values[last] = high, mid
	case low:
		values[0], values[last] = high, low
	}
	smaller = before(values[:last], pivot)
	values[last], values[smaller] = values[smaller], pivot
	if smaller == 0 {
		return 0, 1 + before(values[1:], pivot+1)
	}
	return smaller, 1
}

// before puts the values below a limit before the others, and returns how many they are (Lomuto's partition). It has no branch to be
// guessed wrong: the sign of the difference moves the border.
func before(values []int64, limit int64) int {
	n := 0
	for i, x := range values {
		values[i] = values[n]
		values[n] = x
		n += int(uint64(x-limit) >> 63)
	}
	return n
}

// insert sorts few values.
func insert(values []int64) {
	for i := 1; i < len(values); i++ {
		x, j := values[i], i
		for ; j > 0 && values[j-1] > x; j-- {
			values[j] = values[j-1]
		}
		values[j] = x
	}
}

func middle(a, b, c int64) int64 { return max(min(a, b), min(max(a, b), c)) }

// Quantiles writes the linear quantiles for the ascending shares ps into out: those of [Quantile], to the digit, for the values
// divided by unit. It changes the order of values and sorts none that it need not. Without values it writes nothing.
func Quantiles(values []int64, unit float64, ps, out []float64) {
	from := 0 // what lies before is in its place, or smaller
	for i, p := range ps {
		if len(values) == 0 {
			return
		}
		h := float64(len(values)-1)*p + 1
		k := int(h) - 1
		Select(values[from:], k-from)
		from = k
		a := float64(values[k]) / unit
		out[i] = a
		if rest := h - float64(k+1); rest > 0 && k+1 < len(values) {
			out[i] = a + rest*(float64(slices.Min(values[k+1:]))/unit-a)
		}
	}
}
