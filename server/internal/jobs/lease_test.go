package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/incident"
	"hindsight/server/internal/store"
)

// during imports 20 records in pages of 5, and calls f before the third page is read.
func (b *bench) during(f func(r *Runner)) (Outcome, error) {
	src := &feed{records: records(tickets(20)), size: 5}
	r := b.runner(src.source())
	began := false
	src.at = func(page int) error {
		if page == 2 && !began { // f may run the same source
			began = true
			f(r)
		}
		return nil
	}
	return r.Run(context.Background(), b.conn, incident.Run{ID: "run_1"}, nil, Options{}, nil)
}

func TestCancel(t *testing.T) {
	onBoth(t, func(b *bench) {
		out, err := b.during(func(r *Runner) {
			if err := r.Cancel(context.Background(), "run_1"); err != nil {
				b.Errorf("Cancel: %v", err)
			}
		})
		if err != nil || out.State != incident.RunCanceled || out.Read != 10 {
			b.Errorf("Run = %+v, %v, want it canceled after 10 records", out.Run, err)
		}
		if run := b.stored("run_1"); run.State != incident.RunCanceled || run.Read != 10 || run.FinishedAt.IsZero() {
			b.Errorf("stored run = %+v, want it canceled after 10 records", run)
		}
		if n := len(b.incidents()); n != 10 {
			b.Errorf("%d incidents, want 10: nothing after the cancel", n)
		}
		r := b.runner((&feed{}).source())
		if err := r.Cancel(context.Background(), "run_1"); !errors.Is(err, incident.ErrConflict) {
			b.Errorf("Cancel again = %v, want ErrConflict", err)
		}
		if err := r.Cancel(context.Background(), "run_0"); !errors.Is(err, incident.ErrNotFound) {
			b.Errorf("Cancel of no run = %v, want ErrNotFound", err)
		}
	})
}

func TestCancelWhileWaiting(t *testing.T) {
	b := sqliteBench(t)
	run := incident.Run{ID: "run_1", Connection: b.conn.ID, State: incident.RunQueued}
	b.update(func(tx incident.Tx) error { return tx.PutRun(run) })
	f := &feed{records: records(tickets(3)), size: 5}
	if err := b.runner(f.source()).Cancel(t.Context(), run.ID); err != nil {
		t.Fatal(err)
	}
	out, err := b.runner(f.source()).Run(t.Context(), b.conn, run, nil, Options{}, nil)
	if err != nil || out.State != incident.RunCanceled || len(b.incidents()) != 0 {
		t.Errorf("Run = %+v, %v with %d incidents, want it canceled and none", out.Run, err, len(b.incidents()))
	}
}

func TestOneRunAtATime(t *testing.T) {
	onBoth(t, func(b *bench) {
		out, err := b.during(func(r *Runner) {
			for _, id := range []incident.ID{"run_1", "run_2"} {
				if _, err := r.Run(context.Background(), b.conn, incident.Run{ID: id}, nil, Options{}, nil); !errors.Is(err, incident.ErrConflict) {
					b.Errorf("Run of %s while run_1 goes on = %v, want ErrConflict", id, err)
				}
			}
			if _, err := r.Remap(context.Background(), b.conn, incident.Run{}, nil); !errors.Is(err, incident.ErrConflict) {
				b.Errorf("Remap while run_1 goes on = %v, want ErrConflict", err)
			}
			if _, err := r.Run(context.Background(), b.conn, incident.Run{}, nil, Options{DryRun: true}, nil); err != nil {
				b.Errorf("dry Run while run_1 goes on = %v, want nil: it writes nothing", err)
			}
		})
		if err != nil || out.State != incident.RunOK || out.Read != 20 {
			b.Errorf("Run = %+v, %v, want it ok", out.Run, err)
		}
	})
}

// TestTakenOver stops for so long that another process takes the run over.
func TestTakenOver(t *testing.T) {
	b := sqliteBench(t)
	out, err := b.during(func(r *Runner) {
		b.clock = b.clock.Add(Stuck + time.Second)
		f := &feed{records: records(tickets(20)), size: 5}
		second, err := b.runner(f.source()).Run(context.Background(), b.conn, incident.Run{ID: "run_1"}, nil, Options{}, nil)
		if err != nil || second.State != incident.RunOK || second.Read != 20 || second.New != 20 {
			t.Errorf("second process: Run = %+v, %v, want it to end the run", second.Run, err)
		}
	})
	if !errors.Is(err, incident.ErrConflict) {
		t.Errorf("first process: Run = %+v, %v, want ErrConflict", out.Run, err)
	}
	if run := b.stored("run_1"); run.State != incident.RunOK || run.Read != 20 {
		t.Errorf("stored run = %+v, want that of the second process", run)
	}
}

