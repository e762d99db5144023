package desk

import (
	"strings"
	"testing"
	"time"

	"hindsight/importers"
)

// system is a source whose lists hold a hundred incidents, with a rate, and with further requests for each.
func system(each float64, rate importers.Rate) importers.Source {
	return importers.Source{Title: "Lamps", Name: "lamps", Collections: []importers.Collection{{List: &importers.Listing{}}}, API: &importers.API{
		Rates: map[string]importers.Rate{"": {Requests: 100, Per: time.Second}, "/history": rate},
		Cost: func(importers.Config) importers.Cost {
			return importers.Cost{Page: 100, Each: each, Path: "/history/incidents"}
		},
	}}
}

func TestBackfill(t *testing.T) {
	day := 24 * time.Hour
	scarce := importers.Rate{Requests: 1, Per: time.Minute}
	// 100 incidents in 50 days, in 202 requests of a quarter of a second.
	seen := sounding{From: noon.Add(-50 * day), To: noon, Incidents: 100, Read: 100, Requests: 202, Took: 50500 * time.Millisecond}
	for _, tc := range []struct {
		name, summary, because string
		r                      reckoning
	}{
		{"counted, at one call a minute of which half are used: ten pages, two minutes each", "About 1,000 records: about 10 requests, about 20 minutes", "allows 1 request a minute, of which half are used",
			reckoning{source: system(0, scarce), counts: true, count: 1000}},
		{"counted, as fast as it answered: 100 pages and 10,000 more at least, 2.02 for each at most", "About 10,000 records: 10,100 to 20,200 requests, 42 minutes to 3 hours", "took 0.25 seconds",
			reckoning{source: system(1, importers.Rate{}), counts: true, count: 10_000, sounding: seen}},
		{"reckoned: 500 days hold ten times as many as 50, and half or twice that", "500 to 2,000 records: 5 to 20 requests, 10 minutes to 40 minutes", "reckoned from the 100 records between 2026-01-10 and 2026-03-01",
			reckoning{source: system(0, scarce), since: noon.Add(-500 * day), sounding: sounding{From: seen.From, To: seen.To, Incidents: 100, Read: 99, Requests: 1}}},
		{"nobody says how many there are, nor since when", "Cannot tell how many records", "without a day to begin with", reckoning{source: system(0, scarce), sounding: seen}},
		{"too few to reckon from", "Cannot tell how many records", "too few were read", reckoning{source: system(0, scarce), since: noon.Add(-500 * day), sounding: sounding{Incidents: 3}}},
		{"none", "About 0 records: about 1 request, about 2 minutes", "itself says", reckoning{source: system(0, scarce), counts: true}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.r.now = noon
			got := tc.r.backfill()
			if got.Summary != tc.summary {
				t.Errorf("Summary = %q, want %q", got.Summary, tc.summary)
			}
			if reasons := strings.Join(got.Reasons, " "); !strings.Contains(reasons, tc.because) {
				t.Errorf("reasons %q, want one to say %q", reasons, tc.because)
			}
		})
	}
}
