package similar

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

// BenchmarkSimilar asks for the matches of incidents whose words are as unevenly frequent as those of English (Zipf's law), with 8
// words in the title and 60 in the body, once the vectors are taught. It reports percentiles, and the memory that one
// incident takes. A million take some 4 GB and 20 minutes to prepare.
func BenchmarkSimilar(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			before := heap()
			e := grown(b, n)
			perIncident := float64(heap()-before) / float64(n)
			random := rand.New(rand.NewPCG(3, 4))
			var took []time.Duration
			for b.Loop() {
				start := time.Now()
				e.Similar(incident.ID(fmt.Sprint(random.IntN(n))), 10, incident.Sight{})
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
			b.ReportMetric(perIncident, "B/incident")
			runtime.KeepAlive(e)
		})
	}
}

// heap is what is in use after a collection, in bytes.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// grown is an engine of n made-up incidents, fed as the change feed does, with vectors taught.
func grown(b *testing.B, n int) *Engine {
	b.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(random, 1.1, 8, 50_000)
	text := func(n int) string {
		var out strings.Builder
		for range n {
			fmt.Fprintf(&out, "w%dx ", zipf.Uint64())
		}
		return out.String()
	}
	e, err := NewEngine(slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	for from := 0; from < n; from += 500 {
		var incs []*incident.Incident
		for i := from; i < from+500; i++ {
			incs = append(incs, made(fmt.Sprint(i), text(8), text(60), i%1000, fmt.Sprint("service", i%300)))
		}
		if err := e.Apply(context.Background(), incident.Delta{Upto: incident.Seq(from), Incidents: incs, CaughtUp: from+500 >= n}); err != nil {
			b.Fatal(err)
		}
	}
	added := time.Since(start)
	start = time.Now()
	if err := e.Learn(context.Background()); err != nil {
		b.Fatal(err)
	}
	b.Logf("%d incidents added in %.1f s, vectors taught in %.1f s", n, added.Seconds(), time.Since(start).Seconds())
	return e
}
