package seal

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// open returns a safe over a folder.
func open(t *testing.T, configured Keyring, dir string, shared bool, log *slog.Logger) *Safe {
	t.Helper()
	s, err := OpenSafe(configured, dir, shared, log)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestKeyFileIsMadeOnFirstNeed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	file := filepath.Join(dir, "secret.key")
	elsewhere, err := ring(t, one).Seal([]byte("secret"), "con_1")
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, Keyring{}, dir, false, slog.New(slog.DiscardHandler))
	_, err = s.Open(elsewhere, "con_1")
	if !errors.Is(err, ErrSealed) || !strings.Contains(err.Error(), oneID+", and there is no key in "+file) {
		t.Errorf("Open without a key: %v", err)
	}
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("opening made a key: %v", err)
	}
	sealed, err := s.Seal([]byte("secret"), "con_1")
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("the key file is %v, %v; want mode 0600", info, err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*")); err != nil || len(left) != 1 {
		t.Errorf("the folder holds %v, %v; want the key alone", left, err)
	}
	later := open(t, Keyring{}, dir, false, slog.New(slog.DiscardHandler))
	if text, err := later.Open(sealed, "con_1"); err != nil || string(text) != "secret" {
		t.Errorf("after a restart Open = %q, %v", text, err)
	}
	configured := open(t, ring(t, one), dir, true, slog.New(slog.DiscardHandler))
	if text, err := configured.Open(elsewhere, "con_1"); err != nil || string(text) != "secret" {
		t.Errorf("with a configured key Open = %q, %v", text, err)
	}
	if _, err := configured.Open(sealed, "con_1"); !errors.Is(err, ErrSealed) {
		t.Errorf("a configured key stands in place of the file; Open: %v", err)
	}
}

// TestProcessesAgreeOnOneKey lets many safes, which share nothing but the folder, seal at once: the file's key opens all.
func TestProcessesAgreeOnOneKey(t *testing.T) {
	dir := t.TempDir()
	sealed := make([][]byte, 32)
	var all sync.WaitGroup
	for i := range sealed {
		s := open(t, Keyring{}, dir, false, slog.New(slog.DiscardHandler))
		all.Go(func() {
			var err error
			if sealed[i], err = s.Seal([]byte("secret"), "con_1"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	last := open(t, Keyring{}, dir, false, slog.New(slog.DiscardHandler))
	for i := range sealed {
		if _, err := last.Open(sealed[i], "con_1"); err != nil {
			t.Errorf("safe %d: %v", i, err)
		}
	}
}

func TestDamagedKeyFileIsRefused(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "secret.key")
	if err := os.WriteFile(file, []byte("half-a-key"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenSafe(Keyring{}, dir, false, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "key 1 in "+file) || strings.Contains(err.Error(), "half") {
		t.Errorf("OpenSafe with a damaged key file: %v", err)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "half-a-key" {
		t.Errorf("the damaged file was touched: %q, %v", text, err)
	}
}

func TestReplicasAreWarnedOnce(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	s := open(t, Keyring{}, t.TempDir(), true, log)
	for range 2 {
		if _, err := s.Seal([]byte("secret"), "con_1"); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(out.String(), "give all replicas the same HINDSIGHT_SECRET_KEY"); n != 1 {
		t.Errorf("%d warnings, want 1:\n%s", n, &out)
	}
	out.Reset()
	if _, err := open(t, ring(t, one), t.TempDir(), true, log).Seal([]byte("secret"), "con_1"); err != nil || out.Len() > 0 {
		t.Errorf("with a configured key: %v, log %q", err, &out)
	}
}
