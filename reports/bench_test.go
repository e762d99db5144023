package reports_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/reports"
)

// madeUp returns a snapshot of n made-up incidents over three years: of 200 services with few busy and many quiet ones, with
// durations that are short as a rule and long at times; one in fifty is open.
func madeUp(b *testing.B, n int) *analytics.Snapshot {
	rng := rand.New(rand.NewPCG(20260101, 2))
	common := rand.NewZipf(rng, 1.1, 20, 199)
	begin := time.Date(2023, 1, 2, 0, 0, 0, 0, time.UTC)
	live := analytics.NewLive(time.Now)
	const page = 1000
	for at := 0; at < n; at += page {
		d := incident.Delta{Upto: incident.Seq(at + page), CaughtUp: at+page >= n}
		for i := at; i < min(at+page, n); i++ {
			opened := begin.Add(time.Duration(rng.Int64N(3*365*24*3600)) * time.Second)
			inc := &incident.Incident{ID: incident.DeriveID("inc", fmt.Sprint(i)), Number: fmt.Sprintf("MADE%07d", i), Title: "Made up", Kind: incident.Real, Status: incident.Resolved,
				Severity: incident.Severity(1 + rng.IntN(5)), PriorityRaw: fmt.Sprintf("P%d", 1+rng.IntN(5)), Ref: incident.Ref{Connection: "con_bench"}, Private: rng.IntN(100) == 0,
				Services: []incident.ServiceUse{{Service: incident.ID(fmt.Sprintf("svc_%d", common.Uint64()))}}}
			inc.Milestones.Set(incident.Opened, opened, incident.ToSecond, incident.FromField, "bench", "")
			inc.Milestones.Set(incident.Acked, opened.Add(time.Duration(float64(5*time.Minute)*math.Exp(rng.NormFloat64()))), incident.ToSecond, incident.FromField, "bench", "")
			if rng.IntN(50) > 0 {
				inc.Milestones.Set(incident.ResolvedAt, opened.Add(time.Duration(4200*math.Exp(1.2*rng.NormFloat64()))*time.Second), incident.ToSecond, incident.FromField, "bench", "")
			} else {
				inc.Status = incident.Investigating
			}
			d.Incidents = append(d.Incidents, inc)
		}
		if err := live.Apply(context.Background(), d); err != nil {
			b.Fatal(err)
		}
	}
	return live.Snapshot()
}

// BenchmarkServicePage works out what the page of a service shows: its verdicts, figures and charts, after another filter each time. The
// busiest service has one in ten of the incidents, the middle one has one in 400.
func BenchmarkServicePage(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		s := madeUp(b, n)
		for _, service := range []incident.ID{"svc_100", "svc_0"} {
			q := analytics.Query{Services: []incident.ID{service}, Now: time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
			q.From = q.To.AddDate(-1, 0, 0)
			severity := incident.Sev1
			filter := func() analytics.Query {
				q.Severities = []incident.Severity{severity, severity%5 + 1}
				severity = severity%5 + 1
				return q
			}
			b.Run(fmt.Sprintf("%s/%d/all", service, n), func(b *testing.B) {
				for b.Loop() {
					q := filter()
					verdicts(b, s, q)
					for _, id := range servicePage {
						build(b, s, q, id)
					}
				}
			})
			b.Run(fmt.Sprintf("%s/%d/verdicts", service, n), func(b *testing.B) {
				for b.Loop() {
					verdicts(b, s, filter())
				}
			})
			for _, id := range servicePage {
				b.Run(fmt.Sprintf("%s/%d/%s", service, n, id), func(b *testing.B) {
					for b.Loop() {
						build(b, s, filter(), id)
					}
				})
			}
		}
	}
}

// servicePage are the charts of the page of a service.
var servicePage = []string{"how-often", "ttr-dots", "ttr-survival", "gaps", "when", "ttr-mean", "ttr-ecdf", "reopened-by-month"}

func build(b *testing.B, s *analytics.Snapshot, q analytics.Query, id string) {
	d, err := reports.Find(id)
	if err != nil {
		b.Fatal(err)
	}
	if c := d.Build(s, q); c.ID != id {
		b.Fatalf("Build gave %q, want %q", c.ID, id)
	}
}

func verdicts(b *testing.B, s *analytics.Snapshot, q analytics.Query) {
	var metrics []analytics.Metric
	for _, id := range []string{"time_to_resolve", "time_to_acknowledge"} {
		m, err := analytics.FindMetric(id)
		if err != nil {
			b.Fatal(err)
		}
		metrics = append(metrics, m)
	}
	c := s.Compare(q)
	if c.Missing != "" {
		b.Fatal(c.Missing)
	}
	s.Seen(q)
	s.Verdicts(c, metrics...)
	q.Span, q.GroupBy = metrics[0].Span, analytics.ByMonth
	reports.Measurements(s, q, metrics[0])
}
