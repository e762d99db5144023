package desk

import (
	"context"
	"fmt"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/server/internal/jobs"
)

// Forecast says what mapping a connection's stored records again would change. Nothing is written to make it.
type Forecast struct {
	jobs.Outcome
	Figures []Move // those that would move, and no others
}

// Move is one figure of a connection's incidents before and after.
type Move struct {
	Metric        string // id of analytics.Metrics
	Title         string // "Time to resolve"
	Value         string // as Measurement.Values calls it: "median_seconds"
	Period        string // "2026 Q3" or "all time"
	Before, After Estimate
}

// foreseen are the figures that a forecast compares: each metric with the value that stands for it.
var foreseen = []struct{ metric, value string }{
	{"count", "count"}, {"time_to_acknowledge", "median_seconds"}, {"time_to_mitigate", "median_seconds"}, {"time_to_resolve", "median_seconds"},
}

// Foresee works out what mapping the stored records of conn again would change, under the mapping that conn carries,
// saved or not: in incidents, and in the figures of this connection's incidents for the latest
// quarter that has any, and for all time.
func (d *Desk) Foresee(ctx context.Context, conn incident.Connection) (Forecast, error) {
	conn, err := d.Unseal(conn)
	if err != nil {
		return Forecast{}, err
	}
	before, after := analytics.NewLive(d.Now), analytics.NewLive(d.Now)
	apply := func(incs []*incident.Incident, lives ...*analytics.Live) error {
		for _, live := range lives {
			if err := live.Apply(ctx, incident.Delta{Incidents: incs}); err != nil {
				return err
			}
		}
		return nil
	}
	var latest time.Time
	for inc, err := range d.Store.Incidents(ctx, incident.Filter{Connections: []incident.ID{conn.ID}, Private: true}) {
		if err == nil {
			err = apply([]*incident.Incident{inc}, before, after)
		}
		if err != nil {
			return Forecast{}, fmt.Errorf("desk: foresee %s: %w", conn.Name, err)
		}
		if at := inc.StartedAt(); at.After(latest) {
			latest = at
		}
	}
	out, err := d.Runner.Foresee(ctx, conn, func(incs []*incident.Incident) error { return apply(incs, after) })
	return Forecast{Outcome: out, Figures: moves(settled(before), settled(after), latest)}, err
}

// settled returns the snapshot of all that was applied.
func settled(l *analytics.Live) *analytics.Snapshot {
	l.Apply(context.Background(), incident.Delta{CaughtUp: true}) // it fails only when its context has ended
	return l.Snapshot()
}

// moves compares the figures of two snapshots.
func moves(before, after *analytics.Snapshot, latest time.Time) []Move {
	begin := time.Date(latest.Year(), (latest.Month()-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC)
	quarter := analytics.Query{From: begin, To: begin.AddDate(0, 3, 0), Private: true}
	var out []Move
	for _, f := range foreseen {
		out = append(out, compare(before, after, f.metric, f.value, fmt.Sprintf("%d Q%d", begin.Year(), begin.Month()/3+1), quarter)...)
		out = append(out, compare(before, after, f.metric, f.value, "all time", analytics.Query{Private: true})...)
	}
	return out
}

// compare returns the move of one figure, or none when it stays.
func compare(before, after *analytics.Snapshot, metric, value, period string, q analytics.Query) []Move {
	m := Move{Metric: metric, Value: value, Period: period}
	for _, side := range []struct {
		s  *analytics.Snapshot
		to *Estimate
	}{{before, &m.Before}, {after, &m.After}} {
		got, err := Measure(side.s, metric, q)
		if err != nil || len(got.Groups) == 0 {
			continue
		}
		m.Title, *side.to = got.Title, got.Groups[0].Values[value]
	}
	if sameValue(m.Before, m.After) {
		return nil
	}
	return []Move{m}
}

func sameValue(a, b Estimate) bool {
	if a.Value == nil || b.Value == nil {
		return a.Value == b.Value
	}
	return *a.Value == *b.Value
}
