package storetest

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// Columns returns the columns of every table as the database's own catalogue has them, without those of the job queue, the list
// of migrations and the database itself: by table, in order, with NOT NULL behind the names of those that have to have a value.
func Columns(t testing.TB, db *sql.DB) map[string][]string {
	t.Helper()
	query := `SELECT table_name, column_name || CASE is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END, data_type
		FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position`
	if isSQLite(t, db) {
		query = `SELECT m.name, c.name || CASE c."notnull" WHEN 1 THEN ' NOT NULL' ELSE '' END, c.type
			FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY m.name, c.cid`
	}
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("read the catalogue: %v", err)
	}
	defer rows.Close()
	out := map[string][]string{}
	for rows.Next() {
		var table, column, kind string
		if err := rows.Scan(&table, &column, &kind); err != nil {
			t.Fatalf("read the catalogue: %v", err)
		}
		if !strings.HasPrefix(table, "river_") && !strings.HasPrefix(table, "sqlite_") && table != "goose_db_version" {
			out[table] = append(out[table], column+" "+strings.ToLower(kind))
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("read the catalogue: %v", err)
	}
	return out
}

func isSQLite(t testing.TB, db *sql.DB) bool {
	t.Helper()
	_, err := db.ExecContext(t.Context(), "SELECT 1 FROM sqlite_master LIMIT 1")
	return err == nil
}

// odd is a text that every format has trouble with somewhere.
const odd = "\"quoted\", 'quoted'\\ \n\r\t\x01\u007f\u2028 <b>&amp;</b> naïve 名前 🚒 \\u0041 null,"

// Fill puts three rows into every empty table, each found in the catalogue and none named here: one with plain values, one with
// NULL wherever that may be, one with values at the edges of their types. Row n has the text "vN" in columns that end in id and
// in the first column, so that references hold.
func Fill(t testing.TB, db *sql.DB) {
	t.Helper()
	all := Columns(t, db)
	left := slices.Sorted(maps.Keys(all))
	for round := 0; len(left) > 0; round++ {
		var again []string
		var why error
		for _, table := range left { // a table that refers to one that comes later has to wait
			if err := fillTable(t.Context(), db, table, all[table]); err != nil {
				again, why = append(again, table), err
			}
		}
		if len(again) == len(left) {
			t.Fatalf("fill tables %v: %v", again, why)
		}
		left = again
	}
	if _, ok := all["feed_head"]; ok {
		if _, err := db.ExecContext(t.Context(), "UPDATE feed_head SET seq = 77"); err != nil {
			t.Fatalf("set the feed's head: %v", err)
		}
	}
}

func fillTable(ctx context.Context, db *sql.DB, table string, columns []string) error {
	var there int
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM "+table).Scan(&there); err != nil || there > 0 {
		return err
	}
	names, places := make([]string, len(columns)), make([]string, len(columns))
	for i, c := range columns {
		names[i] = `"` + strings.Fields(c)[0] + `"`
		places[i] = fmt.Sprintf("$%d", i+1)
	}
	override := ""
	if _, err := db.ExecContext(ctx, "SELECT 1 FROM sqlite_master LIMIT 1"); err != nil {
		override = "OVERRIDING SYSTEM VALUE "
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for n := 1; n <= 3; n++ {
		values := make([]any, len(columns))
		for i, c := range columns {
			values[i] = sample(c, n, i == 0)
		}
		statement := "INSERT INTO " + table + " (" + strings.Join(names, ", ") + ") " + override + "VALUES (" + strings.Join(places, ", ") + ")"
		if _, err := tx.ExecContext(ctx, statement, values...); err != nil {
			return fmt.Errorf("%s: %w", table, err)
		}
	}
	return tx.Commit()
}

// sample is the value of a column in row n.
func sample(column string, n int, key bool) any {
	name, kind, _ := strings.Cut(column, " ")
	if n == 2 && !strings.Contains(column, "NOT NULL") && !key {
		return nil
	}
	edge := n == 3 && !key && !strings.HasSuffix(name, "id")
	switch kind = strings.TrimPrefix(kind, "NOT NULL "); kind {
	case "text":
		if edge {
			return odd
		} else if n == 2 && !key && !strings.HasSuffix(name, "id") {
			return ""
		}
		return fmt.Sprintf("v%d", n)
	case "integer", "bigint":
		if edge && kind == "bigint" && name != "pos" {
			return int64(1)<<62 + 1
		}
		return int64(n)
	case "real", "double precision":
		return []float64{0.1, -2.5, 1e-300}[n-1]
	case "boolean":
		return n == 2
	case "timestamp", "timestamp with time zone":
		return []time.Time{time.Date(2024, 2, 29, 23, 59, 59, 123456000, time.UTC), time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC),
			time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC)}[n-1]
	case "blob", "bytea":
		return [][]byte{{0, 255, 10, 34}, {}, []byte("{}")}[n-1]
	}
	return nil
}

// Contents returns the rows of every table as texts that are the same for both databases, sorted. columns restricts it to some
// tables and their columns; nil: all there are.
func Contents(t testing.TB, db *sql.DB, columns map[string][]string) map[string][]string {
	t.Helper()
	if columns == nil {
		columns = Columns(t, db)
	}
	out := map[string][]string{}
	for table, list := range columns {
		names := make([]string, len(list))
		for i, c := range list {
			names[i] = `"` + strings.Fields(c)[0] + `"`
		}
		out[table] = contents(t, db, "SELECT "+strings.Join(names, ", ")+" FROM "+table)
	}
	return out
}

func contents(t testing.TB, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	lines := []string{}
	for rows.Next() {
		values, into := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		line := ""
		for i, v := range values {
			line += names[i] + "=" + word(v) + "|"
		}
		lines = append(lines, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	slices.Sort(lines)
	return lines
}

func word(v any) string {
	switch x := v.(type) {
	case nil:
		return "NULL"
	case []byte:
		return "x" + hex.EncodeToString(x)
	case bool:
		if x {
			return "1"
		}
		return "0"
	case time.Time:
		return x.UTC().Format(time.RFC3339Nano)
	case string:
		return fmt.Sprintf("%q", x)
	}
	return fmt.Sprint(v)
}
