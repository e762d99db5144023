// Package live starts real upstream servers for the tests of importers: Redmine, Request Tracker, Alertmanager,
// Prometheus, Icinga and Zabbix, from Debian's packages, on free ports of 127.0.0.1 and with their data in a
// temporary folder. Its methods do what people do with such a server, through the server's own API. Nothing of
// the machine's own installation is read or written but the programs. It fails, rather than skips, where a server
// is not installed. It is not for recorded payloads: those are testdata of each source.
//
// Tests that use it live in a package of their own, for they need Debian. Its path ends in /live or, for servers that
// "make test" would take too long to install, in /nightly. Start with [Redmine], and run the package's tests through [Main]:
//
//	func TestMain(m *testing.M) { live.Main(m) }
package live

import (
	"os"
	"sync"
	"testing"
)

// running holds the servers of the test binary. A variable of the package, for testing.M carries nothing from
// TestMain to the tests.
var running struct {
	sync.Mutex
	inMain bool
	homes  []*home
}

// Main runs the tests, stops the servers that they shared and exits.
func Main(m *testing.M) {
	running.inMain = true
	code := m.Run()
	for _, h := range running.homes {
		h.close()
	}
	os.Exit(code)
}

// shared is a server that all tests of a binary use, started by the first of them.
type shared[S any] struct {
	once   sync.Once
	server S
	err    error
}

// get starts the server unless that has been done, in a home that Main removes.
func (s *shared[S]) get(t testing.TB, name string, start func(*home) (S, error)) S {
	t.Helper()
	s.once.Do(func() {
		var h *home
		if h, s.err = newHome(name); s.err != nil {
			return
		}
		running.Lock()
		running.homes = append(running.homes, h)
		running.Unlock()
		s.server, s.err = start(h)
	})
	if !running.inMain {
		t.Fatal("live: this package needs: func TestMain(m *testing.M) { live.Main(m) }")
	}
	if s.err != nil {
		t.Fatalf("live: start %s: %v", name, s.err)
	}
	return s.server
}

// own starts a server for one test, which is stopped with the test.
func own[S any](t testing.TB, name string, start func(*home) (S, error)) S {
	t.Helper()
	h, err := newHome(name)
	if err != nil {
		t.Fatalf("live: make a folder for %s: %v", name, err)
	}
	t.Cleanup(h.close)
	s, err := start(h)
	if err != nil {
		t.Fatalf("live: start %s: %v", name, err)
	}
	return s
}
