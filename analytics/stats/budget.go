package stats

import "math"

// Budget is the error budget of an objective, in the unit of what is good or bad: seconds, or requests (Site Reliability
// Workbook, chapter 5 and appendix A).
type Budget struct {
	Allowed   float64 // (1 − objective) · total
	Consumed  float64 // share of Allowed that was bad; above 1 when it is overspent; NaN when nothing is allowed and nothing bad
	Remaining float64 // negative when it is overspent
	Ratio     float64 // bad / total; NaN without any
	Met       bool    // not more was bad than allowed
}

// ErrorBudget returns the budget of an objective (0.999) over total, of which bad was bad.
func ErrorBudget(objective, total, bad float64) Budget {
	b := Budget{Allowed: (1 - objective) * total, Ratio: bad / total}
	b.Consumed, b.Remaining = bad/b.Allowed, b.Allowed-bad
	// 1 − 0.999 in floating point is a hair off: what is met in decimals is met.
	b.Met = bad <= b.Allowed*(1+1e-12)+1e-12
	return b
}

// BurnRate returns how many times faster than even the budget goes at an error ratio; at 1 it lasts its window. It is +Inf
// for an objective of 1 with errors.
func BurnRate(objective, ratio float64) float64 { return ratio / (1 - objective) }

// BurnThreshold returns the burn rate that spends a share of the budget of window within alert, both in one unit: 14.4 for 2 %
// of 30 days in an hour.
func BurnThreshold(share, window, alert float64) float64 { return share * window / alert }

// DetectionTime returns how long an error ratio must last until the burn rate over a window of length alert, clean before,
// reaches threshold. It is +Inf when it never does.
func DetectionTime(objective, ratio, alert, threshold float64) float64 {
	took := (1 - objective) / ratio * alert * threshold
	if !(took <= alert*(1+1e-12)) {
		return math.Inf(1)
	}
	return took
}

// Load is a stretch in which total events a second came, of which bad a second were bad.
type Load struct{ Seconds, Total, Bad float64 }

// Burn is the burn rate over the last part of a series.
type Burn struct {
	Rate     float64 // NaN without any event
	Complete bool    // the series is as long as was asked for
}

// BurnOver returns the burn rate over the last seconds of a series, or over all of it when it is shorter.
func BurnOver(objective float64, series []Load, seconds float64) Burn {
	left, total, bad := seconds, 0.0, 0.0
	for i := len(series) - 1; i >= 0 && left > 0; i-- {
		part := math.Min(left, series[i].Seconds)
		total, bad, left = total+part*series[i].Total, bad+part*series[i].Bad, left-part
	}
	return Burn{BurnRate(objective, bad/total), left <= 0}
}

// BurnRule gives alarm while the burn rates over a long and a short window both reach Threshold: the long one says that it
// matters, the short one that it goes on.
type BurnRule struct {
	Long, Short float64 // seconds
	Threshold   float64
}

// Check returns both burn rates at the end of a series, and whether the rule fires.
func (r BurnRule) Check(objective float64, series []Load) (long, short Burn, fires bool) {
	long, short = BurnOver(objective, series, r.Long), BurnOver(objective, series, r.Short)
	reached := func(b Burn) bool { return b.Rate >= r.Threshold-1e-12 }
	return long, short, reached(long) && reached(short)
}
