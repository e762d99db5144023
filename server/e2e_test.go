package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/app"
	"hindsight/server/internal/config"
	"hindsight/server/internal/pgtest"
)

// asProgram makes the test binary behave as the program itself, so that a test can start it as a process of its
// own and kill it.
const asProgram = "HINDSIGHT_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	pgtest.Main(m)
}

// installation is one data folder and one database; an empty url is SQLite in the folder.
type installation struct{ dir, url string }

// onBoth runs a test on a fresh installation of each kind, both at once.
func onBoth(t *testing.T, test func(t *testing.T, in installation)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, installation{dir: t.TempDir()})
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, installation{dir: t.TempDir(), url: pgtest.URL(t)})
	})
}

func (in installation) getenv(name string) string {
	return map[string]string{"HINDSIGHT_DATA": in.dir, "HINDSIGHT_DATABASE_URL": in.url}[name]
}

// config is what a command without flags runs with.
func (in installation) config() (config.Config, error) {
	return config.Load(flag.NewFlagSet("", flag.ContinueOnError), in.getenv)
}

// output is what a command printed and how it ended.
type output struct {
	code     int
	out, err string
}

// run runs a command of the program in this process.
func (in installation) run(t *testing.T, args ...string) output {
	t.Helper()
	return in.runWith(t, "", args...)
}

func (in installation) runWith(t *testing.T, stdin string, args ...string) output {
	t.Helper()
	var out, errs bytes.Buffer
	p := program{in: strings.NewReader(stdin), out: &out, err: &errs, getenv: in.getenv, now: time.Now}
	code := p.run(t.Context(), args)
	return output{code, out.String(), errs.String()}
}

// mustRun runs a command that has to end with 0 and returns what it printed.
func (in installation) mustRun(t *testing.T, args ...string) string {
	t.Helper()
	got := in.run(t, args...)
	if got.code != 0 {
		t.Fatalf("hindsight %s = %d, want 0\n%s%s", strings.Join(args, " "), got.code, got.out, got.err)
	}
	return got.out
}

// site is a server over an installation. stop ends it before the end of the test.
type site struct {
	*httptest.Server
	app  *app.App
	stop func()
}

// serve opens the program on an installation until the end of the test, and waits until it has caught up. Background
// jobs run only when working is set.
func (in installation) serve(t *testing.T, demo, working bool) site {
	t.Helper()
	a, err := in.open(t, demo, "http://127.0.0.1")
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	s := newSite(t, a)
	if working {
		if err := a.Work(t.Context()); err != nil {
			t.Fatalf("Work: %v", err)
		}
	}
	if err := a.CatchUp(t.Context()); err != nil {
		t.Fatalf("CatchUp: %v", err)
	}
	return s
}

func (in installation) open(t *testing.T, demo bool, baseURL string) (*app.App, error) {
	return app.Open(t.Context(), app.Options{Config: config.Config{Data: in.dir, DatabaseURL: in.url, BaseURL: baseURL},
		Parts: app.Found, Version: "test", Demo: demo, Now: time.Now, Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))})
}

func newSite(t *testing.T, a *app.App) site {
	t.Helper()
	handler, err := a.Handler()
	if err != nil {
		t.Fatalf("Handler: %v", err)
	}
	server := httptest.NewServer(handler)
	s := site{server, a, sync.OnceFunc(func() {
		server.Close()
		if err := a.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})}
	t.Cleanup(s.stop)
	return s
}

// visitor is a browser or program that talks to a site.
type visitor struct {
	site   site
	client *http.Client
	token  string
}

// visitor returns a browser that nobody is signed in with.
func (s site) visitor(t *testing.T) visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return visitor{site: s, client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// password satisfies the rules; the users of these tests share it.
const password = "forty-two blue herons"

// signedIn adds a user with a role and returns their browser.
func (s site) signedIn(t *testing.T, in installation, role string) visitor {
	t.Helper()
	if got := in.runWith(t, password+"\n", "user", "add", role, "--role", role); got.code != 0 {
		t.Fatalf("user add %s = %d: %s", role, got.code, got.err)
	}
	v := s.visitor(t)
	if got := v.post(t, "/login", url.Values{"name": {role}, "password": {password}}); got.status != http.StatusSeeOther {
		t.Fatalf("POST /login as %s = %d, want 303\n%s", role, got.status, got.body)
	}
	return v
}

// withToken returns a program that has a token of a service account with a role, which sees what that sees of private incidents.
func (s site) withToken(t *testing.T, in installation, role string) visitor {
	t.Helper()
	v := s.visitor(t)
	may := "private"
	for _, a := range incident.Role(role).Abilities() {
		may += "," + string(a)
	}
	v.token = strings.TrimSpace(in.mustRun(t, "token", "add", "for "+role, "--role", role, "--may", may))
	return v
}

type response struct {
	status int
	header http.Header
	body   string
}

func (v visitor) get(t *testing.T, path string) response {
	t.Helper()
	return v.do(t, http.MethodGet, path, nil, nil)
}

func (v visitor) post(t *testing.T, path string, form url.Values) response {
	t.Helper()
	return v.do(t, http.MethodPost, path, strings.NewReader(form.Encode()), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
}

// send sends a JSON body.
func (v visitor) send(t *testing.T, method, path string, body any) response {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return v.do(t, method, path, bytes.NewReader(text), http.Header{"Content-Type": {"application/json"}})
}

func (v visitor) do(t *testing.T, method, path string, body io.Reader, header http.Header) response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, v.site.URL+path, body)
	if err != nil {
		t.Fatal(err)
	}
	if header != nil {
		req.Header = header
	}
	return v.answer(t, req)
}

// answer sends a request as this visitor.
func (v visitor) answer(t *testing.T, req *http.Request) response {
	t.Helper()
	if v.token != "" {
		req.Header.Set("Authorization", "Bearer "+v.token)
	}
	resp, err := v.client.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", req.Method, req.URL, err)
	}
	text, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		t.Fatalf("%s %s: read the answer: %v", req.Method, req.URL, err)
	}
	return response{resp.StatusCode, resp.Header, string(text)}
}

// getJSON reads the answer to a GET that has to succeed.
func (v visitor) getJSON(t *testing.T, path string, into any) {
	t.Helper()
	got := v.get(t, path)
	if got.status != http.StatusOK {
		t.Fatalf("GET %s = %d, want 200\n%s", path, got.status, got.body)
	}
	parseJSON(t, "GET "+path, got.body, into)
}

func parseJSON(t *testing.T, what, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%s: %v in %.300s", what, err, text)
	}
}

// reference reads figures that other people's code computed; see testdata/SOURCES.md.
func reference[T any](t *testing.T, name string) T {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var out T
	parseJSON(t, name, string(text), &out)
	return out
}

// minutes returns a duration of so many minutes, to the nearest second.
func minutes(m float64) time.Duration {
	return (time.Duration(m * float64(time.Minute))).Round(time.Second)
}

// write puts a file into a fresh folder and returns its path.
func write(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
