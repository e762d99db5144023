package analytics

import "hindsight/incident"

// Unit says what the number of a metric counts.
type Unit string

const (
	Seconds Unit = "seconds"
	Share   Unit = "share" // 0 to 1
	Number  Unit = "count"
)

// Metric is the definition of one figure, in words that are printed next to it.
type Metric struct {
	ID            string        // "time_to_resolve"; an anchor of docs/metrics.md
	Title         string        // "Time to resolve"
	Span          incident.Span // what it measures; empty for figures that are no durations
	Definition    string        // from what to what, exactly
	Unit          Unit
	Population    string // which incidents
	Source        string // where the definition or the formula comes from
	FewerIsBetter bool   // a smaller number is good news
}
