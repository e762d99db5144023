package githubtest

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"hindsight/importers/importertest"
)

// Object is JSON of the API's shape, made up here.
type Object = importertest.Object

// Upstream is New with the incidents of two repositories.
var Upstream = importertest.Upstream{
	Source: "github",
	New:    func() http.Handler { return New() },
	Settings: func(url string) map[string]string {
		return map[string]string{"url": url, "token": "synthetic-token", "repos": "example-org/incidents, example-org/shop", "labels": "incident, outage"}
	},
	Incidents: 122,
	Title:     "Synthetic outage 1",
}

// New returns a GitHub with two repositories, in which 122 issues have the label "incident" or "outage"; 70 of them changed in
// one minute, and one has a long timeline. There are a pull request and other issues too.
func New() *Server {
	s := &Server{Issues: map[string][]Object{}, Timeline: map[string][]Object{}, Moved: map[string]string{}, Deleted: map[string]bool{}, Changes: map[string][]Object{}}
	for n := 1; n <= 120; n++ {
		minute := n
		if n > 20 && n <= 90 {
			minute = 21
		}
		s.Add("example-org/incidents", Issue("example-org/incidents", n, minute, "incident"))
	}
	pull := Issue("example-org/incidents", 121, 5, "incident")
	pull["pull_request"] = Object{"url": "https://api.github.com/repos/example-org/incidents/pulls/121", "html_url": nil, "diff_url": nil, "patch_url": nil}
	s.Add("example-org/incidents", pull)
	s.Add("example-org/incidents", Issue("example-org/incidents", 122, 6, "bug"))
	s.Add("example-org/shop", Issue("example-org/shop", 7, 9, "outage"))
	s.Add("example-org/shop", Issue("example-org/shop", 8, 9, "outage", "incident"))
	s.Add("example-org/shop", Issue("example-org/shop", 9, 9, "question"))
	for n := range 130 {
		s.Timeline["example-org/shop#7"] = append(s.Timeline["example-org/shop#7"], Object{"event": "labeled", "id": n,
			"created_at": "2026-03-01T00:03:00Z", "actor": login("responder-two"), "label": Object{"name": "l" + strconv.Itoa(n), "color": "fff"}})
	}
	return s
}

// Add adds an issue to a repository.
func (s *Server) Add(repo string, issue Object) { s.Issues[repo] = append(s.Issues[repo], issue) }

// Issue returns an issue that was changed so many minutes after the first of March 2026.
func Issue(repo string, number, minutes int, labels ...string) Object {
	tags := []Object{}
	for _, l := range labels {
		tags = append(tags, Object{"name": l})
	}
	return Object{
		"number": number, "title": fmt.Sprintf("Synthetic outage %d", number), "state": "open", "labels": tags, "body": nil, "user": login("responder-one"),
		"created_at": "2026-03-01T00:00:00Z", "updated_at": stamp(time.Date(2026, 3, 1, 0, minutes, 0, 0, time.UTC)), "closed_at": nil,
		"repository_url": "https://api.github.com/repos/" + repo, "html_url": fmt.Sprintf("https://github.com/%s/issues/%d", repo, number), "assignees": []Object{},
	}
}

func login(name string) Object { return Object{"login": name, "type": "User"} }

func stamp(at time.Time) string { return at.Format(time.RFC3339) }

// Busy returns a GitHub without issues whose repository "example-org/shop" has 130 deployments, a tenth to staging, 3 releases of
// which one is a draft, and 1,500 runs of deploy.yml in two days.
func Busy() *Server {
	s := New()
	s.Issues = nil
	const repo = "/repos/example-org/shop/"
	add := func(path string, c Object) { s.Changes[repo+path] = append(s.Changes[repo+path], c) }
	start := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	for n := 130; n >= 1; n-- {
		where := map[bool]string{true: "staging", false: "production"}[n%10 == 0]
		add("deployments", Object{"id": n, "sha": "abc", "ref": "main", "environment": where, "created_at": stamp(start.Add(time.Duration(n) * time.Hour)), "updated_at": stamp(start)})
	}
	for n := 3; n >= 1; n-- {
		c := Object{"id": n, "tag_name": "v1", "draft": n == 3, "created_at": stamp(start), "published_at": stamp(start.Add(time.Duration(n) * time.Hour))}
		if n == 3 {
			c["published_at"] = nil
		}
		add("releases", c)
	}
	for n := 1500; n >= 1; n-- {
		at := stamp(start.Add(time.Duration(n) * 2 * time.Minute))
		add("actions/workflows/deploy.yml/runs", Object{"id": n, "status": "completed", "conclusion": "success", "path": ".github/workflows/deploy.yml", "created_at": at, "run_started_at": at})
	}
	return s
}
