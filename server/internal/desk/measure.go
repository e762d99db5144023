package desk

import (
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// Measurements is the answer to one question about numbers, the same for the API, the command line and files.
type Measurements struct {
	Metric     string        `json:"metric"`
	Title      string        `json:"title"`
	Definition string        `json:"definition"`
	Population string        `json:"population,omitempty"`
	GroupBy    string        `json:"group_by,omitempty"`
	From       *time.Time    `json:"from"`
	To         *time.Time    `json:"to"`
	AsOf       incident.Seq  `json:"as_of" doc:"number of the last change that the figures know"`
	Groups     []Measurement `json:"groups"`
}

// Measurement is the figures of one group.
type Measurement struct {
	Key      string              `json:"key"`
	Label    string              `json:"label"`
	From     *time.Time          `json:"from,omitempty"`
	To       *time.Time          `json:"to,omitempty"`
	Partial  bool                `json:"partial,omitempty" doc:"only part of the calendar period was observed"`
	N        int                 `json:"n" doc:"incidents that the figures were made from"`
	Open     int                 `json:"n_open" doc:"not over yet"`
	Missing  int                 `json:"n_missing" doc:"a time is missing and will not come"`
	Invalid  int                 `json:"n_invalid" doc:"it ends before it begins"`
	LeftOut  []LeftOut           `json:"left_out"`
	Values   map[string]Estimate `json:"values" doc:"by name, with the unit in the name"`
	Counters map[string]int      `json:"counters,omitempty"`
	// Of durations that are not grouped.
	Sensitivity *Sensitivity `json:"start_sensitivity,omitempty" doc:"by how many seconds the median moves when starts are wrong"`
}

// StartError is how far starts are taken to be wrong where figures say how much that matters.
const StartError = 15 * time.Minute

// Sensitivity says by how many seconds a median moves when the times of starts are wrong.
type Sensitivity struct {
	Error    float64 `json:"error_seconds" doc:"starts are wrong by up to this"`
	Low      float64 `json:"low_seconds" doc:"each start is wrong by itself: in 95 of 100 simulated cases the median moves by this or more"`
	High     float64 `json:"high_seconds" doc:"and by this or less"`
	AllLater float64 `json:"all_later_seconds" doc:"every start was later by the whole error"`
	AllEarly float64 `json:"all_earlier_seconds" doc:"every start was earlier by the whole error"`
	N        int     `json:"n" doc:"durations that the median is of"`
	Sampled  int     `json:"simulated_n" doc:"durations that low and high were simulated on; fewer than n: a sample, from which the moves were scaled to n"`
}

// LeftOut counts incidents that do not count, by reason.
type LeftOut struct {
	Reason string `json:"reason"`
	N      int    `json:"n"`
}

// Estimate is a number with its interval, or the reason why there is none.
type Estimate struct {
	Value  *float64 `json:"value"`
	Low    *float64 `json:"low"`
	High   *float64 `json:"high"`
	Level  float64  `json:"level,omitempty"`
	Method string   `json:"method,omitempty"`
	N      int      `json:"n"`
	Reason string   `json:"reason_if_null,omitempty"`
}

// Measure answers for one metric: an id of analytics.Metrics or a span such as opened..resolved.
func Measure(s *analytics.Snapshot, metric string, q analytics.Query) (Measurements, error) {
	out := Measurements{Metric: metric, GroupBy: string(q.GroupBy), From: pointer(q.From), To: pointer(q.To), AsOf: s.AsOf()}
	m, err := s.FindMetric(metric)
	if err != nil {
		return out, err
	}
	out.Title, out.Definition, out.Population = m.Title, m.Definition, m.Population
	if m.Page != "" {
		return out, incident.Invalidf("metric", "%s is not made from incidents alone; it is shown at %s, and below /api/v1%s", m.ID, m.Page, m.Page)
	}
	q.Span, q.Calendar = m.Span, m.Calendar
	switch m.ID {
	case "count":
		out.Groups = groups(s.Counts(q), ofCount)
	case "mtbf", "availability", "start_to_start":
		out.Groups = groups(s.Uptime(q), ofUptime)
	case "reopened":
		out.Groups = groups(s.Reopened(q), ofReopened)
	case "weighted_availability", "composed_availability", "error_budget", "burn_rate", "incident_cost":
		return out, incident.Invalidf("metric", "%s is about one service or objective: ask /api/v1/services/{id}/reliability or /api/v1/slo", m.ID)
	case "sla":
		out.Groups = groups(s.SLA(q, s.Agreements()), ofCompliance)
	default:
		if len(m.Span.From) == 0 {
			return out, incident.Invalidf("metric", "%s has no value for each group; ask for /api/v1/verdicts, or for its chart: /api/v1/charts/%s.json", m.ID, chartOf[m.ID])
		}
		out.Groups = groups(s.Durations(q), ofDuration)
	}
	return out, nil
}

// chartOf names the chart of figures that compare periods or look at a whole stretch of time.
var chartOf = map[string]string{"better": "how-often", "frequency": "how-often", "survival": "ttr-survival", "mean_for_cost": "ttr-mean",
	"trend": "gaps", "mann_kendall": "gaps", "growth": "gaps", "pattern": "when", "scan": "scan",
	"mann_whitney": "ttr-survival", "permutation": "ttr-survival", "within_severities": "ttr-dots", "level_changes": "ttr-dots"}

func groups[G any](in []G, of func(G) Measurement) []Measurement {
	out := make([]Measurement, len(in))
	for i, g := range in {
		out[i] = of(g)
	}
	return out
}

func head(g analytics.Group, n int) Measurement {
	m := Measurement{Key: g.Key, Label: g.Label, From: pointer(g.From), To: pointer(g.To), Partial: g.Partial, N: n, LeftOut: []LeftOut{}}
	for _, l := range g.LeftOut {
		m.LeftOut = append(m.LeftOut, LeftOut(l))
	}
	return m
}

func ofDuration(g analytics.DurationGroup) Measurement {
	m := head(g.Group, g.N)
	m.Open, m.Missing, m.Invalid = g.NOpen, g.NMissing, g.NInvalid
	if sen, ok := analytics.StartSensitivity(g.Values, StartError.Seconds()); ok && g.Key == "" && g.From.IsZero() {
		m.Sensitivity = &Sensitivity{sen.Error, sen.Low, sen.High, sen.AllLater, sen.AllEarlier, sen.N, sen.Simulated}
	}
	m.Values = map[string]Estimate{"median_seconds": Estimate(g.Median), "p75_seconds": Estimate(g.P75),
		"p90_seconds": Estimate(g.P90), "p95_seconds": Estimate(g.P95), "mean_seconds": Estimate(g.Mean)}
	return m
}

func ofCount(g analytics.CountGroup) Measurement {
	m := head(g.Group, g.N)
	m.Values = map[string]Estimate{"count": Estimate(g.Count), "per_day": Estimate(g.PerDay)}
	return m
}

func ofUptime(g analytics.UptimeGroup) Measurement {
	m := head(g.Group, g.Incidents)
	m.Open, m.Missing, m.Invalid = g.NOpen, g.NMissing, g.NInvalid
	m.Values = map[string]Estimate{"availability_share": Estimate(g.Availability), "mtbf_seconds": Estimate(g.MTBF),
		"mtbsi_seconds": Estimate(g.MTBSI), "start_to_start_seconds": Estimate(g.StartToStart)}
	m.Counters = map[string]int{"failures": g.Failures, "window_seconds": int(g.Window.Seconds()), "down_seconds": int(g.Down.Seconds()),
		"maintenance_seconds": int(g.Maintenance.Seconds())}
	return m
}

func ofReopened(g analytics.ReopenedGroup) Measurement {
	m := head(g.Group, g.Resolved)
	m.Open, m.Missing = g.Open, g.Missing
	m.Values = map[string]Estimate{"reopened_share": Estimate(g.Rate)}
	m.Counters = map[string]int{"reopened": g.Reopened, "returns": g.Returns}
	return m
}

func ofCompliance(g analytics.ComplianceGroup) Measurement {
	m := head(g.Group, g.Met+g.Breached)
	m.Key, m.Label = joinKey(g.Promise.Key, g.Key), g.Promise.Name
	if g.Label != "" {
		m.Label += ", " + g.Label
	}
	m.Open, m.Missing, m.Invalid = g.Running, g.Missing, g.Invalid
	m.Values = map[string]Estimate{"met_share": Estimate(g.Rate)}
	m.Counters = map[string]int{"met": g.Met, "breached": g.Breached}
	if !g.Promise.Stated {
		for name, n := range map[string]int{"at_risk": g.AtRisk, "canceled": g.Canceled, "excused": g.Excused, "excused_after_the_fact": g.ExcusedLate} {
			m.Counters[name] = n
		}
	}
	return m
}

func joinKey(a, b string) string {
	if b == "" {
		return a
	}
	return a + "/" + b
}

// pointer returns nil for an unknown time.
func pointer(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
