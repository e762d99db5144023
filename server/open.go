package main

import (
	"context"
	"io"
	"log/slog"

	"hindsight/incident"
	"hindsight/server/internal/app"
	"hindsight/server/internal/config"
	"hindsight/server/internal/store"
)

// logger writes to standard error, as text or JSON.
func (p program) logger(cfg config.Config) *slog.Logger { return newLogger(p.err, cfg) }

func newLogger(w io.Writer, cfg config.Config) *slog.Logger {
	options := &slog.HandlerOptions{Level: slog.LevelInfo}
	if cfg.Log == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// openStore opens the database alone.
func (p program) openStore(ctx context.Context, cfg config.Config) (incident.Store, error) {
	return store.Open(ctx, store.Config{URL: cfg.DatabaseURL, DataDir: cfg.Data, Log: p.quiet(cfg), Now: p.now})
}

// openStored opens the database for commands that write; no sink follows.
func (p program) openStored(ctx context.Context, cfg config.Config) (*app.App, error) {
	return p.openParts(ctx, cfg, app.Stored)
}

// openMeasured opens the database and waits for the analytics snapshot.
func (p program) openMeasured(ctx context.Context, cfg config.Config) (*app.App, error) {
	return p.openParts(ctx, cfg, app.Measured)
}

// openAll opens the database and waits for the snapshot, the index and similar incidents.
func (p program) openAll(ctx context.Context, cfg config.Config) (*app.App, error) {
	return p.openParts(ctx, cfg, app.Found)
}

func (p program) openParts(ctx context.Context, cfg config.Config, parts app.Part) (*app.App, error) {
	a, err := app.Open(ctx, app.Options{Config: cfg, Parts: parts, Version: version(), Now: p.now, Log: p.quiet(cfg)})
	if err != nil {
		return nil, err
	}
	if err := a.CatchUp(ctx); err != nil {
		a.Close()
		return nil, err
	}
	return a, nil
}

// quiet is a logger for commands: warnings and errors only.
func (p program) quiet(cfg config.Config) *slog.Logger {
	return slog.New(slog.NewTextHandler(p.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
}
