package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hindsight/incident"
)

const (
	// Stuck is how old the heartbeat of a running run is when its process must be dead.
	Stuck = 2 * time.Minute

	watchEvery = 3 * time.Second  // how soon a cancel is seen while the source answers nothing
	beatEvery  = 30 * time.Second // how often a run says that it lives when no page does
)

var (
	errCanceled = errors.New("jobs: the run was canceled")
	errLost     = fmt.Errorf("jobs: the run was taken over by another process: %w", incident.ErrConflict)
)

// lock makes transactions about the runs of one connection follow one another, in every process: each
// begins by writing the same row, so that what it then reads of runs, outside the transaction, is
// all that was committed before it and cannot change before it ends.
func lock(tx incident.Tx, connection, run incident.ID) error {
	return tx.PutSetting(incident.RunLock(connection), string(run))
}

// claim makes run the one running run of conn, and returns it as stored. A dry run claims nothing.
func (r *Runner) claim(ctx context.Context, conn incident.Connection, run incident.Run) (incident.Run, error) {
	if run.DryRun {
		return r.started(run), nil
	}
	var out incident.Run
	err := r.whole(ctx, func(ctx context.Context, tx incident.Tx) error {
		if err := lock(tx, conn.ID, run.ID); err != nil {
			return err
		}
		if err := r.free(ctx, conn, run.ID); err != nil {
			return err
		}
		stored, err := r.store.Run(ctx, run.ID)
		switch {
		case errors.Is(err, incident.ErrNotFound):
			out = r.started(run)
		case err != nil:
			return err
		case run.Via == viaPush: // those of one day share a run, however it ended last
			out = r.started(*stored)
		case stored.State == incident.RunCanceled:
			return errCanceled
		case stored.State.Done():
			return fmt.Errorf("run %s has ended: %w", run.ID, incident.ErrConflict)
		default:
			out = r.started(*stored)
		}
		return tx.PutRun(out)
	})
	if err != nil {
		return run, fmt.Errorf("jobs: start run of %q: %w", conn.Name, err)
	}
	return out, nil
}

// free returns ErrConflict when a run of conn is alive.
func (r *Runner) free(ctx context.Context, conn incident.Connection, id incident.ID) error {
	runs, err := r.store.Runs(ctx, conn.ID, recent)
	if err != nil {
		return err
	}
	for _, other := range runs {
		if r.alive(other) {
			return fmt.Errorf("run %s of this connection is going on: %w", other.ID, incident.ErrConflict)
		}
	}
	return nil
}

// alive reports whether some process works on run.
func (r *Runner) alive(run incident.Run) bool {
	return run.State == incident.RunRunning && r.clock().Sub(run.Heartbeat) <= Stuck
}

func (r *Runner) started(run incident.Run) incident.Run {
	now := r.clock()
	if run.StartedAt.IsZero() || run.State != incident.RunRunning && run.Read == 0 {
		run.StartedAt = now
	}
	if run.Total == 0 {
		run.Total = -1
	}
	run.State, run.Heartbeat, run.Message = incident.RunRunning, now, ""
	run.FinishedAt, run.ResumesAt = time.Time{}, time.Time{}
	return run
}

