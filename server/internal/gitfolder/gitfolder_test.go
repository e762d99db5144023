package gitfolder

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"hindsight/server/internal/gitfolder/gittest"
)

func place(s *gittest.Server) Place {
	return Place{URL: s.URL, Branch: "main", Folder: "docs/postmortems", User: gittest.User, Password: gittest.Password}
}

func change(text string) Change {
	return Change{Named: func([]string) string { return "2026-11-02-inc-7-cold-cache" }, Author: "Ada <b>", Email: "noreply@hindsight.test", Message: "Cold cache, version 1",
		At: time.Date(2026, 11, 29, 14, 0, 0, 0, time.UTC), Files: map[string][]byte{"retrospective.md": []byte(text), "files/0a.png": {0, 1, 255}}}
}

// TestPut pushes to a real git server and asks the repository with git itself.
func TestPut(t *testing.T) {
	s := gittest.New(t)
	put := func(c Change) string {
		t.Helper()
		commit, err := Put(t.Context(), http.DefaultTransport, place(s), c)
		if err != nil {
			t.Fatal(err)
		}
		return commit
	}
	const at = "docs/postmortems/2026-11-02-inc-7-cold-cache/"
	first := put(change("# Cold cache\n")) // into a repository that is empty
	if got := strings.TrimSpace(s.Bare("log", "--format=%H %an %ae %s %aI", "main")); got != first+" Ada b noreply@hindsight.test Cold cache, version 1 2026-11-29T14:00:00+00:00" {
		t.Errorf("git log says %q", got)
	}
	if got := s.Bare("show", "main:"+at+"retrospective.md"); got != "# Cold cache\n" {
		t.Errorf("the file is %q", got)
	}
	if got := s.Bare("show", "main:"+at+"files/0a.png"); got != "\x00\x01\xff" {
		t.Errorf("the picture is %q", got)
	}
	s.Bare("fsck", "--strict", "--no-dangling")
	if again := put(change("# Cold cache\n")); again != "" {
		t.Errorf("what is there already makes commit %s", again)
	}

	s.CommitElsewhere("zz.txt")
	second := change("# Cold cache, again\n")
	delete(second.Files, "files/0a.png")
	put(second)
	if got := s.Bare("ls-tree", "-r", "--name-only", "main"); got != at+"retrospective.md\nzz.txt\n" {
		t.Errorf("the tree is %q", got)
	}

	once := false // somebody pushes between our look and our push: both stay, and nothing is forced
	s.Before = func() {
		if !once {
			once = true
			s.CommitElsewhere("aa.txt")
		}
	}
	put(change("# Third\n"))
	if got := s.Bare("log", "--format=%s", "main"); got != "Cold cache, version 1\ntheirs: aa.txt\nCold cache, version 1\ntheirs: zz.txt\nCold cache, version 1\n" {
		t.Errorf("git log says %q", got)
	}
	if got := s.Bare("show", "main:"+at+"retrospective.md"); got != "# Third\n" {
		t.Errorf("the file is %q", got)
	}
	s.Bare("fsck", "--strict", "--no-dangling")
}

// TestPutTogether: several at once push each their own, and the same is pushed once.
func TestPutTogether(t *testing.T) {
	s := gittest.New(t)
	if _, err := Put(t.Context(), http.DefaultTransport, place(s), change("first\n")); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if _, err := Put(t.Context(), http.DefaultTransport, place(s), change("the same\n")); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := s.Bare("rev-list", "--count", "main"); got != "2\n" {
		t.Errorf("there are %s commits, want 2", got)
	}
}

// TestRefused: errors say what to do and hold no secret.
func TestRefused(t *testing.T) {
	s := gittest.New(t)
	if _, err := Put(t.Context(), http.DefaultTransport, place(s), change("first\n")); err != nil {
		t.Fatal(err)
	}
	wrong, lost, other := place(s), place(s), place(s)
	wrong.Password, lost.URL, other.Branch = "wr0ng/pass", strings.TrimSuffix(s.URL, "kb.git")+"none.git", "trunk"
	file := place(s)
	file.Folder = "docs/postmortems/2026-11-02-inc-7-cold-cache/retrospective.md"
	for want, p := range map[string]Place{"does not take this user and password": wrong, "no such repository": lost, `no branch "trunk"`: other, "is no folder there": file} {
		_, err := Put(t.Context(), http.DefaultTransport, p, change("more\n"))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(fmt.Sprint(err), p.Password) {
			t.Errorf("Put says %v, want %q", err, want)
		}
	}
	if got := s.Bare("rev-list", "--count", "main"); got != "1\n" {
		t.Errorf("there are %s commits, want 1", got)
	}
}
