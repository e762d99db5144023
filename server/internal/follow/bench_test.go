package follow_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/incident/incidenttest"
	"hindsight/server/internal/follow"
	"hindsight/server/internal/pgtest"
	"hindsight/server/internal/store"
	"hindsight/server/internal/store/storetest"
)

// BenchmarkFigures builds the columns from PostgreSQL through the follower, from nothing, and then follows changes of ten incidents.
// HINDSIGHT_INCIDENTS says how many there are, 10,000 unless it is set.
func BenchmarkFigures(b *testing.B) {
	n := 10_000
	if text := os.Getenv("HINDSIGHT_INCIDENTS"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			b.Fatalf("HINDSIGHT_INCIDENTS: %v", err)
		}
	}
	s := storetest.Open(b, store.Config{URL: pgtest.URL(b)})
	const page = 500
	for at := 0; at < n; at += page {
		var incs []*incident.Incident
		for i := range min(page, n-at) {
			incs = append(incs, incidenttest.Incident(at+i))
		}
		put(b, s, incs)
	}
	b.Run(fmt.Sprintf("from nothing/%d", n), func(b *testing.B) {
		for b.Loop() {
			before := heap()
			live, stop := followed(b, s)
			stop()
			b.ReportMetric(float64(heap()-before)/float64(n), "B/incident")
			if got := live.Snapshot().Len(); got != n {
				b.Fatalf("%d incidents in the snapshot, want %d", got, n)
			}
		}
		b.ReportMetric(float64(b.N*n)/b.Elapsed().Seconds(), "incidents/s")
	})
	b.Run(fmt.Sprintf("ten changes/%d", n), func(b *testing.B) {
		live, stop := followed(b, s)
		defer stop()
		turn := 0
		for b.Loop() {
			turn++
			var incs []*incident.Incident
			for i := range 10 {
				incs = append(incs, incidenttest.Incident((turn*7919+i*104729)%n, func(inc *incident.Incident) { inc.Title = fmt.Sprint("turn ", turn) }))
			}
			seq := put(b, s, incs)
			for live.Snapshot().AsOf() < seq {
				time.Sleep(50 * time.Microsecond)
			}
		}
	})
}

// followed follows the store with columns until they have caught up.
func followed(b *testing.B, s *store.Store) (*analytics.Live, func()) {
	ctx, cancel := context.WithCancel(b.Context())
	live := analytics.NewLive(time.Now)
	f := follow.New(s, s.Listen(ctx), slog.New(slog.DiscardHandler), live)
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	head, err := s.Head(ctx)
	if err != nil {
		b.Fatal(err)
	}
	if !f.WaitFor(ctx, head) {
		b.Fatal("the columns do not catch up")
	}
	return live, func() {
		cancel()
		<-done
	}
}

func put(b *testing.B, s *store.Store, incs []*incident.Incident) incident.Seq {
	seq, err := s.Update(b.Context(), func(tx incident.Tx) error { return tx.PutIncidents(incs) })
	if err != nil {
		b.Fatal(err)
	}
	return seq
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
