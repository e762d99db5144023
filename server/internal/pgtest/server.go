package pgtest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// server is a running PostgreSQL in a folder of its own, reachable through a socket there.
type server struct {
	dir  string
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
}

// newServer makes a cluster and starts it. Nothing is synced to disk: what a crash of the machine leaves of
// it is of no use to anybody. Options are NAME=VALUE, and win over what is set here.
func newServer(options ...string) (*server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "pgtest")
	if err != nil {
		return nil, err
	}
	s := &server{dir: dir, done: make(chan struct{})}
	if err := s.start(bin, options); err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	return s, nil
}

func (s *server) start(bin string, options []string) error {
	credential, err := unprivileged(s.dir)
	if err != nil {
		return err
	}
	data := filepath.Join(s.dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
	initdb.Dir, initdb.SysProcAttr = s.dir, &syscall.SysProcAttr{Credential: credential}
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	s.cmd = exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-k", s.dir, "-c", "listen_addresses=",
		"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "autovacuum=off")
	for _, o := range options {
		s.cmd.Args = append(s.cmd.Args, "-c", o)
	}
	s.cmd.Dir, s.cmd.SysProcAttr = s.dir, withParent(credential)
	said, err := s.cmd.StderrPipe()
	if err != nil {
		return err
	}
	started := make(chan error)
	go s.run(started)
	if err := <-started; err != nil {
		return err
	}
	return ready(said)
}

// run starts the server and waits for its end, on one thread: the system ends the server with the thread that
// started it.
func (s *server) run(started chan<- error) {
	runtime.LockOSThread()
	defer close(s.done)
	err := s.cmd.Start()
	started <- err
	if err == nil {
		s.cmd.Process.Wait() // how it ended tells nothing: it is killed
	}
}

// ready reads what the server says until it accepts connections, and goes on reading so that the server
// never waits.
func ready(said io.Reader) error {
	var log []string
	for lines := bufio.NewScanner(said); lines.Scan(); {
		if strings.Contains(lines.Text(), "ready to accept connections") {
			go io.Copy(io.Discard, said)
			return nil
		}
		log = append(log, lines.Text())
	}
	return errors.New("postgres ended:\n" + strings.Join(log, "\n"))
}

// stop ends the server at once and removes its folder.
func (s *server) stop() {
	s.cmd.Process.Signal(syscall.SIGQUIT)
	<-s.done
	os.RemoveAll(s.dir)
}

func (s *server) url() string {
	options := url.Values{"host": {s.dir}, "user": {"postgres"}, "sslmode": {"disable"}}
	return "postgres:///postgres?" + options.Encode()
}

// binaries returns the folder with initdb and postgres: that of the postgres in PATH, else the newest that
// Debian's packages have put aside.
func binaries() (string, error) {
	var folders []string
	if path, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			folders = append(folders, filepath.Dir(real))
		}
	}
	debian, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", err
	}
	version := func(dir string) int {
		n, err := strconv.Atoi(filepath.Base(filepath.Dir(dir)))
		if err != nil {
			return 0
		}
		return n
	}
	slices.SortFunc(debian, func(a, b string) int { return version(b) - version(a) })
	for _, dir := range append(folders, debian...) {
		if _, err := os.Stat(filepath.Join(dir, "initdb")); err == nil {
			return dir, nil
		}
	}
	return "", errors.New("PostgreSQL is not installed; \"make tools\" installs it")
}

// unprivileged gives dir to a user who may run PostgreSQL, which root may not, and returns that user; nil
// stands for the current one.
func unprivileged(dir string) (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return nil, err
		}
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid), NoSetGroups: true}, os.Chown(dir, uid, gid)
}
