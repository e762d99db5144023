package store_test

import (
	"fmt"
	"testing"

	"hindsight/incident"
	"hindsight/incident/incidenttest"
	"hindsight/server/internal/store/storetest"
)

// pages are as many incidents as one transaction of an import puts.
const pageSize = 500

func putPage(b *testing.B, s incident.Store, page int) {
	var incs []*incident.Incident
	lines := map[incident.ID][]incident.TimelineEvent{}
	for i := range pageSize {
		inc := incidenttest.Incident(page*pageSize + i)
		incs = append(incs, inc)
		lines[inc.ID] = incidenttest.Timeline(inc)
	}
	_, err := s.Update(b.Context(), func(tx incident.Tx) error {
		if err := tx.PutIncidents(incs); err != nil {
			return err
		}
		return tx.PutTimeline(lines)
	})
	if err != nil {
		b.Fatalf("Update: %v", err)
	}
}

func BenchmarkPut(b *testing.B) {
	for _, db := range databases {
		b.Run(db.name, func(b *testing.B) {
			s := storetest.Open(b, db.fresh(b))
			page := 0
			for b.Loop() {
				putPage(b, s, page)
				page++
			}
			b.ReportMetric(float64(b.N*pageSize)/b.Elapsed().Seconds(), "incidents/s")
		})
	}
}

func BenchmarkIncidents(b *testing.B) {
	const stored = 20
	for _, db := range databases {
		b.Run(fmt.Sprintf("%s/%d", db.name, stored*pageSize), func(b *testing.B) {
			s := storetest.Open(b, db.fresh(b))
			for page := range stored {
				putPage(b, s, page)
			}
			for b.Loop() {
				n := 0
				for _, err := range s.Incidents(b.Context(), incident.Filter{}) {
					if err != nil {
						b.Fatalf("Incidents: %v", err)
					}
					n++
				}
				if n != stored*pageSize {
					b.Fatalf("Incidents streamed %d, want %d", n, stored*pageSize)
				}
			}
			b.ReportMetric(float64(b.N*stored*pageSize)/b.Elapsed().Seconds(), "incidents/s")
		})
	}
}
