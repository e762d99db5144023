package stats

import (
	"math/bits"
	"slices"
)

// Select puts the k-th smallest of values, counted from 0, in its place: everything before it is at most as large, everything
// behind it at least as large. It changes the order of values and needs 0 ≤ k < len(values). It takes time in proportion to their
// number (Hoare 1961, algorithm 65, with the middle of three as pivot), and sorts what made-up orders leave over.
func Select(values []int64, k int) {
	low, high := 0, len(values)-1
	for rounds := 3 * bits.Len(uint(len(values))); high-low > 12; rounds-- {
		if rounds == 0 {
			slices.Sort(values[low : high+1])
			return
		}
		pivot := middle(values[low], values[(low+high)/2], values[high])
		i, j := low, high
		for i <= j {
			for values[i] < pivot {
				i++
			}
			for values[j] > pivot {
				j--
			}
			if i <= j {
				values[i], values[j] = values[j], values[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			high = j
		case k >= i:
			low = i
		default:
			return
		}
	}
	insert(values[low : high+1])
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
