package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/incident/incidenttest"
	"hindsight/server/internal/app"
	"hindsight/server/internal/backup"
	"hindsight/server/internal/config"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/jobs"
	"hindsight/server/internal/pgtest"
	"hindsight/server/internal/store"
)

// backedUpAs are the two kinds of installation that there are.
var backedUpAs = []struct {
	name  string
	fresh func(t *testing.T) installation
}{
	{"sqlite", func(t *testing.T) installation { return installation{dir: t.TempDir()} }},
	{"postgres", func(t *testing.T) installation { return installation{dir: t.TempDir(), url: pgtest.URL(t)} }},
}

// furnished is an installation with records of two sources, people, secrets, contracts, problems and what people said of them.
func furnished(t *testing.T, in installation) {
	t.Helper()
	in.mustRun(t, "import", "servicenow", "--file", logPart(t, 3_000))
	in.mustRun(t, "import", "markdown", "--dir", "internal/demo/data/moj-incidents", "--set", "zone=Europe/London", "--set", "service=Cloud Platform", "--name", "moj")
	s := in.serve(t, false, false)
	defer s.stop()
	editor := s.signedIn(t, in, "admin")
	savedID(t, editor, "/contracts", map[string]any{"name": "Gold", "contract": map[string]any{"window": map[string]any{"every": "year"}, "promises": []any{
		map[string]any{"name": "Critical", "span": "opened..resolved", "within_seconds": 14400, "goal": 0.95}}}})
	_, err := s.app.Desk.Connect(t.Context(), desk.Plan{Source: "jira", Name: "Our Jira", Settings: map[string]string{"url": "https://jira.example.com", "user": "reader@example.com", "token": "t", "projects": "OPS"}})
	if err := errors.Join(err, s.app.Group(t.Context())); err != nil {
		t.Fatal(err)
	}
}

// seen is what people see of an installation, command by command.
func seen(t *testing.T, in installation) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, command := range [][]string{
		{"measure", "--json"}, {"measure", "--metric", "time_to_acknowledge", "--group-by", "service", "--json"}, {"measure", "--metric", "count", "--group-by", "month", "--json"},
		{"measure", "--metric", "better", "--json"}, {"sla", "--json"}, {"sla", "--contract", "Gold", "--json"}, {"problems", "--json"}, {"dead-letters"},
		{"search", "--json", "dns OR certificate"}, {"search", "--json", "severity:1 network OR error"}, {"similar", firstHit(t, in)}, {"user", "list"}, {"token", "list"},
	} {
		out[strings.Join(command, " ")] = in.then(t, command...)
	}
	return out
}

// then is what a command prints at one and the same moment, wherever it runs.
func (in installation) then(t *testing.T, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	p := program{in: strings.NewReader(""), out: &out, err: t.Output(), getenv: in.getenv, now: func() time.Time { return time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC) }}
	if code := p.run(t.Context(), args); code != 0 {
		t.Fatalf("hindsight %s = %d", strings.Join(args, " "), code)
	}
	return out.String()
}

// sameLines compares two texts and shows where they part.
func sameLines(t *testing.T, what, got, want string) {
	t.Helper()
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			t.Errorf("%s: line %d is\n%.600s\nwant\n%.600s", what, i+1, a[i], b[i])
			return
		}
	}
	if len(a) != len(b) {
		t.Errorf("%s: %d lines, want %d", what, len(a), len(b))
	}
}

// firstHit is an incident that both installations find first.
func firstHit(t *testing.T, in installation) string {
	t.Helper()
	var hit struct{ ID string }
	line, _, _ := strings.Cut(in.mustRun(t, "search", "--json", "--limit", "1", "ingress"), "\n")
	parseJSON(t, "search", line, &hit)
	return hit.ID
}

