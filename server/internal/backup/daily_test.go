package backup_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hindsight/server/internal/backup"
	"hindsight/server/internal/store"
	"hindsight/server/internal/store/storetest"
)

// daily is a schedule at 02:30 that keeps two, with a clock of its own.
func daily(t *testing.T, cfg store.Config, now *time.Time) backup.Daily {
	t.Helper()
	clock := func() time.Time { return *now }
	return backup.Daily{Source: backup.Source{Database: cfg, Now: clock}, Store: storetest.Open(t, cfg), Dir: filepath.Join(t.TempDir(), "backups"),
		At: 2*time.Hour + 30*time.Minute, Keep: 2, Log: slog.New(slog.DiscardHandler)}
}

func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestDaily(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	d := daily(t, databases[0].fresh(t), &now)
	look := func(at string) {
		t.Helper()
		var err error
		if now, err = time.Parse(time.RFC3339, at); err != nil {
			t.Fatal(err)
		}
		if err := d.Look(t.Context()); err != nil {
			t.Fatalf("Look at %s: %v", at, err)
		}
	}
	want := func(names ...string) {
		t.Helper()
		if got := files(t, d.Dir); !slices.Equal(got, names) {
			t.Errorf("at %s there are %q, want %q", now, got, names)
		}
	}
	look("2026-03-01T12:00:00Z") // there was none: at once
	want("hindsight-20260301T120000Z.tar.gz")
	look("2026-03-02T02:29:00Z")
	want("hindsight-20260301T120000Z.tar.gz")
	look("2026-03-02T02:31:00Z")
	look("2026-03-02T23:00:00Z") // that of today is there
	want("hindsight-20260301T120000Z.tar.gz", "hindsight-20260302T023100Z.tar.gz")
	for _, name := range []string{"hindsight-20260301T130000Z.tar.gz.12.partial", "hindsight-before-the-upgrade.tar.gz", "notes.txt"} {
		file := filepath.Join(d.Dir, name)
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, now, now.Add(-48*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	look("2026-03-03T02:30:00Z") // others in the folder stay, and what was broken off long ago goes
	want("hindsight-20260302T023100Z.tar.gz", "hindsight-20260303T023000Z.tar.gz", "hindsight-before-the-upgrade.tar.gz", "notes.txt")
	last, err := backup.ReadLast(t.Context(), d.Store)
	if err != nil || !last.At.Equal(now) || last.File != filepath.Join(d.Dir, "hindsight-20260303T023000Z.tar.gz") || last.Error != "" {
		t.Errorf("ReadLast = %+v, %v, want the newest", last, err)
	}
	if _, err := backup.Check(t.Context(), last.File, nil); err != nil {
		t.Errorf("Check of a daily backup: %v", err)
	}
}

// A backup that fails is tried again an hour later, and what went wrong is known meanwhile.
func TestDailyThatFails(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	d := daily(t, databases[0].fresh(t), &now)
	good := d.Dir
	d.Dir = filepath.Join(save(t, nil), "below a file")
	if err := d.Look(t.Context()); err == nil {
		t.Fatal("Look into a folder that cannot be made succeeded")
	}
	last, err := backup.ReadLast(t.Context(), d.Store)
	if err != nil || !last.At.IsZero() || !strings.Contains(last.Error, "not a directory") {
		t.Errorf("ReadLast = %+v, %v, want why it failed", last, err)
	}
	d.Dir = good
	now = now.Add(30 * time.Minute)
	if err := d.Look(t.Context()); err != nil {
		t.Fatalf("Look: %v", err)
	}
	if _, err := os.Stat(good); err == nil {
		t.Error("half an hour after a failure there was another try, want none before an hour")
	}
	now = now.Add(31 * time.Minute)
	if err := d.Look(t.Context()); err != nil || len(files(t, good)) != 1 {
		t.Errorf("Look after an hour: %v, %d files, want one", err, len(files(t, good)))
	}
}

// Of several replicas one takes the backup.
func TestDailyOnReplicas(t *testing.T) {
	for _, db := range databases {
		t.Run(db.name, func(t *testing.T) {
			now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
			cfg := db.fresh(t)
			all := []backup.Daily{daily(t, cfg, &now), daily(t, cfg, &now), daily(t, cfg, &now)}
			var group sync.WaitGroup
			for _, d := range all {
				group.Go(func() {
					if err := d.Look(t.Context()); err != nil {
						t.Errorf("Look: %v", err)
					}
				})
			}
			group.Wait()
			n := 0
			for _, d := range all {
				if _, err := os.Stat(d.Dir); err == nil {
					n += len(files(t, d.Dir))
				}
			}
			if n != 1 {
				t.Errorf("three replicas took %d backups, want 1", n)
			}
		})
	}
}
