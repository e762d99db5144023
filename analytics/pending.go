package analytics

// Metrics lists every definition, in the order of an incident's life.
func Metrics() []Metric { panic("not yet") }

// FindMetric returns the metric with an id, or a metric for any other span written "from..to". It returns
// incident.ErrInvalid when id is neither.
func FindMetric(id string) (Metric, error) { panic("not yet") }

// Judge says whether durations changed between two periods, in the fixed words used everywhere.
// now and before are the recorded durations in seconds, in any order.
func Judge(m Metric, now, before []float64) Verdict { panic("not yet") }

// JudgeRate says whether incidents became rarer. Days are the observed days of each period.
func JudgeRate(now int, nowDays float64, before int, beforeDays float64) Verdict { panic("not yet") }
