package analytics_test

import (
	"fmt"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// BenchmarkCauses measures the questions about causes, each asked of a snapshot that has not answered it yet.
func BenchmarkCauses(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000} {
		incs := many(n)
		for i, inc := range incs {
			inc.Origin = incident.OriginMonitor
			inc.Factors = []incident.Factor{{Role: "contributing", Text: fmt.Sprintf("factor %d", i*i%997), Claimed: true}}
		}
		live := analytics.NewLive(time.Now)
		load(b, live, incs)
		s := live.Snapshot()
		later := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
		asked := 0
		now := func() time.Time { asked++; return later.Add(time.Duration(asked) * time.Second) } // another question each time
		b.Run(fmt.Sprintf("together/%d", n), func(b *testing.B) {
			for b.Loop() {
				s.Together(analytics.Query{Now: now()})
			}
		})
		b.Run(fmt.Sprintf("floods-of-90-days/%d", n), func(b *testing.B) {
			for b.Loop() {
				to := now().AddDate(-2, 0, 0)
				s.Floods(analytics.Query{From: to.AddDate(0, 0, -90), To: to}, template)
			}
		})
		b.Run(fmt.Sprintf("floods-of-a-day/%d", n), func(b *testing.B) {
			for b.Loop() {
				to := now().AddDate(-3, 0, 0)
				s.Floods(analytics.Query{From: to.AddDate(0, 0, -1), To: to}, template)
			}
		})
		b.Run(fmt.Sprintf("factors/%d", n), func(b *testing.B) {
			for b.Loop() {
				s.SharedFactors(analytics.Query{Now: now()})
			}
		})
	}
}
