package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"github.com/riverqueue/river/riverdriver/riversqlite"

	"hindsight/migrations"
)

// sqliteFile is the name of the database in the data folder.
const sqliteFile = "hindsight.db"

// Newest returns the number of the newest migration that this program knows: the schema that it works with.
var Newest = sync.OnceValue(func() int64 {
	files, err := migrations.Files.ReadDir(string(sqliteDialect))
	if err != nil || len(files) == 0 {
		panic("store: the program holds no migrations")
	}
	var newest int64
	for _, f := range files {
		n, err := strconv.ParseInt(f.Name()[:4], 10, 64)
		if err != nil {
			panic("store: migration " + f.Name() + " has no number")
		}
		newest = max(newest, n)
	}
	return newest
})

// newerError says that a newer program was here.
func newerError(schema, newest int64) error {
	return fmt.Errorf("the tables are those of schema %d, and this program knows schemas up to %d: a newer program wrote them. Run that one, or a newer one still", schema, newest)
}

// schemaOf returns the schema of a database, 0 where there are no tables yet.
func schemaOf(ctx context.Context, db asker, d dialect) (int64, error) {
	there := "SELECT count(*) FROM sqlite_master WHERE name = 'goose_db_version'"
	if d == postgresDialect {
		there = "SELECT count(*) FROM pg_class WHERE relname = 'goose_db_version' AND relnamespace = current_schema()::regnamespace"
	}
	n, err := one(ctx, db, there)
	if err != nil || n == 0 {
		return 0, err
	}
	return one(ctx, db, "SELECT COALESCE(max(version_id), 0) FROM goose_db_version")
}

// Schema returns the tables of a schema as its migrations make them, and how many rows they put into each. It makes them, in
// memory, for a container may have no folder for temporary files.
func Schema(ctx context.Context, version int64) (all []Table, seeds map[string]int64, err error) {
	if version == 0 {
		return nil, nil, nil
	}
	db, err := sql.Open("sqlite", "file::memory:?_time_integer_format=unix_micro&_inttotime=1")
	if err != nil {
		return nil, nil, fmt.Errorf("store: make schema %d: %w", version, err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1) // another connection would be to another database
	if err := migrateTables(ctx, db, sqliteDialect, version); err != nil {
		return nil, nil, fmt.Errorf("store: make schema %d: %w", version, err)
	}
	if all, err = tables(ctx, db, sqliteDialect); err != nil {
		return nil, nil, fmt.Errorf("store: make schema %d: %w", version, err)
	}
	seeds, err = count(ctx, db, all)
	return all, seeds, err
}

// buildSQLite makes a new database of a schema in a file. It is made fast and not safely: whoever makes one throws it away when
// something goes wrong, and syncs the file at the end.
func buildSQLite(ctx context.Context, file string, version int64) (*sql.DB, error) {
	db, err := sql.Open("sqlite", sqliteDSN(file, "_pragma", "journal_mode(MEMORY)", "_pragma", "synchronous(OFF)",
		"_pragma", "foreign_keys(0)", // looked at once, at the end
		"_pragma", "cache_size(-131072)", "_txlock", "immediate", "_time_integer_format", "unix_micro", "_inttotime", "1"))
	if err != nil {
		return nil, err
	}
	if err := migrateTo(ctx, db, sqliteDialect, riversqlite.New(db), version); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// count returns how many rows each table has.
func count(ctx context.Context, db asker, all []Table) (map[string]int64, error) {
	out := map[string]int64{}
	for _, t := range all {
		n, err := one(ctx, db, "SELECT count(*) FROM "+quoted(t.Name))
		if err != nil {
			return nil, fmt.Errorf("count rows of %s: %w", t.Name, err)
		}
		out[t.Name] = n
	}
	return out, nil
}

// Fits says where tables differ from those that a schema has, if they do: names of tables, and names and kinds of columns, in
// any order.
func Fits(schema int64, have, want []Table) error {
	columns := func(all []Table) map[string]Kind {
		out := map[string]Kind{}
		for _, t := range all {
			out[t.Name] = ""
			for _, c := range t.Columns {
				out[t.Name+"."+c.Name] = c.Kind
			}
		}
		return out
	}
	there, wanted := columns(have), columns(want)
	var faults []string
	for name, kind := range wanted {
		if k, ok := there[name]; !ok {
			faults = append(faults, name+" is missing")
		} else if k != kind {
			faults = append(faults, fmt.Sprintf("%s is %s and should be %s", name, k, kind))
		}
	}
	for name := range there {
		if _, ok := wanted[name]; !ok {
			faults = append(faults, name+" is unknown")
		}
	}
	if len(faults) == 0 {
		return nil
	}
	slices.Sort(faults)
	return fmt.Errorf("the tables are not those of schema %d: %v", schema, faults)
}
