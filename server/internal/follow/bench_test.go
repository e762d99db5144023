package follow_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
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

// BenchmarkFigures builds the columns through the follower, from nothing, and then follows changes of ten incidents.
// HINDSIGHT_INCIDENTS says how many there are, 10,000 unless it is set. Only the first 5,000 are put; the others are copies of
// those rows that the database makes itself, with ids and change numbers of their own.
func BenchmarkFigures(b *testing.B) {
	for _, name := range []string{"PostgreSQL", "SQLite"} {
		b.Run(name, func(b *testing.B) {
			cfg := store.Config{DataDir: b.TempDir()}
			if name == "PostgreSQL" {
				cfg.URL = pgtest.URL(b)
			}
			benchmarkFigures(b, storetest.Open(b, cfg))
		})
	}
}

const (
	putOnce = 5000
	page    = 500
)

func benchmarkFigures(b *testing.B, s *store.Store) {
	n := wanted(b)
	for at := 0; at < min(n, putOnce); at += page {
		var incs []*incident.Incident
		for i := range min(page, n-at) {
			incs = append(incs, incidenttest.Incident(at+i))
		}
		put(b, s, incs)
	}
	multiply(b, s, n)
	b.Run(fmt.Sprintf("from nothing/%d", n), func(b *testing.B) {
		var used float64
		for b.Loop() {
			before, begun := heap(), processor(b)
			live, stop := followed(b, s)
			stop()
			used += processor(b) - begun
			b.ReportMetric(float64(heap()-before)/float64(n), "B/incident")
			if got := live.Snapshot().Len(); got != n {
				b.Fatalf("%d incidents in the snapshot, want %d", got, n)
			}
			runtime.KeepAlive(live)
		}
		b.ReportMetric(float64(b.N*n)/b.Elapsed().Seconds(), "incidents/s")
		b.ReportMetric(used*1e6/float64(b.N*n), "cpu-µs/incident")
	})
	b.Run(fmt.Sprintf("ten changes/%d", n), func(b *testing.B) {
		live, stop := followed(b, s)
		defer stop()
		turn := 0
		for b.Loop() {
			turn++
			var incs []*incident.Incident
			for i := range 10 {
				incs = append(incs, incidenttest.Incident((turn*7919+i*104729)%min(n, putOnce), func(inc *incident.Incident) { inc.Title = fmt.Sprint("turn ", turn) }))
			}
			seq := put(b, s, incs)
			for live.Snapshot().AsOf() < seq {
				time.Sleep(50 * time.Microsecond)
			}
		}
	})
}

func wanted(b *testing.B) int {
	text := os.Getenv("HINDSIGHT_INCIDENTS")
	if text == "" {
		return 10_000
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		b.Fatalf("HINDSIGHT_INCIDENTS: %v", err)
	}
	return n
}

// multiply copies the stored incidents, in whole, until there are n. Copies have no parts but in their facts, which is what is read.
func multiply(b *testing.B, s *store.Store, n int) {
	head, err := s.Head(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	row, names := "", columnsOf(b, s)
	for _, name := range names {
		switch name {
		case "id":
			row += ", id || '-' || %[1]d"
		case "external_id":
			row += ", external_id || '-' || %[1]d"
		case "seq":
			row += ", seq + %[1]d * %[2]d"
		default:
			row += ", " + name
		}
	}
	statements := []string{}
	for copies := 1; copies*putOnce < n; copies++ {
		statements = append(statements, fmt.Sprintf("INSERT INTO incidents ("+strings.Join(names, ", ")+") SELECT "+row[2:]+" FROM incidents WHERE seq <= %[2]d ORDER BY seq, id LIMIT %[3]d", copies, head, n-copies*putOnce))
	}
	statements = append(statements, fmt.Sprintf("INSERT INTO changes (kind, id, seq, gone) SELECT 'incident', id, seq, false FROM incidents WHERE seq > %d ORDER BY seq, id", head),
		"UPDATE feed_head SET seq = (SELECT max(seq) FROM changes)", "ANALYZE")
	for _, statement := range statements {
		if _, err := s.SQL().ExecContext(b.Context(), statement); err != nil {
			b.Fatalf("%s: %v", statement, err)
		}
	}
}

// columnsOf returns the names of the columns of incidents.
func columnsOf(b *testing.B, s *store.Store) []string {
	rows, err := s.SQL().QueryContext(b.Context(), "SELECT * FROM incidents LIMIT 0")
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		b.Fatal(err)
	}
	return names
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

// processor returns the processor time that this process has used, in seconds; PostgreSQL's own is not in it.
func processor(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
