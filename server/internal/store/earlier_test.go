package store_test

import (
	"bytes"
	"compress/gzip"
	"database/sql"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver named "pgx"

	"hindsight/incident"
	"hindsight/migrations"
	"hindsight/server/internal/backup"
	"hindsight/server/internal/store"
	"hindsight/server/internal/store/storetest"
)

// schemas are the numbers of all migrations.
func schemas(t *testing.T) (all []int64) {
	t.Helper()
	files, err := fs.Glob(migrations.Files, "sqlite/*.sql")
	if err != nil || len(files) < 19 {
		t.Fatalf("migrations = %v, %v", files, err)
	}
	for _, f := range files {
		n, err := strconv.ParseInt(filepath.Base(f)[:4], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, n)
	}
	return all
}

// asIs opens a database without bringing it up to date.
func asIs(t *testing.T, cfg store.Config, f func(db *sql.DB)) {
	t.Helper()
	driver, address := "pgx", cfg.URL
	if address == "" {
		driver, address = "sqlite", "file:"+filepath.Join(cfg.DataDir, "hindsight.db")+"?_time_integer_format=unix_micro&_inttotime=1&_pragma=foreign_keys(1)"
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	f(db)
}

// replaced are the columns that a later migration gives other values, and why.
var replaced = map[string]string{
	"incidents.facts":   "is derived, and made again in the form of the newest program",
	"retros.reading_of": "is emptied, so that reading copies are made again, with what they cite",
	"tokens.role":       "becomes the abilities of the role, which readStory looks for",
}

// A database of every earlier schema comes up to date with all that was in it, value by value; and people see in it what they
// saw before.
func TestEveryEarlierSchema(t *testing.T) {
	for _, db := range databases {
		for _, schema := range schemas(t) {
			t.Run(fmt.Sprintf("%s %d", db.name, schema), func(t *testing.T) {
				cfg := db.fresh(t)
				if err := store.MakeEarlier(t.Context(), cfg, schema); err != nil {
					t.Fatalf("MakeEarlier(%d): %v", schema, err)
				}
				var columns, before map[string][]string
				asIs(t, cfg, func(db *sql.DB) {
					storetest.Fill(t, db)
					if schema == 13 { // targets become policies, and the ids of both were drawn, never equal
						if _, err := db.ExecContext(t.Context(), "UPDATE sla_targets SET id = 'sla_' || id"); err != nil {
							t.Fatal(err)
						}
					}
					tellStory(t, db, schema)
					columns = storetest.Columns(t, db)
					forget(columns)
					before = storetest.Contents(t, db, columns)
				})
				s := storetest.Open(t, cfg)
				keptEverything(t, before, storetest.Contents(t, s.SQL(), columns))
				readStory(t, s, schema)
			})
		}
	}
}

// forget takes away what is known to become something else.
func forget(columns map[string][]string) {
	delete(columns, "sla_targets") // becomes contracts, which readStory looks for
	for table, list := range columns {
		columns[table] = slices.DeleteFunc(list, func(c string) bool { return replaced[table+"."+strings.Fields(c)[0]] != "" })
	}
}

func keptEverything(t *testing.T, before, after map[string][]string) {
	t.Helper()
	for _, table := range slices.Sorted(maps.Keys(before)) {
		for _, row := range before[table] {
			row = strings.Replace(row, `kind="sla_target"`, `kind="policy"`, 1) // what a target has become
			if !slices.Contains(after[table], row) {
				t.Errorf("table %s has lost\n%s\nit has\n%s", table, row, strings.Join(after[table], "\n"))
			}
		}
		more := len(after[table]) - len(before[table])
		if more != 0 && table != "policies" {
			t.Errorf("table %s has %d rows, want the %d from before", table, len(after[table]), len(before[table]))
		}
	}
}

var (
	began = time.Date(2023, 5, 4, 3, 2, 1, 5000, time.UTC)
	ended = began.Add(95 * time.Minute)
)

// step is a statement that schemas between two numbers take.
type step struct {
	from, before int64 // before 0: all later ones
	statement    string
	args         []any
}

// story is a synthetic incident with all that people see of it, as far as a schema has room for it.
func story() []step {
	return []step{
		{1, 0, `INSERT INTO incidents (id, seq, digest, connection_id, ref_type, external_id, incarnation, number, url, title, description, format, status, status_raw,
			severity, severity_raw, priority_raw, urgency_raw, kind, origin, private, exclude_reason, started_at, counted, reopened, team_id, parent_id, merged_into,
			duplicate_of, known_problem, external_created_at, raw_id, map_version, deleted_reason)
			VALUES ('inc_1', 5, '0123456789abcdef0123456789abcdef', 'con_1', 'incident', 'X-1', 0, 'X-1', 'https://example.com/X-1', 'Mail queue full', 'Nobody got mail.', 'plain', 'resolved', 'Done',
			1, 'SEV1', 'P1', '', 'real', '', $1, '', $2, $3, 2, 'team_1', '', '', '', '', $2, 'raw_1', 1, '')`, []any{true, began, true}},
		{1, 0, `INSERT INTO milestones (incident_id, pos, name, at, precision, basis, source, field, reason, stated_at) VALUES
			('inc_1', 0, 'opened', $1, 'second', 'field', 'table', 'opened_at', '', NULL), ('inc_1', 1, 'resolved', $2, 'second', 'person', '', '', 'says the log', $2)`, []any{began, ended}},
		{1, 0, `INSERT INTO service_uses (incident_id, pos, service_id, name, role) VALUES ('inc_1', 0, 'svc_1', 'Mail', 'affected')`, nil},
		{1, 0, `INSERT INTO incident_tags (incident_id, pos, tag) VALUES ('inc_1', 0, 'capacity')`, nil},
		{1, 0, `INSERT INTO action_items (incident_id, pos, title, owner, kind, url, due, state) VALUES ('inc_1', 0, 'Alert on the queue', 'Responder One', 'prevent', '', NULL, 'open')`, nil},
		{2, 0, `INSERT INTO timelines (incident_id, digest) VALUES ('inc_1', '')`, nil},
		{2, 0, `INSERT INTO timeline_events (incident_id, pos, id, at, kind, actor, text, private, raw_kind, instant_pos) VALUES
			('inc_1', 0, 'ev_1', $1, 'note', 'Responder One', 'The queue has a million mails.', $3, '', 0), ('inc_1', 1, 'ev_2', $2, 'note', 'Responder Two', 'It is empty again.', $3, '', 0)`, []any{began, ended, false}},
		{2, 0, `INSERT INTO retrospectives (incident_id, digest, title, state, sections, authors) VALUES ('inc_1', '', 'Why the queue was full', 'published', NULL, '["Responder One"]')`, nil},
		{3, 0, `INSERT INTO services (id, digest, name, team_id, tier, alias) VALUES ('svc_1', '', 'Mail', 'team_1', 1, '["mail-1"]')`, nil},
		{3, 0, `INSERT INTO teams (id, digest, name) VALUES ('team_1', '', 'Messaging')`, nil},
		{3, 14, `INSERT INTO sla_targets (id, digest, name, span, within, priority, service_id, goal) VALUES ('sla_1', '', 'Soon', 'opened..resolved', 7200000000000, 'P1', '', 0.9)`, nil},
		{4, 0, `INSERT INTO raws (id, connection_id, record_type, external_id, hash, body, received_at, via, origin, gone, latest) VALUES
			('raw_1', 'con_1', 'incident', 'X-1', 'h', $1, $2, 'file', '', $3, $4)`, []any{gzipped("id,X-1"), ended, false, true}},
		{5, 0, `INSERT INTO users (id, name, display, role, password_hash, disabled, created_at) VALUES ('usr_1', 'one', 'Responder One', 'admin', 'x', $1, $2)`, []any{false, began}},
		{5, 28, `INSERT INTO tokens (id, name, hash, role, created_by, created_at) VALUES ('tok_1', 'nightly', 'a hash', 'editor', 'usr_1', $1)`, []any{began}},
		{6, 14, `INSERT INTO changes (kind, id, seq, gone) VALUES ('sla_target', 'sla_1', 6, $1)`, []any{false}},
		{13, 0, `INSERT INTO policies (id, version, kind, name, body, removed, saved_at, saved_by, note) VALUES ('pol_1', 2, 'note', 'A rule', $1, $2, $3, 'usr_1', '')`, []any{[]byte(`{"a": 1}`), false, ended}},
	}
}

func gzipped(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(text)) // writing to memory does not fail
	w.Close()
	return b.Bytes()
}

