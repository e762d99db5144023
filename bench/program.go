package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// program is the real binary and where it keeps its data.
type program struct {
	binary string
	data   string
	url    string // of PostgreSQL; empty: SQLite in data
}

// build makes the binary as a release does and returns its size in bytes.
func build(ctx context.Context, path string) (int64, error) {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, "./server")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("go build ./server: %w\n%s", err, out)
	}
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func (p program) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, p.binary, append(args, "--data", p.data)...)
	cmd.Env = append(os.Environ(), "HINDSIGHT_DATABASE_URL="+p.url, "HINDSIGHT_RATE_LIMIT=0")
	return cmd
}

// run runs a command and returns what it printed and how long it took.
func (p program) run(ctx context.Context, stdin string, args ...string) (string, time.Duration, error) {
	cmd := p.command(ctx, args...)
	var failed bytes.Buffer
	cmd.Stdin, cmd.Stderr = strings.NewReader(stdin), &failed
	begun := time.Now()
	out, err := cmd.Output()
	if err != nil {
		return "", 0, fmt.Errorf("hindsight %s: %w\n%s", strings.Join(args, " "), err, failed.String())
	}
	return string(out), time.Since(begun), nil
}

// server is the running program.
type server struct {
	cmd   *exec.Cmd
	base  string // http://127.0.0.1:PORT
	begun time.Time
}

// serve starts the server on a free port and returns as soon as it listens.
func (p program) serve(ctx context.Context) (*server, error) {
	cmd := p.command(ctx, "serve", "--addr", "127.0.0.1:0")
	var failed bytes.Buffer
	cmd.Stderr = &failed
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s := &server{cmd: cmd, begun: time.Now()}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if base, ok := strings.CutPrefix(lines.Text(), "Hindsight is at "); ok {
			s.base = base
			go func() { // so that it never waits for us
				for lines.Scan() {
				}
			}()
			return s, nil
		}
	}
	return nil, errors.Join(fmt.Errorf("the server said no address:\n%s", failed.String()), cmd.Wait())
}

// stop asks the server to end, as an operator would, and waits.
func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return s.cmd.Wait()
}

// memory returns the bytes that the server has in memory, all and without files mapped into it; 0 where the system
// does not say.
func (s *server) memory() (all, own int64) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0, 0
	}
	field := func(name string) int64 {
		_, rest, _ := strings.Cut(string(text), name+":")
		words := strings.Fields(rest)
		if len(words) == 0 {
			return 0
		}
		kb, err := strconv.ParseInt(words[0], 10, 64)
		if err != nil {
			return 0
		}
		return kb << 10
	}
	return field("VmRSS"), field("RssAnon")
}

// size returns the bytes of all files below dir.
func size(dir string) (total int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			total += info.Size()
		}
		return err
	})
	return total, err
}

// postgres starts a throwaway PostgreSQL and returns its address and what ends it.
func postgres(ctx context.Context) (url string, stop func() error, err error) {
	cmd := exec.CommandContext(ctx, "go", "run", "./server/internal/pgtest/serve")
	var failed bytes.Buffer
	cmd.Stderr = &failed
	hold, err := cmd.StdinPipe()
	if err != nil {
		return "", nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		return "", nil, errors.Join(fmt.Errorf("PostgreSQL did not start:\n%s", failed.String()), cmd.Wait())
	}
	return lines.Text(), func() error { return errors.Join(hold.Close(), cmd.Wait()) }, nil
}
