package live

import (
	_ "embed"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

//go:embed redmine.ru
var redmineRackup string

// RedmineServer is a running Redmine with its default trackers, statuses and priorities, and no issues. Key is
// sent as X-Redmine-API-Key.
type RedmineServer struct{ Server }

var redmine shared[*RedmineServer]

// Redmine returns the Redmine of this test binary, on SQLite, where ids of deleted issues are used again. Tests share
// it, so each makes its own project.
func Redmine(t testing.TB) *RedmineServer {
	t.Helper()
	return redmine.get(t, "redmine", startRedmine)
}

func startRedmine(h *home) (*RedmineServer, error) {
	const key = "0123456789abcdef0123456789abcdef01234567"
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	if err := writeRedmine(h); err != nil {
		return nil, err
	}
	puma, err := h.start([]string{
		"RAILS_ENV=production", "LIVE_KEY=" + key, "BUNDLE_GEMFILE=" + h.path("Gemfile"),
		// Debian's Redmine looks for configuration, database and logs in the folder of an instance, below its own.
		"REDMINE_INSTANCE=" + strings.Repeat("../", 9) + strings.TrimPrefix(h.dir, "/"),
	}, "puma", "-e", "production", "-b", fmt.Sprintf("tcp://127.0.0.1:%d", port), "-t", "1:5", h.path("config.ru"))
	if err != nil {
		return nil, err
	}
	r := &RedmineServer{Server{URL: "http://127.0.0.1:" + strconv.Itoa(port), Key: key, User: "admin", Password: "admin",
		header: http.Header{"X-Redmine-Api-Key": {key}}}}
	return r, puma.until(r.answers("/issues.json"))
}

func writeRedmine(h *home) error {
	for name, content := range map[string]string{
		"config/database.yml":   "production:\n  adapter: sqlite3\n  database: " + h.path("redmine.sqlite3") + "\n  timeout: 10000\n",
		"config/secret_key.txt": strings.Repeat("not a secret ", 5),
		"config.ru":             redmineRackup,
		"Gemfile":               "eval_gemfile '/usr/share/redmine/Gemfile'\ngem 'sqlite3'\ngem 'puma'\n",
	} {
		if err := h.write(name, content); err != nil {
			return err
		}
	}
	return h.folders("log", "tmp", "files")
}

// Project makes a public project with all default trackers. Its identifier is its name.
func (r *RedmineServer) Project(t testing.TB, identifier string) {
	t.Helper()
	r.do(t, "POST", "/projects.json", Fields{"project": Fields{
		"name": identifier, "identifier": identifier, "tracker_ids": []int{1, 2, 3}}}, nil)
}

// Create makes an issue and returns its id. Fields has at least project_id and subject; without a tracker_id it is a
// bug, without a priority_id normal.
func (r *RedmineServer) Create(t testing.TB, f Fields) int {
	t.Helper()
	var made struct{ Issue struct{ ID int } }
	r.do(t, "POST", "/issues.json", Fields{"issue": f}, &made)
	return made.Issue.ID
}

// Update changes fields of an issue; "notes" adds a comment.
func (r *RedmineServer) Update(t testing.TB, issue int, f Fields) {
	t.Helper()
	r.do(t, "PUT", fmt.Sprintf("/issues/%d.json", issue), Fields{"issue": f}, nil)
}

// Status moves an issue into the status of that name: New, In Progress, Resolved, Feedback, Closed or Rejected. The
// last two are closed statuses.
func (r *RedmineServer) Status(t testing.TB, issue int, status string) {
	t.Helper()
	var known struct {
		Statuses []struct {
			ID   int
			Name string
		} `json:"issue_statuses"`
	}
	r.do(t, "GET", "/issue_statuses.json", nil, &known)
	for _, s := range known.Statuses {
		if s.Name == status {
			r.Update(t, issue, Fields{"status_id": s.ID})
			return
		}
	}
	t.Fatalf("live: Redmine has no status %q", status)
}

// Note adds a comment to an issue.
func (r *RedmineServer) Note(t testing.TB, issue int, text string) {
	t.Helper()
	r.Update(t, issue, Fields{"notes": text})
}

// Duplicates relates an issue to the one that it duplicates.
func (r *RedmineServer) Duplicates(t testing.TB, issue, of int) {
	t.Helper()
	r.do(t, "POST", fmt.Sprintf("/issues/%d/relations.json", issue),
		Fields{"relation": Fields{"issue_to_id": of, "relation_type": "duplicates"}}, nil)
}

// Delete removes an issue for good.
func (r *RedmineServer) Delete(t testing.TB, issue int) {
	t.Helper()
	r.do(t, "DELETE", fmt.Sprintf("/issues/%d.json", issue), nil, nil)
}
