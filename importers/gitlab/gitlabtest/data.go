package gitlabtest

import (
	"fmt"
	"net/http"
	"time"

	"hindsight/importers/importertest"
)

// Object is JSON of the API's shape, made up here.
type Object = importertest.Object

// Upstream is New with the incidents of one project and the deployments of another.
var Upstream = importertest.Upstream{
	Source: "gitlab",
	New:    func() http.Handler { return New() },
	Settings: func(url string) map[string]string {
		return map[string]string{"url": url, "token": "synthetic-token", "projects": "example/ops", "deploy_projects": "example/shop", "environments": "production"}
	},
	Incidents: 130,
	Title:     "Synthetic outage 1",
}

// New returns a GitLab whose project "example/ops" has 130 incidents, 70 of which changed in one instant, one of them with a
// hundred and twenty notes, an issue that is no incident and a confidential incident. The project "example/shop" has 230
// deployments, 220 of them to production.
func New() *Server {
	s := &Server{Issues: map[string][]Object{}, Notes: map[string][]Object{}, States: map[string][]Object{}, Deployments: map[string][]Object{}}
	for n := 1; n <= 130; n++ {
		second := n
		if n > 20 && n <= 90 {
			second = 21
		}
		s.Issues["example/ops"] = append(s.Issues["example/ops"], issue(n, second, "incident"))
	}
	secret := issue(131, 3, "incident")
	secret["confidential"] = true
	s.Issues["example/ops"] = append(s.Issues["example/ops"], secret, issue(132, 4, "issue"))
	note := func(seconds int, body string) Object {
		return Object{"body": body, "created_at": Stamp(seconds), "author": Object{"username": "responder-two"}}
	}
	s.Notes["example/ops#7"] = []Object{importertest.With(note(9, "internal word"), Object{"internal": true})}
	for n := range 120 {
		s.Notes["example/ops#7"] = append(s.Notes["example/ops#7"], note(10+n, fmt.Sprint("note ", n)))
	}
	for n := 1; n <= 230; n++ {
		s.Deployments["example/shop"] = append(s.Deployments["example/shop"], Object{"id": n, "status": "success", "sha": "abc", "ref": "main", "created_at": Stamp(n), "updated_at": Stamp(n / 2),
			"environment": Object{"name": map[bool]string{true: "staging", false: "production"}[n%23 == 0]}})
	}
	return s
}

// Stamp is a time so many seconds after the first of March 2026, as GitLab writes times.
func Stamp(seconds int) string {
	return time.Date(2026, 3, 1, 0, 0, seconds, 250e6, time.UTC).Format("2006-01-02T15:04:05.000Z")
}

func issue(iid, seconds int, kind string) Object {
	return Object{"id": 1000 + iid, "iid": iid, "project_id": 4, "issue_type": kind, "title": fmt.Sprintf("Synthetic outage %d", iid), "state": "opened",
		"created_at": Stamp(0), "updated_at": Stamp(seconds), "confidential": false, "severity": "HIGH", "labels": []string{}, "author": Object{"username": "responder-one"},
		"references": Object{"full": fmt.Sprintf("example/ops#%d", iid)}, "web_url": fmt.Sprintf("https://gitlab.example.com/example/ops/-/issues/%d", iid)}
}
