package store

import (
	"context"
	"database/sql"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"hindsight/incident"
)

// restorePostgres loads everything in one transaction, and holds the lock of migrations all the time, so that no server starts
// in between.
func restorePostgres(ctx context.Context, cfg Config, schema int64, told []Table, fill func(Load) error) error {
	settings, err := pgxpool.ParseConfig(cfg.URL)
	if err != nil {
		return fmt.Errorf("store: open: %w", err)
	}
	pool, err := pgxpool.NewWithConfig(ctx, settings)
	if err != nil {
		return fmt.Errorf("store: open: %w", err)
	}
	defer pool.Close()
	db := stdlib.OpenDBFromPool(pool)
	defer db.Close()
	unlock, err := lockDatabase(ctx, pool.Config().ConnConfig)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	defer unlock()
	if err := mustBeEmpty(ctx, db, postgresDialect, "the database", "create an empty one and give its address"); err != nil {
		return err
	}
	if err := mustBeIdle(ctx, db); err != nil {
		return err
	}
	queue := riverpgxv5.New(pool)
	if err := migrateTo(ctx, db, postgresDialect, queue, schema); err != nil {
		return fmt.Errorf("store: make the tables: %w", err)
	}
	if err := loadPostgres(ctx, db, told, fill); err != nil {
		return err
	}
	if err := migrate(ctx, db, postgresDialect, queue); err != nil {
		return fmt.Errorf("store: bring what was restored up to date: %w", err)
	}
	if _, err := db.ExecContext(ctx, "ANALYZE"); err != nil { // else the planner takes full tables for empty ones
		return fmt.Errorf("store: analyze: %w", err)
	}
	return nil
}

// mustBeIdle returns ErrConflict while a server works on the database: one of them leads the job queue, and renews that.
func mustBeIdle(ctx context.Context, db *sql.DB) error {
	there, err := one(ctx, db, "SELECT count(*) FROM pg_class WHERE relname = 'river_leader' AND relnamespace = current_schema()::regnamespace")
	if err == nil && there > 0 {
		there, err = one(ctx, db, "SELECT count(*) FROM river_leader WHERE expires_at > now()")
	}
	if err != nil {
		return fmt.Errorf("store: look for running servers: %w", err)
	}
	if there > 0 {
		return fmt.Errorf("a server is running on this database, or was until a moment ago; stop all replicas, wait half a minute, and say it again: %w", incident.ErrConflict)
	}
	return nil
}

func loadPostgres(ctx context.Context, db *sql.DB, told []Table, fill func(Load) error) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("store: begin: %w", err)
	}
	defer conn.Close()
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store: begin: %w", err)
	}
	defer tx.Rollback() // does nothing after a commit
	back, err := putTriggersAway(ctx, tx)
	if err != nil {
		return fmt.Errorf("store: put triggers away: %w", err)
	}
	if err := clear(ctx, tx, told); err != nil {
		return err
	}
	err = fill(func(t Table, rows iter.Seq2[[]any, error]) (int64, error) { return copyAll(ctx, conn, t, rows) })
	if err != nil {
		return err
	}
	if err := setCounters(ctx, tx, postgresDialect, told); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	for _, statement := range back {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("store: put triggers back: %w", err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("store: commit: %w", err)
	}
	return nil
}

// putTriggersAway disables the triggers that migrations made, not those that keep references whole, and returns the statements
// that make each what it was: see loadSQLite.
func putTriggersAway(ctx context.Context, tx *sql.Tx) (back []string, err error) {
	var away []string
	state := map[string]string{"O": "ENABLE", "A": "ENABLE ALWAYS", "R": "ENABLE REPLICA"}
	err = eachThree(ctx, tx, `SELECT c.relname::text, t.tgname::text, t.tgenabled::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
		WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND c.relnamespace = current_schema()::regnamespace`, func(table, trigger, enabled string) error {
		if !notTold(table) {
			away = append(away, "ALTER TABLE "+quoted(table)+" DISABLE TRIGGER "+quoted(trigger))
			back = append(back, "ALTER TABLE "+quoted(table)+" "+state[enabled]+" TRIGGER "+quoted(trigger))
		}
		return nil
	})
	for _, statement := range away {
		if err == nil {
			_, err = tx.ExecContext(ctx, statement)
		}
	}
	return back, err
}

// copyAll adds rows with COPY, within the transaction of the connection.
func copyAll(ctx context.Context, conn *sql.Conn, t Table, rows iter.Seq2[[]any, error]) (n int64, err error) {
	next, stop := iter.Pull2(rows)
	defer stop()
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	var broken error
	err = conn.Raw(func(driver any) (err error) {
		n, err = driver.(*stdlib.Conn).Conn().CopyFrom(ctx, pgx.Identifier{t.Name}, names, pgx.CopyFromFunc(func() ([]any, error) {
			row, err, ok := next()
			if !ok {
				return nil, nil
			}
			broken = err
			return row, err
		}))
		return err
	})
	if broken != nil {
		return n, broken
	}
	if err != nil {
		return n, fmt.Errorf("store: fill table %s: %w", t.Name, err)
	}
	return n, nil
}
