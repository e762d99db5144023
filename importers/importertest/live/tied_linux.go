package live

import "syscall"

// tied makes a process end when the one that started it ends, however that happens, and gives it a group of its
// own. The signal lets the process end what it has started itself.
func tied(c *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: c, Pdeathsig: syscall.SIGTERM, Setpgid: true}
}
