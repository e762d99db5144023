package app

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"hindsight/incident"
	"hindsight/reports/draw"
	"hindsight/server/internal/backup"
	"hindsight/server/internal/edition"
	"hindsight/server/internal/jobs"
	"hindsight/server/internal/store"
)

// Work begins to work on background jobs, until Close.
func (a *App) Work(ctx context.Context) error {
	client, err := jobs.Start(context.WithoutCancel(ctx), jobs.Config{Store: a.store, Runner: a.Desk.Runner, Uploads: a.Desk.Uploads,
		Unseal: a.Desk.Unseal,
		Group:  func(ctx context.Context, _ incident.ID) error { return a.Desk.Group(ctx) }, GroupDue: a.Desk.GroupDue, Look: a.Desk.LookAtIssues, LookDue: a.Desk.LookDue, Erase: a.Desk.SweepBehind, Restate: a.Desk.Restate, Retain: a.Desk.KeepToRetention, Log: slog.New(warnings{a.Desk.Log.Handler()})})
	if err != nil {
		return err
	}
	a.jobs = client
	a.closers = append(a.closers, func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		return client.Stop(ctx)
	})
	a.tend(ctx)
	return a.backUp(ctx)
}

const (
	tendEvery = 5 * time.Second // how soon others read what was written in a retrospective
	snapEvery = time.Minute

	sweepEvery  = 6 * time.Hour
	remindEvery = 10 * time.Minute
	sendEvery   = 5 * time.Second
	makeEvery   = 20 * time.Second // how late a scheduled report may begin
)

// tend keeps what others read of retrospectives up to date, and snapshots of them, reminds owners, makes scheduled reports, and sends what leaves the product, until Close.
func (a *App) tend(ctx context.Context) {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	var all sync.WaitGroup
	var engine *draw.Engine // nil until a report is made; reports are made one after the other
	schedules := &edition.Schedules{Desk: a.Desk, Engine: func() (_ *draw.Engine, err error) {
		if engine == nil {
			engine, err = draw.New()
		}
		return engine, err
	}}
	for _, work := range []struct {
		pause time.Duration
		do    func(context.Context) error
	}{{tendEvery, a.Desk.TendRetros}, {snapEvery, a.Desk.SnapRetros}, {sweepEvery, a.Desk.SweepFiles}, {remindEvery, a.Desk.Remind}, {sendEvery, a.Desk.SendMail}, {sendEvery, a.Desk.SendPosts},
		{sweepEvery, a.Desk.SweepReports}, {makeEvery, schedules.MakeDue}} {
		all.Go(func() { every(ctx, work.pause, a.told(work.do)) })
	}
	a.closers = append(a.closers, func() error {
		stop()
		if all.Wait(); engine != nil {
			return engine.Close()
		}
		return nil
	})
}

// told lets the log tell of errors, and the work go on at the next turn.
func (a *App) told(f func(context.Context) error) func(context.Context) {
	return func(ctx context.Context) {
		if err := f(ctx); err != nil && ctx.Err() == nil {
			a.Desk.Log.WarnContext(ctx, "retrospectives, notices or reports were not tended; it is tried again", "err", err)
		}
	}
}

// every calls f time and again until ctx ends.
func every(ctx context.Context, pause time.Duration, f func(context.Context)) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			f(ctx)
		}
	}
}

// backUp takes a backup every day, until Close, if there is a folder for them.
func (a *App) backUp(ctx context.Context) error {
	to := a.Config.Backup
	if to.Dir == "" {
		return nil
	}
	keys, err := a.Desk.Safe.KeyIDs()
	if err != nil {
		return err
	}
	d := backup.Daily{Source: backup.Source{Database: store.Config{URL: a.Config.DatabaseURL, DataDir: a.Config.Data, Log: a.Desk.Log, Now: a.Desk.Now}, Program: a.Desk.Version, Keys: keys, Now: a.Desk.Now},
		Store: a.store, Dir: to.Dir, At: to.At, Keep: to.Keep, Log: a.Desk.Log}
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	a.closers = append(a.closers, func() error {
		stop()
		if err := <-done; !errors.Is(err, context.Canceled) {
			return err
		}
		return nil
	})
	return nil
}

// Settled waits until everything that was imported here is grouped, too, in the background that Work began.
func (a *App) Settled(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		if idle, err := a.jobs.Idle(ctx); idle || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

const lookEvery = 200 * time.Millisecond

// warnings lets warnings and errors pass: the job queue tells of every look into an empty queue.
type warnings struct{ slog.Handler }

// Enabled implements slog.Handler.
func (w warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && w.Handler.Enabled(ctx, level)
}

// SampleLoaded reports whether the bundled data is here.
func (a *App) SampleLoaded(ctx context.Context) (bool, error) {
	connections, err := a.Desk.Store.Connections(ctx)
	for _, c := range connections {
		if c.Sample {
			return true, err
		}
	}
	return false, err
}

// Group finds what keeps coming back and stores it; decisions of people stay.
func (a *App) Group(ctx context.Context) error { return a.Desk.Group(ctx) }