// refusing is the store with one record that it does not take.
type refusing struct {
	*store.Store
	id string
}

type refusingTx struct {
	incident.Tx
	id string
}

func (s refusing) Update(ctx context.Context, f func(incident.Tx) error) (incident.Seq, error) {
	return s.Store.Update(ctx, func(tx incident.Tx) error { return f(refusingTx{tx, s.id}) })
}

func (t refusingTx) PutRaws(rs []incident.Raw) error {
	for _, r := range rs {
		if r.ExternalID == t.id || t.id == "all" {
			return fmt.Errorf("row of %s is too large", r.ExternalID)
		}
	}
	return t.Tx.PutRaws(rs)
}

func (t refusingTx) PutDeadLetters(ds []incident.DeadLetter) error {
	if t.id == "all" {
		return errors.New("the disk is full")
	}
	return t.Tx.PutDeadLetters(ds)
}

func TestRefusedRecords(t *testing.T) {
	f := &feed{records: records(tickets(9)), size: 9}
	t.Run("one record", func(t *testing.T) {
		b := sqliteBench(t)
		r := NewRunner(refusing{b.store, "1004"}, []importers.Source{f.source()}, b.now, slog.New(slog.DiscardHandler))
		out, err := r.Run(t.Context(), b.conn, incident.Run{ID: "run_1"}, nil, Options{}, nil)
		if err != nil || countsOf(out.Run) != (counts{9, 8, 0, 0, 1}) || out.State != incident.RunPartial {
			t.Errorf("Run = %+v, %v, want 8 new and 1 dead", out.Run, err)
		}
		letters := b.letters()
		if len(letters) != 1 || letters[0].Stage != "store" || letters[0].ExternalID != "1004" || !strings.Contains(letters[0].Reason, "too large") {
			t.Errorf("letters = %+v, want that of 1004", letters)
		}
	})
	t.Run("everything", func(t *testing.T) {
		b := sqliteBench(t)
		r := NewRunner(refusing{b.store, "all"}, []importers.Source{f.source()}, b.now, slog.New(slog.DiscardHandler))
		out, err := r.Run(t.Context(), b.conn, incident.Run{ID: "run_1"}, nil, Options{}, nil)
		if err == nil || out.State != incident.RunFailed || out.Read != 0 {
			t.Errorf("Run = %+v, %v, want it failed with nothing read", out.Run, err)
		}
	})
}

func TestImpossibleRuns(t *testing.T) {
	b := sqliteBench(t)
	s := (&feed{}).source()
	s.Settings = []importers.Field{{Name: "zone", Required: true}, {Name: "kind", Default: "all", Options: []string{"all", "open"}}}
	for _, tc := range []struct {
		name     string
		source   string
		settings map[string]string
		want     string
	}{
		{"no such source", "pagers", map[string]string{"zone": "UTC"}, `source: there is no source "pagers"`},
		{"a setting is missing", "tickets", nil, "zone: Tickets needs this setting"},
		{"no such option", "tickets", map[string]string{"zone": "UTC", "kind": "closed"}, `kind: "closed" is not one of all, open`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			conn := b.conn
			conn.Source, conn.Settings = tc.source, tc.settings
			_, err := b.runner(s).Run(t.Context(), conn, incident.Run{}, nil, Options{}, nil)
			if err == nil || err.Error() != tc.want || !errors.Is(err, incident.ErrInvalid) {
				t.Errorf("Run = %v, want %q", err, tc.want)
			}
		})
	}
}

func TestWarnings(t *testing.T) {
	var run incident.Run
	for i := range 500 {
		for range 2 {
			warn(&run, []incident.Warning{{Field: "state", Value: fmt.Sprintf("%d %s", i, strings.Repeat("é", 300)), Message: "unknown", Count: 1}})
		}
	}
	if len(run.Warnings) != maxKinds {
		t.Errorf("%d sorts of warnings, want %d", len(run.Warnings), maxKinds)
	}
	if w := run.Warnings[0]; w.Count != 2 || len(w.Value) > maxValue {
		t.Errorf("first warning = %+v, want it counted twice and cut", w)
	}
	if w := run.Warnings[maxKinds-1]; w.Count != 2*(500-maxKinds+1) || w.Value != "" {
		t.Errorf("last warning = %+v, want the rest", w)
	}
}
