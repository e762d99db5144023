package store

import (
	"context"
	"database/sql"
	"fmt"
)

// counter is the sequence in PostgreSQL that numbers a table's rows.
type counter struct{ table, column, sequence string }

// counters returns the last number that each table gave to a row by itself. Sequences do not belong to a transaction: a number
// may be newer than the snapshot, which does no harm.
func counters(ctx context.Context, db asker, d dialect) (map[string]int64, error) {
	out := map[string]int64{}
	if d == sqliteDialect {
		there, err := one(ctx, db, "SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_sequence'")
		if err != nil || there == 0 {
			return out, err
		}
		err = eachThree(ctx, db, "SELECT name, CAST(seq AS TEXT) FROM sqlite_sequence", func(table, n, _ string) error {
			var number int64
			_, err := fmt.Sscan(n, &number)
			out[table] = number
			return err
		})
		return out, err
	}
	all, err := sequences(ctx, db)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		out[c.table], err = one(ctx, db, "SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM "+c.sequence)
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// sequences returns those that belong to a column, as a name that a statement can hold.
func sequences(ctx context.Context, db asker) (all []counter, err error) {
	err = eachThree(ctx, db, `SELECT t.relname::text, a.attname::text, s.oid::regclass::text FROM pg_class s
		JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('i', 'a')
		JOIN pg_class t ON t.oid = d.refobjid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
		WHERE s.relkind = 'S' AND t.relnamespace = current_schema()::regnamespace`, func(table, column, sequence string) error {
		if !notTold(table) {
			all = append(all, counter{table, column, sequence})
		}
		return nil
	})
	return all, err
}

// setCounters makes tables number their next rows behind the last number that was given, or that is there.
func setCounters(ctx context.Context, tx *sql.Tx, d dialect, tables []Table) error {
	last := map[string]int64{}
	for _, t := range tables {
		last[t.Name] = t.Counter
	}
	if d == sqliteDialect {
		for name, n := range last {
			if n == 0 {
				continue
			}
			// A table that gave numbers and has no rows left has no line yet.
			for _, statement := range []string{
				"INSERT INTO sqlite_sequence (name, seq) SELECT ?1, 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?1)",
				"UPDATE sqlite_sequence SET seq = max(seq, ?2) WHERE name = ?1"} {
				if _, err := tx.ExecContext(ctx, statement, name, n); err != nil {
					return fmt.Errorf("set the counter of %s: %w", name, err)
				}
			}
		}
		return nil
	}
	all, err := sequences(ctx, tx)
	if err != nil {
		return err
	}
	for _, c := range all {
		highest, err := one(ctx, tx, "SELECT COALESCE(max("+quoted(c.column)+"), 0) FROM "+quoted(c.table))
		if err != nil {
			return err
		}
		if n := max(highest, last[c.table]); n > 0 {
			if _, err := tx.ExecContext(ctx, "SELECT setval(CAST($1 AS regclass), $2, true)", c.sequence, n); err != nil {
				return fmt.Errorf("set the counter of %s: %w", c.table, err)
			}
		}
	}
	return nil
}
