package store

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/riverqueue/river/riverdriver/riversqlite"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	_ "modernc.org/sqlite" // the driver named "sqlite"
)

// A reader never waits in SQLite's write-ahead mode, so a few connections are enough.
const sqliteConnections = 8

func openSQLite(ctx context.Context, cfg Config) (*Store, error) {
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("make data folder: %w", err)
	}
	unlock, err := lockFolder(ctx, cfg.DataDir)
	if err != nil {
		return nil, err
	}
	defer unlock()

	db, err := sql.Open("sqlite", sqliteDSN(filepath.Join(cfg.DataDir, sqliteFile),
		"_pragma", "busy_timeout(10000)", // first, for the next one may have to wait
		"_pragma", "journal_mode(WAL)",
		"_pragma", "synchronous(FULL)", // what was answered is on the disk, whatever happens to the power
		"_pragma", "foreign_keys(1)",
		"_pragma", "cache_size(-32768)", // 32 MB, so that a page of an import fits
		"_txlock", "immediate", // a transaction that reads first and writes later would fail when others wrote meanwhile
		"_time_integer_format", "unix_micro",
		"_inttotime", "1"))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(sqliteConnections)
	db.SetMaxIdleConns(sqliteConnections)
	if err := migrate(ctx, db, sqliteDialect, riversqlite.New(db)); err != nil {
		db.Close()
		return nil, err
	}
	orm, err := gorm.Open(sqlite.Dialector{DriverName: "sqlite", Conn: db}, gormConfig())
	if err != nil {
		db.Close()
		return nil, err
	}
	return &Store{reader: reader{orm, sqliteDialect}, sql: db, writer: make(chan struct{}, 1)}, nil
}

// lockFolder waits until no other process migrates the database in dir. The lock is SQLite's own, on an
// empty file beside the database, so that it works wherever the database does.
func lockFolder(ctx context.Context, dir string) (unlock func(), err error) {
	db, err := sql.Open("sqlite", sqliteDSN(filepath.Join(dir, "migrate.lock"),
		"_pragma", "busy_timeout(60000)", "_txlock", "exclusive"))
	if err != nil {
		return nil, err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("lock data folder: %w", err)
	}
	return func() {
		tx.Rollback()
		db.Close()
	}, nil
}

// sqliteDSN returns the address of a file with options, given as name and value in turn. Options of
// one name keep their order.
func sqliteDSN(file string, options ...string) string {
	query := ""
	for i := 0; i < len(options); i += 2 {
		query += "&" + options[i] + "=" + url.QueryEscape(options[i+1])
	}
	path, err := filepath.Abs(file)
	if err != nil {
		path = file
	}
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: query[1:]}).String()
}