// TestBackupMovesAnInstallation: whatever people see is the same on the other side, from either database to either.
func TestBackupMovesAnInstallation(t *testing.T) {
	for _, from := range backedUpAs {
		t.Run(from.name, func(t *testing.T) {
			in := from.fresh(t)
			furnished(t, in)
			want, head := seen(t, in), strings.TrimSpace(in.mustRun(t, "audit", "head"))
			file := filepath.Join(t.TempDir(), "backup.tar.gz")
			var made backedUp
			parseJSON(t, "backup --json", in.mustRun(t, "backup", "-o", file, "--json"), &made)
			if made.File != file || !made.Verified || made.Schema != store.Newest() || made.Database != from.name || len(made.Keys) != 1 {
				t.Errorf("backup = %+v, want one of schema %d from %s, read back, that needs one key", made, store.Newest(), from.name)
			}
			key, err := os.ReadFile(filepath.Join(in.dir, "secret.key"))
			if err != nil {
				t.Fatal(err)
			}
			for _, to := range backedUpAs {
				t.Run("to "+to.name, func(t *testing.T) {
					target := to.fresh(t)
					keyIsAskedFor(t, target, file, made.Keys[0])
					if err := os.WriteFile(filepath.Join(target.dir, "secret.key"), key, 0o600); err != nil {
						t.Fatal(err)
					}
					target.mustRun(t, "restore", file)
					if got := target.mustRun(t, "audit", "verify", "--noted", head); !strings.Contains(got, "all hold") {
						t.Errorf("audit verify prints %s, want that the chain holds through %s", got, head)
					}
					for command, text := range want {
						sameLines(t, "hindsight "+command, target.then(t, strings.Split(command, " ")...), text)
					}
					if got := target.mustRun(t, "doctor"); !strings.Contains(got, "secrets       1 connections have some, all can be opened") {
						t.Errorf("doctor prints %s", got)
					}
					var again backedUp
					second := filepath.Join(t.TempDir(), "again.tar.gz")
					parseJSON(t, "backup --json", target.mustRun(t, "backup", "-o", second, "--json"), &again)
					if again.Change != made.Change {
						t.Errorf("a backup of what was restored is at change %d, want %d", again.Change, made.Change)
					}
				})
			}
		})
	}
}

// keyIsAskedFor: without the key of the secrets nothing is restored, unless somebody says so.
func keyIsAskedFor(t *testing.T, in installation, file, key string) {
	t.Helper()
	got := in.run(t, "restore", file)
	if got.code != 2 || !strings.Contains(got.err, "key "+key) || !strings.Contains(got.err, "--without-key") {
		t.Errorf("restore without the key = %d: %s; want 2 and the id of the key, %s", got.code, got.err, key)
	}
	if _, err := os.Stat(filepath.Join(in.dir, "hindsight.db")); err == nil {
		t.Error("restore without the key made a database")
	}
}

func TestRestoreWithoutTheKey(t *testing.T) {
	in, target := installation{dir: t.TempDir()}, installation{dir: t.TempDir()}
	furnished(t, in)
	file := filepath.Join(t.TempDir(), "backup.tar.gz")
	if got := in.mustRun(t, "backup", "-o", file); !strings.Contains(got, "read back and whole") || !strings.Contains(got, "keep a copy of the key elsewhere") {
		t.Errorf("backup prints %s", got)
	}
	target.mustRun(t, "restore", "--without-key", file)
	if got := target.run(t, "doctor"); got.code == 0 || !strings.Contains(got.err, "Our Jira") {
		t.Errorf("doctor after a restore without the key = %d\n%s%s, want that the secret of Our Jira cannot be opened", got.code, got.out, got.err)
	}
}

// TestBackupsAreAudited: who took everything out, and that everything was put back, is in the log.
func TestBackupsAreAudited(t *testing.T) {
	in, target := installation{dir: t.TempDir()}, installation{dir: t.TempDir()}
	in.mustRun(t, "migrate")
	file := filepath.Join(t.TempDir(), "backup.tar.gz")
	in.mustRun(t, "backup", "-o", file)
	target.mustRun(t, "restore", file)
	for _, tc := range []struct {
		in     installation
		action incident.AuditAction
	}{{in, incident.AuditExported}, {target, incident.AuditRestored}} {
		tc.in.withStore(t, func(ctx context.Context, s incident.Store) error {
			entries, err := s.Audit(ctx, incident.AuditFilter{ObjectKind: "backup"})
			if err == nil && (len(entries) != 1 || entries[0].Action != tc.action || entries[0].Object.Name != file || entries[0].Actor.Kind != incident.ActorCommand) {
				t.Errorf("the audit log tells of %+v, want one backup that was %s by a command", entries, tc.action)
			}
			return err
		})
	}
}

// TestDailyBackup: a server with a folder for backups takes one when it starts, and says so where people look.
func TestDailyBackup(t *testing.T) {
	in, dir := installation{dir: t.TempDir()}, t.TempDir()
	if got := in.mustRun(t, "doctor"); !strings.Contains(got, "backup        none every day; HINDSIGHT_BACKUP_DIR makes the server take one") {
		t.Errorf("doctor without a folder for backups prints %s", got)
	}
	s := in.serve(t, false, false)
	s.app.Config.Backup = config.Backup{Dir: dir, Keep: 1}
	work(t, s)
	err := until(t, func() (bool, error) {
		last, err := backup.ReadLast(t.Context(), s.app.Desk.Store)
		return !last.At.IsZero(), err
	})
	if err != nil {
		t.Fatal(err)
	}
	page := visibleText(t, s.signedIn(t, in, "admin").get(t, "/about").body)
	if !strings.Contains(page, "Last daily backup") {
		t.Errorf("/about says nothing of the backup: %.2000s", page)
	}
	s.stop()
	made, err := filepath.Glob(filepath.Join(dir, "hindsight-*.tar.gz"))
	if err != nil || len(made) != 1 {
		t.Fatalf("the folder has %v, %v, want one backup", made, err)
	}
	if got := in.mustRun(t, "doctor"); !strings.Contains(got, "old, "+made[0]) {
		t.Errorf("doctor prints %s, want the age of %s", got, made[0])
	}
	restored := installation{dir: t.TempDir()}
	restored.mustRun(t, "restore", made[0])
}

