package store_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/store/storetest"
)

// TestReadingBesideTransactions: as many transactions as imports and visitors may run at once, each of which reads
// outside of itself, as a run does to see whether it was canceled.
func TestReadingBesideTransactions(t *testing.T) {
	const rivals = 8
	for _, db := range databases {
		if db.name == "sqlite" {
			continue // one transaction at a time
		}
		t.Run(db.name, func(t *testing.T) {
			s := storetest.Open(t, db.fresh(t))
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			var begun, done sync.WaitGroup
			begun.Add(rivals)
			for range rivals {
				done.Go(func() {
					_, err := s.Update(ctx, func(incident.Tx) error {
						begun.Done()
						begun.Wait()
						_, err := s.Head(ctx)
						return err
					})
					if err != nil {
						t.Errorf("Update that reads beside itself: %v", err)
					}
				})
			}
			done.Wait()
		})
	}
}
