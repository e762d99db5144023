// Package githubtest is a made-up GitHub, on which the source is tried. What it answers to which request (pages with Link headers,
// "since" that counts from its own second on, at most 1,000 workflow runs for one filter, 301 for what was transferred
// and 410 for what was deleted) follows https://docs.github.com/en/rest; what it holds is invented. Start with [New],
// [Busy] or [Upstream].
package githubtest

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"hindsight/importers/importertest"
)

// Server is one GitHub, which knows the token "synthetic-token". Its data may be changed between requests.
type Server struct {
	Issues   map[string][]Object // by repository: "example-org/shop"
	Timeline map[string][]Object // by repository and number: "example-org/shop#7"
	Moved    map[string]string   // transferred issues: the path of their new place
	Deleted  map[string]bool     // issues
	Changes  map[string][]Object // newest first, by path: "/repos/example-org/shop/deployments"
	Calls    []string            // method and address of each request
	ReadOnly bool                // the token may read alone
	Comments map[string][]string // by repository and number
	Before   func(n int)         // called before each answer, with the number of the request from 1 on

	mu sync.Mutex
}

// ServeHTTP refuses a wrong token with 401.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Calls = append(s.Calls, r.Method+" "+r.URL.RequestURI())
	if s.Before != nil {
		s.Before(len(s.Calls))
	}
	if r.Header.Get("Authorization") != "Bearer synthetic-token" {
		refuse(w, http.StatusUnauthorized, "Bad credentials")
		return
	}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if len(parts) < 3 {
		answer(w, Object{"login": "reader-bot", "id": 1})
		return
	}
	s.repository(w, r, parts[1]+"/"+parts[2], parts[3:])
}

// repository answers what is below a repository.
func (s *Server) repository(w http.ResponseWriter, r *http.Request, repo string, below []string) {
	switch {
	case len(below) == 0 && s.Issues[repo] != nil:
		answer(w, Object{"full_name": repo, "has_issues": true})
	case r.Method != http.MethodGet:
		s.write(w, r, repo, below)
	case len(below) == 1 && below[0] == "issues":
		s.list(w, r, repo)
	case len(below) == 2 && below[0] == "issues":
		s.one(w, r, repo, below[1])
	case len(below) == 3 && below[2] == "timeline":
		page(w, r, s.Timeline[repo+"#"+below[1]], list)
	case strings.HasSuffix(r.URL.Path, "/statuses"):
		answer(w, []Object{{"state": "success", "created_at": "2026-03-01T00:00:00Z"}})
	case s.Changes[r.URL.Path] == nil:
		refuse(w, http.StatusNotFound, "Not Found")
	case strings.HasSuffix(r.URL.Path, "/runs"):
		s.runs(w, r)
	default:
		page(w, r, s.Changes[r.URL.Path], list)
	}
}

// write makes, changes and comments on issues.
func (s *Server) write(w http.ResponseWriter, r *http.Request, repo string, below []string) {
	var in Object
	json.NewDecoder(r.Body).Decode(&in)
	switch {
	case s.ReadOnly:
		refuse(w, http.StatusForbidden, "Resource not accessible by personal access token")
	case r.Method == http.MethodPost && len(below) == 1 && below[0] == "issues":
		number := 1000 + len(s.Issues[repo])
		i := Issue(repo, number, 0)
		i["title"], i["body"], i["html_url"] = in["title"], in["body"], fmt.Sprintf("http://%s/%s/issues/%d", r.Host, repo, number)
		i["created_at"], i["updated_at"] = "2099-01-01T00:00:00Z", "2099-01-01T00:00:00Z"
		s.Add(repo, i)
		importertest.Answer(w, http.StatusCreated, i)
	case r.Method == http.MethodPatch && len(below) == 2:
		for _, i := range s.Issues[repo] {
			if fmt.Sprint(i["number"]) == below[1] {
				i["state"], i["state_reason"], i["closed_at"] = in["state"], in["state_reason"], "2026-03-04T10:00:00Z"
				answer(w, i)
				return
			}
		}
		refuse(w, http.StatusNotFound, "Not Found")
	case r.Method == http.MethodPost && len(below) == 3 && below[2] == "comments":
		if s.Comments == nil {
			s.Comments = map[string][]string{}
		}
		s.Comments[repo+"#"+below[1]] = append(s.Comments[repo+"#"+below[1]], fmt.Sprint(in["body"]))
		importertest.Answer(w, http.StatusCreated, Object{"id": 1, "body": in["body"]})
	default:
		refuse(w, http.StatusNotFound, "Not Found")
	}
}

func (s *Server) list(w http.ResponseWriter, r *http.Request, repo string) {
	q := r.URL.Query()
	var found []Object
	for _, i := range s.Issues[repo] {
		if i["updated_at"].(string) >= q.Get("since") && (q.Get("labels") == "" || labelled(i, q.Get("labels"))) {
			found = append(found, i)
		}
	}
	slices.SortStableFunc(found, func(a, b Object) int { return strings.Compare(a["updated_at"].(string), b["updated_at"].(string)) })
	page(w, r, found, list)
}

func labelled(issue Object, label string) bool {
	return slices.ContainsFunc(issue["labels"].([]Object), func(l Object) bool { return l["name"] == label })
}

// list is a page of most lists: the list itself.
func list(part []Object) any { return part }

// page answers the page that is asked for as shape makes it, and names the next one.
func page(w http.ResponseWriter, r *http.Request, all []Object, shape func([]Object) any) {
	q := r.URL.Query()
	size, _ := strconv.Atoi(q.Get("per_page"))
	number, _ := strconv.Atoi(q.Get("page"))
	from := min(max(number-1, 0)*size, len(all))
	to := min(from+size, len(all))
	if to < len(all) {
		q.Set("page", strconv.Itoa(max(number, 1)+1))
		w.Header().Set("Link", fmt.Sprintf(`<http://%s%s?%s>; rel="next"`, r.Host, r.URL.Path, q.Encode()))
	}
	answer(w, shape(append([]Object{}, all[from:to]...)))
}

func (s *Server) one(w http.ResponseWriter, r *http.Request, repo, number string) {
	if to := s.Moved[repo+"#"+number]; to != "" {
		http.Redirect(w, r, to, http.StatusMovedPermanently)
		return
	}
	if s.Deleted[repo+"#"+number] {
		refuse(w, http.StatusGone, "This issue was deleted")
		return
	}
	i := slices.IndexFunc(s.Issues[repo], func(i Object) bool { return fmt.Sprint(i["number"]) == number })
	if i < 0 {
		refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	text, _ := json.Marshal(s.Issues[repo][i])
	tag := fmt.Sprintf(`W/"%x"`, sha256.Sum256(text))
	w.Header().Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	answer(w, s.Issues[repo][i])
}

// runs lists at most 1,000 runs of those that were created in the given time, and says how many there are.
func (s *Server) runs(w http.ResponseWriter, r *http.Request) {
	from, to, _ := strings.Cut(r.URL.Query().Get("created"), "..")
	found := slices.DeleteFunc(slices.Clone(s.Changes[r.URL.Path]), func(run Object) bool {
		at := run["created_at"].(string)
		return at < from || at > to
	})
	page(w, r, found[:min(len(found), 1000)], func(part []Object) any { return Object{"total_count": len(found), "workflow_runs": part} })
}

func answer(w http.ResponseWriter, v any) { importertest.Answer(w, http.StatusOK, v) }

func refuse(w http.ResponseWriter, status int, message string) {
	importertest.Answer(w, status, Object{"message": message})
}
