package stats_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"hindsight/analytics/stats"
)

// TestStratifiedShift: a change of the mix alone is no shift. Stratum by stratum both periods hold the same values, but nine tenths
// of the slow ones lie before: the pooled shift is far from 0, the one within strata is 0, by hand.
func TestStratifiedShift(t *testing.T) {
	fast, slow := []float64{1, 2, 3}, []float64{101, 102, 103}
	many := func(x []float64, times int) (out []float64) {
		for range times {
			out = append(out, x...)
		}
		return out
	}
	now, before := [][]float64{many(fast, 9), many(slow, 1)}, [][]float64{many(fast, 1), many(slow, 9)}
	got := stats.StratifiedShift(now, before, 0.95)
	if got.Value != 0 || got.Interval.Low > 0 || got.Interval.High < 0 || got.Interval.High > 2 {
		t.Errorf("within strata the shift is %v %v, want 0", got.Value, got.Interval)
	}
	pooled := stats.HodgesLehmann(append(now[0], now[1]...), append(before[0], before[1]...), 0.95)
	if pooled.Value > -90 {
		t.Errorf("pooled, the shift is %v: the example does not show what it is made for", pooled.Value)
	}
}

// TestStratifiedShiftOfOne: one stratum is no stratum, whichever weight it has.
func TestStratifiedShiftOfOne(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		x, y := sample(random, 5+random.IntN(20), 0), sample(random, 5+random.IntN(20), 1)
		want := stats.HodgesLehmannNormal(x, y, 0.95)
		got := stats.StratifiedShift([][]float64{x, nil, {1}}, [][]float64{y, {4}, nil}, 0.95)
		if got.Value != want.Value || got.Interval != want.Interval {
			t.Fatalf("%d and %d values: %v %v, want %v %v", len(x), len(y), got.Value, got.Interval, want.Value, want.Interval)
		}
	}
	if none := stats.StratifiedShift([][]float64{{1}}, [][]float64{nil}, 0.95); !math.IsNaN(none.Value) || !math.IsNaN(none.Interval.Low) {
		t.Errorf("without a pair the shift is %v %v", none.Value, none.Interval)
	}
}

// TestStratifiedShiftCovers: of made-up samples in strata of unequal sizes and levels, moved by 0.5, about 95 of 100 intervals
// hold the 0.5.
func TestStratifiedShiftCovers(t *testing.T) {
	random, held := rand.New(rand.NewPCG(5, 6)), 0
	const runs = 600
	for range runs {
		var x, y [][]float64
		for _, k := range []struct {
			m, n  int
			level float64
		}{{4, 20, 0}, {15, 6, 3}, {9, 9, 1}} {
			x, y = append(x, sample(random, k.m, k.level+0.5)), append(y, sample(random, k.n, k.level))
		}
		in := stats.StratifiedShift(x, y, 0.95).Interval
		if in.Low <= 0.5 && 0.5 <= in.High {
			held++
		}
	}
	if share := float64(held) / runs; share < 0.93 || share > 0.975 {
		t.Errorf("%.3f of the 95 %% intervals hold the true shift", share)
	}
}

func sample(random *rand.Rand, n int, level float64) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = level + random.NormFloat64()
	}
	return out
}

// TestPermutationOfMeans: it is the permutation test of the mean, whichever sample is the smaller.
func TestPermutationOfMeans(t *testing.T) {
	x, y := []float64{19, 22, 25, 26, 21}, []float64{23, 33, 40, 28, 31, 35, 27}
	for _, s := range [][2][]float64{{x, y}, {y, x}} {
		want, got := stats.PermutationTest(s[0], s[1], stats.Mean, 1), stats.PermutationOfMeans(s[0], s[1], 100, 1)
		if got.Permutations != 792 || !got.Exact || got.P != want.P { // 12 over 5
			t.Errorf("%d relabellings, exact %v, %+v, want 792, %+v", got.Permutations, got.Exact, got.P, want.P)
		}
	}
	random := rand.New(rand.NewPCG(7, 8))
	x, y = sample(random, 40, 0.4), sample(random, 60, 0)
	want, got := stats.PermutationTest(x, y, stats.Mean, 1), stats.PermutationOfMeans(x, y, 20_000, 2)
	if got.Exact || got.Permutations != 20_001 || math.Abs(got.P.TwoSided-want.P.TwoSided) > 0.01 {
		t.Errorf("drawn: %+v, another draw says %+v", got, want)
	}
}

// TestMeanChangeRange: a change of the mean by ten standard deviations is placed exactly, one by nothing could be anywhere.
func TestMeanChangeRange(t *testing.T) {
	x := []float64{0, 1, 0, 1, 0, 1, 0, 1, 10, 11, 10, 11, 10, 11}
	if first, last := stats.MeanChangeRange(x, 8, 0.25); first != 8 || last != 8 {
		t.Errorf("the change lies between %d and %d, want 8", first, last)
	}
	flat := make([]float64, 12)
	if first, last := stats.MeanChangeRange(flat, 6, 1); first != 1 || last != 11 {
		t.Errorf("the change of nothing lies between %d and %d, want 1 and 11", first, last)
	}
	if v := stats.SuccessiveVariance([]float64{1, 3, 2}); v != 1.25 { // (4 + 1) / 4
		t.Errorf("the successive variance is %v, want 1.25", v)
	}
}
