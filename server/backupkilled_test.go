package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// start starts a command as a process of its own.
func (in installation) start(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Env = append(os.Environ(), asProgram+"=1", "HINDSIGHT_DATA="+in.dir, "HINDSIGHT_DATABASE_URL="+in.url)
	cmd.Stderr = t.Output()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// end kills a process at once, and fails when it had ended by itself.
func end(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the command ended before it was killed; give it more rows")
	}
}

// TestKilledBackup: what a killed backup leaves has another name, and the next one is whole.
func TestKilledBackup(t *testing.T) {
	in := installation{dir: t.TempDir()}
	in.mustRun(t, "import", "servicenow", "--file", logPart(t, 8_000))
	dir := t.TempDir()
	file := filepath.Join(dir, "backup.tar.gz")
	cmd := in.start(t, "backup", "-o", file)
	err := until(t, func() (bool, error) {
		found, err := filepath.Glob(filepath.Join(dir, "*"))
		return len(found) > 0, err
	})
	if err != nil {
		t.Fatal(err)
	}
	end(t, cmd)
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(left) != 1 || !regexp.MustCompile(`/backup\.tar\.gz\.\d+\.partial$`).MatchString(left[0]) {
		t.Errorf("a killed backup leaves %v, %v, want one file that is named as unfinished", left, err)
	}
	if got := in.run(t, "restore", "--verify", left[0]); got.code != 1 {
		t.Errorf("--verify of what a killed backup leaves = %+v, want 1", got)
	}
	in.mustRun(t, "backup", "-o", file)
	in.mustRun(t, "restore", "--verify", file)
}

// TestKilledRestore: a killed restore leaves an empty installation, on which the same restore succeeds.
func TestKilledRestore(t *testing.T) {
	from := installation{dir: t.TempDir()}
	from.mustRun(t, "import", "servicenow", "--file", logPart(t, 8_000))
	file := filepath.Join(t.TempDir(), "backup.tar.gz")
	from.mustRun(t, "backup", "-o", file)
	want := from.mustRun(t, "measure", "--json")
	for _, kind := range backedUpAs {
		t.Run(kind.name, func(t *testing.T) {
			in := kind.fresh(t)
			cmd := in.start(t, "restore", file)
			if err := until(t, func() (bool, error) { return restoring(t, in) }); err != nil {
				t.Fatal(err)
			}
			end(t, cmd)
			if got := in.mustRun(t, "doctor"); !strings.Contains(got, "change 0, 0 incidents") {
				t.Errorf("doctor after a killed restore prints %s, want an empty installation", got)
			}
			in.mustRun(t, "restore", file)
			if got := in.mustRun(t, "measure", "--json"); got != want {
				t.Errorf("measure prints %.500s, want %.500s", got, want)
			}
			if left, _ := filepath.Glob(filepath.Join(in.dir, "*restoring*")); len(left) > 0 {
				t.Errorf("restore leaves %v", left)
			}
		})
	}
}

// restoring reports whether rows are being loaded.
func restoring(t *testing.T, in installation) (bool, error) {
	t.Helper()
	if in.url == "" {
		info, err := os.Stat(filepath.Join(in.dir, "hindsight.db.restoring"))
		return err == nil && info.Size() > 0, nil
	}
	conn, err := pgx.Connect(t.Context(), in.url)
	if err != nil {
		return false, err
	}
	defer conn.Close(t.Context())
	open := false
	err = conn.QueryRow(t.Context(), "SELECT count(*) > 0 FROM pg_stat_progress_copy WHERE tuples_processed > 0").Scan(&open)
	return open, err
}
