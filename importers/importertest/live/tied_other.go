//go:build !linux

package live

import "syscall"

// tied cannot tie the process to the one that started it here; close ends it.
func tied(c *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: c, Setpgid: true}
}
