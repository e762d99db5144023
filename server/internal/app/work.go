package app

import (
	"context"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/jobs"
)

// Work begins to work on background jobs, until Close.
func (a *App) Work(ctx context.Context) error {
	client, err := jobs.Start(context.WithoutCancel(ctx), jobs.Config{Store: a.store, Runner: a.Desk.Runner, Uploads: a.Desk.Uploads,
		Unseal: func(c incident.Connection) (incident.Connection, error) { return c, nil },
		Group:  func(ctx context.Context, _ incident.ID) error { return a.Desk.Group(ctx) }, Log: a.Desk.Log})
	if err != nil {
		return err
	}
	a.closers = append(a.closers, func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		return client.Stop(ctx)
	})
	return nil
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
