package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
)

// migrateLock is the advisory lock that a process holds while it migrates; the number only has to be
// ours alone.
const migrateLock = 7204831159

// postgresConnections is how many connections a replica opens at most, unless the URL says so (pool_max_conns). The
// driver's own default is 4 on a small machine: as many imports at once, each of which reads beside its
// transaction, would wait for each other for good.
const postgresConnections = 20

func openPostgres(ctx context.Context, cfg Config) (*Store, error) {
	settings, err := pgxpool.ParseConfig(cfg.URL)
	if err != nil {
		return nil, err
	}
	if !strings.Contains(cfg.URL, "pool_max_conns=") {
		settings.MaxConns = postgresConnections
	}
	pool, err := pgxpool.NewWithConfig(ctx, settings)
	if err != nil {
		return nil, err
	}
	db := stdlib.OpenDBFromPool(pool)
	s, err := preparePostgres(ctx, pool, db)
	if err != nil {
		db.Close()
		pool.Close()
		return nil, err
	}
	return s, nil
}

func preparePostgres(ctx context.Context, pool *pgxpool.Pool, db *sql.DB) (*Store, error) {
	unlock, err := lockDatabase(ctx, pool.Config().ConnConfig)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if err := migrate(ctx, db, postgresDialect, riverpgxv5.New(pool)); err != nil {
		return nil, err
	}
	orm, err := gorm.Open(postgres.New(postgres.Config{Conn: db}), gormConfig())
	if err != nil {
		return nil, err
	}
	return &Store{reader: reader{orm, postgresDialect}, sql: db, pool: pool}, nil
}

// lockDatabase waits until no other process migrates the database. The lock lives as long as its
// connection, so a process that dies does not keep it.
func lockDatabase(ctx context.Context, cfg *pgx.ConnConfig) (unlock func(), err error) {
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return nil, err
	}
	unlock = func() { conn.Close(context.WithoutCancel(ctx)) }
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(migrateLock)); err != nil {
		unlock()
		return nil, fmt.Errorf("lock database: %w", err)
	}
	return unlock, nil
}
