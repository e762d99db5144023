// Package storetest opens databases for the tests of other packages. It is the real store, on a file that
// goes with the test; start with [SQLite]. Tests that need PostgreSQL use server/internal/pgtest.
package storetest

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"hindsight/server/internal/store"
)

// SQLite returns an empty store in the test's own folder. It is closed at the end of the test.
func SQLite(t testing.TB) *store.Store {
	t.Helper()
	return Open(t, store.Config{DataDir: t.TempDir()})
}

// Open opens the database of cfg, quietly and with the machine's clock unless cfg says otherwise, and closes
// it at the end of the test.
func Open(t testing.TB, cfg store.Config) *store.Store {
	t.Helper()
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	s, err := store.Open(t.Context(), cfg)
	if err != nil {
		t.Fatalf("store.Open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Store.Close: %v", err)
		}
	})
	return s
}

// Replica opens the database of a store once more, as another replica does.
func Replica(t testing.TB, s *store.Store) *store.Store {
	t.Helper()
	if pool := s.Pool(); pool != nil {
		return Open(t, store.Config{URL: pool.Config().ConnString()})
	}
	var file string
	if err := s.SQL().QueryRowContext(t.Context(), "SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(&file); err != nil {
		t.Fatalf("where the database is: %v", err)
	}
	return Open(t, store.Config{DataDir: filepath.Dir(file)})
}
