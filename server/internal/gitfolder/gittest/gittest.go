// Package gittest is a real git server, for tests.
package gittest

import (
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// User and Password are what the server lets in.
const User, Password = "ada", "s3cr3t/x"

// Server is git http-backend over a bare repository, kb.git.
type Server struct {
	*testing.T
	URL      string // of the repository
	Before   func() // called before each push is taken
	dir, git string
}

// New serves an empty repository until the test ends. Without git the test fails.
func New(t *testing.T) *Server {
	t.Helper()
	git, err := exec.LookPath("git")
	if err != nil {
		t.Fatal("this test pushes to a real git: install git")
	}
	s := &Server{T: t, dir: t.TempDir(), git: git}
	s.run(s.dir, "init", "-q", "--bare", "-b", "main", "kb.git")
	s.run(filepath.Join(s.dir, "kb.git"), "config", "http.receivepack", "true")
	backend := &cgi.Handler{Path: git, Args: []string{"http-backend"}, Env: []string{"GIT_PROJECT_ROOT=" + s.dir, "GIT_HTTP_EXPORT_ALL=1", "HOME=" + s.dir, "REMOTE_USER=ada"}}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != User || password != Password {
			w.Header().Set("WWW-Authenticate", `Basic realm="git"`)
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/git-receive-pack") && s.Before != nil {
			s.Before()
		}
		backend.ServeHTTP(w, r)
	}))
	t.Cleanup(web.Close)
	s.URL = web.URL + "/kb.git"
	return s
}

// run runs git in a folder and returns what it prints.
func (s *Server) run(dir string, args ...string) string {
	s.Helper()
	cmd := exec.Command(s.git, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+s.dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=Other", "GIT_AUTHOR_EMAIL=other@example.com", "GIT_COMMITTER_NAME=Other", "GIT_COMMITTER_EMAIL=other@example.com")
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// Bare asks the repository on the server.
func (s *Server) Bare(args ...string) string { return s.run(filepath.Join(s.dir, "kb.git"), args...) }

// CommitElsewhere lets somebody else push a file.
func (s *Server) CommitElsewhere(name string) {
	s.Helper()
	work := s.TempDir()
	s.run(work, "clone", "-q", filepath.Join(s.dir, "kb.git"), "w")
	w := filepath.Join(work, "w")
	if err := os.WriteFile(filepath.Join(w, name), []byte("theirs\n"), 0o600); err != nil {
		s.Fatal(err)
	}
	s.run(w, "checkout", "-q", "-B", "main")
	s.run(w, "add", ".")
	s.run(w, "commit", "-qm", "theirs: "+name)
	s.run(w, "push", "-q", "origin", "main")
}
