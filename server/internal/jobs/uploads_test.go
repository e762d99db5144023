package jobs

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/store"
	"hindsight/server/internal/store/storetest"
)

// TestUploadsReachEveryReplica saves a file through one replica and opens it through another.
func TestUploadsReachEveryReplica(t *testing.T) {
	ctx := t.Context()
	now := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	db := storetest.Open(t, store.Config{DataDir: t.TempDir(), Now: func() time.Time { return now }})
	here, there := Uploads{Store: db, Dir: t.TempDir()}, Uploads{Store: db, Dir: t.TempDir()}
	content := strings.Repeat("0123456789abcdef", 3<<16) // 3 MiB: several parts
	for _, name := range []string{"b.csv", "../a.csv"} {
		if err := here.Save(ctx, "run_1", name, strings.NewReader(content), 1<<24); err != nil {
			t.Fatal(err)
		}
	}
	files, err := there.Open(ctx, "run_1")
	if err != nil || len(files) != 2 || files[0].Name != "a.csv" || files[1].Name != "b.csv" {
		t.Fatalf("Open = %v, %v", files, err)
	}
	r, err := files[1].Open()
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	r.Close()
	if err != nil || string(got) != content {
		t.Errorf("the file arrives with %d bytes, want %d; %v", len(got), len(content), err)
	}
	if err := here.Save(ctx, "run_1", "big.csv", strings.NewReader(content), 100); !errors.Is(err, incident.ErrInvalid) {
		t.Errorf("a file over the limit: %v", err)
	}
	if err := there.Remove(ctx, "run_1"); err != nil {
		t.Fatal(err)
	}
	if _, err := there.Open(ctx, "run_1"); !errors.Is(err, incident.ErrNotFound) {
		t.Errorf("after Remove: %v", err)
	}
}

func TestSweepKeepsWhatIsNeeded(t *testing.T) {
	ctx := t.Context()
	now := time.Now()
	db := storetest.Open(t, store.Config{DataDir: t.TempDir(), Now: func() time.Time { return now.Add(-48 * time.Hour) }})
	u := Uploads{Store: db, Dir: t.TempDir()}
	for _, run := range []incident.ID{"run_abandoned", "run_waiting"} {
		if err := u.Save(ctx, run, "a.csv", strings.NewReader("x"), 10); err != nil {
			t.Fatal(err)
		}
		old := now.Add(-48 * time.Hour)
		if err := os.Chtimes(filepath.Join(u.Dir, "uploads", string(run)), old, old); err != nil {
			t.Fatal(err)
		}
	}
	_, err := db.Update(ctx, func(tx incident.Tx) error {
		return tx.PutRun(incident.Run{ID: "run_waiting", State: incident.RunQueued, Total: -1, StartedAt: now})
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := u.Sweep(ctx, now); err != nil {
		t.Fatal(err)
	}
	if _, err := u.Open(ctx, "run_abandoned"); !errors.Is(err, incident.ErrNotFound) {
		t.Errorf("an abandoned upload is kept: %v", err)
	}
	if files, err := u.Open(ctx, "run_waiting"); err != nil || len(files) != 1 {
		t.Errorf("a waiting run lost its files: %v, %v", files, err)
	}
}
