package live

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"time"
)

// patience is how long a server may take to answer for the first time, on a machine that is busy with other tests.
const patience = 3 * time.Minute

// home is the temporary folder of a server with the processes that live in it.
type home struct {
	dir       string
	user      *user.User // who the processes run as: not root, which several servers refuse
	group     string
	processes []*process
}

type process struct {
	cmd  *exec.Cmd
	log  string         // file with what it printed
	done chan struct{}  // closed when it has ended
	end  syscall.Signal // what close sends it; zero: SIGKILL, to all that it has started
}

func newHome(name string) (*home, error) {
	u, err := user.Current()
	if err == nil && u.Uid == "0" {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		return nil, err
	}
	g, err := user.LookupGroupId(u.Gid)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "live-"+name+"-")
	return &home{dir: dir, user: u, group: g.Name}, err
}

// path returns the path of a file in the folder.
func (h *home) path(name string) string { return filepath.Join(h.dir, name) }

// write makes a file in the folder, with the folders above it.
func (h *home) write(name, content string) error {
	if err := os.MkdirAll(filepath.Dir(h.path(name)), 0o755); err != nil {
		return err
	}
	return os.WriteFile(h.path(name), []byte(content), 0o600)
}

// folders makes empty folders in the folder.
func (h *home) folders(names ...string) error {
	for _, name := range names {
		if err := os.MkdirAll(h.path(name), 0o755); err != nil {
			return err
		}
	}
	return nil
}

// run runs a program in the folder and waits for its end.
func (h *home) run(env []string, program string, args ...string) error {
	p, err := h.start(env, program, args...)
	if err != nil {
		return err
	}
	<-p.done
	if !p.cmd.ProcessState.Success() {
		return fmt.Errorf("%s: %s\n%s", program, p.cmd.ProcessState, p.said())
	}
	return nil
}

// start starts a program in the folder, with the variables env beside PATH, HOME and the zone UTC. It ends with
// close, and with the test binary however that ends.
func (h *home) start(env []string, program string, args ...string) (*process, error) {
	if _, err := exec.LookPath(program); err != nil {
		return nil, fmt.Errorf("%w; \"make servers\" or \"make nightly\" installs it", err)
	}
	credential, err := h.handOver()
	if err != nil {
		return nil, err
	}
	log, err := os.CreateTemp(h.dir, "log-"+filepath.Base(program)+"-")
	if err != nil {
		return nil, err
	}
	defer log.Close()
	p := &process{cmd: exec.Command(program, args...), log: log.Name(), done: make(chan struct{})}
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr, p.cmd.SysProcAttr = h.dir, log, log, tied(credential)
	p.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH") + ":/usr/sbin:/sbin", "HOME=" + h.dir, "TZ=UTC", "LANG=C.UTF-8"}, env...)
	started := make(chan error)
	go p.run(started)
	h.processes = append(h.processes, p)
	return p, <-started
}

// handOver gives all of the folder to the user that the processes run as, if that is not the current one.
func (h *home) handOver() (*syscall.Credential, error) {
	uid, err := strconv.Atoi(h.user.Uid)
	if err != nil || uid == os.Getuid() {
		return nil, err
	}
	gid, err := strconv.Atoi(h.user.Gid)
	if err != nil {
		return nil, err
	}
	give := func(path string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Lchown(path, uid, gid))
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, filepath.WalkDir(h.dir, give)
}

// run starts the process and waits for its end, on one thread: the system ends the process with the thread that
// started it.
func (p *process) run(started chan<- error) {
	runtime.LockOSThread()
	defer close(p.done)
	err := p.cmd.Start()
	started <- err
	if err == nil {
		p.cmd.Wait() // how it ended is in ProcessState
	}
}

// until asks again and again until the answer is no error. It gives up when the process has ended or patience has.
func (p *process) until(ask func() error) error {
	deadline := time.After(patience)
	for {
		err := ask()
		if err == nil {
			return nil
		}
		select {
		case <-p.done:
			return fmt.Errorf("%s ended: %s\n%s", p.cmd.Path, p.cmd.ProcessState, p.said())
		case <-deadline:
			return fmt.Errorf("%s does not answer: %w\n%s", p.cmd.Path, err, p.said())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// said returns how what the process has printed begins and ends: Ruby says first why it fails, others last.
func (p *process) said() string {
	const most = 1500
	text, err := os.ReadFile(p.log)
	switch {
	case err != nil:
		return err.Error()
	case len(text) <= 2*most:
		return string(text)
	}
	return string(text[:most]) + "\n...\n" + string(text[len(text)-most:])
}

// close ends the processes, the last that was started first, and what they have started, at once and removes the folder.
func (h *home) close() {
	for _, p := range slices.Backward(h.processes) {
		switch {
		case p.cmd.Process == nil:
		case p.end != 0:
			syscall.Kill(p.cmd.Process.Pid, p.end)
		default:
			syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
		}
		<-p.done
	}
	os.RemoveAll(h.dir)
}

// freePort returns a port of 127.0.0.1 that nobody listens on. Another program may take it before the server does;
// then the server says so and ends.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
