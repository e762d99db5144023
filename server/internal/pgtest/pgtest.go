// Package pgtest starts a PostgreSQL server for the tests of one package and gives each test a database
// of its own. It is imported by tests, and by the command serve below it. It fails, rather than skips, where
// PostgreSQL is not installed.
//
// A package that uses [URL] runs its tests through [Main]:
//
//	func TestMain(m *testing.M) { pgtest.Main(m) }
//
// With HINDSIGHT_TEST_POSTGRES=postgres://… the databases are made on that server instead.
package pgtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"hindsight/incident"
)

// running is the one server of the test binary. A variable of the package, for testing.M carries nothing from
// TestMain to the tests.
var running struct {
	sync.Mutex
	inMain bool
	server *server
}

// Main runs the tests, stops the server that they started and exits.
func Main(m *testing.M) {
	running.inMain = true
	code := m.Run()
	if running.server != nil {
		running.server.stop()
	}
	os.Exit(code)
}

// URL returns the address of a fresh, empty database, which is dropped at the end of the test.
func URL(t testing.TB) string {
	t.Helper()
	base := baseURL(t)
	name := "test_" + string(incident.NewID("db"))
	admin(t, base, "CREATE DATABASE "+name)
	t.Cleanup(func() { admin(t, base, "DROP DATABASE "+name+" WITH (FORCE)") })
	fresh := *base
	fresh.Path = "/" + name
	return fresh.String()
}

// baseURL returns the address of the server, and starts one if need be.
func baseURL(t testing.TB) *url.URL {
	t.Helper()
	address := os.Getenv("HINDSIGHT_TEST_POSTGRES")
	if address == "" {
		address = start(t)
	}
	base, err := url.Parse(address)
	if err != nil {
		t.Fatalf("pgtest: read HINDSIGHT_TEST_POSTGRES: %v", err)
	}
	return base
}

func start(t testing.TB) string {
	t.Helper()
	running.Lock()
	defer running.Unlock()
	if !running.inMain {
		t.Fatal("pgtest: this package needs: func TestMain(m *testing.M) { pgtest.Main(m) }")
	}
	if running.server == nil {
		s, err := newServer()
		if err != nil {
			t.Fatalf("pgtest: start PostgreSQL: %v", err)
		}
		running.server = s
	}
	return running.server.url()
}

// admin runs one statement on the server. It has its own context, for that of a test has ended when the
// test is cleaned up.
func admin(t testing.TB, base *url.URL, statement string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, base.String())
	if err == nil {
		defer conn.Close(ctx)
		_, err = conn.Exec(ctx, statement)
	}
	if err != nil {
		t.Fatal(fmt.Errorf("pgtest: %s: %w", statement, err))
	}
}
