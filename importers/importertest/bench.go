package importertest

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"hindsight/importers"
	"hindsight/incident"
)

// BenchAPI measures how fast a source reads and maps all that a stand-in has, which answers at once, and how many
// requests it needs for 1,000 records. It stores nothing.
func BenchAPI(b *testing.B, s importers.Source, f Fake) {
	srv := httptest.NewServer(f.Handler())
	defer srv.Close()
	cfg := f.Config(srv.URL)
	records, requests := 0, int64(0)
	for b.Loop() {
		haul, err := Collect(context.Background(), b, s, cfg, nil, 0)
		if err != nil {
			b.Fatal(err)
		}
		for _, c := range s.Collections {
			for key, r := range haul.Records {
				if id, of := strings.CutPrefix(key, c.Name+"/"); of {
					c.Map(incident.Raw{Type: c.Name, ExternalID: id, Body: r.Body}, cfg)
				}
			}
		}
		records, requests = records+len(haul.Records), requests+haul.Requests
	}
	b.ReportMetric(float64(records)/b.Elapsed().Seconds(), "records/s")
	b.ReportMetric(1000*float64(requests)/float64(max(records, 1)), "requests/1000records")
}
