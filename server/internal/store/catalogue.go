package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Kind is what a column holds, in words that both databases share.
type Kind string

// The kinds, with the Go types of their values in a row. Any value may be nil, which is NULL.
const (
	KindText    Kind = "text"    // string
	KindInteger Kind = "integer" // int64
	KindReal    Kind = "real"    // float64
	KindBoolean Kind = "boolean" // bool
	KindTime    Kind = "time"    // time.Time in UTC, whole microseconds
	KindBytes   Kind = "bytes"   // []byte, empty or not, never a nil one
)

// Column is a column of a table.
type Column struct {
	Name string `json:"name"`
	Kind Kind   `json:"kind"`
}

// Table is a table as the database's own catalogue describes it.
type Table struct {
	Name    string   `json:"name"`
	Columns []Column `json:"columns"`
	// Counter is the last number that the table gave to a row by itself; 0 where it gives none or gave none yet.
	Counter int64 `json:"counter,omitempty"`
}

// notTold reports whether a table is no part of what a backup tells. What is left out, and why: the job queue (river_…), whose
// jobs belong to running processes and are asked for again by the runs and deliveries that wait in other tables, with the lease
// of its leader; the list of migrations (goose_db_version), which is the schema's version and is made again by migrating; and
// what SQLite keeps for itself (sqlite_…). Everything else is told, whatever it is.
func notTold(table string) bool {
	return strings.HasPrefix(table, "river_") || strings.HasPrefix(table, "sqlite_") || table == "goose_db_version"
}

// asker is a database, a connection or a transaction.
type asker interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// descriptions are how a dialect describes its tables. Columns: table, column, type. Parents: table, table that it refers to.
var descriptions = map[dialect]struct{ columns, parents string }{
	sqliteDialect: {
		`SELECT m.name, c.name, c.type FROM sqlite_master m JOIN pragma_table_xinfo(m.name) c
			WHERE m.type = 'table' AND c.hidden = 0 ORDER BY m.name, c.cid`,
		`SELECT DISTINCT m.name, f."table" FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'`,
	},
	postgresDialect: {
		`SELECT c.relname::text, a.attname::text, a.atttypid::regtype::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
			WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = current_schema()::regnamespace
			AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY c.relname::text COLLATE "C", a.attnum`,
		`SELECT DISTINCT c.relname::text, p.relname::text FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid
			JOIN pg_class p ON p.oid = f.confrelid WHERE f.contype = 'f' AND c.relnamespace = current_schema()::regnamespace`,
	},
}

// kinds are the types that migrations may give a column.
var kinds = map[string]Kind{
	"TEXT": KindText, "INTEGER": KindInteger, "BIGINT": KindInteger, "REAL": KindReal, "BOOLEAN": KindBoolean, "TIMESTAMP": KindTime, "BLOB": KindBytes, // SQLite
	"text": KindText, "bigint": KindInteger, "integer": KindInteger, "double precision": KindReal, "boolean": KindBoolean,
	"timestamp with time zone": KindTime, "bytea": KindBytes, // PostgreSQL
}

// tables returns the tables that are told, each behind those that it refers to, else by name.
func tables(ctx context.Context, db asker, d dialect) ([]Table, error) {
	found := map[string]*Table{}
	err := eachThree(ctx, db, descriptions[d].columns, func(table, column, typ string) error {
		if notTold(table) {
			return nil
		}
		kind, ok := kinds[typ]
		if !ok {
			return fmt.Errorf("column %s of table %s has the type %q, which no backup knows", column, table, typ)
		}
		if found[table] == nil {
			found[table] = &Table{Name: table}
		}
		found[table].Columns = append(found[table].Columns, Column{column, kind})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the catalogue: %w", err)
	}
	parents := map[string][]string{}
	err = eachThree(ctx, db, descriptions[d].parents, func(table, parent, _ string) error {
		if table != parent {
			parents[table] = append(parents[table], parent)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the catalogue: %w", err)
	}
	return parentsFirst(found, parents)
}

// parentsFirst puts tables behind those that they refer to.
func parentsFirst(found map[string]*Table, parents map[string][]string) ([]Table, error) {
	var out []Table
	done := map[string]bool{}
	for len(out) < len(found) {
		before := len(out)
		for _, name := range slices.Sorted(maps.Keys(found)) {
			waits := slices.ContainsFunc(parents[name], func(p string) bool { return found[p] != nil && !done[p] })
			if !done[name] && !waits {
				out, done[name] = append(out, *found[name]), true
			}
		}
		if len(out) == before {
			return nil, fmt.Errorf("tables refer to each other in a circle, so that none can be filled first")
		}
	}
	return out, nil
}

// eachThree calls f with the texts of up to three columns of each row; those that the query lacks are empty.
func eachThree(ctx context.Context, db asker, query string, f func(a, b, c string) error) error {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	var texts [3]string
	into := []any{&texts[0], &texts[1], &texts[2]}[:len(columns)]
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if err := f(texts[0], texts[1], texts[2]); err != nil {
			return err
		}
	}
	return rows.Err()
}

// one returns the number that a query asks for.
func one(ctx context.Context, db asker, query string) (n int64, err error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	if !rows.Next() {
		return 0, rows.Err()
	}
	return n, rows.Scan(&n)
}

// quoted writes a name as part of a statement.
func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// columnList writes the names of a table's columns as part of a statement.
func columnList(t Table) string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = quoted(c.Name)
	}
	return strings.Join(names, ", ")
}
