package analytics

import (
	"fmt"
	"math"

	"hindsight/analytics/stats"
)

// Level is the confidence level of every interval that this package gives.
const Level = 0.95

// Estimate is a number with its uncertainty, or the reason why there is none.
// Low and High bound the interval of the given Level; a nil bound is unbounded or not known.
type Estimate struct {
	Value  *float64
	Low    *float64
	High   *float64
	Level  float64 // 0.95; 0 when there is no interval by method
	Method string  // "median with order-statistic interval"
	N      int     // incidents that the number was made from
	Reason string  // why Value is nil: "not estimable from 4 incidents"
}

// Known reports whether there is a value.
func (e Estimate) Known() bool { return e.Value != nil }

// estimate puts numbers into an Estimate; what is not finite becomes nil.
func estimate(value float64, in stats.Interval, method string, n int) Estimate {
	return Estimate{Value: finite(value), Low: finite(in.Low), High: finite(in.High), Level: Level, Method: method, N: n}
}

// unknown returns an Estimate without a value.
func unknown(method string, n int, reason string) Estimate {
	return Estimate{Method: method, N: n, Reason: reason}
}

func finite(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

// tooFew is the fixed phrase for numbers that need more incidents.
func tooFew(n int) string {
	if n == 1 {
		return "not estimable from 1 incident"
	}
	return fmt.Sprintf("not estimable from %d incidents", n)
}