func TestDoctorWarnsOfOldBackups(t *testing.T) {
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		name, dir string
		last      backup.Last
		says      string
	}{
		{"no folder", "", backup.Last{}, "none every day; HINDSIGHT_BACKUP_DIR makes the server take one"},
		{"not yet", "/backup", backup.Last{}, "none yet"},
		{"never a good one", "/backup", backup.Last{Error: "disk full"}, "warning: there is none. The last try ended with: disk full"},
		{"good", "", backup.Last{At: now.Add(-9 * time.Hour), File: "/backup/a"}, "9h old, /backup/a"},
		{"a try failed, and there is time left", "", backup.Last{At: now.Add(-25 * time.Hour), File: "/backup/a", Error: "disk full"}, "1d 1h old, /backup/a"},
		{"old", "", backup.Last{At: now.Add(-49 * time.Hour), File: "/backup/a"}, "warning: the last good one is 2d 1h old: /backup/a"},
		{"old, and why", "", backup.Last{At: now.Add(-49 * time.Hour), File: "/backup/a", Error: "disk full"}, "warning: the last good one is 2d 1h old. The last try ended with: disk full"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := backupWords(tc.last, tc.dir, now); got != tc.says {
				t.Errorf("backupWords(%+v) = %q, want %q", tc.last, got, tc.says)
			}
		})
	}
}

