package main

import (
	"context"
	"runtime"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// own is the product's columns, read anew for each question.
type own struct {
	live  *analytics.Live
	size  int64
	asked time.Duration
}

func (o *own) name() string { return "Hindsight, columns read anew" }

// page is how many incidents the product's follower hands over at once.
const page = 1000

func (o *own) load(ctx context.Context, rows []row) error {
	before := heap()
	o.live = analytics.NewLive(time.Now)
	for i := 0; i < len(rows); i += page {
		d := incident.Delta{Upto: incident.Seq(i + page), CaughtUp: i+page >= len(rows)}
		for _, r := range rows[i:min(i+page, len(rows))] {
			d.Incidents = append(d.Incidents, r.incident())
		}
		if err := o.live.Apply(ctx, d); err != nil {
			return err
		}
	}
	o.size = heap() - before
	return nil
}

// incident returns the row as the product has it.
func (r row) incident() *incident.Incident {
	inc := &incident.Incident{
		ID: incident.ID(r.id), Number: r.number, Title: r.title, Kind: incident.Real, Status: incident.Resolved,
		Services: []incident.ServiceUse{{Service: incident.ID(serviceName(r.service))}}, Severity: incident.Severity(r.priority),
		Team: incident.ID("team_" + string(rune('a'+r.team%26))), PriorityRaw: "P" + string(rune('0'+r.priority)),
	}
	opened := time.Unix(r.opened, 0).UTC()
	inc.Milestones.Set(incident.Opened, opened, incident.ToSecond, incident.FromField, "made up", "")
	if r.resolved == 0 {
		inc.Status = incident.Investigating
		return inc
	}
	inc.Milestones.Set(incident.ResolvedAt, time.Unix(r.resolved, 0).UTC(), incident.ToSecond, incident.FromField, "made up", "")
	return inc
}

func (o *own) bytes(context.Context) (int64, error) { return o.size, nil }
func (o *own) variants() []string                   { return []string{"Snapshot.Cross"} }
func (o *own) close()                               {}

// question is what all engines are asked.
func question() (analytics.Query, error) {
	m, err := analytics.FindMetric("time_to_resolve")
	return analytics.Query{Span: m.Span}, err
}

func (o *own) cross() (*analytics.Crossing, error) {
	q, err := question()
	if err != nil {
		return nil, err
	}
	o.asked++ // a nanosecond more makes another question with the same answer, for which nothing is kept
	return o.live.Snapshot().Cross(q, analytics.ByService, analytics.ByWeek, target+o.asked%1000), nil
}

func (o *own) compute(context.Context, int) error {
	_, err := o.cross()
	return err
}

func (o *own) answer(context.Context, int) (map[cell]figures, error) {
	x, err := o.cross()
	if err != nil {
		return nil, err
	}
	return figuresOf(x), nil
}

func figuresOf(x *analytics.Crossing) map[cell]figures {
	out := map[cell]figures{}
	for i, service := range x.Rows {
		for _, c := range x.Row(i) {
			out[cell{service.Key, monday(x.Columns[c.Column].From)}] = figures{
				incidents: int64(c.Incidents()), resolved: int64(c.N), within: int64(c.NWithin),
				mean: c.MeanSeconds, median: c.MedianSeconds, p90: c.P90Seconds,
			}
		}
	}
	return out
}

// monday returns when the week of t began, in UTC.
func monday(t time.Time) int64 {
	const week = 7 * 24 * 3600
	return t.Unix() - (t.Unix()-begin.Unix())%week
}

// heap returns the bytes in use.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
