package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/riverqueue/river"

	"hindsight/importers"
	"hindsight/incident"
	"hindsight/server/internal/auth"
)

// How often a connection that follows its source is polled, and compared with it as a whole.
const (
	PollEvery      = 5 * time.Minute
	ReconcileEvery = 24 * time.Hour
)

const rememberPushes = 7 * 24 * time.Hour // longer than any source goes on sending one delivery again

// schedule queues the polls and reconciliations that are due, asks for deliveries that wait to be taken in, and
// forgets old ones. It runs once a minute in the whole installation.
func (r *Runner) schedule(ctx context.Context) error {
	conns, err := r.store.Connections(ctx)
	if err != nil {
		return err
	}
	healths, err := r.store.Healths(ctx)
	if err != nil {
		return err
	}
	for _, conn := range conns {
		if err := r.scheduleOne(ctx, conn, healths[conn.ID]); err != nil {
			return fmt.Errorf("jobs: schedule connection %s: %w", conn.ID, err)
		}
	}
	_, err = r.store.Update(ctx, func(tx incident.Tx) error {
		if err := sweepQuotas(tx, r.clock()); err != nil {
			return err
		}
		if err := auth.Sweep(tx, r.clock()); err != nil {
			return err
		}
		return tx.SweepPushes(r.clock().Add(-rememberPushes))
	})
	return err
}

func (r *Runner) scheduleOne(ctx context.Context, conn incident.Connection, h incident.Health) error {
	source, err := r.source(conn)
	if err != nil {
		return nil // a run of it would say so; there is none to begin by itself
	}
	if source.Hook != nil {
		waiting, err := r.store.Pushes(ctx, conn.ID, 1)
		if err != nil {
			return err
		}
		if len(waiting) > 0 {
			if _, err := r.store.Update(ctx, func(tx incident.Tx) error { return tx.Enqueue(incident.Job{Kind: KindHear, ID: conn.ID}) }); err != nil {
				return err
			}
		}
	}
	via := r.due(source, conn, h)
	if via == "" {
		return nil
	}
	runs, err := r.store.Runs(ctx, conn.ID, 20)
	if err != nil || slices.ContainsFunc(runs, func(run incident.Run) bool { return !run.State.Done() && run.Via != viaPush }) {
		return err
	}
	// A poll that failed is not begun again at once.
	for _, run := range runs {
		if run.Via == via && r.clock().Sub(run.StartedAt) < PollEvery {
			return nil
		}
	}
	run := incident.Run{ID: incident.NewID("run"), Connection: conn.ID, State: incident.RunQueued, Via: via, By: "schedule", Total: -1, StartedAt: r.clock()}
	_, err = r.store.Update(ctx, func(tx incident.Tx) error {
		if err := tx.PutRun(run); err != nil {
			return err
		}
		return tx.Enqueue(incident.Job{Kind: KindImport, ID: run.ID})
	})
	return err
}

// due says what a connection is due for: a poll, a reconciliation, or nothing yet. A connection that has not been
// read to the end once is begun by a person.
func (r *Runner) due(source importers.Source, conn incident.Connection, h incident.Health) string {
	now := r.clock()
	switch {
	case source.API == nil || !conn.Follow || !h.PausedAt.IsZero() || h.PolledAt.IsZero():
		return ""
	case now.Sub(h.ReconciledAt) >= ReconcileEvery && now.Sub(h.PolledAt) >= PollEvery && now.Sub(firstOf(h.ReconciledAt, conn.CreatedAt)) >= ReconcileEvery:
		return viaReconcile
	case now.Sub(h.PolledAt) >= PollEvery:
		return viaPoll
	}
	return ""
}

func firstOf(a, b time.Time) time.Time {
	if a.IsZero() {
		return b
	}
	return a
}

// hearArgs names a connection whose deliveries wait.
type hearArgs struct {
	Connection incident.ID `json:"connection"`
	Behind     bool        `json:"behind,omitempty"`
}

func (hearArgs) Kind() string                 { return KindHear }
func (hearArgs) InsertOpts() river.InsertOpts { return once() }

type hearWorker struct {
	river.WorkerDefaults[hearArgs]
	Config
}

func (w *hearWorker) Timeout(*river.Job[hearArgs]) time.Duration { return importTime }

// NextRetry comes soon even after many failures, since what waits was pushed to be known at once.
func (w *hearWorker) NextRetry(job *river.Job[hearArgs]) time.Time {
	return time.Now().Add(min(time.Duration(job.Attempt*job.Attempt)*5*time.Second, PollEvery))
}

// Work takes in the deliveries that wait, unless another run of the connection does so.
func (w *hearWorker) Work(ctx context.Context, job *river.Job[hearArgs]) error {
	ctx = working(ctx, "hear")
	waiting, err := w.Store.Pushes(ctx, job.Args.Connection, 1)
	if err != nil || len(waiting) == 0 {
		return err
	}
	stored, err := w.Store.Connection(ctx, job.Args.Connection)
	if errors.Is(err, incident.ErrNotFound) {
		return river.JobCancel(err)
	}
	if err != nil {
		return err
	}
	conn, err := w.Unseal(*stored)
	if err != nil {
		return err
	}
	out, err := w.Runner.Hear(ctx, conn)
	switch {
	case !out.ResumesAt.IsZero():
		return river.JobSnooze(max(time.Until(out.ResumesAt), time.Second))
	case errors.Is(err, incident.ErrConflict):
		return river.JobSnooze(again)
	case err != nil:
		return err
	}
	return (&importWorker{Config: w.Config}).group(ctx, out.Run)
}
