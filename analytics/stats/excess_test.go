package stats_test

import (
	"math"
	"testing"

	"hindsight/analytics/stats"
)

// Without over-dispersion the answer is that of the exact comparison of two Poisson rates, which has published vectors.
func TestExcessIsTheRateRatio(t *testing.T) {
	got := stats.ExcessOver(7, 1, []int{1, 1, 2, 1, 1, 2, 1, 1}, []float64{1, 1, 1, 1, 1, 1, 1, 1}, 0.95)
	want := stats.RateRatio(7, 1, 10, 8, 0.95)
	if got.Inflation != 1 || got.Expected != 1.25 {
		t.Errorf("inflation %v and %v expected, want 1 and 10/8", got.Inflation, got.Expected)
	}
	for _, x := range []struct {
		name      string
		got, want float64
	}{{"ratio", got.Ratio, 5.6}, {"low", got.Interval.Low, want.Interval.Low}, {"high", got.Interval.High, want.Interval.High}, {"P", got.P, want.PGreater}} {
		if math.Abs(x.got-x.want) > 1e-9*math.Abs(x.want) {
			t.Errorf("%s = %v, want %v", x.name, x.got, x.want)
		}
	}
}

// Counts of 0, 0, 8 and 0 around a mean of 2 have a Pearson statistic of (4+4+36+4)/2 = 24 on 3 degrees of freedom.
func TestExcessOfBurstsIsInflated(t *testing.T) {
	got := stats.ExcessOver(8, 1, []int{0, 0, 8, 0}, []float64{1, 1, 1, 1}, 0.95)
	if got.Inflation != 8 || got.Expected != 2 || got.Ratio != 4 {
		t.Errorf("ExcessOver = %+v, want inflation 8, 2 expected, ratio 4", got)
	}
	// One of two bursts fell on an occasion of one in five: 1 − (4/5)².
	if math.Abs(got.P-0.36) > 1e-12 {
		t.Errorf("P = %v, want 0.36", got.P)
	}
}

func TestExcessAtTheEdges(t *testing.T) {
	for _, tc := range []struct {
		name      string
		count     int
		others    []int
		exposures []float64
		p, low    float64
	}{
		{"nothing elsewhere", 3, []int{0, 0, 0}, []float64{1, 1, 1}, 1.0 / 64, 0.0},
		{"nothing at all", 0, []int{0, 0}, []float64{1, 1}, 1, 0},
		{"no other occasion", 3, nil, nil, 1, math.NaN()},
	} {
		got := stats.ExcessOver(tc.count, 1, tc.others, tc.exposures, 0.95)
		if math.Abs(got.P-tc.p) > 1e-12 {
			t.Errorf("%s: P = %v, want %v", tc.name, got.P, tc.p)
		}
		if math.IsNaN(tc.low) != math.IsNaN(got.Interval.Low) {
			t.Errorf("%s: interval %v", tc.name, got.Interval)
		}
	}
}
