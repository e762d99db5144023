package jobs

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"hindsight/incident"
)

const (
	eraseTime  = 6 * time.Hour   // then an erasure begins again; it cannot go on in the middle
	eraseStuck = 5 * time.Minute // for so long nothing was heard of an erasure whose process has died
)

type eraseArgs struct {
	ID     incident.ID `json:"id"`
	Behind bool        `json:"behind,omitempty"`
}

func (eraseArgs) Kind() string                 { return KindErase }
func (eraseArgs) InsertOpts() river.InsertOpts { return once() }

type eraseWorker struct {
	river.WorkerDefaults[eraseArgs]
	Config
}

func (w *eraseWorker) Timeout(*river.Job[eraseArgs]) time.Duration { return eraseTime }

// Work does an erasure. One that a stop of the program interrupts begins again at its next start.
func (w *eraseWorker) Work(ctx context.Context, job *river.Job[eraseArgs]) error {
	err := w.Erase(working(ctx, "erase"), job.Args.ID)
	if err != nil && ctx.Err() != nil {
		return river.JobSnooze(0)
	}
	return err
}

// reviveErasures asks again for erasures that nobody works on any more.
func (c Config) reviveErasures(ctx context.Context) error {
	all, err := c.Store.Erasures(ctx)
	if err != nil {
		return err
	}
	for _, e := range all {
		if e.State != incident.ErasureRunning || c.Runner.now().Sub(e.SeenAt()) < eraseStuck {
			continue
		}
		if _, err := c.Store.Update(ctx, func(tx incident.Tx) error { return tx.Enqueue(incident.Job{Kind: KindErase, ID: e.ID}) }); err != nil {
			return err
		}
	}
	return nil
}
