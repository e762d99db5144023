package stats_test

import (
	"math"
	"testing"

	"hindsight/analytics/stats"
)

// TestUniformByChanceAgreesWithChiSquare: with many expected in each category, the simulation must come to what chi-square says.
func TestUniformByChanceAgreesWithChiSquare(t *testing.T) {
	for _, counts := range [][]int{{100, 100, 100}, {110, 95, 95}, {125, 90, 85}, {130, 90, 80}} {
		exposure := []float64{2, 2, 2}
		want := stats.Uniform(counts, exposure).P
		got, drawn := stats.UniformByChance(counts, exposure, 9999, 1)
		if sure := 4 * math.Sqrt(want*(1-want)/float64(drawn)); math.Abs(got-want) > sure+0.005 {
			t.Errorf("UniformByChance(%v) = %.4f of %d draws, want %.4f ± %.4f", counts, got, drawn, want, sure)
		}
	}
}

func TestUniformByChanceStopsWhenItHasSeenEnough(t *testing.T) {
	if p, drawn := stats.UniformByChance([]int{5, 5, 5, 5}, []float64{1, 1, 1, 1}, 4999, 1); drawn != 50 || p != 1 {
		t.Errorf("even counts: share %g of %d draws, want 1 of 50", p, drawn)
	}
	if p, drawn := stats.UniformByChance([]int{20, 0, 0, 0}, []float64{1, 1, 1, 1}, 999, 1); drawn != 999 || p != 0.001 {
		t.Errorf("all in one place: share %g of %d draws, want 1/1000 of 999", p, drawn)
	}
}

// TestUniformByChanceDrawsWhereThereIsExposure: what was never observed takes no incidents.
func TestUniformByChanceDrawsWhereThereIsExposure(t *testing.T) {
	p, _ := stats.UniformByChance([]int{0, 3, 4, 0}, []float64{0, 1, 1, 0}, 999, 1)
	want := 1.0 // 3 to 4 is as even as seven incidents can be
	if p != want {
		t.Errorf("UniformByChance = %g, want %g", p, want)
	}
}
