package desk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/server/internal/jobs"
)

// Forecast says what mapping a connection's stored records again would change. Nothing is written to make it.
type Forecast struct {
	jobs.Outcome
	Figures []Move // those that would move, and no others
	Cut     bool   // the time did not suffice for all records: all of this is about the newest, Outcome.Read in number
	Kept    int64  // records of the connection
}

// Move is one figure of a connection's incidents before and after.
type Move struct {
	Metric        string // id of analytics.Metrics
	Title         string // "Time to resolve"
	Value         string // as Measurement.Values calls it: "median_seconds"
	Period        string // "2026 Q3", or "all time"; "the newest records" instead when the forecast is cut
	Before, After Estimate
}

// foreseen are the figures that a forecast compares: each metric with the value that stands for it.
var foreseen = []struct{ metric, value string }{
	{"count", "count"}, {"time_to_acknowledge", "median_seconds"}, {"time_to_mitigate", "median_seconds"}, {"time_to_resolve", "median_seconds"},
}

// ForecastTime is how long a page or an API answer looks at records for a forecast.
const ForecastTime = 10 * time.Second

// Foresee works out what mapping the stored records of conn again would change, under the mapping that conn carries,
// saved or not: in incidents, and in the figures of this connection's incidents for the latest
// quarter that has any, and for all time. It looks at the newest incidents first and ends after limit (0: with the
// last one): then all that it says is of those alone. Figures are of the incidents that sight sees.
func (d *Desk) Foresee(ctx context.Context, conn incident.Connection, limit time.Duration, sight incident.Sight) (Forecast, error) {
	conn, err := d.Unseal(conn)
	if err != nil {
		return Forecast{}, err
	}
	tallies, err := d.Store.Tallies(ctx)
	if err != nil {
		return Forecast{}, fmt.Errorf("desk: foresee %s: %w", conn.Name, err)
	}
	s := sides{before: analytics.NewLive(d.Now), after: analytics.NewLive(d.Now), seen: map[incident.ID]bool{}}
	out, cut, err := d.Runner.Foresee(ctx, conn, limit, func(before, after []*incident.Incident) error { return s.take(ctx, before, after) })
	f := Forecast{Outcome: out, Cut: cut, Kept: int64(tallies[conn.ID].Records)}
	if err == nil {
		f.Figures = moves(settled(s.before), settled(s.after), s.latest, cut, sight)
	}
	return f, err
}

// sides are the incidents that a forecast looked at, as they are and as they would become.
type sides struct {
	before, after *analytics.Live
	seen          map[incident.ID]bool // an incident that several records tell of is taken as it is once
	latest        time.Time            // start of the newest
}

func (s *sides) take(ctx context.Context, before, after []*incident.Incident) error {
	fresh := slices.DeleteFunc(slices.Clone(before), func(inc *incident.Incident) bool { return inc.Deleted() || s.seen[inc.ID] })
	for _, inc := range fresh {
		s.seen[inc.ID] = true
		if at := inc.StartedAt(); at.After(s.latest) {
			s.latest = at
		}
	}
	if err := s.before.Apply(ctx, incident.Delta{Incidents: fresh}); err != nil {
		return err
	}
	return s.after.Apply(ctx, incident.Delta{Incidents: append(fresh, after...)})
}

// settled returns the snapshot of all that was applied.
func settled(l *analytics.Live) *analytics.Snapshot {
	l.Apply(context.Background(), incident.Delta{CaughtUp: true}) // it fails only when its context has ended
	return l.Snapshot()
}

// moves compares the figures of two snapshots, which hold the newest incidents alone when cut is set.
func moves(before, after *analytics.Snapshot, latest time.Time, cut bool, sight incident.Sight) []Move {
	whole := "all time"
	if cut {
		whole = "the newest records"
	}
	begin := time.Date(latest.Year(), (latest.Month()-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC)
	quarter := analytics.Query{From: begin, To: begin.AddDate(0, 3, 0), Sight: sight}
	var out []Move
	for _, f := range foreseen {
		out = append(out, compare(before, after, f.metric, f.value, fmt.Sprintf("%d Q%d", begin.Year(), begin.Month()/3+1), quarter)...)
		out = append(out, compare(before, after, f.metric, f.value, whole, analytics.Query{Sight: sight})...)
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
