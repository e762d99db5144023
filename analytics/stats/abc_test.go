package stats_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"hindsight/analytics/stats"
)

// TestMeanABCAgreesWithBCa holds the formula against the resampling that it replaces, on skewed data.
func TestMeanABCAgreesWithBCa(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for _, n := range []int{200, 500, 1000} {
		values := make([]float64, n)
		for i := range values {
			values[i] = math.Exp(1.2 * r.NormFloat64())
		}
		mean := stats.Statistic(stats.Mean)
		want := stats.FromReplicates(values, mean, stats.Resample(values, mean, 20_000, 1), 0.95).BCa
		got := stats.MeanABC(values, 0.95)
		width := want.High - want.Low
		if math.Abs(got.Low-want.Low) > 0.03*width || math.Abs(got.High-want.High) > 0.03*width {
			t.Errorf("n = %d: MeanABC = %.4f to %.4f, BCa %.4f to %.4f", n, got.Low, got.High, want.Low, want.High)
		}
	}
}

func TestMeanABCOfLittle(t *testing.T) {
	if got := stats.MeanABC([]float64{3, 3, 3}, 0.95); got.Low != 3 || got.High != 3 {
		t.Errorf("all equal: %v, want 3 to 3", got)
	}
	if got := stats.MeanABC([]float64{3}, 0.95); !math.IsNaN(got.Low) || !math.IsNaN(got.High) {
		t.Errorf("one value: %v, want NaN", got)
	}
	// Symmetric data have no acceleration: the normal interval with the plug-in error sqrt(2/3)/sqrt(3).
	got, half := stats.MeanABC([]float64{-1, 0, 1}, 0.95), 1.959963984540054*math.Sqrt(2)/3
	if math.Abs(got.High-half) > 1e-12 || math.Abs(got.Low+half) > 1e-12 {
		t.Errorf("symmetric: %v, want ±%g", got, half)
	}
}
