package stats

import (
	"math"
	"slices"
)

// StratifiedShift returns how far x lies above y within strata: the Hodges-Lehmann shift and its interval by inversion of
// van Elteren's test (van Elteren 1960; Hodges and Lehmann 1963). x[k] and y[k] are the samples of stratum k; differences are
// taken within a stratum alone and weigh 1/(m+n+1), m and n being its sizes. Strata that lack a sample tell nothing. With one
// stratum it is HodgesLehmannNormal. Value and Interval are NaN when no stratum has both; Low, High and Coverage are not set.
func StratifiedShift(x, y [][]float64, level float64) Shift {
	var up, down strata
	var variance float64
	for k := range x {
		m, n := float64(len(x[k])), float64(len(y[k]))
		if m*n == 0 {
			continue
		}
		w := 1 / (m + n + 1)
		a, b := slices.Sorted(slices.Values(x[k])), slices.Sorted(slices.Values(y[k]))
		up, down = append(up, stratum{a, b, w}), append(down, stratum{b, a, w})
		variance += w * w * m * n * (m + n + 1) / 12
	}
	if len(up) == 0 {
		return noShift()
	}
	half := up.total() / 2
	reach := normalQuantile(1-(1-level)/2) * math.Sqrt(variance)
	s := noShift()
	s.Value = (up.reaches(half) - down.reaches(half)) / 2
	s.Interval = Interval{up.below(half - reach), -down.below(half - reach)}
	return s
}

// stratum is two ascending samples and the weight of their differences.
type stratum struct {
	x, y   []float64
	weight float64
}

type strata []stratum

func (s strata) total() float64 {
	var sum float64
	for _, k := range s {
		sum += k.weight * float64(len(k.x)*len(k.y))
	}
	return sum
}

// upTo returns the weight of all differences x − y that are at most d.
func (s strata) upTo(d float64) float64 {
	var sum float64
	for _, k := range s {
		sum += k.weight * float64(atMost(k.x, k.y, d))
	}
	return sum
}

// reaches returns the smallest difference up to which the differences weigh target or more, but for rounding.
func (s strata) reaches(target float64) float64 {
	target -= 1e-9 * s.total()
	low, high := int64(math.MaxInt64), int64(math.MinInt64)
	for _, k := range s {
		low = min(low, ordinal(k.x[0]-k.y[len(k.y)-1]))
		high = max(high, ordinal(k.x[len(k.x)-1]-k.y[0]))
	}
	for low < high {
		mid := low + int64(uint64(high-low)/2)
		if s.upTo(fromOrdinal(mid)) >= target {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return fromOrdinal(low)
}

// below returns the largest difference up to which the differences weigh no more than target, or the smallest of all.
func (s strata) below(target float64) float64 {
	at := s.reaches(target)
	before := s.upTo(fromOrdinal(ordinal(at) - 1))
	if before == 0 || s.upTo(at) <= target*(1+1e-9) {
		return at
	}
	return s.reaches(before)
}
