package analytics

import (
	"math"
	"testing"
	"time"
)

// TestPerQuarter: nine incidents of 12 months that lasted 7 h 30 m together are 1 h 52 m 30 s a quarter; the exact Poisson interval of nine is 4.115 to
// 17.085 (Garwood 1936).
func TestPerQuarter(t *testing.T) {
	e := Spent{N: 9, Measured: 9, Lasted: 450 * time.Minute}.PerQuarter()
	if !e.Known() || *e.Value != 6750 || math.Abs(*e.Low-4.115/9*6750) > 1 || math.Abs(*e.High-17.085/9*6750) > 1 {
		t.Errorf("PerQuarter = %v (%v – %v)", *e.Value, *e.Low, *e.High)
	}
	// Those of which nobody knows how long they lasted count as long as the others do.
	if e := (Spent{N: 9, Measured: 3, Lasted: 150 * time.Minute}).PerQuarter(); *e.Value != 6750 || e.N != 3 {
		t.Errorf("PerQuarter of three measured = %v", e)
	}
	if e := (Spent{N: 2}).PerQuarter(); e.Known() || e.Reason == "" {
		t.Errorf("PerQuarter of nothing = %v", e)
	}
}
