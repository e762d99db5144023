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
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"hindsight/incident"
)

// Snapshot is the whole database at one moment. Others go on writing meanwhile, and it shows nothing of that.
type Snapshot struct {
	Database string // "sqlite" or "postgres"
	Schema   int64  // the number of the newest migration that made it
	Head     incident.Seq
	Tables   []Table  // all that are told, each behind those that it refers to
	LeftOut  []string // tables beside these that no migration made, as another program's in the same database

	tx *sql.Tx
	d  dialect
}

// Look opens the database of cfg as it is, without bringing it up to date, and calls f with a snapshot of it. Nothing is
// written. A database that is not there is fs.ErrNotExist.
func Look(ctx context.Context, cfg Config, f func(*Snapshot) error) error {
	db, d, err := openAsIs(ctx, cfg)
	if err != nil {
		return fmt.Errorf("store: open: %w", err)
	}
	defer db.Close()
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: d.snapshot()})
	if err != nil {
		return fmt.Errorf("store: begin a snapshot: %w", err)
	}
	defer tx.Rollback() // nothing was written
	s := &Snapshot{Database: string(d), tx: tx, d: d}
	if err := s.describe(ctx); err != nil {
		return fmt.Errorf("store: take a snapshot: %w", err)
	}
	return f(s)
}

// openAsIs opens a database that is there already.
func openAsIs(ctx context.Context, cfg Config) (*sql.DB, dialect, error) {
	if cfg.URL != "" {
		settings, err := pgx.ParseConfig(cfg.URL)
		if err != nil {
			return nil, "", err
		}
		db := stdlib.OpenDB(*settings)
		if err := db.PingContext(ctx); err != nil {
			db.Close()
			return nil, "", err
		}
		return db, postgresDialect, nil
	}
	file := filepath.Join(cfg.DataDir, sqliteFile)
	if _, err := os.Stat(file); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, "", fmt.Errorf("there is no database in %s: %w", cfg.DataDir, fs.ErrNotExist)
		}
		return nil, "", err
	}
	db, err := sql.Open("sqlite", sqliteDSN(file, "mode", "rw", "_pragma", "busy_timeout(10000)", "_pragma", "cache_size(-32768)",
		"_time_integer_format", "unix_micro", "_inttotime", "1"))
	return db, sqliteDialect, err
}

func (s *Snapshot) describe(ctx context.Context) (err error) {
	if s.Schema, err = schemaOf(ctx, s.tx, s.d); err != nil {
		return err
	}
	if newest := Newest(); s.Schema > newest {
		return newerError(s.Schema, newest)
	}
	ours, _, err := Schema(ctx, s.Schema)
	if err != nil {
		return err
	}
	all, err := tables(ctx, s.tx, s.d)
	if err != nil {
		return err
	}
	numbers, err := counters(ctx, s.tx, s.d)
	if err != nil {
		return err
	}
	for _, t := range all {
		if !slices.ContainsFunc(ours, func(o Table) bool { return o.Name == t.Name }) {
			s.LeftOut = append(s.LeftOut, t.Name)
			continue
		}
		t.Counter = numbers[t.Name]
		s.Tables = append(s.Tables, t)
		if t.Name == "feed_head" { // not there in the oldest schemas
			head, err := one(ctx, s.tx, "SELECT seq FROM feed_head")
			if err != nil {
				return err
			}
			s.Head = incident.Seq(head)
		}
	}
	return Fits(s.Schema, s.Tables, ours)
}

// Rows streams a table, in no order that anybody may rely on. The row that is handed out is used again for the next one.
func (s *Snapshot) Rows(ctx context.Context, t Table) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		rows, err := s.tx.QueryContext(ctx, "SELECT "+columnList(t)+" FROM "+quoted(t.Name))
		if err != nil {
			yield(nil, fmt.Errorf("store: read table %s: %w", t.Name, err))
			return
		}
		defer rows.Close()
		row, into := make([]any, len(t.Columns)), make([]any, len(t.Columns))
		for i := range row {
			into[i] = &row[i]
		}
		for rows.Next() {
			err := rows.Scan(into...)
			for i, c := range t.Columns {
				if err != nil {
					break
				}
				if row[i], err = c.Kind.of(row[i]); err != nil {
					err = fmt.Errorf("column %s: %w", c.Name, err)
				}
			}
			if err != nil {
				yield(nil, fmt.Errorf("store: read table %s: %w", t.Name, err))
				return
			}
			if !yield(row, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, fmt.Errorf("store: read table %s: %w", t.Name, err))
		}
	}
}

// of returns what a driver gave as the Go type of the kind. Texts take the form in which the store keeps them: SQLite would let
// others put in what PostgreSQL and JSON have no place for.
func (k Kind) of(v any) (any, error) {
	switch x := v.(type) {
	case nil:
		return nil, nil
	case string:
		if k == KindText {
			return cleanText(x), nil
		} else if k == KindBytes {
			return []byte(x), nil
		}
	case []byte:
		if k == KindText {
			return cleanText(string(x)), nil
		} else if k == KindBytes {
			return append([]byte{}, x...), nil // SQLite's driver gives a nil one for an empty one
		}
	case int64:
		if k == KindBoolean {
			return x != 0, nil
		} else if k == KindReal {
			return float64(x), nil
		} else if k == KindInteger {
			return x, nil
		}
	case float64:
		if k == KindReal {
			return x, nil
		}
	case bool:
		if k == KindBoolean {
			return x, nil
		}
	case time.Time:
		if k == KindTime {
			return x.UTC().Truncate(time.Microsecond), nil
		}
	}
	return nil, fmt.Errorf("a %T is no %s", v, k)
}
