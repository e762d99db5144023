package reports

import (
	"hindsight/analytics"
	"hindsight/incident"
)

// Definition is one chart of the catalogue: how to make it from any snapshot for any query. The query says
// which incidents; its GroupBy does not matter, for the chart knows what it groups by. A Span in
// it replaces what a chart of durations measures by default.
type Definition struct {
	ID    string // "ttr-by-service"; in URLs and file names
	Title string // the question that it answers
	Build func(*analytics.Snapshot, analytics.Query) Chart
}

const (
	timeToResolve     = "time_to_resolve"
	timeToAcknowledge = "time_to_acknowledge"
)

// Catalog lists every chart, in the order in which a reader would ask.
func Catalog() []Definition {
	out := []Definition{
		{"incidents-per-month", "How often do incidents happen?", incidentsPerMonth},
		{"ttr-dots", "How long do incidents last?", durationDots(timeToResolve)},
		{"how-often", "Do incidents come more or less often?", howOften},
		{"ttr-survival", "How many incidents still go on after a time?", durationSurvival(timeToResolve)},
		{"ttr-mean", "What does an incident take on average, for questions of cost?", durationMean(timeToResolve)},
		{"gaps", "Does the gap between incidents grow?", gapsGrow},
		{"scan", "Which services changed?", scanServices},
		{"when", "When do incidents start?", whenStart},
		{"ttr-ecdf", "What share of incidents is resolved within a time?", durationShares(timeToResolve)},
	}
	for _, by := range []analytics.Dimension{analytics.ByService, analytics.ByPriority, analytics.ByTeam} {
		out = append(out,
			Definition{"ttr-by-" + string(by), "Which " + string(by) + " takes longest to resolve?", durationsBy(timeToResolve, by)},
			Definition{"tta-by-" + string(by), "Which " + string(by) + " takes longest to answer?", durationsBy(timeToAcknowledge, by)},
		)
	}
	for _, by := range []analytics.Dimension{analytics.ByService, analytics.ByTeam} {
		out = append(out, Definition{"time-by-" + string(by), "Where does the time of incidents go, by " + string(by) + "?", mostTime(timeToResolve, by)})
	}
	out = append(out,
		Definition{"sla-by-month", "How are service levels kept over time?", complianceByMonth},
		Definition{"sla-by-priority", "Which priorities keep their service levels?", complianceByPriority},
		Definition{"availability-by-service", "How available is each service?", availabilityByService},
		Definition{"mtbf-by-service", "How long does each service run between failures?", betweenFailures},
		Definition{"reopened-by-month", "How many incidents come back after they were resolved?", reopenedByMonth},
	)
	for i := range out {
		out[i].Build = named(out[i])
	}
	return out
}

// Find returns the chart with an id, or incident.ErrNotFound.
func Find(id string) (Definition, error) {
	for _, d := range Catalog() {
		if d.ID == id {
			return d, nil
		}
	}
	return Definition{}, incident.ErrNotFound
}

// named gives what d builds its id and title, and its source to the table.
func named(d Definition) func(*analytics.Snapshot, analytics.Query) Chart {
	build := d.Build
	return func(s *analytics.Snapshot, q analytics.Query) Chart {
		c := build(s, q)
		c.ID, c.Title = d.ID, d.Title
		c.Table.ID, c.Table.Title, c.Table.Source = d.ID, d.Title, c.Source
		return c
	}
}
