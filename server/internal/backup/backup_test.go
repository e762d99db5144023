package backup_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/backup"
	"hindsight/server/internal/pgtest"
	"hindsight/server/internal/store"
	"hindsight/server/internal/store/storetest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

var databases = []struct {
	name  string
	fresh func(testing.TB) store.Config
}{
	{"sqlite", func(t testing.TB) store.Config { return store.Config{DataDir: t.TempDir(), Now: time.Now} }},
	{"postgres", func(t testing.TB) store.Config { return store.Config{URL: pgtest.URL(t), Now: time.Now} }},
}

// take writes a backup and returns its file.
func take(t *testing.T, cfg store.Config) (string, backup.Summary) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "backup.tar.gz")
	s, err := backup.Take(t.Context(), backup.Source{Database: cfg, Program: "test", Now: time.Now}, file)
	if err != nil {
		t.Fatalf("Take: %v", err)
	}
	return file, s
}

func restore(t *testing.T, file string, cfg store.Config) error {
	t.Helper()
	_, err := backup.Restore(t.Context(), file, backup.Target{Database: cfg, Loaded: func() error { return nil }})
	return err
}

// opened returns the database itself; it is closed at once, so that nobody has it open.
func opened(t *testing.T, cfg store.Config, f func(db *sql.DB)) {
	t.Helper()
	s := storetest.Open(t, cfg)
	f(s.SQL())
	if err := s.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
}

// Every table that the catalogue has goes from every database to every database, down to the last bit of the oddest value; the
// numbers that tables give go on behind the last one; and triggers of tables guard them again.
func TestEveryTableInEveryDirection(t *testing.T) {
	for _, from := range databases {
		cfg := from.fresh(t)
		var want map[string][]string
		opened(t, cfg, func(db *sql.DB) {
			storetest.Fill(t, db)
			// A step that was taken and removed again: its number must not be given twice.
			exec(t, db, "DELETE FROM problem_events WHERE n = (SELECT max(n) FROM problem_events)")
			want = storetest.Contents(t, db, nil)
		})
		file, s := take(t, cfg)
		rows := 0
		for table, lines := range want {
			if rows += len(lines); len(lines) == 0 {
				t.Errorf("table %s is empty: nothing is proved about it", table)
			}
		}
		if int(s.Rows) != rows || s.Tables != len(want) || s.Schema != store.Newest() || s.Change != 77 || s.Database != from.name {
			t.Errorf("backup of %s = %+v, want %d rows of %d tables of schema %d at change 77", from.name, s, rows, len(want), store.Newest())
		}
		for _, to := range databases {
			t.Run(from.name+" to "+to.name, func(t *testing.T) {
				target := to.fresh(t)
				if err := restore(t, file, target); err != nil {
					t.Fatalf("Restore: %v", err)
				}
				opened(t, target, func(db *sql.DB) {
					sameContents(t, storetest.Contents(t, db, nil), want)
					nextStep(t, db, from.name)
					if _, err := db.ExecContext(t.Context(), "UPDATE audit SET actor_id = 'nobody'"); err == nil || !strings.Contains(err.Error(), "append-only") {
						t.Errorf("an entry of the restored audit log is changed: %v, want that its triggers refuse", err)
					}
				})
			})
		}
	}
}

// nextStep adds a row to a table that numbers its rows.
func nextStep(t *testing.T, db *sql.DB, from string) {
	t.Helper()
	var n int64
	err := db.QueryRowContext(t.Context(), `INSERT INTO problem_events (problem_id, kind, incident_id, other_id, score, rule, done_by, at, undoes)
		VALUES ('', '', '', '', 0, '', '', $1, 0) RETURNING n`, time.Now()).Scan(&n)
	// PostgreSQL gave its numbers to nobody: rows that bring their own do not move its sequence.
	want := map[string]int64{"sqlite": 4, "postgres": 3}[from]
	if err != nil || n != want {
		t.Errorf("the next step has number %d, %v, want %d", n, err, want)
	}
}

