package search

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"hindsight/incident"
)

// numbered is the feed of a made-up store: change n brings ten incidents, and all have the word "disk".
func numbered(n int) incident.Delta {
	d := incident.Delta{Upto: incident.Seq(n)}
	for i := range 10 {
		d.Incidents = append(d.Incidents, made(fmt.Sprintf("inc%05d", (n-1)*10+i), fmt.Sprintf("disk full %d", n), "2024-01-01", nil))
	}
	return d
}

// ofOtherContent leaves an index with n changes below dir as a program with other content would.
func ofOtherContent(t *testing.T, dir string, n int) {
	t.Helper()
	x, err := Open(dir, silent)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if err := x.Apply(context.Background(), numbered(i+1)); err != nil {
			t.Fatal(err)
		}
	}
	err = errors.Join(x.Close(), os.Rename(filepath.Join(dir, "v"+version), filepath.Join(dir, "v"+layout+".0")))
	if err != nil {
		t.Fatal(err)
	}
}

func disks(t *testing.T, x *Index) int {
	t.Helper()
	return found(t, x, "disk", incident.Filter{Limit: 1}).Total
}

func TestRebuildBeside(t *testing.T) {
	dir := t.TempDir()
	ofOtherContent(t, dir, 4)
	x, err := Open(dir, silent)
	if err != nil {
		t.Fatal(err)
	}
	anew, ok := x.Rebuild()
	if !ok || x.Seq() != 4 || anew.Seq() != 0 {
		t.Fatalf("Rebuild = %t, at %d beside %d, want one at 0 beside 4", ok, anew.Seq(), x.Seq())
	}
	if err := anew.Apply(context.Background(), numbered(1)); err != nil {
		t.Fatal(err)
	}
	if got := disks(t, x); got != 40 {
		t.Errorf("while the new one is built %d are found, want all 40 of the old one", got)
	}
	// Built so far, the new index goes on after a restart.
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	if x, err = Open(dir, silent); err != nil {
		t.Fatal(err)
	}
	defer func() { x.Close() }()
	if anew, ok = x.Rebuild(); !ok || anew.Seq() != 1 || disks(t, x) != 40 {
		t.Fatalf("after a restart: Rebuild = %t at %d, %d found, want one at 1 beside 40", ok, anew.Seq(), disks(t, x))
	}
	if err := x.Apply(context.Background(), numbered(5)); err != nil {
		t.Fatal(err)
	}
	readers, stop := readWhile(t, x)
	for n := 2; n <= 5; n++ {
		d := numbered(n)
		d.CaughtUp = n == 5
		if err := anew.Apply(context.Background(), d); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	readers.Wait()
	if !anew.Done() || x.Seq() != 5 || disks(t, x) != 50 {
		t.Errorf("behind the swap: done %t, at %d, %d found, want done at 5 with 50", anew.Done(), x.Seq(), disks(t, x))
	}
	if _, err := os.Stat(filepath.Join(dir, "v"+layout+".0")); !os.IsNotExist(err) {
		t.Errorf("the old folder: %v, want it gone", err)
	}
}

// readWhile searches until stop is closed, and reports an answer that lacks something.
func readWhile(t *testing.T, x *Index) (*sync.WaitGroup, chan struct{}) {
	stop, all := make(chan struct{}), &sync.WaitGroup{}
	for range 2 {
		all.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				q, err := Parse("disk")
				if err != nil {
					t.Error(err)
					return
				}
				r, err := x.Search(context.Background(), Request{Query: q, Filter: incident.Filter{Limit: 1}})
				if err != nil || r.Total != 50 {
					t.Errorf("while indexes are exchanged: %d, %v, want 50", r.Total, err)
					return
				}
			}
		})
	}
	return all, stop
}

// child is what this test's program does when it is started as one: HINDSIGHT_CHILD says what, and HINDSIGHT_DIR where.
func TestChild(t *testing.T) {
	what, dir := os.Getenv("HINDSIGHT_CHILD"), os.Getenv("HINDSIGHT_DIR")
	if what == "" {
		return // it is one only when another test starts it
	}
	x, err := Open(dir, silent)
	if err != nil {
		t.Fatal(err)
	}
	switch what {
	case "write":
		for n := int(x.Seq()) + 1; ; n++ {
			if err := x.Apply(context.Background(), numbered(n)); err != nil {
				t.Fatal(err)
			}
			fmt.Println("at", n)
		}
	case "rebuild":
		anew, ok := x.Rebuild()
		if !ok {
			fmt.Println("done")
			return
		}
		for n := int(anew.Seq()) + 1; n <= 40; n++ {
			d := numbered(n)
			d.CaughtUp = n == 40
			if err := anew.Apply(context.Background(), d); err != nil {
				t.Fatal(err)
			}
			fmt.Println("at", n)
		}
		fmt.Println("done")
	case "full":
		fullDisk(t, x)
	}
}