func tellStory(t *testing.T, db *sql.DB, schema int64) {
	t.Helper()
	for _, s := range story() {
		if schema < s.from || s.before > 0 && schema >= s.before {
			continue
		}
		if _, err := db.ExecContext(t.Context(), s.statement, s.args...); err != nil {
			t.Fatalf("%s: %v", s.statement, err)
		}
	}
}

// readStory reads the story through the store, as pages do.
func readStory(t *testing.T, s *store.Store, schema int64) {
	t.Helper()
	ctx := t.Context()
	inc, err := s.Incident(ctx, "inc_1")
	if err != nil {
		t.Fatalf("Incident: %v", err)
	}
	opened, _ := inc.Milestones.Current("opened")
	resolved, _ := inc.Milestones.Current("resolved")
	if inc.Title != "Mail queue full" || inc.Severity != incident.Sev1 || !inc.Private || inc.Reopened == nil || *inc.Reopened != 2 || inc.Team != "team_1" ||
		!opened.At.Equal(began) || !resolved.At.Equal(ended) || resolved.Basis != incident.FromPerson || len(inc.Services) != 1 || inc.Services[0].Name != "Mail" ||
		!slices.Equal(inc.Tags, []string{"capacity"}) || len(inc.Actions) != 1 || inc.Actions[0].Owner != "Responder One" {
		t.Errorf("Incident = %+v, want the incident of the story", inc)
	}
	if schema >= 2 {
		events, err := s.Timeline(ctx, "inc_1")
		if err != nil || len(events) != 2 || events[0].Text != "The queue has a million mails." || !events[1].At.Equal(ended) {
			t.Errorf("Timeline = %+v, %v, want the two events of the story", events, err)
		}
		retro, err := s.Retrospective(ctx, "inc_1")
		if err != nil || retro.Title != "Why the queue was full" || !slices.Equal(retro.Authors, []string{"Responder One"}) {
			t.Errorf("Retrospective = %+v, %v", retro, err)
		}
	}
	if schema >= 4 {
		raw, err := s.Raw(ctx, "raw_1")
		if err != nil || string(raw.Body) != "id,X-1" {
			t.Errorf("Raw = %+v, %v, want the record as it was read", raw, err)
		}
	}
	if schema >= 5 && schema < 28 {
		token, err := s.TokenByHash(ctx, "a hash")
		if err != nil || !slices.Equal(token.Abilities, []incident.Ability{incident.Read, incident.Write, incident.Import}) {
			t.Errorf("TokenByHash = %+v, %v, want the abilities of an editor", token, err)
		}
	}
	readPolicies(t, s, schema)
}