// TestBackupHasUploads: a file that was uploaded and waits for its import is imported where the backup is restored.
func TestBackupHasUploads(t *testing.T) {
	in, target := installation{dir: t.TempDir()}, installation{dir: t.TempDir()}
	s := in.serve(t, false, false)
	run := upload(t, s.signedIn(t, in, "editor"), "markdown", "internal/demo/data/moj-incidents/2020-08-04.md")
	s.stop()
	file := filepath.Join(t.TempDir(), "backup.tar.gz")
	in.mustRun(t, "backup", "-o", file)
	target.mustRun(t, "restore", file)
	// The job was left behind with its queue: whoever finds a run that nobody works on for some minutes asks for it again.
	later := func() time.Time { return time.Now().Add(jobs.Stuck + time.Minute) }
	a, err := app.Open(t.Context(), app.Options{Config: config.Config{Data: target.dir, BaseURL: "http://127.0.0.1"}, Parts: app.Found, Version: "test", Now: later, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	there := newSite(t, a)
	work(t, there)
	finish(t, there, run)
	there.stop()
	if got := target.mustRun(t, "doctor"); !strings.Contains(got, ", 1 incidents\n") {
		t.Errorf("doctor prints %s, want the one incident of the file", got)
	}
}

// TestBackupWithoutTemporaryFolder: the image of the container is the binary alone, and has none.
func TestBackupWithoutTemporaryFolder(t *testing.T) {
	in, target, file := installation{dir: t.TempDir()}, installation{dir: t.TempDir()}, filepath.Join(t.TempDir(), "backup.tar.gz")
	in.mustRun(t, "migrate")
	t.Setenv("TMPDIR", filepath.Join(in.dir, "nowhere"))
	in.mustRun(t, "backup", "-o", file)
	target.mustRun(t, "restore", file)
}

// TestBackupOnStandardOutput: what is piped away is a whole backup, and can be checked where it arrives.
func TestBackupOnStandardOutput(t *testing.T) {
	onBoth(t, func(t *testing.T, in installation) {
		in.mustRun(t, "import", "markdown", "--dir", "internal/demo/data/moj-incidents")
		got := in.run(t, "backup", "-o", "-")
		if got.code != 0 || !strings.Contains(got.err, "was not read back") {
			t.Fatalf("backup -o - = %d: %s", got.code, got.err)
		}
		file := write(t, "arrived.tar.gz", []byte(got.out))
		if in.url != "" { // the same from a machine that is set up for no database
			other := filepath.Join(t.TempDir(), "other.tar.gz")
			elsewhere := installation{dir: t.TempDir()}
			elsewhere.mustRun(t, "backup", "-o", other, "--database-url", in.url)
			target := pgtest.URL(t)
			elsewhere.mustRun(t, "restore", other, "--database-url", target)
			sameIncidents(t, installation{elsewhere.dir, target}, in)
		}
		for _, command := range []string{"backup", "restore"} {
			var s backedUp
			parseJSON(t, command+" --verify", in.mustRun(t, command, "--verify", "--json", file), &s)
			if s.Rows == 0 || s.SHA256 == "" || s.Keys == nil {
				t.Errorf("%s --verify = %+v", command, s)
			}
		}
		if got := in.run(t, "restore", "--verify", write(t, "cut.tar.gz", []byte(got.out[:len(got.out)-100]))); got.code != 1 || !strings.Contains(got.err, "not a whole backup") {
			t.Errorf("--verify of a file that is cut = %d: %s", got.code, got.err)
		}
		if got := in.run(t, "restore", file); got.code != 2 || !strings.Contains(got.err, "is not empty") || !strings.Contains(got.err, "Nothing was changed") {
			t.Errorf("restore over data = %d: %s, want 2 and what to do", got.code, got.err)
		}
	})
}

// TestBackupWords: mistakes of the command line say what would be right.
func TestBackupWords(t *testing.T) {
	in := installation{dir: t.TempDir()}
	for _, tc := range []struct{ command, says string }{
		{"backup", "hindsight backup -o FILE"},
		{"backup -o x y", "hindsight backup -o FILE"},
		{"backup --verify", "hindsight backup --verify FILE"},
		{"backup -o x --database-url mysql://x", "does not begin with postgres://"},
		{"backup -o " + filepath.Join(in.dir, "x"), "there is no database in " + in.dir},
		{"restore", "hindsight restore FILE"},
		{"restore " + filepath.Join(in.dir, "nothing"), "no such file"},
	} {
		if got := in.run(t, strings.Fields(tc.command)...); got.code != 2 || !strings.Contains(got.err, tc.says) {
			t.Errorf("hindsight %s = %d: %s, want 2 and %q", tc.command, got.code, got.err, tc.says)
		}
	}
	if left, _ := os.ReadDir(in.dir); len(left) > 0 {
		t.Errorf("mistakes leave %v", left)
	}
}

// TestBackupBesideWriters: a backup that is taken while an import writes shows one moment of it, and the import does not notice.
func TestBackupBesideWriters(t *testing.T) {
	for _, kind := range backedUpAs {
		t.Run(kind.name, func(t *testing.T) {
			in, target := kind.fresh(t), installation{dir: t.TempDir()}
			stop, done := make(chan struct{}), make(chan error, 1)
			in.withStore(t, func(ctx context.Context, s incident.Store) error {
				begun := make(chan struct{})
				go func() { done <- writeOn(ctx, s, begun, stop) }()
				<-begun
				file := filepath.Join(t.TempDir(), "backup.tar.gz")
				var made backedUp
				parseJSON(t, "backup --json", in.mustRun(t, "backup", "-o", file, "--json"), &made)
				close(stop)
				if err := <-done; err != nil {
					return err
				}
				after, err := s.Head(ctx)
				if err != nil || int64(after) <= made.Change {
					t.Errorf("change %d after the backup of change %d: nothing was written meanwhile", after, made.Change)
				}
				target.mustRun(t, "restore", file)
				return wholeMoment(t, target, made.Change)
			})
		})
	}
}

const writtenAtOnce = 20

// writeOn writes incidents, so many with each change, until it is stopped. It goes on for a few changes behind that.
func writeOn(ctx context.Context, s incident.Store, begun, stop chan struct{}) error {
	for round, left := 0, 3; left > 0; round++ {
		var incs []*incident.Incident
		for i := range writtenAtOnce {
			incs = append(incs, incidenttest.Incident(round*writtenAtOnce+i))
		}
		if _, err := s.Update(ctx, func(tx incident.Tx) error { return tx.PutIncidents(incs) }); err != nil {
			return err
		}
		if round == 20 {
			close(begun)
		}
		select {
		case <-stop:
			left--
		default:
		}
	}
	return nil
}

// wholeMoment: every change is there with all that belongs to it, and none that came later.
func wholeMoment(t *testing.T, in installation, head int64) error {
	t.Helper()
	in.withStore(t, func(ctx context.Context, s incident.Store) error {
		n := 0
		for inc, err := range s.Incidents(ctx, incident.Filter{Sight: incident.Sight{All: true}}) {
			if err != nil {
				return err
			}
			if n++; len(inc.Milestones) != 5 || int64(inc.Seq) > head {
				t.Errorf("incident %s of change %d has %d milestones, want 5 and no change behind %d", inc.ID, inc.Seq, len(inc.Milestones), head)
			}
		}
		changes, err := s.Changes(ctx, 0, 1<<30)
		if n != len(changes) || int64(n) != head*writtenAtOnce {
			t.Errorf("%d incidents and %d in the feed, want %d each at change %d", n, len(changes), head*writtenAtOnce, head)
		}
		return err
	})
	return nil
}
