package jobs

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"hindsight/importers"
	"hindsight/incident"
)

// lookArgs asks for a look at the issues of action items.
type lookArgs struct {
	ID     incident.ID `json:"id"`
	Behind bool        `json:"behind,omitempty"`
}

func (lookArgs) Kind() string                 { return KindLook }
func (lookArgs) InsertOpts() river.InsertOpts { return once() }

type lookWorker struct {
	river.WorkerDefaults[lookArgs]
	Config
}

func (w *lookWorker) Timeout(*river.Job[lookArgs]) time.Duration { return importTime }

func (w *lookWorker) Work(ctx context.Context, _ *river.Job[lookArgs]) error {
	return w.Look(working(ctx, "look"))
}

// askToLook adds the job when it is due.
func (w *sweepWorker[T]) askToLook(ctx context.Context) error {
	if w.LookDue == nil {
		return nil
	}
	due, err := w.LookDue(ctx)
	if err == nil && due {
		_, err = w.Store.Update(ctx, func(tx incident.Tx) error { return tx.Enqueue(incident.Job{Kind: KindLook, ID: "all"}) })
	}
	return err
}

// TrackerInput is what the functions of a connection's tracker ask with, see importers.Tracker. conn's settings hold secrets in clear.
func (r *Runner) TrackerInput(conn incident.Connection) (importers.Input, error) {
	source, err := r.source(conn)
	if err != nil {
		return importers.Input{}, err
	}
	cfg := importers.Config{Connection: conn.ID, Settings: conn.Settings, Mapping: conn.Mapping, MapVersion: conn.MapVersion}
	client, err := r.clientOf(source, cfg, nil)
	return importers.Input{Config: cfg, Client: client, Now: r.clock()}, err
}
