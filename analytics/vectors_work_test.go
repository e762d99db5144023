package analytics_test

import (
	"encoding/json"
	"math"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// workFunctions are the functions of delivery, repeats, load and action items.
func workFunctions() map[string]func(json.RawMessage) (result, error) {
	return map[string]func(json.RawMessage) (result, error){
		"dora": on(dora), "repeat_rate": on(repeatRate), "responder_load": on(responderLoad), "action_items": on(actionItems),
	}
}

// orZero returns an instant that may be null.
func orZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// orNaN returns the value of an estimate, or NaN.
func orNaN(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}

func boundsOf(e analytics.Estimate) []float64 { return []float64{orNaN(e.Low), orNaN(e.High)} }

func dora(in struct {
	Window      [2]time.Time
	AsOf        time.Time `json:"as_of"`
	Deployments []struct {
		At        time.Time
		Failed    bool
		Recovered *time.Time `json:"recovered_at"`
		Rework    bool
	}
}) result {
	var all []analytics.Deployment
	for _, d := range in.Deployments {
		all = append(all, analytics.Deployment{At: d.At, Failed: d.Failed, Recovered: orZero(d.Recovered), Rework: d.Rework})
	}
	d := analytics.Deliver(in.Window[0], in.Window[1], in.AsOf, all)
	plain, withOpen := d.RecoveryTimes()
	return result{
		"deployments": d.Deployments, "deployments_per_day": orNaN(d.PerDay.Value), "failed": d.Failed, "change_fail_rate": orNaN(d.FailRate.Value),
		"cfr_wilson95": boundsOf(d.FailRate), "fdrt_median_seconds": plain, "fdrt_open": d.Open, "fdrt_km_median_seconds": withOpen,
		"rework_rate": orNaN(d.Rework.Value),
	}
}

func repeatRate(in struct {
	Days      float64 `json:"lookback_days"`
	Incidents []struct {
		ID      incident.ID
		At      time.Time `json:"started_at"`
		Problem *string
	}
}) result {
	var all []analytics.Occurrence
	for _, i := range in.Incidents {
		o := analytics.Occurrence{Incident: i.ID, At: i.At}
		if i.Problem != nil {
			o.Problem = *i.Problem
		}
		all = append(all, o)
	}
	r := analytics.Repeated(all, time.Duration(in.Days*24*float64(time.Hour)))
	ids := []string{}
	for _, id := range r.Incidents {
		ids = append(ids, string(id))
	}
	return result{"n": len(all), "repeats": len(ids), "repeat_ids": ids, "rate": orNaN(r.Rate.Value), "wilson95": boundsOf(r.Rate), "unclassified": r.Unclassified}
}

func responderLoad(in struct {
	Window      [2]time.Time
	Team        int `json:"team_size"`
	Assignments []struct {
		Responder, Incident string
		Start               time.Time
		End                 *time.Time
	}
}) result {
	var all []analytics.Assignment
	for _, a := range in.Assignments {
		all = append(all, analytics.Assignment{Responder: a.Responder, Incident: a.Incident, From: a.Start, To: orZero(a.End)})
	}
	l := analytics.MeasureLoad(in.Window[0], in.Window[1], in.Team, all)
	var out []any
	for _, r := range l.Responders {
		out = append(out, result{"responder": r.Responder, "incidents": r.Incidents, "busy_seconds": r.Busy.Seconds(), "overlapped_seconds": r.Overlapped.Seconds()})
	}
	return result{"responders": out, "gini_busy": l.Gini, "max_share": l.MostShare}
}

func actionItems(in struct {
	AsOf  time.Time `json:"as_of"`
	Items []struct {
		Created  time.Time  `json:"created_at"`
		Due      *time.Time `json:"due_at"`
		Done     *time.Time `json:"completed_at"`
		Canceled *time.Time `json:"cancelled_at"`
	}
}) result {
	var all []analytics.Action
	for _, i := range in.Items {
		all = append(all, analytics.Action{Created: i.Created, Due: orZero(i.Due), Done: orZero(i.Done), Canceled: orZero(i.Canceled)})
	}
	a := analytics.MeasureActions(in.AsOf, all)
	const day = 24 * 3600
	return result{
		"total": a.Total, "cancelled": a.Canceled, "completed": a.Done, "completion_rate": orNaN(a.Completion.Value), "wilson95": boundsOf(a.Completion),
		"overdue_open": a.Overdue, "on_time_rate": orNaN(a.OnTime.Value), "km_median_days": orNaN(a.Age) / day,
		"naive_median_days_of_completed": orNaN(a.NaiveAge) / day,
	}
}
