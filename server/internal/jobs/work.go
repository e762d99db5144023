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
)

const (
	importTime = 30 * time.Minute // then an import makes room for other jobs and goes on later
	again      = 15 * time.Second // how long an import waits for another one of its connection
)

// importArgs names a run. Beat is the heartbeat, in seconds since 1970, of a run that got stuck: the job that was
// lost may still look alive, and must not keep its successor from being added.
type importArgs struct {
	Run    incident.ID `json:"run"`
	Beat   int64       `json:"beat,omitempty"`
	Behind bool        `json:"behind,omitempty"`
}

func (importArgs) Kind() string                 { return KindImport }
func (importArgs) InsertOpts() river.InsertOpts { return once() }

type importWorker struct {
	river.WorkerDefaults[importArgs]
	Config
}

func (w *importWorker) Timeout(*river.Job[importArgs]) time.Duration { return importTime }

// Work runs an import. How it went is in its run; the job fails only when that could not be written.
func (w *importWorker) Work(ctx context.Context, job *river.Job[importArgs]) error {
	ctx = working(ctx, "import")
	run, err := w.Store.Run(ctx, job.Args.Run)
	if errors.Is(err, incident.ErrNotFound) {
		return river.JobCancel(err)
	}
	if err != nil {
		return err
	}
	if run.State.Done() { // but the process died before it had tidied up
		return w.settle(ctx, *run)
	}
	out, err := w.run(ctx, *run)
	switch {
	case out.State.Done():
		return w.settle(context.WithoutCancel(ctx), out.Run)
	case !out.ResumesAt.IsZero():
		return river.JobSnooze(max(time.Until(out.ResumesAt), time.Second))
	case ctx.Err() != nil:
		return river.JobSnooze(0)
	case errors.Is(err, incident.ErrConflict):
		return river.JobSnooze(again)
	}
	return err
}

// settle does what follows the end of a run, however it went.
func (w *importWorker) settle(ctx context.Context, run incident.Run) error {
	if run.Upload != "" {
		if err := w.Uploads.Remove(ctx, run.ID); err != nil {
			return err
		}
	}
	return w.group(ctx, run)
}

// run runs the import as its Via says. What keeps it from beginning becomes the run's outcome.
func (w *importWorker) run(ctx context.Context, run incident.Run) (Outcome, error) {
	conn, files, err := w.open(ctx, run)
	if err != nil && ctx.Err() != nil {
		return Outcome{Run: run}, err
	}
	if err != nil {
		return w.Runner.fail(ctx, run.ID, err)
	}
	var out Outcome
	switch run.Via {
	case viaRemap:
		out, err = w.Runner.Remap(ctx, conn, run, nil)
	case viaRetry:
		out, err = w.Runner.RetryDeadLetters(ctx, conn, nil, run, nil)
	default:
		out, err = w.Runner.Run(ctx, conn, run, files, Options{}, nil)
	}
	if errors.Is(err, incident.ErrInvalid) && !out.State.Done() {
		return w.Runner.fail(ctx, run.ID, err)
	}
	return out, err
}

// open returns a run's connection, with its secrets in clear, and its uploaded files, if it has any.
func (w *importWorker) open(ctx context.Context, run incident.Run) (incident.Connection, []importers.File, error) {
	if err := startable(run); err != nil {
		return incident.Connection{}, nil, err
	}
	stored, err := w.Store.Connection(ctx, run.Connection)
	if err != nil {
		return incident.Connection{}, nil, fmt.Errorf("jobs: open connection of run %s: %w", run.ID, err)
	}
	conn, err := w.Unseal(*stored)
	if err != nil || run.Upload == "" {
		return conn, nil, err
	}
	files, err := w.Uploads.Open(ctx, run.ID)
	return conn, files, err
}

// startable says why a run cannot go on in the background, if it cannot.
func startable(run incident.Run) error {
	switch {
	case run.DryRun:
		return errors.New("jobs: a dry run leaves nothing to go on with; start it again")
	case run.Upload == "" && !slices.Contains([]string{viaPoll, viaReconcile, viaRemap, viaRetry, viaPush}, run.Via):
		return errors.New("jobs: the program that read the files ended before the import did; start it again")
	}
	return nil
}

// group asks for the problems to be found again after an import that changed something.
func (w *importWorker) group(ctx context.Context, run incident.Run) error {
	if run.New+run.Changed == 0 {
		return nil
	}
	_, err := w.Store.Update(ctx, func(tx incident.Tx) error {
		return tx.Enqueue(incident.Job{Kind: KindGroup, ID: "all"})
	})
	return err
}

type groupArgs struct {
	ID     incident.ID `json:"id"`
	Behind bool        `json:"behind,omitempty"`
}

func (groupArgs) Kind() string                 { return KindGroup }
func (groupArgs) InsertOpts() river.InsertOpts { return once() }

type groupWorker struct {
	river.WorkerDefaults[groupArgs]
	Config
}

func (w *groupWorker) Timeout(*river.Job[groupArgs]) time.Duration { return importTime }

func (w *groupWorker) Work(ctx context.Context, job *river.Job[groupArgs]) error {
	ctx = working(ctx, "group")
	return w.Group(ctx, job.Args.ID)
}

// sweepArgs asks for a look at all runs that have not ended.
type sweepArgs struct{}

func (sweepArgs) Kind() string                 { return "sweep" }
func (sweepArgs) InsertOpts() river.InsertOpts { return once() }

// sweepWorker is a worker of a client whose transactions are T.
type sweepWorker[T any] struct {
	river.WorkerDefaults[sweepArgs]
	Config
}

// Work adds a job for every run that nobody works on: its process died, or its job was lost. A run that read
// files of a command line cannot go on without it and has failed.
func (w *sweepWorker[T]) Work(ctx context.Context, _ *river.Job[sweepArgs]) error {
	ctx = working(ctx, "sweep")
	if err := w.Uploads.Sweep(ctx, w.Runner.now()); err != nil {
		return err
	}
	if err := w.Runner.schedule(ctx); err != nil {
		return err
	}
	if w.GroupDue != nil && w.GroupDue() {
		if _, err := w.Store.Update(ctx, func(tx incident.Tx) error { return tx.Enqueue(incident.Job{Kind: KindGroup, ID: "all"}) }); err != nil {
			return err
		}
	}
	if err := w.askToLook(ctx); err != nil {
		return err
	}
	if err := w.reviveErasures(ctx); err != nil {
		return err
	}
	if w.Restate != nil {
		if err := w.Restate(ctx); err != nil {
			return err
		}
	}
	if w.Retain != nil {
		if err := w.Retain(ctx); err != nil {
			return err
		}
	}
	runs, err := w.Store.Runs(ctx, "", recent)
	if err != nil {
		return err
	}
	for _, run := range runs {
		if !w.Runner.stuck(run) || run.Via == viaPush { // deliveries that wait are asked for again below
			continue
		}
		if err = startable(run); err != nil {
			_, err = w.Runner.fail(ctx, run.ID, err)
		} else {
			err = w.revive(ctx, run)
		}
		if err != nil {
			return fmt.Errorf("jobs: sweep run %s: %w", run.ID, err)
		}
	}
	return nil
}

func (w *sweepWorker[T]) revive(ctx context.Context, run incident.Run) error {
	args := importArgs{Run: run.ID}
	if !run.Heartbeat.IsZero() {
		args.Beat = run.Heartbeat.Unix()
	}
	_, err := river.ClientFromContext[T](ctx).Insert(ctx, args, nil)
	return err
}
