package jobs

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"

	"hindsight/incident"
	"hindsight/server/internal/store"
)

// The kinds of incident.Job that there are.
const (
	// KindImport runs the import whose run has the job's id: with its uploaded files, or from its source, or
	// over the stored records again, as the run's Via says.
	KindImport = "import"
	// KindGroup finds recurring problems again; it is asked for after imports that changed something.
	KindGroup = "group"
	// KindHear takes in the deliveries that wait for the connection that has the job's id.
	KindHear = "hear"
	// KindLook looks at the issues that action items link to.
	KindLook = "look"
	// KindErase goes through everything that is stored for the erasure that has the job's id.
	KindErase = "erase"
)

const (
	sweepEvery = time.Minute
	workers    = 4 // jobs that one replica works on at once
)

// Config says what the background does.
type Config struct {
	Store   *store.Store // the queue's tables are in the same database
	Runner  *Runner
	Uploads Uploads
	// Unseal returns a connection with its secrets among the settings, in clear.
	Unseal func(incident.Connection) (incident.Connection, error)
	// Group is the work of KindGroup. It may run on two replicas at once.
	Group func(ctx context.Context, id incident.ID) error
	// GroupDue reports whether KindGroup is due although nobody has asked for it. It is called once a minute; nil: it never is.
	GroupDue func() bool
	// Look is the work of KindLook, and LookDue reports whether it is due. It is asked once a minute.
	Look    func(ctx context.Context) error
	LookDue func(ctx context.Context) (bool, error)
	// Erase is the work of KindErase. It may run twice at once; what is done stays done.
	Erase func(ctx context.Context, id incident.ID) error
	// Restate notes which published figures have changed. It is called once a minute; nil: nobody wants to know.
	Restate func(ctx context.Context) error
	// Retain keeps to the retention rules when that is due. It is called once a minute; nil: nothing is ever due.
	Retain func(ctx context.Context) error
	Log    *slog.Logger
}

// Client works on background jobs.
type Client struct {
	river interface {
		Start(context.Context) error
		StopAndCancel(context.Context) error
		Subscribe(...river.EventKind) (<-chan *river.Event, func())
		JobList(context.Context, *river.JobListParams) (*river.JobListResult, error)
	}
}

// Start begins to work on background jobs, in this process and until Stop. It makes Tx.Enqueue work. The tables
// of the queue are there: the store made them.
func Start(ctx context.Context, cfg Config) (*Client, error) {
	if err := Attach(cfg.Store); err != nil {
		return nil, err
	}
	c := &Client{}
	var err error
	if pool := cfg.Store.Pool(); pool != nil {
		c.river, err = newWorker(riverpgxv5.New(pool), cfg)
	} else {
		c.river, err = newWorker(riversqlite.New(cfg.Store.SQL()), cfg)
	}
	if err == nil {
		err = c.river.Start(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("jobs: start: %w", err)
	}
	return c, nil
}

// Stop interrupts the running jobs, which go on where they were when a client starts again, and waits for
// them until ctx ends.
func (c *Client) Stop(ctx context.Context) error {
	if err := c.river.StopAndCancel(ctx); err != nil {
		return fmt.Errorf("jobs: stop: %w", err)
	}
	return nil
}

// Idle reports whether no import, no grouping and no erasure waits or goes on: what imports set off is done, too.
func (c *Client) Idle(ctx context.Context) (bool, error) {
	open := river.NewJobListParams().Kinds(KindImport, KindGroup, KindErase).First(1).States(rivertype.JobStateAvailable, rivertype.JobStatePending,
		rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled)
	list, err := c.river.JobList(ctx, open)
	if err != nil {
		return false, fmt.Errorf("jobs: look for open jobs: %w", err)
	}
	return len(list.Jobs) == 0, nil
}

// Attach makes Tx.Enqueue of db add jobs to the queue, for a process that does not work on them itself.
func Attach(db *store.Store) error {
	var client *river.Client[*sql.Tx]
	var err error
	if db.Dialect() == "sqlite" {
		client, err = river.NewClient(riversqlite.New(db.SQL()), &river.Config{})
	} else {
		client, err = river.NewClient(riverdatabasesql.New(db.SQL()), &river.Config{})
	}
	if err != nil {
		return fmt.Errorf("jobs: open queue: %w", err)
	}
	db.SetEnqueuer(func(ctx context.Context, tx *sql.Tx, job incident.Job) error { return insert(ctx, client, tx, job) })
	return nil
}

// insert adds a job unless the same one waits already. One that is being worked on does not count, since it may
// have looked too early: then one more waits behind it.
func insert(ctx context.Context, client *river.Client[*sql.Tx], tx *sql.Tx, job incident.Job) error {
	for _, behind := range []bool{false, true} {
		args, err := argsOf(job, behind)
		if err != nil {
			return err
		}
		res, err := client.InsertTx(ctx, tx, args, nil)
		if err != nil {
			return fmt.Errorf("jobs: enqueue %s %s: %w", job.Kind, job.ID, err)
		}
		if !res.UniqueSkippedAsDuplicate || res.Job.State != rivertype.JobStateRunning {
			return nil
		}
	}
	return nil
}

func argsOf(job incident.Job, behind bool) (river.JobArgs, error) {
	switch job.Kind {
	case KindImport:
		return importArgs{Run: job.ID, Behind: behind}, nil
	case KindGroup:
		return groupArgs{ID: job.ID, Behind: behind}, nil
	case KindLook:
		return lookArgs{ID: job.ID, Behind: behind}, nil
	case KindHear:
		return hearArgs{Connection: job.ID, Behind: behind}, nil
	case KindErase:
		return eraseArgs{ID: job.ID, Behind: behind}, nil
	}
	return nil, incident.Invalidf("kind", "there is no job %q", job.Kind)
}

func newWorker[T any](driver riverdriver.Driver[T], cfg Config) (*river.Client[T], error) {
	list := river.NewWorkers()
	river.AddWorker(list, &importWorker{Config: cfg})
	river.AddWorker(list, &groupWorker{Config: cfg})
	river.AddWorker(list, &lookWorker{Config: cfg})
	river.AddWorker(list, &hearWorker{Config: cfg})
	river.AddWorker(list, &eraseWorker{Config: cfg})
	river.AddWorker(list, &sweepWorker[T]{Config: cfg})
	return river.NewClient(driver, &river.Config{
		Queues:  map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: workers}},
		Workers: list,
		Logger:  cfg.Log,
		PeriodicJobs: []*river.PeriodicJob{
			river.NewPeriodicJob(river.PeriodicInterval(sweepEvery),
				func() (river.JobArgs, *river.InsertOpts) { return sweepArgs{}, nil },
				&river.PeriodicJobOpts{RunOnStart: true}),
		},
	})
}

// working returns a context for what a job does by itself: that is what the audit log calls it.
func working(ctx context.Context, job incident.ID) context.Context {
	return incident.Acting(ctx, incident.Actor{Kind: incident.ActorSystem, ID: job})
}

// once makes jobs with the same arguments one, unless it has ended.
func once() river.InsertOpts {
	return river.InsertOpts{UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
		rivertype.JobStateRunning, rivertype.JobStateScheduled,
	}}}
}
