//go:build !linux

package pgtest

import "syscall"

// withParent cannot tie the process to the one that started it here; Main stops it.
func withParent(c *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: c, Setpgid: true}
}
