package pgtest

import "syscall"

// withParent makes a process end when the one that started it ends, however that happens.
func withParent(c *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: c, Pdeathsig: syscall.SIGQUIT, Setpgid: true}
}
