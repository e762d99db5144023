package analytics

import (
	"fmt"
	"slices"

	"hindsight/analytics/calendar"
	"hindsight/incident"
)

// Unit says what the number of a metric counts.
type Unit string

const (
	Seconds Unit = "seconds"
	Share   Unit = "share" // 0 to 1
	Number  Unit = "count"
	Money   Unit = "money"  // in the currency of the rate
	Factor  Unit = "factor" // now divided by before: 0.8 is a fifth less
)

// Metric is the definition of one figure, in words that are printed next to it.
type Metric struct {
	ID            string        // "time_to_resolve"; an anchor of docs/metrics.md
	Title         string        // "Time to resolve"
	Span          incident.Span // what it measures; empty for figures that are no durations
	Definition    string        // from what to what, exactly
	Unit          Unit
	Population    string             // which incidents
	Method        string             // how the value and its interval are worked out
	Missing       string             // what becomes of open incidents and of those that lack a time
	Source        string             // where the definition or the formula comes from
	FewerIsBetter bool               // a smaller number is good news
	Page          string             // the path where it is shown, of figures that are not made from incidents alone; else empty
	Calendar      *calendar.Calendar // in whose business time Span is counted; nil: wall clock
}

// spanPopulation is the population of every duration.
const (
	spanMethod     = "median, 75th, 90th and 95th percentile, each with the distribution-free 95 % interval between two order statistics; they need 6, 13, 36 and 72 incidents"
	spanMissing    = "open incidents, incidents without one of the two times and those that end before they begin are counted beside the figure, never in it"
	startMissing   = "open incidents count; those without a start belong to no period and are counted beside the figure"
	impactMissing  = "an open stretch of impact lasts until now; incidents whose impact is not known are counted beside the figure"
	historyMissing = "incidents whose source keeps no history are left out"
	shareMethod    = "share with the 95 % Wilson interval"
)

const spanPopulation = "incidents that count and started in the period, with both times recorded and in order; open, missing and invalid ones are counted apart"

// Metrics lists every definition, in the order of an incident's life.
func Metrics() []Metric {
	return slices.Concat([]Metric{
		duration("time_to_detect", "Time to detect", "impact_started..detected",
			"from the start of impact to the first alert or report", "GitLab incident metrics; TTD of Google SRE"),
		duration("time_to_acknowledge", "Time to acknowledge", "detected|opened..acknowledged",
			"from the first alert or report, or the opening of the record if that is earlier or alone known, to the first human who took it", "the common MTTA of paging products"),
		duration("time_to_mitigate", "Time to mitigate", "impact_started|detected..mitigated",
			"from the start of impact, or its detection if that is earlier or alone known, until users' suffering stopped or became minor", "Davidovič, Incident Metrics in SRE (2021)"),
		duration("time_to_restore", "Time to restore", "impact_started|detected..impact_ended|resolved",
			"from the start of impact, or its detection if that is earlier or alone known, to full normal service, or the resolution if that is earlier or alone known", "IEC 60050-192 mean time to restoration; ITIL MTRS"),
		duration("time_to_resolve", "Time to resolve", "opened..resolved",
			"from the opening of the record to the last resolution", "what ticket systems report as MTTR"),
		duration("time_to_close", "Time to close", "opened..closed",
			"from the opening of the record to its closing", "what ticket systems report as age at closing"),
		{ID: "count", Title: "Incidents", Unit: Number, FewerIsBetter: true,
			Definition: "number of incidents that started in the period",
			Method:     "count with the exact 95 % Poisson interval", Missing: startMissing, Population: "incidents that count", Source: "interval: Garwood (1936), exact for a Poisson count"},
		{ID: "mtbf", Title: "Mean time between failures", Unit: Seconds,
			Definition: "uptime in the period divided by the failures that began in it; a failure is a stretch of impact after overlapping ones were merged",
			Method:     "uptime divided by failures with the 95 % chi-square interval for a window of fixed length; without failures only a lower bound", Missing: impactMissing,
			Population: "incidents that count and have a known stretch of impact", Source: "IEC 60050-192; interval: NIST/SEMATECH e-Handbook 8.4.5.1, chi-square"},
		{ID: "start_to_start", Title: "Mean gap between starts", Unit: Seconds,
			Definition: "time from the first to the last start in the period divided by the number of incidents less one",
			Method:     "a plain quotient without an interval", Missing: startMissing,
			Population: "incidents that count and started in the period", Source: "what many tools report as MTBF"},
		{ID: "availability", Title: "Availability", Unit: Share,
			Definition: "share of the period, planned maintenance and what contracts exclude aside, in which no incident had impact; overlapping stretches count once, open ones last until now, and what lies ahead is not counted",
			Method:     "measured, not sampled: no interval", Missing: impactMissing,
			Population: "incidents that count and have a known stretch of impact inside the period, whenever they started", Source: "interval union; SRE Workbook, chapter 2"},
		{ID: "sla", Title: "Service levels met", Unit: Share,
			Definition: "clocks that met their promise divided by those that met or broke it; exactly on time is met, running past the promise is broken, running inside it is in neither; a contract's clock shows the business time of its calendar, without pauses and excluded time",
			Method:     shareMethod, Missing: "clocks that lack a time are in neither and counted beside the figure",
			Population: "incidents that count and started in the period and that the promise concerns; of a contract, while it was in force; clocks that a status canceled are counted apart", Source: "the source's own word, or the contracts set here; interval: Wilson (1927)"},
		{ID: "reopened", Title: "Reopened", Unit: Share, FewerIsBetter: true,
			Definition: "incidents that came back at least once divided by those resolved at least once",
			Method:     shareMethod, Missing: "incidents that were never resolved, and those of sources without a history of states, are counted beside the figure",
			Population: "incidents that count and started in the period, of sources that record returns", Source: "interval: Wilson (1927)"},
	}, comparisons(), objectiveMetrics(), workMetrics(), problemMetrics())
}

// FindMetric returns the metric with an id, or a metric for any other span written "from..to". It returns
// incident.ErrInvalid when id is neither.
func FindMetric(id string) (Metric, error) {
	for _, m := range Metrics() {
		if m.ID == id {
			return m, nil
		}
	}
	span, err := incident.ParseSpan(id)
	if err != nil {
		return Metric{}, fmt.Errorf("analytics: metric %q is not in the list, nor a span of milestones: %w", id, err)
	}
	return duration(id, "Time "+span.String(), id, "from "+id, "set by whoever asked"), nil
}

// duration returns the metric of a span that is known to be well-formed.
func duration(id, title, text, definition, source string) Metric {
	span, err := incident.ParseSpan(text)
	if err != nil {
		panic(err)
	}
	return Metric{
		ID: id, Title: title, Span: span, Definition: definition, Unit: Seconds,
		Population: spanPopulation, Method: spanMethod, Missing: spanMissing, Source: source, FewerIsBetter: true,
	}
}