// whole is a transaction that is finished once it has begun, even when ctx ends meanwhile: after a commit cut off
// half-way nobody knows whether the run is claimed and which heartbeat is stored, and it could not be handed back.
func (r *Runner) whole(ctx context.Context, f func(context.Context, incident.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	_, err := r.store.Update(ctx, func(tx incident.Tx) error { return f(ctx, tx) })
	return err
}

// hold makes sure, inside tx, that the run is still this process's. The caller holds p.mu.
func (p *pass) hold(ctx context.Context, tx incident.Tx) error {
	if err := lock(tx, p.conn.ID, p.run.ID); err != nil {
		return err
	}
	stored, err := p.store.Run(ctx, p.run.ID)
	switch {
	case err != nil:
		return err
	case stored.State == incident.RunCanceled:
		return errCanceled
	case stored.State != incident.RunRunning, !stored.Heartbeat.Equal(p.beat):
		return errLost
	}
	return nil
}

// write runs f and writes the row that it returns in one transaction. The caller holds p.mu.
func (p *pass) write(ctx context.Context, f func(incident.Tx) (incident.Run, error)) (incident.Run, error) {
	var run incident.Run
	err := p.whole(ctx, func(ctx context.Context, tx incident.Tx) (err error) {
		if err := p.hold(ctx, tx); err != nil {
			return err
		}
		if run, err = f(tx); err != nil {
			return err
		}
		run.Heartbeat = p.clock()
		return tx.PutRun(run)
	})
	if err == nil {
		p.beat = run.Heartbeat
	}
	return run, err
}

// save is write for the run's own goroutine: the row becomes the current one.
func (p *pass) save(ctx context.Context, f func(incident.Tx) (incident.Run, error)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	run, err := p.write(ctx, f)
	if err == nil {
		p.run = run
	}
	return err
}

// live renews the heartbeat.
func (p *pass) live(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, err := p.write(ctx, func(incident.Tx) (incident.Run, error) {
		run := p.run
		run.Message = p.standing
		return run, nil
	})
	return err
}

// close writes the run's last row. A cancel that came in the meantime wins.
func (p *pass) close(ctx context.Context, run incident.Run) error {
	last := func(tx incident.Tx) (incident.Run, error) { return run, p.putEnd(tx, run) }
	err := p.save(ctx, last)
	if errors.Is(err, errCanceled) {
		run.State, run.Message = incident.RunCanceled, "canceled"
		p.run = run
		_, err = p.store.Update(ctx, func(tx incident.Tx) error { return tx.PutRun(run) })
	}
	if err != nil {
		return fmt.Errorf("jobs: end run %s: %w", run.ID, err)
	}
	return nil
}

// putEnd notes when the connection was read to the end, and what a reconciliation found that had been missed.
func (p *pass) putEnd(tx incident.Tx, run incident.Run) error {
	if !p.over() || run.State != incident.RunOK && run.State != incident.RunPartial {
		return nil
	}
	switch run.Via {
	case viaPoll:
		if p.follows() {
			p.health.Cursor = p.pos.afresh().encode()
		}
		p.health.PolledAt, p.health.Notes = run.FinishedAt, p.pos.Notes
	case viaReconcile:
		p.health.ReconciledAt, p.health.Drift = run.FinishedAt, run.New+run.Changed
	default:
		return nil
	}
	return tx.PutHealth(p.health)
}

// watch ends the run's context when the run is canceled, and keeps the heartbeat going while a
// source keeps the run waiting.
func (p *pass) watch(ctx context.Context, cancel context.CancelCauseFunc) {
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	for last := time.Now(); ; {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		stored, err := p.store.Run(ctx, p.run.ID)
		if err == nil && stored.State == incident.RunCanceled {
			err = errCanceled
		} else if err == nil && time.Since(last) >= beatEvery {
			err = p.live(ctx)
			last = time.Now()
		}
		switch {
		case errors.Is(err, errCanceled), errors.Is(err, errLost):
			cancel(err)
			return
		case err != nil && ctx.Err() == nil:
			p.log.Warn("jobs: the run's row cannot be read or written", "run", p.run.ID, "err", err)
		}
	}
}

// Cancel ends a run that waits or goes on. The process that works on it stops within a page or a few
// seconds. It returns ErrConflict when the run has ended already.
func (r *Runner) Cancel(ctx context.Context, id incident.ID) error {
	_, err := r.end(ctx, id, incident.RunCanceled, "canceled")
	return err
}

// fail ends a run that cannot even begin, or go on, because of reason.
func (r *Runner) fail(ctx context.Context, id incident.ID, reason error) (Outcome, error) {
	run, err := r.end(ctx, id, incident.RunFailed, clean(reason.Error()))
	return Outcome{Run: run}, err
}

// end writes the last row of a run from outside of it.
func (r *Runner) end(ctx context.Context, id incident.ID, state incident.RunState, message string) (incident.Run, error) {
	run, err := r.store.Run(ctx, id)
	if err != nil {
		return incident.Run{}, fmt.Errorf("jobs: end run %s: %w", id, err)
	}
	_, err = r.store.Update(ctx, func(tx incident.Tx) error {
		if err := lock(tx, run.Connection, id); err != nil {
			return err
		}
		if run, err = r.store.Run(ctx, id); err != nil {
			return err
		}
		if run.State.Done() {
			return fmt.Errorf("it has ended: %w", incident.ErrConflict)
		}
		run.State, run.Message, run.FinishedAt = state, message, r.clock()
		return tx.PutRun(*run)
	})
	if err != nil {
		return incident.Run{}, fmt.Errorf("jobs: end run %s: %w", id, err)
	}
	return *run, nil
}

// stuck reports whether a run that has not ended is in nobody's hands.
func (r *Runner) stuck(run incident.Run) bool {
	seen := run.StartedAt
	if run.Heartbeat.After(seen) {
		seen = run.Heartbeat
	}
	return !run.State.Done() && r.clock().After(run.ResumesAt) && r.clock().Sub(seen) > Stuck
}
