package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/riverqueue/river/riverdriver/riversqlite"

	"hindsight/incident"
)

// Load fills an empty table and returns how many rows it got. A row has a value for each column of the table, in its order.
type Load func(t Table, rows iter.Seq2[[]any, error]) (int64, error)

// Restore makes the database of cfg from tables of a schema that this program knows, which fill loads one after the other, each
// behind those that it refers to, and brings it up to date. The database must be empty: without tables, or without anything in
// them that somebody put there; else it is incident.ErrConflict. What goes wrong, or a process that dies, leaves it empty.
func Restore(ctx context.Context, cfg Config, schema int64, told []Table, fill func(Load) error) error {
	if newest := Newest(); schema > newest {
		return newerError(schema, newest)
	}
	ours, _, err := Schema(ctx, schema)
	if err != nil {
		return err
	}
	if err := Fits(schema, told, ours); err != nil {
		return err
	}
	if cfg.URL != "" {
		return restorePostgres(ctx, cfg, schema, told, fill)
	}
	return restoreSQLite(ctx, cfg, schema, told, fill)
}

// restoreSQLite makes a new file beside the database and puts it in its place as a whole.
func restoreSQLite(ctx context.Context, cfg Config, schema int64, told []Table, fill func(Load) error) error {
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return fmt.Errorf("store: make data folder: %w", err)
	}
	unlock, err := lockFolder(ctx, cfg.DataDir)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	defer unlock()
	file := filepath.Join(cfg.DataDir, sqliteFile)
	if err := mayReplace(ctx, cfg, file); err != nil {
		return err
	}
	made := file + ".restoring"
	if err := removeDatabase(made); err != nil { // of a restore that was broken off
		return fmt.Errorf("store: %w", err)
	}
	defer removeDatabase(made)
	if err := fillSQLite(ctx, made, schema, told, fill); err != nil {
		return err
	}
	if err := errors.Join(syncFile(made), removeDatabase(file)); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	if err := os.Rename(made, file); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return syncFile(cfg.DataDir)
}

// mayReplace returns ErrConflict for a database that is not empty or that somebody has open.
func mayReplace(ctx context.Context, cfg Config, file string) error {
	db, d, err := openAsIs(ctx, cfg)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("store: open: %w", err)
	}
	defer db.Close()
	if err := mustBeEmpty(ctx, db, d, "the database in "+cfg.DataDir, "give another --data, or move "+file+" away"); err != nil {
		return err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("store: open: %w", err)
	}
	defer conn.Close()
	// Only who has the file alone can leave the write-ahead mode.
	mode := ""
	if err := conn.QueryRowContext(ctx, "PRAGMA journal_mode = DELETE").Scan(&mode); err != nil || mode != "delete" {
		return fmt.Errorf("store: a server or another command has %s open; stop it first (%w)", file, errors.Join(err, incident.ErrConflict))
	}
	return nil
}

// mustBeEmpty returns ErrConflict where a table has more rows than its migrations put there. Settings do not count: a server that
// is started notes things for itself, and people's settings come with people.
func mustBeEmpty(ctx context.Context, db asker, d dialect, where, advice string) error {
	schema, err := schemaOf(ctx, db, d)
	if err != nil {
		return fmt.Errorf("store: read the schema: %w", err)
	}
	if schema > Newest() {
		return newerError(schema, Newest())
	}
	have, err := tables(ctx, db, d)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	rows, err := count(ctx, db, have)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	_, seeds, err := Schema(ctx, schema)
	if err != nil {
		return err
	}
	var full []string
	for _, t := range have {
		if rows[t.Name] > seeds[t.Name] && t.Name != "settings" {
			full = append(full, fmt.Sprintf("%s (%d rows)", t.Name, rows[t.Name]))
		}
	}
	if len(full) > 0 {
		return fmt.Errorf("%s is not empty: %s. Nothing was changed; %s: %w", where, strings.Join(full[:min(len(full), 5)], ", "), advice, incident.ErrConflict)
	}
	return nil
}

