package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"hindsight/incident"
	"hindsight/server/internal/pgtest"
	"hindsight/server/internal/store"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// onBoth runs a test on both databases.
func onBoth(t *testing.T, f func(b *bench)) {
	t.Run("sqlite", func(t *testing.T) { f(sqliteBench(t)) })
	t.Run("postgres", func(t *testing.T) { f(newBench(t, store.Config{URL: pgtest.URL(t)})) })
}

// background is a client at work in a test.
type background struct {
	*Client
	dataDir string
	groups  chan incident.ID
	events  <-chan *river.Event
}

func (b *bench) start(f *feed) *background {
	b.Helper()
	return b.startIn(b.TempDir(), f)
}

func (b *bench) startIn(dataDir string, f *feed) *background {
	b.Helper()
	bg := &background{dataDir: dataDir, groups: make(chan incident.ID, 10)}
	var err error
	bg.Client, err = Start(context.Background(), Config{
		Store: b.store, Runner: b.runner(f.source()), Uploads: Uploads{Store: b.store, Dir: bg.dataDir},
		Unseal: func(c incident.Connection) (incident.Connection, error) { return c, nil },
		Group: func(ctx context.Context, id incident.ID) error {
			bg.groups <- id
			return nil
		},
		Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		b.Fatalf("Start: %v", err)
	}
	var unsubscribe func()
	bg.events, unsubscribe = bg.river.Subscribe(river.EventKindJobCompleted, river.EventKindJobFailed, river.EventKindJobCancelled, river.EventKindJobSnoozed)
	b.Cleanup(func() {
		unsubscribe()
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := bg.Stop(ctx); err != nil {
			b.Errorf("Stop: %v", err)
		}
	})
	return bg
}

// await waits for the next event of a job of a kind.
func (b *bench) await(bg *background, kind string) *river.Event {
	b.Helper()
	deadline := time.After(60 * time.Second)
	for {
		select {
		case e := <-bg.events:
			if e.Job.Kind == kind {
				return e
			}
		case <-deadline:
			b.Fatalf("no %s job came to an end within a minute", kind)
		}
	}
}

func (b *bench) stored(id incident.ID) incident.Run {
	b.Helper()
	run, err := b.store.Run(context.Background(), id)
	if err != nil {
		b.Fatalf("Run(%s): %v", id, err)
	}
	return *run
}

// upload stores a file for a run and asks for its import, as the page of uploads does.
func (b *bench) upload(bg *background, id incident.ID) {
	b.Helper()
	if _, err := SaveUpload(bg.dataDir, id, "tickets.json", strings.NewReader("{}"), 100); err != nil {
		b.Fatal(err)
	}
	b.update(func(tx incident.Tx) error {
		run := incident.Run{ID: id, Connection: b.conn.ID, State: incident.RunQueued, Via: "file", Upload: "tickets.json", StartedAt: b.clock}
		return errors.Join(tx.PutRun(run), tx.Enqueue(incident.Job{Kind: KindImport, ID: id}), tx.Enqueue(incident.Job{Kind: KindImport, ID: id}))
	})
}

func TestBackgroundImport(t *testing.T) {
	onBoth(t, func(b *bench) {
		bg := b.start(&feed{records: records(tickets(12)), size: 5})
		b.upload(bg, "run_1")
		if e := b.await(bg, KindImport); e.Kind != river.EventKindJobCompleted {
			b.Fatalf("job %+v, want it completed", e.Job)
		}
		run := b.stored("run_1")
		if got, want := countsOf(run), (counts{12, 12, 0, 0, 0}); got != want || run.State != incident.RunOK || run.FinishedAt.IsZero() {
			b.Errorf("run = %+v, want ok with %+v", run, want)
		}
		if n := len(b.incidents()); n != 12 {
			b.Errorf("%d incidents, want 12", n)
		}
		b.await(bg, KindGroup)
		if id := <-bg.groups; id != "all" {
			b.Errorf("Group(%q), want all", id)
		}
	})
}

// TestIdle: as long as the grouping that an import asked for goes on, the background is not idle.
func TestIdle(t *testing.T) {
	onBoth(t, func(b *bench) {
		bg := b.start(&feed{records: records(tickets(3)), size: 5})
		bg.groups = make(chan incident.ID) // grouping waits until somebody takes its word
		idle := func(want bool) {
			b.Helper()
			if got, err := bg.Idle(context.Background()); got != want || err != nil {
				b.Errorf("Idle = %v, %v, want %v", got, err, want)
			}
		}
		idle(true)
		b.upload(bg, "run_1")
		idle(false)
		b.await(bg, KindImport)
		idle(false)
		<-bg.groups
		b.await(bg, KindGroup)
		idle(true)
	})
}

func TestSweep(t *testing.T) {
	onBoth(t, func(b *bench) {
		dead := b.clock.Add(-3 * time.Minute)
		b.update(func(tx incident.Tx) error {
			for i, run := range []incident.Run{
				{State: incident.RunRunning, Upload: "tickets.json", Read: 5, New: 5, Total: 12, Cursor: []byte(`{"done":0,"before":0,"next":{"tickets":"NQ=="}}`)}, // "5"
				{State: incident.RunRunning},
				{State: incident.RunOK, Upload: "tickets.json"},
			} {
				run.ID, run.Connection, run.Via = incident.ID(fmt.Sprintf("run_%d", i)), b.conn.ID, "file"
				run.StartedAt, run.Heartbeat = dead, dead
				if err := tx.PutRun(run); err != nil {
					return err
				}
			}
			return nil
		})
		f := &feed{records: records(tickets(12)), size: 5}
		dir := b.TempDir()
		if _, err := SaveUpload(dir, "run_0", "tickets.json", strings.NewReader("{}"), 100); err != nil {
			b.Fatal(err)
		}
		bg := b.startIn(dir, f)
		b.await(bg, KindImport)
		if run := b.stored("run_0"); run.State != incident.RunOK || run.Read != 12 || run.New != 12 {
			b.Errorf("run with its files = %+v, want ok with 12 read", run)
		}
		if n := len(b.incidents()); n != 7 {
			b.Errorf("%d incidents, want the 7 behind the cursor", n)
		}
		if run := b.stored("run_1"); run.State != incident.RunFailed || !strings.Contains(run.Message, "start it again") {
			b.Errorf("run without files = %+v, want failed", run)
		}
		if run := b.stored("run_2"); run.State != incident.RunOK || !run.Heartbeat.Equal(dead) {
			b.Errorf("run that had ended = %+v, want it untouched", run)
		}
	})
}
