package store

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"hindsight/incident"
)

// failed says what was being done and maps what the databases say to the errors of package incident.
// It returns nil for nil.
func failed(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	what := "store: " + fmt.Sprintf(format, args...)
	switch sentinel := meaning(err); {
	case errors.Is(err, sentinel):
		return fmt.Errorf("%s: %w", what, err)
	default:
		return fmt.Errorf("%s: %w (%w)", what, sentinel, err)
	}
}

// meaning returns the error of package incident that err stands for, else err.
func meaning(err error) error {
	if errors.Is(err, gorm.ErrRecordNotFound) || errors.Is(err, sql.ErrNoRows) {
		return incident.ErrNotFound
	}
	switch code := code(err); {
	case code == "unique":
		return incident.ErrConflict
	case code == "22021", code == "22P05": // a text that no stored text can be equal to
		return incident.ErrNotFound
	case code == "foreign key", strings.HasPrefix(code, "22"): // a value out of range
		return incident.ErrInvalid
	}
	return err
}

// transient reports whether running the transaction again may succeed: a lock could not be had, or
// somebody else created the same incident first.
func transient(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.ConstraintName == "incidents_pkey" || errors.Is(err, errOvertaken) {
		return true
	}
	switch code(err) {
	case "busy", "40001", "40P01":
		return true
	}
	return false
}

// code returns the SQLSTATE of a PostgreSQL error, or a word for what both databases know.
func code(err error) string {
	if pg := new(pgconn.PgError); errors.As(err, &pg) {
		switch pg.Code {
		case "23505":
			return "unique"
		case "23503":
			return "foreign key"
		}
		return pg.Code
	}
	if lite := new(sqlite.Error); errors.As(err, &lite) {
		switch c := lite.Code(); {
		case c == sqlite3.SQLITE_CONSTRAINT_UNIQUE, c == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
			return "unique"
		case c == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
			return "foreign key"
		case c&0xff == sqlite3.SQLITE_BUSY: // the low byte; the rest says why
			return "busy"
		}
	}
	return ""
}
