package web_test

import (
	"bytes"
	"context"
	"html"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/app"
	"hindsight/server/internal/config"
)

const password = "correct horse battery"

// importSite is the whole program behind a test server, with a browser.
type importSite struct {
	*testing.T
	app     *app.App
	data    string
	server  *httptest.Server
	browser *http.Client
	ended   chan string // ids of runs that have ended
}

// endings tells when the runner says that a run has ended, by then it is stored.
type endings struct {
	slog.Handler
	ended chan string
}

func (e endings) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelInfo }
func (e endings) WithAttrs([]slog.Attr) slog.Handler           { return e }
func (e endings) WithGroup(string) slog.Handler                { return e }
func (e endings) Handle(_ context.Context, r slog.Record) error {
	if r.Message == "import run ended" {
		run, dry := "", false
		r.Attrs(func(a slog.Attr) bool {
			switch a.Key {
			case "run":
				run = a.Value.String()
			case "dry":
				dry = a.Value.Bool()
			}
			return true
		})
		if !dry {
			e.ended <- run
		}
	}
	return nil
}

func newImportSite(t *testing.T, demo bool) *importSite {
	t.Helper()
	data, ended := t.TempDir(), make(chan string, 100)
	a, err := app.Open(t.Context(), app.Options{Config: config.Config{Data: data, BaseURL: "http://hindsight.test"}, Parts: app.Found,
		Version: "test", Demo: demo, Now: time.Now, Log: slog.New(endings{slog.DiscardHandler, ended})})
	if err != nil {
		t.Fatalf("app.Open: %v", err)
	}
	if err := a.Work(t.Context()); err != nil {
		t.Fatalf("Work: %v", err)
	}
	handler, err := a.Handler()
	if err != nil {
		t.Fatalf("Handler: %v", err)
	}
	s := &importSite{T: t, app: a, data: data, server: httptest.NewServer(handler), ended: ended}
	s.browser = s.newBrowser()
	t.Cleanup(func() {
		s.server.Close()
		if err := a.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

func (s *importSite) newBrowser() *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.Fatalf("cookiejar.New: %v", err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// signIn makes a user of a role and signs the browser in.
func (s *importSite) signIn(role incident.Role) {
	s.Helper()
	if _, err := s.app.Desk.Auth.CreateUser(context.Background(), string(role), "", password, role); err != nil {
		s.Fatalf("CreateUser(%s): %v", role, err)
	}
	s.browser = s.newBrowser()
	s.post("/login", http.StatusSeeOther, "name", string(role), "password", password)
}

// do sends a request and returns the body, and where the answer leads.
func (s *importSite) do(req *http.Request, status int) (body, location string) {
	s.Helper()
	res, err := s.browser.Do(req)
	if err != nil {
		s.Fatalf("%s %s: %v", req.Method, req.URL.Path, err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != status {
		s.Fatalf("%s %s = %d, %v, want %d; to %q\n%s", req.Method, req.URL.Path, res.StatusCode, err, status, res.Header.Get("Location"), said(string(text)))
	}
	return string(text), res.Header.Get("Location")
}

var tags = regexp.MustCompile(`(?s)<(script|style|svg).*?</(script|style|svg)>|<[^>]*>|\s+`)

// said is what a page says to people.
func said(page string) string {
	if i := strings.Index(page, "<main"); i >= 0 {
		page = page[i:]
	}
	return html.UnescapeString(tags.ReplaceAllString(page, " "))
}

func (s *importSite) get(path string, status int) string {
	s.Helper()
	req, err := http.NewRequest(http.MethodGet, s.server.URL+path, nil)
	if err != nil {
		s.Fatalf("GET %s: %v", path, err)
	}
	body, _ := s.do(req, status)
	return body
}

func (s *importSite) post(path string, status int, pairs ...string) (body, location string) {
	s.Helper()
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	req, err := http.NewRequest(http.MethodPost, s.server.URL+path, strings.NewReader(v.Encode()))
	if err != nil {
		s.Fatalf("POST %s: %v", path, err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.do(req, status)
}

// upload sends the form of a source; a file named "" is none.
func (s *importSite) upload(source string, status int, file, content string, pairs ...string) (body, location string) {
	s.Helper()
	form, kind := formWithFile(s.T, file, content, pairs...)
	return s.send(source, status, kind, form)
}

func (s *importSite) send(source string, status int, kind string, form []byte) (body, location string) {
	s.Helper()
	req, err := http.NewRequest(http.MethodPost, s.server.URL+"/imports/new/"+source, bytes.NewReader(form))
	if err != nil {
		s.Fatalf("POST: %v", err)
	}
	req.Header.Set("Content-Type", kind)
	return s.do(req, status)
}

func formWithFile(t *testing.T, file, content string, pairs ...string) (form []byte, kind string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		if err := w.WriteField(pairs[i], pairs[i+1]); err != nil {
			t.Fatalf("WriteField: %v", err)
		}
	}
	if file != "" {
		part, err := w.CreateFormFile("file", file)
		if err == nil {
			_, err = io.WriteString(part, content)
		}
		if err != nil {
			t.Fatalf("CreateFormFile: %v", err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	return b.Bytes(), w.FormDataContentType()
}

// await waits for the run on whose page an answer leads, and returns it.
func (s *importSite) await(location string) incident.Run {
	s.Helper()
	id := strings.TrimPrefix(location, "/imports/runs/")
	deadline := time.After(60 * time.Second)
	for {
		select {
		case ended := <-s.ended:
			if ended != id {
				continue
			}
			run, err := s.app.Desk.Store.Run(context.Background(), incident.ID(id))
			if err != nil {
				s.Fatalf("Run(%s): %v", id, err)
			}
			if err := s.app.CatchUp(context.Background()); err != nil {
				s.Fatalf("CatchUp: %v", err)
			}
			return *run
		case <-deadline:
			s.Fatalf("run %s did not end within a minute", id)
		}
	}
}

func (s *importSite) total(f incident.Filter) int {
	s.Helper()
	f.Sight.All = true
	_, n, _, err := s.app.Desk.Store.Page(context.Background(), f)
	if err != nil {
		s.Fatalf("Page: %v", err)
	}
	return n
}

// holds checks that a page says all of words.
func (s *importSite) holds(page, what string, words ...string) {
	s.Helper()
	text := said(page)
	for _, word := range words {
		if !strings.Contains(text, word) {
			s.Errorf("%s does not say %q:\n%s", what, word, text)
		}
	}
}

// hidden returns what a page's form carries along under these names, as pairs to post.
func (s *importSite) hidden(page string, names ...string) []string {
	s.Helper()
	var out []string
	for _, name := range names {
		m := regexp.MustCompile(`<input type="hidden" name="` + name + `" value="([^"]*)">`).FindStringSubmatch(page)
		if m == nil {
			s.Fatalf("the page carries no %s", name)
		}
		out = append(out, name, html.UnescapeString(m[1]))
	}
	return out
}
