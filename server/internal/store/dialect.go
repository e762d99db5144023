package store

import (
	"database/sql"
	"encoding/json"
)

// dialect is where the two databases differ in a statement.
type dialect string

const (
	sqliteDialect   dialect = "sqlite"
	postgresDialect dialect = "postgres"
)

// list returns a query of the values of a JSON array, its one parameter. So any number of ids fits into a
// statement, and statements that differ only in their ids are the same to the database.
func (d dialect) list() string {
	if d == postgresDialect {
		return "SELECT value FROM jsonb_array_elements_text(CAST(? AS jsonb))"
	}
	return "SELECT value FROM json_each(?)"
}

// in returns the condition that column is one of a list; see list.
func (d dialect) in(column string) string { return column + " IN (" + d.list() + ")" }

// lock returns the clause that keeps rows from being changed by others until the transaction ends. In
// SQLite there is one writer at a time anyway.
func (d dialect) lock() string {
	if d == postgresDialect {
		return " FOR UPDATE"
	}
	return ""
}

// snapshot returns the isolation under which all reads of a transaction see one moment. SQLite knows
// no other.
func (d dialect) snapshot() sql.IsolationLevel {
	if d == postgresDialect {
		return sql.LevelRepeatableRead
	}
	return sql.LevelDefault
}

// array writes values as the JSON array that list takes.
func array[T ~string](values []T) string {
	text, err := json.Marshal(values)
	if err != nil {
		panic("store: strings always make JSON: " + err.Error())
	}
	if values == nil {
		return "[]"
	}
	return string(text)
}
