package analytics_test

import (
	"context"
	"math"
	"time"

	"hindsight/analytics"
	"hindsight/analytics/stats"
	"hindsight/incident"
)

// timings runs the vectors about durations through incidents and a snapshot, as the program does.
func timings(in struct {
	AsOf      time.Time `json:"as_of"`
	Incidents []map[string]*string
}) result {
	names := map[string]incident.MilestoneName{
		"impact_started_at": incident.ImpactStarted, "detected_at": incident.Detected, "acknowledged_at": incident.Acked,
		"mitigated_at": incident.MitigatedAt, "restored_at": incident.ImpactEnded, "resolved_at": incident.ResolvedAt,
	}
	var incs []*incident.Incident
	for _, fields := range in.Incidents {
		inc := &incident.Incident{ID: incident.ID(*fields["id"]), Kind: incident.Real, Status: incident.Closed}
		if *fields["status"] == "open" {
			inc.Status = incident.Investigating
		}
		for field, name := range names {
			if text := fields[field]; text != nil {
				when, _ := time.Parse(time.RFC3339, *text)
				inc.Milestones.Set(name, when, incident.ToSecond, incident.FromField, "vector", field)
			}
		}
		incs = append(incs, inc)
	}
	s := apply(incs)
	out := result{}
	for name, text := range map[string]string{
		"ttd": "impact_started..detected", "tta": "detected..acknowledged", "ttm": "impact_started..mitigated",
		"ttr_restore": "impact_started..impact_ended", "ttr_resolve": "detected..resolved",
	} {
		sp, _ := incident.ParseSpan(text)
		q := analytics.Query{Span: sp, Now: in.AsOf}
		out[name] = timing(s.Durations(q)[0])
	}
	return out
}

func apply(incs []*incident.Incident) *analytics.Snapshot {
	live := analytics.NewLive(func() time.Time { return time.Unix(0, 0) })
	if err := live.Apply(context.Background(), incident.Delta{Upto: 1, CaughtUp: true, Incidents: incs}); err != nil {
		panic(err)
	}
	return live.Snapshot()
}

func timing(g analytics.DurationGroup) result {
	curve := g.Survival()
	median, _ := curve.Quantile(0.5, stats.LogLog, 0.95)
	p90, _ := curve.Quantile(0.9, stats.LogLog, 0.95)
	var logs []float64
	for _, v := range g.Values {
		if v > 0 {
			logs = append(logs, math.Log(v))
		}
	}
	return result{
		"n": g.N, "open": g.NOpen, "missing": g.NMissing, "invalid": g.NInvalid,
		"mean": g.Mean.Value, "median": stats.Quantile(g.Values, 0.5), "p90": stats.Quantile(g.Values, 0.9),
		"geometric_mean": math.Exp(stats.Mean(logs)), "km_median": median, "km_p90": p90,
	}
}

// reopenRate runs histories of states through incidents and a snapshot.
func reopenRate(in struct {
	Incidents []struct {
		ID          incident.ID
		Transitions []struct {
			At time.Time
			To string
		}
	}
}) result {
	var incs []*incident.Incident
	for _, x := range in.Incidents {
		inc := &incident.Incident{ID: x.ID, Kind: incident.Real, Reopened: new(int)}
		for _, to := range x.Transitions {
			next := incident.Triggered
			switch to.To {
			case "resolved", "closed":
				next = incident.Status(to.To)
			}
			if inc.Status.Over() && !next.Over() {
				*inc.Reopened++
			}
			inc.Status = next
		}
		incs = append(incs, inc)
	}
	g := apply(incs).Reopened(analytics.Query{})[0]
	return result{
		"resolved_at_least_once": g.Resolved, "reopened": g.Reopened, "reopen_events": g.Returns,
		"rate": g.Rate.Value, "wilson95": []*float64{g.Rate.Low, g.Rate.High},
	}
}

func kaplanMeier(in struct {
	Time  []float64
	Event []int
	Conf  float64
	Tau   float64
}) result {
	ended := make([]bool, len(in.Event))
	for i, e := range in.Event {
		ended[i] = e == 1
	}
	s := stats.KaplanMeier(in.Time, ended)
	columns := []string{"time", "n_risk", "n_event", "surv", "std_err", "ci_loglog_lower", "ci_loglog_upper", "ci_log_lower", "ci_log_upper"}
	values := make([][]float64, len(columns))
	for i, x := range s.Steps {
		loglog, log := s.Interval(i, stats.LogLog, in.Conf), s.Interval(i, stats.Log, in.Conf)
		for c, v := range []float64{x.Time, float64(x.AtRisk), float64(x.Ended), x.Share, x.SE, loglog.Low, loglog.High, log.Low, log.High} {
			values[c] = append(values[c], v)
		}
	}
	rows := result{}
	for c, name := range columns {
		rows[name] = values[c]
	}
	var quantiles []any
	for _, p := range []float64{0.25, 0.5, 0.75, 0.9, 0.95} {
		value, loglog := s.Quantile(p, stats.LogLog, in.Conf)
		_, log := s.Quantile(p, stats.Log, in.Conf)
		quantiles = append(quantiles, result{"p": p, "est": value, "ci_loglog": ends(loglog), "ci_log": ends(log)})
	}
	mean, se := s.RestrictedMean(in.Tau)
	return result{
		"n": s.N, "events": s.Ended, "censored": s.N - s.Ended, "event_rows": rows, "quantiles": quantiles,
		"rmst": result{"tau": in.Tau, "est": mean, "se": se},
	}
}
