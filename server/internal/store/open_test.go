package store_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/incident/incidenttest"
	"hindsight/server/internal/store"
	"hindsight/server/internal/store/storetest"
)

func TestOpenAtOnce(t *testing.T) {
	for _, db := range databases {
		t.Run(db.name, func(t *testing.T) {
			cfg := db.fresh(t)
			cfg.Log, cfg.Now = slog.New(slog.DiscardHandler), time.Now
			stores, errs := make([]*store.Store, 4), make([]error, 4)
			var group sync.WaitGroup
			for i := range stores {
				group.Go(func() { stores[i], errs[i] = store.Open(t.Context(), cfg) })
			}
			group.Wait()
			for i, s := range stores {
				if errs[i] != nil {
					t.Fatalf("Open %d of 4 at once: %v", i, errs[i])
				}
				defer s.Close()
			}
			write(t, stores[0], incidenttest.Incident(1))
			if _, err := stores[3].Incident(t.Context(), incidenttest.Incident(1).ID); err != nil {
				t.Errorf("Incident through another store: %v", err)
			}
		})
	}
}

func TestOpenAgain(t *testing.T) {
	for _, db := range databases {
		t.Run(db.name, func(t *testing.T) {
			cfg := db.fresh(t)
			first := storetest.Open(t, cfg)
			want := write(t, first, incidenttest.Incident(1))
			if err := first.Close(); err != nil {
				t.Fatalf("Close: %v", err)
			}
			got, err := storetest.Open(t, cfg).Head(t.Context())
			if err != nil || got != want {
				t.Errorf("Head after opening again = %d, %v, want %d", got, err, want)
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("not a folder"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		cfg  store.Config
	}{
		{"another kind of database", store.Config{URL: "mysql://localhost/x"}},
		{"nobody listens", store.Config{URL: "postgres://localhost:1/x?connect_timeout=1"}},
		{"the folder is a file", store.Config{DataDir: file}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, err := store.Open(t.Context(), tc.cfg); err == nil {
				t.Errorf("Open(%+v) succeeded, want an error", tc.cfg)
			}
		})
	}
}

func TestFoldersWithOddNames(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a b?c#d%20e")
	storetest.Open(t, store.Config{DataDir: dir})
	if _, err := os.Stat(filepath.Join(dir, "hindsight.db")); err != nil {
		t.Errorf("Open in %q: %v", dir, err)
	}
}

func TestSameColumnsInBothDatabases(t *testing.T) {
	lite, pg := databases[0], databases[1]
	ours := "name NOT LIKE 'river_%' AND name NOT LIKE 'goose_%' AND name NOT LIKE 'sqlite_%'"
	inLite := columns(t, storetest.Open(t, lite.fresh(t)).SQL(), `SELECT name || '.' || col || ' null:' || nullable FROM
		(SELECT m.name AS name, c.name AS col, c."notnull" = 0 AS nullable FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table') WHERE `+ours)
	inPG := columns(t, storetest.Open(t, pg.fresh(t)).SQL(), `SELECT name || '.' || col || ' null:' || nullable FROM
		(SELECT table_name AS name, column_name AS col, CASE is_nullable WHEN 'YES' THEN 1 ELSE 0 END AS nullable
		FROM information_schema.columns WHERE table_schema = 'public') AS c WHERE `+ours)
	if !slices.Equal(inLite, inPG) {
		t.Errorf("columns in SQLite and PostgreSQL differ:\n%q\n%q", inLite, inPG)
	}
	if len(inLite) < 100 {
		t.Errorf("%d columns found, want those of all tables", len(inLite))
	}
}

func columns(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("read columns: %v", err)
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var c string
		if err := rows.Scan(&c); err != nil {
			t.Fatalf("read columns: %v", err)
		}
		list = append(list, c)
	}
	slices.Sort(list)
	return list
}

// write puts one incident and returns the number of the change.
func write(t *testing.T, s *store.Store, incs ...*incident.Incident) incident.Seq {
	t.Helper()
	seq, err := s.Update(t.Context(), func(tx incident.Tx) error { return tx.PutIncidents(incs) })
	if err != nil {
		t.Fatalf("Update: %v", err)
	}
	return seq
}

func TestEnqueue(t *testing.T) {
	for _, db := range databases {
		t.Run(db.name, func(t *testing.T) {
			s := storetest.Open(t, db.fresh(t))
			s.SetEnqueuer(func(ctx context.Context, tx *sql.Tx, job incident.Job) error {
				_, err := tx.ExecContext(ctx, fmt.Sprintf("INSERT INTO settings (name, value) VALUES ('%s', '%s')", job.Kind, job.ID))
				return err
			})
			boom := errors.New("boom")
			for _, tc := range []struct {
				kind  string
				fails error
				want  error
			}{{"rolled back", boom, incident.ErrNotFound}, {"committed", nil, nil}} {
				_, err := s.Update(t.Context(), func(tx incident.Tx) error {
					return errors.Join(tx.Enqueue(incident.Job{Kind: tc.kind, ID: "run_1"}), tc.fails)
				})
				if !errors.Is(err, tc.fails) {
					t.Errorf("Update with a job that is %s: %v, want %v", tc.kind, err, tc.fails)
				}
				if _, err := s.Setting(t.Context(), tc.kind); !errors.Is(err, tc.want) {
					t.Errorf("job that was %s: %v, want %v", tc.kind, err, tc.want)
				}
			}
		})
	}
}

func TestListen(t *testing.T) {
	for _, db := range databases {
		t.Run(db.name, func(t *testing.T) {
			cfg := db.fresh(t)
			writer := storetest.Open(t, cfg)
			listeners := []*store.Store{writer}
			if cfg.URL != "" { // other processes are told, too
				listeners = append(listeners, storetest.Open(t, cfg))
			}
			for i, s := range listeners {
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
				defer cancel()
				heard := s.Listen(ctx)
				after := write(t, writer, incidenttest.Incident(i)) - 1
				// Hints may come early or stand for several changes: one of them finds the change.
				for found := false; !found; {
					select {
					case <-heard:
					case <-ctx.Done():
						t.Fatalf("listener %d heard nothing of change %d", i, after+1)
					}
					changes, err := s.Changes(ctx, after, 1)
					if err != nil {
						t.Fatalf("Changes: %v", err)
					}
					found = len(changes) == 1
				}
			}
		})
	}
}

// A process that is killed in the middle of its transactions leaves a store that can be read, and a
// feed that agrees with it. The test runs itself as that process.
func TestKilledWriter(t *testing.T) {
	const variable = "HINDSIGHT_TEST_KILL"
	if dir := os.Getenv(variable); dir != "" {
		writeForever(t, dir)
	}
	dir := t.TempDir()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledWriter$")
	child.Env = append(os.Environ(), variable+"="+dir)
	said, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	committed := 0
	for lines := bufio.NewScanner(said); committed < 5 && lines.Scan(); {
		committed++
	}
	child.Process.Kill()
	child.Wait() // it was killed
	if committed < 5 {
		t.Fatalf("the writer committed %d transactions and ended, want 5 before it is killed", committed)
	}
	sameInFeedAndStore(t, storetest.Open(t, store.Config{DataDir: dir}), committed)
}

const perTransaction = 50

// writeForever says a line for each commit.
func writeForever(t *testing.T, dir string) {
	s := storetest.Open(t, store.Config{DataDir: dir})
	for round := 0; ; round++ {
		var incs []*incident.Incident
		for i := range perTransaction {
			incs = append(incs, incidenttest.Incident(round*perTransaction+i))
		}
		if _, err := s.Update(t.Context(), func(tx incident.Tx) error { return tx.PutIncidents(incs) }); err != nil {
			t.Fatalf("Update: %v", err)
		}
		fmt.Println("committed", round)
	}
}

func sameInFeedAndStore(t *testing.T, s *store.Store, committed int) {
	t.Helper()
	inStore := map[incident.ID]incident.Seq{}
	for inc, err := range s.Incidents(t.Context(), incident.Filter{}) {
		if err != nil {
			t.Fatalf("Incidents: %v", err)
		}
		if len(inc.Milestones) != 5 {
			t.Errorf("incident %s has %d milestones, want 5", inc.ID, len(inc.Milestones))
		}
		inStore[inc.ID] = inc.Seq
	}
	changes, err := s.Changes(t.Context(), 0, 1<<30)
	if err != nil {
		t.Fatalf("Changes: %v", err)
	}
	for _, c := range changes {
		if inStore[c.ID] != c.Seq {
			t.Errorf("feed names %s at %d, the store has it at %d", c.ID, c.Seq, inStore[c.ID])
		}
	}
	if len(changes) != len(inStore) || len(inStore)%perTransaction != 0 || len(inStore) < committed*perTransaction {
		t.Errorf("%d changes and %d incidents, want the same whole transactions, at least %d", len(changes), len(inStore), committed)
	}
}
