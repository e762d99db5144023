package store

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
)

// MakeEarlier makes a database of an earlier schema, as an earlier program would have left it.
func MakeEarlier(ctx context.Context, cfg Config, schema int64) error {
	if cfg.URL == "" {
		db, err := buildSQLite(ctx, filepath.Join(cfg.DataDir, sqliteFile), schema)
		if err != nil {
			return err
		}
		return db.Close()
	}
	pool, err := pgxpool.New(ctx, cfg.URL)
	if err != nil {
		return err
	}
	defer pool.Close()
	db := stdlib.OpenDBFromPool(pool)
	defer db.Close()
	if err := migrateTo(ctx, db, postgresDialect, riverpgxv5.New(pool), schema); err != nil {
		return fmt.Errorf("make schema %d: %w", schema, err)
	}
	return nil
}
