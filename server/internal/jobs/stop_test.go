package jobs

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/incident"
	"hindsight/server/internal/store"
)

// stopping is the store of a worker that is stopped during one of its transactions. Like a database that is
// asked over a network, it answers with the context's error once that has ended, though the rows are stored.
type stopping struct {
	*store.Store
	at       int  // the transaction, counted from 1
	answered bool // whether the stop comes after the commit, or before it
	stop     func()
}

func (s *stopping) Update(ctx context.Context, f func(incident.Tx) error) (incident.Seq, error) {
	s.at--
	seq, err := s.Store.Update(ctx, func(tx incident.Tx) error {
		err := f(tx)
		if s.at == 0 && !s.answered {
			s.stop()
		}
		return err
	})
	if s.at == 0 && s.answered {
		s.stop()
	}
	if s.at == 0 && err == nil && ctx.Err() != nil {
		return 0, ctx.Err()
	}
	return seq, err
}

// TestStoppedDuringACommit stops a worker while the database works for it: what has begun is finished, the run is
// handed back, and the next worker goes on with it at once, without the wait for a heartbeat to grow old.
func TestStoppedDuringACommit(t *testing.T) {
	calm := sqliteBench(t)
	whole := calm.run(calm.timed())
	want := calm.dump()
	for _, tc := range []struct {
		name     string
		at       int // 1 claims the connection, 2 is the first page
		answered bool
		read     int64 // by the first worker
	}{
		{"before the claim is committed", 1, false, 0},
		{"after the claim is committed", 1, true, 0},
		{"before a page is committed", 3, false, 10},
		{"after a page is committed", 3, true, 10},
	} {
		t.Run(tc.name, func(t *testing.T) {
			onBoth(t, func(b *bench) {
				ctx, cancel := context.WithCancel(b.Context())
				defer cancel()
				f := b.timed()
				stopped := &stopping{Store: b.store, at: tc.at, answered: tc.answered, stop: cancel}
				first := NewRunner(stopped, []importers.Source{f.source()}, b.now, slog.New(slog.DiscardHandler))
				if _, err := first.Run(ctx, b.conn, incident.Run{ID: "run_1"}, nil, Options{}, nil); !errors.Is(err, context.Canceled) {
					b.Errorf("first worker: Run = %v, want the context's error", err)
				}
				if run := b.stored("run_1"); run.State != incident.RunQueued || run.Read != tc.read {
					b.Errorf("run of the stopped worker = %s, %d records read, want it queued with %d", run.State, run.Read, tc.read)
				}
				out, err := b.runner(f.source()).Run(b.Context(), b.conn, incident.Run{ID: "run_1"}, nil, Options{}, nil)
				if err != nil || out.State != incident.RunOK || countsOf(out.Run) != countsOf(whole.Run) {
					b.Errorf("second worker: Run = %+v, %v, want as in one go %+v", out.Run, err, whole.Run)
				}
				if got := b.dump(); got != want {
					b.Errorf("rows after going on:\n%s\nwant as in one go:\n%s", got, want)
				}
			})
		})
	}
}

// timed returns 23 tickets in pages of 5, each of which is read a second after the one before.
func (b *bench) timed() *feed {
	start := b.clock
	return &feed{records: records(tickets(23)), size: 5, at: func(page int) error {
		b.clock = start.Add(time.Duration(page+1) * time.Second)
		return nil
	}}
}