func readPolicies(t *testing.T, s *store.Store, schema int64) {
	t.Helper()
	want := map[incident.ID]string{}
	if schema >= 13 {
		want["pol_1"] = `{"a": 1}`
	}
	if schema >= 3 && schema < 14 {
		want["sla_1"] = `"within_seconds"`
	}
	for id, part := range want {
		versions, err := s.PolicyVersions(t.Context(), id)
		if err != nil || len(versions) != 1 || !strings.Contains(string(versions[0].Body), part) {
			t.Errorf("PolicyVersions(%s) = %+v, %v, want one that says %s", id, versions, err, part)
		}
	}
}

// Several processes that start on one old database bring it up to date once.
func TestOldDatabaseOpenedAtOnce(t *testing.T) {
	for _, db := range databases {
		t.Run(db.name, func(t *testing.T) {
			cfg := db.fresh(t)
			if err := store.MakeEarlier(t.Context(), cfg, 13); err != nil {
				t.Fatal(err)
			}
			asIs(t, cfg, func(db *sql.DB) { tellStory(t, db, 13) })
			var all sync.WaitGroup
			for range 3 {
				all.Go(func() { readStory(t, storetest.Open(t, cfg), 13) })
			}
			all.Wait()
			policies, err := storetest.Open(t, cfg).Policies(t.Context())
			if err != nil || len(policies) != 2 {
				t.Errorf("Policies = %+v, %v, want the policy and one contract for the target", policies, err)
			}
		})
	}
}

// A database that a newer program has written is left alone.
func TestNewerSchemaIsRefused(t *testing.T) {
	for _, db := range databases {
		t.Run(db.name, func(t *testing.T) {
			cfg := db.fresh(t)
			if err := store.MakeEarlier(t.Context(), cfg, store.Newest()); err != nil {
				t.Fatal(err)
			}
			asIs(t, cfg, func(db *sql.DB) {
				if _, err := db.ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)"); err != nil {
					t.Fatal(err)
				}
			})
			says := fmt.Sprintf("schema 9999, and this program knows schemas up to %d", store.Newest())
			cfg.Now = time.Now
			if s, err := store.Open(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("Open = %v, %v, want an error that says %q", s, err, says)
			}
			if _, err := backup.Take(t.Context(), backup.Source{Database: cfg, Now: time.Now}, filepath.Join(t.TempDir(), "b")); err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("Take = %v, want an error that says %q", err, says)
			}
		})
	}
}

// A backup of an earlier schema is taken without touching the database, and restores into the newest, also where a server of the
// newest was started before.
func TestBackupOfAnEarlierSchema(t *testing.T) {
	for _, db := range databases {
		for _, schema := range []int64{1, 4, 13, 17} {
			t.Run(fmt.Sprintf("%s %d", db.name, schema), func(t *testing.T) {
				cfg := db.fresh(t)
				if err := store.MakeEarlier(t.Context(), cfg, schema); err != nil {
					t.Fatal(err)
				}
				asIs(t, cfg, func(db *sql.DB) { tellStory(t, db, schema) })
				file := filepath.Join(t.TempDir(), "backup.tar.gz")
				made, err := backup.Take(t.Context(), backup.Source{Database: cfg, Now: time.Now}, file)
				if err != nil || made.Schema != schema {
					t.Fatalf("Take = %+v, %v, want schema %d", made, err, schema)
				}
				for _, to := range databases {
					target := to.fresh(t)
					if err := storetest.Open(t, target).Close(); err != nil {
						t.Fatal(err)
					}
					if _, err := backup.Restore(t.Context(), file, backup.Target{Database: target, Loaded: func() error { return nil }}); err != nil {
						t.Fatalf("Restore to %s: %v", to.name, err)
					}
					readStory(t, storetest.Open(t, target), schema)
				}
			})
		}
	}
}
