package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"hindsight/incident"
)

// How often a transaction is run when the database asks to run it again. Between two runs it waits for
// up to attempt × retryPause, at random, so that two rivals do not meet again.
const (
	maxAttempts = 20
	retryPause  = 10 * time.Millisecond
)

var (
	errClosed    = errors.New("the store is closed")
	errOvertaken = errors.New("another transaction added it meanwhile")
)

// tx is a running transaction. It belongs to one goroutine.
type tx struct {
	reader
	ctx   context.Context
	store *Store
	// touched holds the entities that this transaction has changed, and whether only a tombstone is left.
	touched map[incident.EntityKind]map[incident.ID]bool
	// absent holds the incidents that were looked for and not there. A row that is not there cannot be
	// locked: when one of them is there at its put, another transaction was faster, and this one must run again.
	absent map[incident.ID]bool
	// notes go to the audit log with the commit. While quiet is set, what imports write is not told entry by entry.
	notes []incident.AuditNote
	quiet bool
}

var _ incident.Tx = (*tx)(nil)

// Update implements incident.Store. A transaction that changes no entity of the feed takes no number; its
// number is 0.
func (s *Store) Update(ctx context.Context, f func(incident.Tx) error) (incident.Seq, error) {
	s.open.RLock()
	defer s.open.RUnlock()
	if s.closed {
		return 0, failed(errClosed, "update")
	}
	for attempt := 1; ; attempt++ {
		seq, err := s.attempt(ctx, f)
		if err == nil || attempt == maxAttempts || !transient(err) {
			return seq, err
		}
		s.log.DebugContext(ctx, "transaction runs again", "attempt", attempt, "err", err)
		if err := pause(ctx, attempt); err != nil {
			return 0, failed(err, "update")
		}
	}
}

func (s *Store) attempt(ctx context.Context, f func(incident.Tx) error) (incident.Seq, error) {
	if s.writer != nil {
		select {
		case s.writer <- struct{}{}:
			defer func() { <-s.writer }()
		case <-ctx.Done():
			return 0, failed(ctx.Err(), "begin")
		}
	}
	db := s.db.WithContext(ctx).Begin()
	if db.Error != nil {
		return 0, failed(db.Error, "begin")
	}
	defer db.Rollback() // does nothing after a commit
	t := &tx{reader: reader{db, s.dialect}, ctx: ctx, store: s, touched: map[incident.EntityKind]map[incident.ID]bool{}, absent: map[incident.ID]bool{}}
	if err := f(t); err != nil {
		return 0, err
	}
	seq, err := t.number()
	if err != nil {
		return 0, err
	}
	if err := t.writeNotes(); err != nil {
		return 0, err
	}
	if err := db.Commit().Error; err != nil {
		return 0, failed(err, "commit")
	}
	if seq != 0 {
		s.wake.all()
	}
	return seq, nil
}

func pause(ctx context.Context, attempt int) error {
	timer := time.NewTimer(rand.N(time.Duration(attempt) * retryPause))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Enqueue implements incident.Tx.
func (t *tx) Enqueue(job incident.Job) error {
	if t.store.enqueue == nil {
		return failed(errors.New("nothing takes jobs here"), "enqueue %s %s", job.Kind, job.ID)
	}
	return failed(t.store.enqueue(t.ctx, t.sqlTx(), job), "enqueue %s %s", job.Kind, job.ID)
}

// sqlTx returns the transaction that gorm speaks through.
func (t *tx) sqlTx() *sql.Tx { return t.db.Statement.ConnPool.(*sql.Tx) }

// batch is how many rows one INSERT carries: the fastest of those measured, and far from the limits of
// parameters (32,766 in SQLite, 65,535 in PostgreSQL).
const batch = 500

// insert adds rows to a table.
func insert[R any](db *gorm.DB, table string, rows []R) error {
	if len(rows) == 0 {
		return nil
	}
	return db.Table(table).CreateInBatches(rows, batch).Error
}

// last returns values in the order of their keys, of several with one key the last. One statement
// cannot touch a row twice, and a common order keeps two transactions from waiting for each other.
func last[V any, K cmp.Ordered](values []V, key func(V) K) []V {
	byKey := make(map[K]V, len(values))
	for _, v := range values {
		byKey[key(v)] = v
	}
	out := make([]V, 0, len(byKey))
	for _, k := range slices.Sorted(maps.Keys(byKey)) {
		out = append(out, byKey[k])
	}
	return out
}

// upsert adds rows to a table, replacing those that have the same key columns.
func upsert[R any](db *gorm.DB, table string, rows []R, key ...string) error {
	columns := make([]clause.Column, len(key))
	for i, name := range key {
		columns[i].Name = name
	}
	return insert(db.Clauses(clause.OnConflict{Columns: columns, UpdateAll: true}), table, rows)
}

// digests returns the stored digests of a table's entities, by the value of its key column. The rows stay
// locked until the transaction ends, so that what is decided by them stays right.
func (t *tx) digests(table, key string, ids []incident.ID) (map[incident.ID]string, error) {
	var rows []struct {
		ID     incident.ID
		Digest string
	}
	err := t.db.Raw("SELECT "+key+" AS id, digest FROM "+table+" WHERE "+t.dialect.in(key)+" ORDER BY "+key+t.dialect.lock(),
		array(ids)).Scan(&rows).Error
	stored := make(map[incident.ID]string, len(rows))
	for _, r := range rows {
		stored[r.ID] = r.Digest
	}
	return stored, err
}
