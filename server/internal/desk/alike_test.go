package desk

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/pgtest"
	"hindsight/server/internal/store"
	"hindsight/server/internal/store/storetest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// answering is a desk over a store with the incidents a, b and c.
func answering(t *testing.T, s *store.Store) *Desk {
	t.Helper()
	s.SetEnqueuer(func(context.Context, *sql.Tx, incident.Job) error { return nil })
	d := &Desk{Store: s, Now: func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }}
	_, err := s.Update(t.Context(), func(tx incident.Tx) error {
		return tx.PutIncidents([]*incident.Incident{{ID: "a", Kind: incident.Real}, {ID: "b", Kind: incident.Real}, {ID: "c", Kind: incident.Real}})
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestSayAtOneMoment: a and b are the same. Two people at one moment say that b and c are the same, and that a and c are not: one of the two is
// told that it contradicts what was said, whoever comes first.
func TestSayAtOneMoment(t *testing.T) {
	for name, open := range map[string]func(*testing.T) *store.Store{
		"sqlite":   func(t *testing.T) *store.Store { return storetest.SQLite(t) },
		"postgres": func(t *testing.T) *store.Store { return storetest.Open(t, store.Config{URL: pgtest.URL(t)}) },
	} {
		t.Run(name, func(t *testing.T) {
			d := answering(t, open(t))
			if _, err := d.Say(t.Context(), "a", "b", "same", "one", incident.Sight{All: true}); err != nil {
				t.Fatal(err)
			}
			for range 10 {
				var both sync.WaitGroup
				var errs [2]error
				start := make(chan struct{})
				for i, say := range []struct {
					a, b incident.ID
					what string
				}{{"b", "c", "same"}, {"a", "c", "apart"}} {
					both.Go(func() {
						<-start
						_, errs[i] = d.Say(t.Context(), say.a, say.b, say.what, "somebody", incident.Sight{All: true})
					})
				}
				close(start)
				both.Wait()
				if (errs[0] == nil) == (errs[1] == nil) || !errors.Is(errors.Join(errs[:]...), incident.ErrConflict) {
					t.Fatalf("two contradicting answers at one moment: %v and %v; want one of them refused as ErrConflict", errs[0], errs[1])
				}
				said, err := d.Store.ProblemAnswers(t.Context())
				if err != nil || len(said) != 2 {
					t.Fatalf("ProblemAnswers = %v, %v; want two", said, err)
				}
				pair := []incident.ID{"b", "a"}
				if errs[0] != nil {
					pair[0], pair[1] = "a", "b"
				}
				if _, err := d.Say(t.Context(), pair[0], "c", "undo", "somebody", incident.Sight{All: true}); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// TestAnswerLeavesATrace: an answer about two incidents that are in no problem is in their history, and that it was taken back, too.
func TestAnswerLeavesATrace(t *testing.T) {
	d := answering(t, storetest.SQLite(t))
	for _, say := range []struct{ what, by string }{{"apart", "one"}, {"same", "two"}, {"undo", "three"}} {
		if _, err := d.Say(t.Context(), "b", "a", say.what, say.by, incident.Sight{All: true}); err != nil {
			t.Fatalf("Say(%s): %v", say.what, err)
		}
	}
	events, err := d.Answered(t.Context(), "a", incident.Sight{All: true})
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, e := range events {
		got += string(e.A+e.B) + " " + string(e.Verdict) + " " + e.By + "; "
	}
	if want := "ab undo three; ab same two; ab apart one; "; got != want {
		t.Errorf("Answered = %s, want %s", got, want)
	}
	if _, err := d.Say(t.Context(), "a", "b", "undo", "three", incident.Sight{All: true}); !errors.Is(err, incident.ErrNotFound) {
		t.Errorf("taking back what nobody says: %v, want ErrNotFound", err)
	}
	if _, err := d.Say(t.Context(), "a", "b", "maybe", "three", incident.Sight{All: true}); !errors.Is(err, incident.ErrInvalid) {
		t.Errorf("saying maybe: %v, want ErrInvalid", err)
	}
}
