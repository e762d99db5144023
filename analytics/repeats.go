package analytics

import (
	"slices"
	"time"

	"hindsight/incident"
)

// Occurrence is an incident with the problem that it belongs to.
type Occurrence struct {
	Incident incident.ID
	Problem  string // empty: not classified
	At       time.Time
}

// Repeats says how many incidents were of a problem that had struck shortly before.
type Repeats struct {
	Rate         Estimate      // repeats / all, those without a problem included; Wilson
	Incidents    []incident.ID // the repeats, in time order
	Unclassified int           // without a problem: counted as no repeats
}

// Repeated counts the incidents that began up to lookback after another one of their problem.
func Repeated(all []Occurrence, lookback time.Duration) Repeats {
	order := slices.Clone(all)
	slices.SortStableFunc(order, func(a, b Occurrence) int { return a.At.Compare(b.At) })
	before := map[string][]time.Time{} // the last two different starts of a problem
	var out Repeats
	for _, o := range order {
		if o.Problem == "" {
			out.Unclassified++
			continue
		}
		seen := before[o.Problem]
		if n := len(seen); n == 0 || seen[n-1].Before(o.At) {
			seen = append(seen, o.At)
		}
		if n := len(seen); n > 1 && o.At.Sub(seen[n-2]) <= lookback {
			out.Incidents = append(out.Incidents, o.Incident)
		}
		before[o.Problem] = seen[max(0, len(seen)-2):]
	}
	out.Rate = share(len(out.Incidents), len(order))
	return out
}