func exec(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func sameContents(t *testing.T, got, want map[string][]string) {
	t.Helper()
	for _, table := range slices.Sorted(maps.Keys(want)) {
		if !slices.Equal(got[table], want[table]) {
			t.Errorf("table %s has\n%s\nwant\n%s", table, strings.Join(got[table], "\n"), strings.Join(want[table], "\n"))
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d tables, want %d", len(got), len(want))
	}
}

// What is in the file is what the catalogue names, and can be read with the tools of every system.
func TestFormat(t *testing.T) {
	for _, db := range databases {
		t.Run(db.name, func(t *testing.T) {
			cfg := db.fresh(t)
			var columns map[string][]string
			opened(t, cfg, func(db *sql.DB) {
				storetest.Fill(t, db)
				columns = storetest.Columns(t, db)
			})
			file, _ := take(t, cfg)
			parts := unpack(t, file)
			for table, list := range columns {
				text := string(parts["tables/"+table+"/00001.jsonl"])
				first, _, _ := strings.Cut(text, "\n")
				var names []string
				if err := json.Unmarshal([]byte(first), &names); err != nil || len(names) != len(list) {
					t.Errorf("table %s begins with %s, want the names of %v", table, first, list)
				}
			}
			if len(parts) != len(columns)+2 {
				t.Errorf("%d files for %d tables, want one each, backup.json and manifest.json", len(parts), len(columns))
			}
			for _, line := range strings.Split(strings.TrimSpace(string(parts["tables/milestones/00001.jsonl"])), "\n") {
				if !json.Valid([]byte(line)) {
					t.Errorf("%s is no JSON", line)
				}
			}
		})
	}
}

type part struct {
	name string
	text []byte
}

func unpackInOrder(t *testing.T, file string) (parts []part) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	packed, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for in := tar.NewReader(packed); ; {
		head, err := in.Next()
		if err == io.EOF {
			return parts
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, part{head.Name, text})
	}
}

func unpack(t *testing.T, file string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for _, p := range unpackInOrder(t, file) {
		out[p.name] = p.text
	}
	return out
}

// pack writes parts as a backup is packed.
func pack(t *testing.T, parts []part) string {
	t.Helper()
	var b bytes.Buffer
	packed := gzip.NewWriter(&b)
	out := tar.NewWriter(packed)
	for _, p := range parts {
		if err := out.WriteHeader(&tar.Header{Name: p.name, Size: int64(len(p.text)), Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
		if _, err := out.Write(p.text); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(out.Close(), packed.Close()); err != nil {
		t.Fatal(err)
	}
	return save(t, b.Bytes())
}

func save(t *testing.T, content []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "backup.tar.gz")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// A file that is not whole is refused with what is wrong, before anything is touched.
func TestBrokenFiles(t *testing.T) {
	cfg := databases[0].fresh(t)
	opened(t, cfg, func(db *sql.DB) { storetest.Fill(t, db) })
	good, _ := take(t, cfg)
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	parts := unpackInOrder(t, good)
	edit := func(name, old, new string) string {
		changed := slices.Clone(parts)
		for i, p := range changed {
			if p.name == name {
				changed[i].text = bytes.Replace(p.text, []byte(old), []byte(new), 1)
				if bytes.Equal(changed[i].text, p.text) {
					t.Fatalf("%s has no %s to change", name, old)
				}
			}
		}
		return pack(t, changed)
	}
	without := func(name string) string {
		return pack(t, slices.DeleteFunc(slices.Clone(parts), func(p part) bool { return p.name == name }))
	}
	flipped := slices.Clone(whole)
	flipped[len(flipped)/2] ^= 1
	for _, tc := range []struct{ name, file, says string }{
		{"empty", save(t, nil), "not compressed with gzip"},
		{"something else", save(t, []byte("PGDMP and so on")), "not compressed with gzip"},
		{"cut in half", save(t, whole[:len(whole)/2]), "cannot be read to"},
		{"the last byte is missing", save(t, whole[:len(whole)-1]), "cannot be read to its end"},
		{"a bit is flipped", save(t, flipped), ""},
		{"something behind it", save(t, append(slices.Clone(whole), "more"...)), "cannot be read to its end"},
		{"a value was changed", edit("tables/memberships/00001.jsonl", `"v1"`, `"v9"`), "tables/memberships/00001.jsonl was changed"},
		{"a row was taken away", edit("tables/memberships/00001.jsonl", `["v1","v1"]`+"\n", ""), "tables/memberships/00001.jsonl was changed"},
		{"a row is no row", edit("tables/memberships/00001.jsonl", `["v1","v1"]`, `["v1"]`), "row 1: it is not a JSON array"},
		{"a value of another kind", edit("tables/services/00001.jsonl", `"v1",1,`, `"v1",true,`), `column tier: "true" is no integer`},
		{"a table is missing", without("tables/teams/00001.jsonl"), "there is no table teams"},
		{"the manifest is missing", without("manifest.json"), "it ends before manifest.json"},
		{"the manifest says more", edit("manifest.json", `"rows": 3`, `"rows": 4`), "the manifest says 4"},
		{"a file too many", pack(t, append(slices.Clone(parts), part{"more", nil})), "it goes on behind manifest.json"},
		{"of a later format", edit("backup.json", `"format": 1`, `"format": 2`), "a newer program (test) wrote it"},
		{"of a later schema", edit("backup.json", fmt.Sprintf(`"schema": %d`, store.Newest()), `"schema": 9999`), "a newer program (test) wrote it"},
		{"a table that the schema lacks", edit("backup.json", `"name": "teams"`, `"name": "teems"`), "teems is unknown"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := backup.Check(t.Context(), tc.file, nil)
			if err == nil || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("Check = %v, want %q", err, tc.says)
			}
			if strings.Contains(tc.name, "later") == errors.Is(err, backup.ErrBroken) {
				t.Errorf("Check = %v; only what is broken is ErrBroken", err)
			}
			target := databases[0].fresh(t)
			if err := restore(t, tc.file, target); err == nil {
				t.Error("Restore succeeded")
			}
			if left, _ := os.ReadDir(target.DataDir); len(left) > 0 {
				t.Errorf("Restore left %v", left)
			}
		})
	}
}

// A file that changes after it was checked, in whatever way, leaves nothing behind either.
func TestLoadingThatFails(t *testing.T) {
	cfg := databases[0].fresh(t)
	opened(t, cfg, func(db *sql.DB) { storetest.Fill(t, db) })
	file, _ := take(t, cfg)
	boom := errors.New("boom")
	for _, db := range databases {
		t.Run(db.name, func(t *testing.T) {
			target := db.fresh(t)
			_, err := backup.Restore(t.Context(), file, backup.Target{Database: target, Loaded: func() error { return boom }})
			if !errors.Is(err, boom) {
				t.Fatalf("Restore = %v, want %v", err, boom)
			}
			if err := restore(t, file, target); err != nil {
				t.Fatalf("Restore after one that failed: %v", err)
			}
		})
	}
}

// Nothing that is there is replaced.
func TestRestoreNeedsAnEmptyDatabase(t *testing.T) {
	for _, db := range databases {
		t.Run(db.name, func(t *testing.T) {
			cfg := db.fresh(t)
			opened(t, cfg, func(*sql.DB) {})
			empty, _ := take(t, cfg)
			if err := restore(t, empty, cfg); err != nil {
				t.Errorf("Restore into tables without rows: %v", err)
			}
			var before map[string][]string
			opened(t, cfg, func(db *sql.DB) {
				exec(t, db, "INSERT INTO settings (name, value) VALUES ('a note of the server', '')")
			})
			if err := restore(t, empty, cfg); err != nil {
				t.Errorf("Restore into a database that a server was started on: %v", err)
			}
			opened(t, cfg, func(db *sql.DB) {
				exec(t, db, "INSERT INTO teams (id, digest, name) VALUES ('team_1', '', 'Platform')")
				before = storetest.Contents(t, db, nil)
			})
			err := restore(t, empty, cfg)
			if !errors.Is(err, incident.ErrConflict) || !strings.Contains(err.Error(), "not empty: teams (1 rows)") {
				t.Errorf("Restore into a database with a team = %v, want a conflict that names it", err)
			}
			opened(t, cfg, func(db *sql.DB) {
				if got := storetest.Contents(t, db, nil); !reflect.DeepEqual(got, before) {
					t.Errorf("the refused restore changed %v to %v", before, got)
				}
			})
		})
	}
}

// A database that somebody has open is not replaced under their feet.
func TestRestoreNeedsTheDatabaseAlone(t *testing.T) {
	cfg := databases[0].fresh(t)
	storetest.Open(t, cfg)
	file, _ := take(t, cfg)
	if err := restore(t, file, cfg); !errors.Is(err, incident.ErrConflict) || !strings.Contains(err.Error(), "stop it first") {
		t.Errorf("Restore beside a server = %v, want a conflict", err)
	}
}

// With PostgreSQL, whoever leads the job queue is a server that runs.
func TestRestoreNeedsReplicasStopped(t *testing.T) {
	cfg := databases[1].fresh(t)
	opened(t, cfg, func(db *sql.DB) {
		exec(t, db, "INSERT INTO river_leader (elected_at, expires_at, leader_id, name) VALUES (now(), now() + interval '1 minute', 'replica', 'default')")
	})
	file, _ := take(t, cfg)
	if err := restore(t, file, cfg); !errors.Is(err, incident.ErrConflict) || !strings.Contains(err.Error(), "stop all replicas") {
		t.Errorf("Restore beside a replica = %v, want a conflict", err)
	}
	opened(t, cfg, func(db *sql.DB) { exec(t, db, "UPDATE river_leader SET expires_at = now() - interval '1 second'") })
	if err := restore(t, file, cfg); err != nil {
		t.Errorf("Restore after the replica's end: %v", err)
	}
}

// A file of the first format that was ever written, with tables of an early schema, restores for ever; see testdata/SOURCES.md.
func TestFirstFormat(t *testing.T) {
	for _, db := range databases {
		t.Run(db.name, func(t *testing.T) {
			target := db.fresh(t)
			if err := restore(t, filepath.Join("testdata", "format-1-schema-13.tar.gz"), target); err != nil {
				t.Fatalf("Restore: %v", err)
			}
			s := storetest.Open(t, target)
			inc, err := s.Incident(t.Context(), "inc_1")
			if err != nil || inc.Title != "Mail queue full" || !inc.Milestones.At(incident.ResolvedAt).Equal(time.Date(2023, 5, 4, 4, 37, 1, 5000, time.UTC)) {
				t.Errorf("Incident = %+v, %v, want the mail queue's", inc, err)
			}
			contracts, err := s.PolicyVersions(t.Context(), "sla_1")
			if err != nil || len(contracts) != 1 || contracts[0].Kind != incident.ContractPolicy {
				t.Errorf("PolicyVersions = %+v, %v, want the contract that the target has become", contracts, err)
			}
		})
	}
}

func TestBackupsAreNeverOverwritten(t *testing.T) {
	cfg := databases[0].fresh(t)
	opened(t, cfg, func(*sql.DB) {})
	file := save(t, []byte("precious"))
	_, err := backup.Take(t.Context(), backup.Source{Database: cfg, Now: time.Now}, file)
	text, _ := os.ReadFile(file)
	left, _ := os.ReadDir(filepath.Dir(file))
	if !errors.Is(err, incident.ErrConflict) || string(text) != "precious" || len(left) != 1 {
		t.Errorf("Take over a file = %v, leaves %q and %d files, want a conflict and the file as it was", err, text, len(left))
	}
	if _, err := backup.Take(t.Context(), backup.Source{Database: store.Config{DataDir: t.TempDir()}, Now: time.Now}, file+".2"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Take of no database = %v, want that there is none", err)
	}
}
