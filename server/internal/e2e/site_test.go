package e2e

import (
	"io"
	"log/slog"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/table"
	"hindsight/incident"
	"hindsight/server/internal/app"
	"hindsight/server/internal/config"
	"hindsight/server/internal/demo"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/jobs"
)

// today is when everything in these tests happens: a Monday.
var today = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// password satisfies the rules; everybody in these tests has it.
const password = "forty-two blue herons"

// site is a server with its own database.
type site struct {
	*app.App
	url  string
	also string // address of another server that its pages lead to, without a slash at the end; empty: none
}

// open starts a server with nothing in it, whose importers may call the allowed networks. An empty databaseURL is SQLite.
func open(t *testing.T, databaseURL string, allowed ...netip.Prefix) site {
	t.Helper()
	return openAt(t, databaseURL, func() time.Time { return today }, allowed...)
}

// openAt is open at another time.
func openAt(t *testing.T, databaseURL string, now func() time.Time, allowed ...netip.Prefix) site {
	t.Helper()
	return openWith(t, now, func(string) config.Config { return config.Config{DatabaseURL: databaseURL, AllowNetworks: allowed} })
}

// openWith is openAt with settings, which may depend on the address.
func openWith(t *testing.T, now func() time.Time, settings func(url string) config.Config) site {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	url := "http://" + server.Listener.Addr().String()
	c := settings(url)
	c.Data, c.BaseURL = t.TempDir(), url
	a, err := app.Open(t.Context(), app.Options{Config: c,
		Parts: app.Found, Version: "test", Now: now,
		Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		server.Close()
		if err := a.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	if server.Config.Handler, err = a.Handler(); err != nil {
		t.Fatalf("Handler: %v", err)
	}
	if err := a.Work(t.Context()); err != nil {
		t.Fatalf("Work: %v", err)
	}
	server.Start()
	return site{App: a, url: url}
}

// filled starts a server with the incidents of testdata/incidents.csv and an administrator called admin.
func filled(t *testing.T) site {
	t.Helper()
	s := open(t, "")
	s.user(t, "admin", incident.Admin)
	s.load(t, "testdata/incidents.csv", "Ticket export")
	return s
}

// user adds somebody. The first one has to be an administrator.
func (s site) user(t *testing.T, name string, role incident.Role) {
	t.Helper()
	_, err := s.Desk.Auth.CreateUser(t.Context(), name, strings.ToUpper(name[:1])+name[1:], password, role)
	if err != nil {
		t.Fatalf("CreateUser %s: %v", name, err)
	}
}

// load imports a table as its columns suggest, with Number as the key.
func (s site) load(t *testing.T, path, name string) {
	t.Helper()
	file := importers.File{Name: filepath.Base(path), Size: -1, Open: func() (io.ReadCloser, error) { return os.Open(path) }}
	sheet, err := table.Inspect(t.Context(), file, importers.Config{})
	if err != nil {
		t.Fatalf("Inspect %s: %v", path, err)
	}
	sheet.Mapping.Key = []string{"Number"}
	s.run(t, desk.Plan{Source: table.Source().Name, Name: name, Mapping: sheet.Mapping.JSON()}, file)
}

// sample imports bundled sets of public incidents.
func (s site) sample(t *testing.T, names ...string) {
	t.Helper()
	for _, set := range demo.Sets() {
		if slices.Contains(names, set.Name) {
			s.run(t, desk.Plan{Source: set.Source, Name: set.Title, Settings: set.Settings, Mapping: set.Mapping, Sample: true}, set.Files...)
		}
	}
}

// run imports files in this process, so that pages show them when it returns.
func (s site) run(t *testing.T, plan desk.Plan, files ...importers.File) {
	t.Helper()
	ctx := t.Context()
	conn, err := s.Desk.Connect(ctx, plan)
	if err != nil {
		t.Fatalf("Connect %s: %v", plan.Name, err)
	}
	if _, err := s.Desk.Runner.Run(ctx, conn, s.Desk.NewRun(conn, "file", "admin"), files, jobs.Options{}, nil); err != nil {
		t.Fatalf("import %s: %v", plan.Name, err)
	}
	if err := s.Group(ctx); err != nil {
		t.Fatalf("Group: %v", err)
	}
	if err := s.CatchUp(ctx); err != nil {
		t.Fatalf("CatchUp: %v", err)
	}
}

// absolute is the path of a file of testdata, as a browser needs it.
func absolute(t *testing.T, path string) string {
	t.Helper()
	full, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return full
}
