package stats_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"hindsight/analytics/stats"
)

// TestMinimumForQuantile: the interval of a quantile p is bounded on both sides from n on where max(p, 1−p)^n ≤ 2.5 %.
func TestMinimumForQuantile(t *testing.T) {
	for _, tc := range []struct {
		p    float64
		want int
	}{{0.5, 6}, {0.75, 13}, {0.9, 36}, {0.95, 72}, {0.99, 368}} {
		if got := stats.MinimumForQuantile(tc.p, 0.95); got != tc.want {
			t.Errorf("MinimumForQuantile(%v, 0.95) = %d, want %d", tc.p, got, tc.want)
		}
	}
}

// TestNearestRank uses the worked examples of Wikipedia's article "Percentile", section "The nearest-rank method".
func TestNearestRank(t *testing.T) {
	short := []float64{15, 20, 35, 40, 50}
	long := []float64{3, 6, 7, 8, 8, 10, 13, 15, 16, 20}
	for _, tc := range []struct {
		values  []float64
		p, want float64
	}{
		{short, 0.05, 15}, {short, 0.3, 20}, {short, 0.4, 20}, {short, 0.5, 35}, {short, 1, 50},
		{long, 0.25, 7}, {long, 0.5, 8}, {long, 0.75, 15}, {long, 1, 20}, {long, 0, 3},
	} {
		if got := stats.NearestRank(tc.values, tc.p); got != tc.want {
			t.Errorf("NearestRank(%v, %v) = %v, want %v", tc.values, tc.p, got, tc.want)
		}
	}
	if got := stats.NearestRank(nil, 0.5); !math.IsNaN(got) {
		t.Errorf("NearestRank(nil, 0.5) = %v, want NaN", got)
	}
}

func TestUnion(t *testing.T) {
	for _, tc := range []struct {
		name string
		in   []stats.Stretch
		want string
	}{
		{"none", nil, "[]"},
		{"empty and backward ones vanish", []stats.Stretch{{5, 5}, {9, 3}}, "[]"},
		{"apart, out of order", []stats.Stretch{{7, 9}, {1, 3}}, "[{1 3} {7 9}]"},
		{"overlapping", []stats.Stretch{{1, 5}, {3, 9}}, "[{1 9}]"},
		{"touching", []stats.Stretch{{1, 3}, {3, 4}}, "[{1 4}]"},
		{"nested", []stats.Stretch{{1, 9}, {2, 3}, {8, 10}}, "[{1 10}]"},
	} {
		if got := fmt.Sprint(stats.Union(tc.in)); got != tc.want {
			t.Errorf("%s: Union(%v) = %s, want %s", tc.name, tc.in, got, tc.want)
		}
	}
}

// TestMeasureAgainstCounting compares with counting every unit of time on its own.
func TestMeasureAgainstCounting(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	random := func(n int) []stats.Stretch {
		out := make([]stats.Stretch, n)
		for i := range out {
			from := r.Int64N(100) - 10
			out[i] = stats.Stretch{From: from, To: from + r.Int64N(20)}
		}
		return out
	}
	for range 300 {
		window := stats.Stretch{From: r.Int64N(30), To: 50 + r.Int64N(40)}
		planned := random(r.IntN(4))
		var outages []stats.Outage
		for _, s := range random(r.IntN(8)) {
			outages = append(outages, stats.Outage{Stretch: s, Impact: float64(r.IntN(5)) / 4})
		}
		var weighted float64
		var any, excluded int64
		for at := window.From; at < window.To; at++ {
			in := func(s stats.Stretch) bool { return s.From <= at && at < s.To }
			if slices.ContainsFunc(planned, in) {
				excluded++
				continue
			}
			worst := 0.0
			for _, o := range outages {
				if in(o.Stretch) {
					worst = max(worst, o.Impact)
				}
			}
			weighted += worst
			if worst > 0 {
				any++
			}
		}
		d := stats.Measure(window, outages, planned, stats.Largest)
		if d.Weighted != weighted || d.Any != any || d.Excluded != excluded || d.Base != window.Length()-excluded {
			t.Fatalf("Measure(%v, %v, %v) = %+v, want weighted %v, any %d, excluded %d", window, outages, planned, d, weighted, any, excluded)
		}
	}
}

// TestHodgesLehmannAgainstSorting compares with sorting all differences.
func TestHodgesLehmannAgainstSorting(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 100 {
		x, y := make([]float64, 1+r.IntN(40)), make([]float64, 1+r.IntN(40))
		for i := range x {
			x[i] = math.Round(r.NormFloat64()*50) / 8 // with ties and both signs
		}
		for i := range y {
			y[i] = math.Round(r.NormFloat64()*50) / 8
		}
		var all []float64
		for _, a := range x {
			for _, b := range y {
				all = append(all, a-b)
			}
		}
		slices.Sort(all)
		s := stats.HodgesLehmann(x, y, 0.9)
		if want := stats.Quantile(all, 0.5); s.Value != want {
			t.Fatalf("HodgesLehmann(%v, %v) = %v, want %v", x, y, s.Value, want)
		}
		if s.Interval.Low != all[s.Low-1] || s.Interval.High != all[s.High-1] {
			t.Fatalf("HodgesLehmann(%v, %v): interval %v, want ranks %d and %d: %v, %v", x, y, s.Interval, s.Low, s.High, all[s.Low-1], all[s.High-1])
		}
	}
}

// TestSampleForRatio uses sizes computed by other programs for log-normal durations with sigma 1.25: t-test and
// Mann-Whitney for reductions by 10 to 80 %.
func TestSampleForRatio(t *testing.T) {
	for _, tc := range []struct {
		ratio           float64
		normal, noether int
	}{{0.9, 2210, 2317}, {0.8, 493, 519}, {0.7, 193, 205}, {0.5, 52, 57}, {0.2, 10, 13}} {
		s := stats.SampleForRatio(1.25, tc.ratio, 0.05, 0.8)
		if s.Normal != tc.normal || s.Noether != tc.noether {
			t.Errorf("SampleForRatio(1.25, %v) = %d and %d, want %d and %d", tc.ratio, s.Normal, s.Noether, tc.normal, tc.noether)
		}
	}
}

// TestNothing asks for numbers that do not exist.
func TestNothing(t *testing.T) {
	for name, got := range map[string]float64{
		"Quantile of no values":              stats.Quantile(nil, 0.5),
		"Mean of no values":                  stats.Mean(nil),
		"StandardDeviation of one value":     stats.StandardDeviation([]float64{1}),
		"Wilson of 0 in 0":                   stats.Wilson(0, 0, 0.95).Low,
		"ClopperPearson of 0 in 0":           stats.ClopperPearson(0, 0, 0.95).High,
		"MTBF without failures":              stats.MTBF(100, 0, 0.95, false).Mean,
		"HodgesLehmann of an empty sample":   stats.HodgesLehmann(nil, []float64{1}, 0.95).Value,
		"MannWhitney of an empty sample":     stats.MannWhitney(nil, []float64{1}).Less,
		"QuantileOfType of an unknown type":  stats.QuantileOfType([]float64{1}, 0.5, 3),
		"RateRatio without events: ratio":    stats.RateRatio(0, 1, 0, 1, 0.95).Ratio,
		"RateRatio without events: interval": stats.RateRatio(0, 1, 0, 1, 0.95).Interval.Low,
	} {
		if !math.IsNaN(got) {
			t.Errorf("%s = %v, want NaN", name, got)
		}
	}
}