func fillSQLite(ctx context.Context, file string, schema int64, told []Table, fill func(Load) error) error {
	db, err := buildSQLite(ctx, file, schema)
	if err != nil {
		return fmt.Errorf("store: make the tables: %w", err)
	}
	defer db.Close()
	if err := loadSQLite(ctx, db, told, fill); err != nil {
		return err
	}
	if err := migrate(ctx, db, sqliteDialect, riversqlite.New(db)); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	broken, err := one(ctx, db, "SELECT count(*) FROM pragma_foreign_key_check")
	if err == nil && broken > 0 {
		err = fmt.Errorf("%d rows refer to rows that are not there", broken)
	}
	if err = errors.Join(err, db.Close()); err != nil {
		return fmt.Errorf("store: check what was restored: %w", err)
	}
	return nil
}

// loadSQLite loads everything in one transaction. Triggers are away meanwhile: they are about what people do, and what is loaded
// was done long ago.
func loadSQLite(ctx context.Context, db *sql.DB, told []Table, fill func(Load) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store: begin: %w", err)
	}
	defer tx.Rollback() // does nothing after a commit
	var triggers []string
	err = eachThree(ctx, tx, "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'", func(name, sql, _ string) error {
		triggers = append(triggers, "DROP TRIGGER "+quoted(name), sql)
		return nil
	})
	if err != nil {
		return fmt.Errorf("store: read triggers: %w", err)
	}
	for i := 0; i < len(triggers); i += 2 {
		if _, err := tx.ExecContext(ctx, triggers[i]); err != nil {
			return fmt.Errorf("store: put triggers away: %w", err)
		}
	}
	if err := clear(ctx, tx, told); err != nil {
		return err
	}
	err = fill(func(t Table, rows iter.Seq2[[]any, error]) (int64, error) { return insertAll(ctx, tx, t, rows) })
	if err != nil {
		return err
	}
	if err := setCounters(ctx, tx, sqliteDialect, told); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	for i := 1; i < len(triggers); i += 2 {
		if _, err := tx.ExecContext(ctx, triggers[i]); err != nil {
			return fmt.Errorf("store: put triggers back: %w", err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("store: commit: %w", err)
	}
	return nil
}

// clear removes what migrations put into tables, for the backup has that, too.
func clear(ctx context.Context, tx *sql.Tx, told []Table) error {
	for _, t := range slices.Backward(told) {
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+quoted(t.Name)); err != nil {
			return fmt.Errorf("store: clear table %s: %w", t.Name, err)
		}
	}
	return nil
}

// insertAll adds rows, many with each statement.
func insertAll(ctx context.Context, tx *sql.Tx, t Table, rows iter.Seq2[[]any, error]) (n int64, err error) {
	const atOnce, parameters = 100, 30_000 // SQLite takes up to 32,766
	chunk := min(atOnce, max(1, parameters/len(t.Columns)))
	places := "(" + strings.TrimSuffix(strings.Repeat("?, ", len(t.Columns)), ", ") + ")"
	head := "INSERT INTO " + quoted(t.Name) + " (" + columnList(t) + ") VALUES "
	many, err := tx.PrepareContext(ctx, head+strings.TrimSuffix(strings.Repeat(places+", ", chunk), ", "))
	if err != nil {
		return 0, fmt.Errorf("store: fill table %s: %w", t.Name, err)
	}
	defer many.Close()
	values := make([]any, 0, chunk*len(t.Columns))
	for row, err := range rows {
		if err != nil {
			return n, err
		}
		values, n = append(values, row...), n+1
		if len(values) == cap(values) {
			if _, err := many.ExecContext(ctx, values...); err != nil {
				return n, fmt.Errorf("store: fill table %s near row %d: %w", t.Name, n, err)
			}
			values = values[:0]
		}
	}
	if rest := len(values) / len(t.Columns); rest > 0 {
		if _, err := tx.ExecContext(ctx, head+strings.TrimSuffix(strings.Repeat(places+", ", rest), ", "), values...); err != nil {
			return n, fmt.Errorf("store: fill table %s near row %d: %w", t.Name, n, err)
		}
	}
	return n, nil
}

// removeDatabase removes a file of SQLite and what SQLite keeps beside it.
func removeDatabase(file string) error {
	for _, name := range []string{file + "-wal", file + "-shm", file + "-journal", file} {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// syncFile makes a file or folder last through a power cut.
func syncFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
