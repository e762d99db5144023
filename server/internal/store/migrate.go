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

// migrate brings our tables and those of the job queue up to date. The caller holds the lock. Tables of a newer program are
// refused.
func migrate[T any](ctx context.Context, db *sql.DB, d dialect, queue riverdriver.Driver[T]) error {
	return migrateTo(ctx, db, d, queue, Newest())
}

// migrateTo is migrate for any schema.
func migrateTo[T any](ctx context.Context, db *sql.DB, d dialect, queue riverdriver.Driver[T], schema int64) error {
	if err := migrateTables(ctx, db, d, schema); err != nil {
		return err
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

// migrateTables brings our tables to a schema; from a later one it goes back, which takes away what that one had more.
func migrateTables(ctx context.Context, db *sql.DB, d dialect, schema int64) error {
	has, err := schemaOf(ctx, db, d)
	if err != nil {
		return fmt.Errorf("read the schema: %w", err)
	}
	if has > Newest() {
		return newerError(has, Newest())
	}
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
	move := provider.UpTo
	if has > schema {
		move = provider.DownTo
	}
	if _, err := move(ctx, schema); err != nil {
		return fmt.Errorf("migrate tables: %w", err)
	}
	return nil
}
