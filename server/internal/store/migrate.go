package store

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"

	"hindsight/migrations"
)

// migrate brings our tables and those of the job queue up to date. The caller holds the lock.
func migrate[T any](ctx context.Context, db *sql.DB, d dialect, queue riverdriver.Driver[T]) error {
	files, err := fs.Sub(migrations.Files, string(d))
	if err != nil {
		return err
	}
	kind := goose.DialectSQLite3
	if d == postgresDialect {
		kind = goose.DialectPostgres
	}
	provider, err := goose.NewProvider(kind, db, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate tables: %w", err)
	}
	quiet := slog.New(slog.DiscardHandler) // what fails is returned
	jobs, err := rivermigrate.New(queue, &rivermigrate.Config{Logger: quiet})
	if err != nil {
		return fmt.Errorf("read migrations of the job queue: %w", err)
	}
	if _, err := jobs.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate tables of the job queue: %w", err)
	}
	return nil
}
