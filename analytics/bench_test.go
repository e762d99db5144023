package analytics_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// many returns n incidents over three years, 200 services and 5 priorities, always the same ones.
func many(n int) []*incident.Incident {
	r := rand.New(rand.NewPCG(1, 2))
	start := time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)
	incs := make([]*incident.Incident, n)
	for i := range incs {
		opened := start.Add(time.Duration(r.Int64N(int64(3 * 365 * 24 * time.Hour))))
		breached, reopened := r.IntN(5) == 0, r.IntN(20)/19
		inc := &incident.Incident{
			ID: incident.DeriveID("inc", fmt.Sprint(i)), Number: fmt.Sprintf("INC%07d", i), Title: fmt.Sprintf("Checkout answers slowly in region %d since deploy %d", r.IntN(9), i),
			Kind: incident.Real, Status: incident.Closed, Severity: incident.Severity(1 + r.IntN(5)), PriorityRaw: fmt.Sprintf("P%d", 1+r.IntN(5)),
			Services: []incident.ServiceUse{{Service: incident.ID(fmt.Sprintf("svc_%d", r.IntN(200)))}},
			Team:     incident.ID(fmt.Sprintf("team_%d", r.IntN(30))), Tags: []string{fmt.Sprintf("t%d", r.IntN(20))},
			Custom:   []incident.CustomValue{{Name: "category", Value: fmt.Sprintf("Category %d", r.IntN(50))}},
			Reopened: &reopened, SLA: []incident.SLACycle{{Goal: "resolution", Breached: &breached, Start: opened}},
		}
		took := time.Duration(float64(time.Hour) * r.ExpFloat64())
		inc.Milestones.Set(incident.ImpactStarted, opened, incident.ToSecond, incident.FromField, "bench", "")
		inc.Milestones.Set(incident.Opened, opened, incident.ToSecond, incident.FromField, "bench", "")
		inc.Milestones.Set(incident.ResolvedAt, opened.Add(took), incident.ToSecond, incident.FromField, "bench", "")
		incs[i] = inc
	}
	return incs
}

// load hands the incidents over in pages, as the follower does.
func load(b *testing.B, l *analytics.Live, incs []*incident.Incident) {
	const page = 1000
	for i := 0; i < len(incs); i += page {
		d := incident.Delta{Upto: incident.Seq(i + page), CaughtUp: i+page >= len(incs), Incidents: incs[i:min(i+page, len(incs))]}
		if err := l.Apply(context.Background(), d); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSnapshot(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		incs := many(n)
		live := analytics.NewLive(time.Now)
		load(b, live, incs)
		b.Run(fmt.Sprintf("memory/%d", n), func(b *testing.B) {
			for b.Loop() {
				before := heap()
				fresh := analytics.NewLive(time.Now)
				load(b, fresh, incs)
				b.ReportMetric(float64(heap()-before)/float64(n), "B/incident")
				runtime.KeepAlive(fresh)
			}
		})
		b.Run(fmt.Sprintf("apply10/%d", n), func(b *testing.B) {
			at := 0
			for b.Loop() {
				some := make([]*incident.Incident, 10)
				for i := range some {
					at = (at + 7919) % n
					some[i] = incs[at]
				}
				if err := live.Apply(context.Background(), incident.Delta{Upto: 1, CaughtUp: true, Incidents: some}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("apply500/%d", n), func(b *testing.B) {
			at := 0
			for b.Loop() {
				at = (at + 7919) % (n - 500)
				if err := live.Apply(context.Background(), incident.Delta{Upto: 1, CaughtUp: true, Incidents: incs[at : at+500]}); err != nil {
					b.Fatal(err)
				}
			}
		})
		benchmarkQueries(b, live.Snapshot())
	}
}

func benchmarkQueries(b *testing.B, s *analytics.Snapshot) {
	q := toResolve(b)
	q.Now = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, x := range []struct {
		name string
		by   analytics.Dimension
		ask  func(analytics.Query)
	}{
		{"cross service and week", analytics.ByNothing, func(q analytics.Query) { s.Cross(q, analytics.ByService, analytics.ByWeek, time.Hour) }},
		{"durations", analytics.ByNothing, func(q analytics.Query) { s.Durations(q) }},
		{"durations by service", analytics.ByService, func(q analytics.Query) { s.Durations(q) }},
		{"durations by week", analytics.ByWeek, func(q analytics.Query) { s.Durations(q) }},
		{"counts by month", analytics.ByMonth, func(q analytics.Query) { s.Counts(q) }},
		{"sla by month", analytics.ByMonth, func(q analytics.Query) { s.SLA(q, nil) }},
		{"uptime by month", analytics.ByMonth, func(q analytics.Query) { s.Uptime(q) }},
	} {
		q.GroupBy = x.by
		b.Run(fmt.Sprintf("%s/%d", x.name, s.Len()), func(b *testing.B) {
			for b.Loop() {
				x.ask(q)
			}
		})
	}
}

// BenchmarkCross asks for the figures by service and week of a million incidents: anew, of the same snapshot again, and again
// with ten incidents changed.
func BenchmarkCross(b *testing.B) {
	const n = 1_000_000
	incs := many(n)
	live := analytics.NewLive(time.Now)
	load(b, live, incs)
	q, asked := toResolve(b), time.Hour
	ask := func() { live.Snapshot().Cross(q, analytics.ByService, analytics.ByWeek, asked) }
	for _, x := range []struct {
		name   string
		before func(turn int)
	}{
		{"anew", func(turn int) { asked = time.Hour + time.Duration(turn%1000) }}, // another question with the same answer
		{"again", func(int) {}},
		{"ten changed", func(turn int) {
			d := incident.Delta{Upto: live.Seq() + 1, CaughtUp: true}
			for i := range 10 {
				inc := *incs[i*n/10]
				inc.Milestones = slices.Clone(inc.Milestones)
				inc.Milestones[2].At = inc.Milestones[2].At.Add(time.Duration(turn%2) * time.Hour)
				d.Incidents = append(d.Incidents, &inc)
			}
			if err := live.Apply(context.Background(), d); err != nil {
				b.Fatal(err)
			}
		}},
	} {
		b.Run(x.name, func(b *testing.B) {
			turn := 0
			begun := processor(b)
			for b.Loop() {
				turn++
				x.before(turn)
				ask()
			}
			b.ReportMetric((processor(b)-begun)*1e3/float64(b.N), "cpu-ms/op")
		})
	}
}

// processor returns the processor time that this process has used, in seconds.
func processor(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// heap returns the bytes in use.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
