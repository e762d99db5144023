package jobs

import (
	"testing"

	"hindsight/incident"
)

// BenchmarkImport measures the import of 10,000 records into an empty SQLite database, and again.
func BenchmarkImport(b *testing.B) {
	const n = 10_000
	rs := records(tickets(n))
	for range b.N {
		b.StopTimer()
		bench := sqliteBench(b)
		b.StartTimer()
		for range 2 {
			f := &feed{records: rs, size: 500}
			if out, err := bench.runner(f.source()).Run(b.Context(), bench.conn, incident.Run{}, nil, Options{}, nil); err != nil || out.State != incident.RunOK {
				b.Fatalf("Run = %+v, %v", out.Run, err)
			}
		}
	}
	b.ReportMetric(float64(b.N*2*n)/b.Elapsed().Seconds(), "records/s")
}