// started starts a child and returns its lines.
func started(t *testing.T, what, dir string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestChild$", "-test.v")
	cmd.Env = append(os.Environ(), "HINDSIGHT_CHILD="+what, "HINDSIGHT_DIR="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewScanner(out)
}

// TestKilledWhileWriting kills a writer at any moment: all that it said was written is there, and nothing by halves.
func TestKilledWhileWriting(t *testing.T) {
	dir, rng := t.TempDir(), rand.New(rand.NewPCG(3, 3))
	for range 6 {
		cmd, lines := started(t, "write", dir)
		acknowledged := 0
		for left := 1 + rng.IntN(8); left > 0 && lines.Scan(); {
			if n, ok := strings.CutPrefix(lines.Text(), "at "); ok {
				acknowledged, _ = strconv.Atoi(n)
				left--
			}
		}
		time.Sleep(time.Duration(rng.IntN(30)) * time.Millisecond) // somewhere within the next change
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		cmd.Wait()
		x, err := Open(dir, silent)
		if err != nil {
			t.Fatalf("Open after a kill: %v", err)
		}
		if at := int(x.Seq()); at < acknowledged || disks(t, x) != 10*at {
			t.Errorf("after a kill: position %d with %d incidents, want %d or later and ten for each change", at, disks(t, x), acknowledged)
		}
		if err := x.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestKilledWhileRebuilding kills a rebuild at any moment, its end included: every incident is found all the time.
func TestKilledWhileRebuilding(t *testing.T) {
	dir, rng := t.TempDir(), rand.New(rand.NewPCG(4, 4))
	ofOtherContent(t, dir, 40)
	for round, done := 0, false; !done && round < 40; round++ {
		cmd, lines := started(t, "rebuild", dir)
		for left := 1 + rng.IntN(12); left > 0 && lines.Scan(); {
			if strings.HasPrefix(lines.Text(), "at ") {
				left--
			}
			if done = lines.Text() == "done"; done {
				break
			}
		}
		if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		cmd.Wait()
		x, err := Open(dir, silent)
		if err != nil {
			t.Fatalf("Open after a kill: %v", err)
		}
		if got := disks(t, x); got != 400 {
			t.Errorf("after a kill %d are found, want 400", got)
		}
		if err := x.Close(); err != nil {
			t.Fatal(err)
		}
	}
	x, err := Open(dir, silent)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	if _, ok := x.Rebuild(); ok || filepath.Base(x.live.path) != "v"+version {
		t.Errorf("in the end %s answers, rebuild %t, want the new one", x.live.path, ok)
	}
}

// TestFullDisk runs where no file may grow beyond a limit, which is how a full disk looks to a program, and then may again.
func TestFullDisk(t *testing.T) {
	cmd, lines := started(t, "full", t.TempDir())
	var out []string
	for lines.Scan() {
		out = append(out, lines.Text())
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v:\n%s", err, strings.Join(out, "\n"))
	}
}

func fullDisk(t *testing.T, x *Index) {
	signal.Ignore(syscall.SIGXFSZ) // the write fails then, as it does for want of room
	apply := func(n int) error { return x.Apply(context.Background(), numbered(n)) }
	if err := apply(1); err != nil {
		t.Fatal(err)
	}
	limit := func(bytes uint64) {
		var now syscall.Rlimit
		if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &now); err != nil {
			t.Fatal(err)
		}
		now.Cur = bytes
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &now); err != nil {
			t.Fatal(err)
		}
	}
	limit(100)
	for range 3 {
		if err := apply(2); !errors.Is(err, syscall.EFBIG) && !strings.Contains(fmt.Sprint(err), "file too large") {
			t.Errorf("Apply on a full disk = %v, want that the file is too large", err)
		}
	}
	if x.Seq() != 1 || disks(t, x) < 10 {
		t.Errorf("on a full disk: position %d, %d found, want 1 and the ten from before", x.Seq(), disks(t, x))
	}
	if err := x.Trouble(); err == nil || !strings.Contains(err.Error(), "the search index cannot be written: ") || !strings.Contains(err.Error(), "file too large") {
		t.Errorf("Trouble() on a full disk = %v", err)
	}
	limit(^uint64(0))
	for n := 2; n <= 5; n++ {
		if err := apply(n); err != nil {
			t.Fatalf("Apply once there is room = %v", err)
		}
	}
	if err := x.Trouble(); err != nil || x.Seq() != 5 || disks(t, x) != 50 {
		t.Errorf("once there is room: trouble %v, position %d, %d found, want none, 5 and 50", err, x.Seq(), disks(t, x))
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	x, err := Open(x.dir, silent)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	if x.Seq() != 5 || disks(t, x) != 50 {
		t.Errorf("opened again: position %d, %d found, want 5 and 50", x.Seq(), disks(t, x))
	}
}
