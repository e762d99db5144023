package stats_test

import (
	"math"
	"testing"

	"hindsight/analytics/stats"
)

// TestSpend: three outages of 0.6, 0.5 and 0.5 at one time. The largest is 0.6, of which 0.1 is the first one's own; their sum is
// capped at 1, and without the first one it is still 1. While two go on, their sum is 1.1 or 1.
func TestSpend(t *testing.T) {
	outages := []stats.Outage{{Stretch: stats.Stretch{From: 0, To: 10}, Impact: 0.6}, {Stretch: stats.Stretch{From: 0, To: 10}, Impact: 0.5}, {Stretch: stats.Stretch{From: 0, To: 20}, Impact: 0.5}}
	for _, tc := range []struct {
		how    stats.Combine
		owners []int
		want   stats.Spent
	}{
		{stats.Largest, []int{0, 1, 2}, stats.Spent{Total: 11, Own: []float64{1, 0, 5}, Shared: 5}},
		{stats.Largest, []int{0, 0, 1}, stats.Spent{Total: 11, Own: []float64{1, 5, 0}, Shared: 5}},
		{stats.CappedSum, []int{0, 1, 2}, stats.Spent{Total: 15, Own: []float64{0, 0, 5}, Shared: 10}},
		{stats.CappedSum, []int{0, 0, 1}, stats.Spent{Total: 15, Own: []float64{5, 5, 0}, Shared: 5}},
	} {
		got := stats.Spend(stats.Stretch{From: 0, To: 100}, outages, tc.owners, 3, nil, tc.how)
		same := math.Abs(got.Total-tc.want.Total) < 1e-9 && math.Abs(got.Shared-tc.want.Shared) < 1e-9
		for i := range got.Own {
			same = same && math.Abs(got.Own[i]-tc.want.Own[i]) < 1e-9
		}
		if !same {
			t.Errorf("Spend(%v, owners %v) = %+v, want %+v", tc.how, tc.owners, got, tc.want)
		}
		if total := stats.Lost(stats.Profile(stats.Stretch{From: 0, To: 100}, outages, nil, tc.how)); math.Abs(total-tc.want.Total) > 1e-9 {
			t.Errorf("Lost(Profile(%v)) = %v, want %v", tc.how, total, tc.want.Total)
		}
	}
}

// TestWeightedPoisson: with equal weights it is the exact interval of a count, 10 events: 4.795 to 18.390 (Garwood 1936).
func TestWeightedPoisson(t *testing.T) {
	in := stats.WeightedPoisson([]float64{3, 3, 3, 3, 3, 3, 3, 3, 3, 3}, 0.95)
	if math.Abs(in.Low/3-4.795) > 0.001 || math.Abs(in.High/3-18.390) > 0.001 {
		t.Errorf("WeightedPoisson of ten times 3 = %+v, want three times 4.795 to 18.390", in)
	}
	for _, none := range [][]float64{nil, {0, 0}} {
		if in := stats.WeightedPoisson(none, 0.95); !math.IsNaN(in.Low) || !math.IsNaN(in.High) {
			t.Errorf("WeightedPoisson(%v) = %+v, want no interval", none, in)
		}
	}
}
