// Package store keeps everything in a database: SQLite in one file, or PostgreSQL. It alone knows gorm,
// the drivers and the tables; what goes in and comes out are the types of package incident. It decides nothing
// about incidents: rules live in package incident, and what is done with changes in server/internal/follow.
//
// Start with [Open], which returns a [Store]. Reads and writes are one file per subject: incidents.go,
// raws.go, accounts.go and so on; tx.go and feed.go hold what all writes share.
package store

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"hindsight/incident"
)

// Config says which database to open.
type Config struct {
	URL     string // "postgres://…"; empty: the SQLite file hindsight.db in DataDir
	DataDir string // made when it is missing; not used with a URL
	Log     *slog.Logger
	Now     func() time.Time
}

// Enqueuer adds a background job within a running transaction.
type Enqueuer func(ctx context.Context, tx *sql.Tx, job incident.Job) error

// Store is the incident.Store in a database. It is safe for concurrent use.
type Store struct {
	reader
	sql     *sql.DB
	pool    *pgxpool.Pool // nil with SQLite
	log     *slog.Logger
	now     func() time.Time
	enqueue Enqueuer
	writer  chan struct{} // SQLite: the slot of the one transaction that may write; else nil
	open    sync.RWMutex  // held shared by each transaction, and alone by Close
	closed  bool
	wake    wake
}

// reader reads in one dialect, through the database or through a running transaction.
type reader struct {
	db      *gorm.DB
	dialect dialect
}

var _ incident.Store = (*Store)(nil)

// Open opens the database and brings its tables, and those of the job queue, up to date. Several
// processes may do so at once.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	open := openSQLite
	if cfg.URL != "" {
		open = openPostgres
	}
	s, err := open(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("store: open: %w", err)
	}
	s.log, s.now = cfg.Log, cfg.Now
	return s, nil
}

// SetEnqueuer tells how Tx.Enqueue adds a job. It is called once, before the first Update.
func (s *Store) SetEnqueuer(e Enqueuer) { s.enqueue = e }

// Pool returns the connections to PostgreSQL, or nil with SQLite.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// SQL returns the database for what keeps tables of its own in it, as the job queue does.
func (s *Store) SQL() *sql.DB { return s.sql }

// Dialect returns "sqlite" or "postgres".
func (s *Store) Dialect() string { return string(s.dialect) }

// Close waits for running transactions and closes the database. Updates that come later fail.
func (s *Store) Close() error {
	s.open.Lock()
	defer s.open.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	err := s.sql.Close()
	if s.pool != nil {
		s.pool.Close()
	}
	if err != nil {
		return fmt.Errorf("store: close: %w", err)
	}
	return nil
}

// view reads in a snapshot, so that an incident and its parts are of one moment.
func (s *Store) view(ctx context.Context, f func(reader) error) error {
	snapshot := &sql.TxOptions{ReadOnly: true, Isolation: s.dialect.snapshot()}
	return s.db.WithContext(ctx).Transaction(func(db *gorm.DB) error {
		return f(reader{db, s.dialect})
	}, snapshot)
}

// gormConfig turns off what we do ourselves: transactions, logging (errors are returned) and the clock.
func gormConfig() *gorm.Config {
	return &gorm.Config{SkipDefaultTransaction: true, Logger: logger.Discard, DisableAutomaticPing: true}
}
