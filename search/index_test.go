package search

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hindsight/incident"
)

var silent = slog.New(slog.DiscardHandler)

// filled makes an index of the sample in dir and closes it.
func filled(t *testing.T, dir string) {
	t.Helper()
	x, err := Open(dir, silent)
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Apply(context.Background(), sample()); err != nil {
		t.Fatal(err)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestReopen(t *testing.T) {
	dir := t.TempDir()
	filled(t, dir)
	x, err := Open(dir, silent)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	if got := x.Seq(); got != 7 {
		t.Errorf("Seq() after reopening = %d, want 7", got)
	}
	if got := ids(found(t, x, "service:basket", incident.Filter{})); got != "a" {
		t.Errorf("Search(service:basket) after reopening = %q, want a: the catalogue is stored too", got)
	}
}

func TestApply(t *testing.T) {
	ctx := context.Background()
	x := opened(t, sample())
	if err := x.Apply(ctx, sample()); err != nil {
		t.Fatal(err)
	}
	if got := found(t, x, "", incident.Filter{Sight: incident.Sight{All: true}}).Total; got != 4 {
		t.Errorf("total after applying twice = %d, want 4", got)
	}
	changed := incident.Delta{Upto: 9, Gone: []incident.ID{"a", "never"},
		Incidents: []*incident.Incident{made("b", "Payments queue stuck", "2024-03-31", nil)}}
	if err := x.Apply(ctx, changed); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{"": "c b", "pool": "", "queue": "b"} {
		if got := ids(found(t, x, query, incident.Filter{})); got != want {
			t.Errorf("Search(%q) after a change = %q, want %q", query, got, want)
		}
	}
	renamed := incident.Delta{Upto: 10, Services: []incident.Service{{ID: "svc_1", Name: "Cart"}}}
	if err := x.Apply(ctx, renamed); err != nil || x.Seq() != 10 {
		t.Errorf("Apply = %v at %d, want nil at 10", err, x.Seq())
	}
}

func TestApplyManyBatches(t *testing.T) {
	d := incident.Delta{Upto: 3}
	for i := range 2*batchSize + 5 {
		d.Incidents = append(d.Incidents, made("inc"+string(rune('a'+i%26))+strings.Repeat("x", i/26), "Disk full", "2024-01-01", nil))
	}
	if got := found(t, opened(t, d), "disk", incident.Filter{}).Total; got != len(d.Incidents) {
		t.Errorf("total = %d, want %d", got, len(d.Incidents))
	}
}

func TestApplyCanceled(t *testing.T) {
	x := opened(t, sample())
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := x.Apply(ctx, incident.Delta{Upto: 8}); err == nil || x.Seq() != 7 {
		t.Errorf("Apply when canceled = %v at %d, want an error at 7", err, x.Seq())
	}
}

func TestOneProcess(t *testing.T) {
	dir := t.TempDir()
	x, err := Open(dir, silent)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	_, err = Open(dir, silent)
	if want := "the index in " + dir + " is in use by another process"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("second Open = %v, want %q", err, want)
	}
}

func TestDamagedIndexIsBuiltAgain(t *testing.T) {
	for _, tc := range []struct {
		name   string
		damage func(t *testing.T, path string)
	}{
		{"description gone", func(t *testing.T, path string) { remove(t, filepath.Join(path, "index_meta.json")) }},
		{"description garbled", func(t *testing.T, path string) { overwrite(t, filepath.Join(path, "index_meta.json"), "{") }},
		{"root garbled", func(t *testing.T, path string) {
			overwrite(t, filepath.Join(path, "store", "root.bolt"), strings.Repeat("no bolt", 5000))
		}},
		{"segment cut off", func(t *testing.T, path string) { cutOff(t, segmentFile(t, path)) }},
		{"segment gone", func(t *testing.T, path string) { remove(t, segmentFile(t, path)) }},
		{"not a folder", func(t *testing.T, path string) {
			if err := os.RemoveAll(path); err != nil {
				t.Fatal(err)
			}
			overwrite(t, path, "x")
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			filled(t, dir)
			path := filepath.Join(dir, "v"+version)
			tc.damage(t, path)
			x, err := Open(dir, silent)
			if err != nil {
				t.Fatalf("Open = %v, want a new index", err)
			}
			defer x.Close()
			if got := x.Seq(); got != 0 {
				t.Errorf("Seq() = %d, want 0", got)
			}
			if err := x.Apply(context.Background(), sample()); err != nil {
				t.Errorf("Apply after damage = %v", err)
			}
		})
	}
}

func TestDamagedIndexIsKept(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "v"+version)
	for range 2 {
		overwrite(t, path, "no index")
		x, err := Open(dir, silent)
		if err != nil {
			t.Fatal(err)
		}
		if text, err := os.ReadFile(path + ".broken"); string(text) != "no index" {
			t.Errorf("set aside = %q, %v, want the damaged file", text, err)
		}
		if err := errors.Join(x.Close(), os.RemoveAll(path)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOtherVersion(t *testing.T) {
	dir := t.TempDir()
	old := filepath.Join(dir, "v0")
	if err := os.Mkdir(old, 0o700); err != nil {
		t.Fatal(err)
	}
	overwrite(t, filepath.Join(old, "index_meta.json"), "{}")
	x, err := Open(dir, silent)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	if _, err := os.Stat(old); x.Seq() != 0 || !os.IsNotExist(err) {
		t.Errorf("Open over version 0: position %d, old folder %v, want 0 and gone", x.Seq(), err)
	}
}

func segmentFile(t *testing.T, path string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(path, "store", "*.zap"))
	if err != nil || len(found) == 0 {
		t.Fatalf("no segment below %s: %v", path, err)
	}
	return found[0]
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func overwrite(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func cutOff(t *testing.T, path string) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, info.Size()/2); err != nil {
		t.Fatal(err)
	}
}
