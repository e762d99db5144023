// Package stats holds the formulas: pure functions of numbers, without clock or incident; what is random takes its seed.
// Each names where it comes from, and the vector tests compare each with values computed elsewhere.
//
// Numbers that do not exist are NaN and bounds that do not exist are infinite; nothing here returns zero in
// their place. Levels and probabilities are shares between 0 and 1. Start with [Quantile] and
// [QuantileInterval].
package stats

// Interval is a confidence interval. An unbounded side is infinite; NaN on both sides means that
// there is no interval.
type Interval struct{ Low, High float64 }
