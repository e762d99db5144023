package github

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/importertest"
)

// fake is a stand-in for api.github.com. It pages as documented: the list has at most per_page issues from the
// page asked for, Link names the next page, since counts changes from that second on.
type fake struct {
	issues   map[string][]map[string]any // by repository
	timeline map[string][]map[string]any // by external id
	moved    map[string]string           // transferred: path of the new place
	deleted  map[string]bool
	changes  map[string][]map[string]any // newest first, by path: "/repos/o/r/deployments"
	calls    []string
	before   func(n int) // each request, numbered from 1
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.calls = append(f.calls, r.Method+" "+r.URL.RequestURI())
	if f.before != nil {
		f.before(len(f.calls))
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case r.URL.Path == "/user":
		reply(w, map[string]any{"login": "reader-bot", "id": 1})
	case len(parts) == 3 && f.issues[parts[1]+"/"+parts[2]] != nil:
		reply(w, map[string]any{"full_name": parts[1] + "/" + parts[2], "has_issues": true})
	case len(parts) == 4 && parts[3] == "issues":
		f.list(w, r, parts[1]+"/"+parts[2])
	case len(parts) == 5 && parts[3] == "issues":
		f.one(w, r, parts[1]+"/"+parts[2], parts[4])
	case len(parts) == 6 && parts[5] == "timeline":
		f.page(w, r, f.timeline[parts[1]+"/"+parts[2]+"#"+parts[4]])
	case strings.HasSuffix(r.URL.Path, "/statuses"):
		reply(w, []map[string]any{{"state": "success", "created_at": "2026-03-01T00:00:00Z"}})
	case strings.HasSuffix(r.URL.Path, "/runs"):
		f.runs(w, r)
	case f.changes[r.URL.Path] != nil:
		f.page(w, r, f.changes[r.URL.Path])
	default:
		http.Error(w, `{"message": "Not Found"}`, http.StatusNotFound)
	}
}

func (f *fake) list(w http.ResponseWriter, r *http.Request, repo string) {
	q := r.URL.Query()
	var found []map[string]any
	for _, i := range f.issues[repo] {
		if i["updated_at"].(string) >= q.Get("since") && (q.Get("labels") == "" || slices.Contains(names(i), q.Get("labels"))) {
			found = append(found, i)
		}
	}
	slices.SortStableFunc(found, func(a, b map[string]any) int {
		return strings.Compare(a["updated_at"].(string), b["updated_at"].(string))
	})
	f.page(w, r, found)
}

func (f *fake) page(w http.ResponseWriter, r *http.Request, all []map[string]any) {
	q := r.URL.Query()
	size, _ := strconv.Atoi(q.Get("per_page"))
	page, _ := strconv.Atoi(q.Get("page"))
	from := min(max(page-1, 0)*size, len(all))
	to := min(from+size, len(all))
	if to < len(all) {
		q.Set("page", strconv.Itoa(max(page, 1)+1))
		w.Header().Set("Link", fmt.Sprintf(`<http://%s%s?%s>; rel="next"`, r.Host, r.URL.Path, q.Encode()))
	}
	reply(w, append([]map[string]any{}, all[from:to]...))
}

func (f *fake) one(w http.ResponseWriter, r *http.Request, repo, number string) {
	if to := f.moved[repo+"#"+number]; to != "" {
		http.Redirect(w, r, to, http.StatusMovedPermanently)
		return
	}
	if f.deleted[repo+"#"+number] {
		http.Error(w, `{"message": "This issue was deleted"}`, http.StatusGone)
		return
	}
	for _, i := range f.issues[repo] {
		if fmt.Sprint(i["number"]) == number {
			reply(w, i)
			return
		}
	}
	http.Error(w, `{"message": "Not Found"}`, http.StatusNotFound)
}

// runs lists at most 1,000 runs of those that were created in the given time, and says how many there are.
func (f *fake) runs(w http.ResponseWriter, r *http.Request) {
	from, to, _ := strings.Cut(r.URL.Query().Get("created"), "..")
	found := []map[string]any{}
	for _, run := range f.changes[r.URL.Path] {
		if at := run["created_at"].(string); at >= from && at <= to {
			found = append(found, run)
		}
	}
	if f.changes[r.URL.Path] == nil {
		http.Error(w, `{"message": "Not Found"}`, http.StatusNotFound)
		return
	}
	rec := httptest.NewRecorder()
	f.page(rec, r, found[:min(len(found), 1000)])
	if link := rec.Header().Get("Link"); link != "" {
		w.Header().Set("Link", link)
	}
	reply(w, map[string]any{"total_count": len(found), "workflow_runs": json.RawMessage(rec.Body.Bytes())})
}

func reply(w http.ResponseWriter, v any) {
	text, _ := json.Marshal(v)
	w.Write(text)
}

func names(i map[string]any) []string {
	var out []string
	for _, l := range i["labels"].([]map[string]any) {
		out = append(out, l["name"].(string))
	}
	return out
}

// made makes an issue that was changed n minutes after the first of March.
func made(repo string, number, n int, labels ...string) map[string]any {
	at := time.Date(2026, 3, 1, 0, n, 0, 0, time.UTC).Format(time.RFC3339)
	tags := []map[string]any{}
	for _, l := range labels {
		tags = append(tags, map[string]any{"name": l})
	}
	return map[string]any{
		"number": number, "title": fmt.Sprintf("Made-up outage %d", number), "state": "open", "labels": tags, "body": nil, "user": login("responder-one"),
		"created_at": "2026-03-01T00:00:00Z", "updated_at": at, "closed_at": nil, "repository_url": "https://api.github.com/repos/" + repo,
		"html_url": fmt.Sprintf("https://github.com/%s/issues/%d", repo, number), "assignees": []map[string]any{},
	}
}

func login(name string) map[string]any { return map[string]any{"login": name, "type": "User"} }

// sample has two repositories: 120 incidents of which 70 changed in one minute, other issues and pull requests.
func sample() *fake {
	f := &fake{issues: map[string][]map[string]any{}, timeline: map[string][]map[string]any{}, moved: map[string]string{}, deleted: map[string]bool{}}
	for n := 1; n <= 120; n++ {
		minute := n
		if n > 20 && n <= 90 {
			minute = 21
		}
		f.add("example-org/incidents", made("example-org/incidents", n, minute, "incident"))
	}
	pull := made("example-org/incidents", 121, 5, "incident")
	pull["pull_request"] = map[string]any{"url": "https://api.github.com/repos/example-org/incidents/pulls/121", "html_url": nil, "diff_url": nil, "patch_url": nil}
	f.add("example-org/incidents", pull)
	f.add("example-org/incidents", made("example-org/incidents", 122, 6, "bug"))
	f.add("example-org/shop", made("example-org/shop", 7, 9, "outage"))
	f.add("example-org/shop", made("example-org/shop", 8, 9, "outage", "incident"))
	f.add("example-org/shop", made("example-org/shop", 9, 9, "question"))
	for n := range 130 {
		f.timeline["example-org/shop#7"] = append(f.timeline["example-org/shop#7"], map[string]any{"event": "labeled", "id": n,
			"created_at": "2026-03-01T00:03:00Z", "actor": login("responder-two"), "label": map[string]any{"name": "l" + strconv.Itoa(n), "color": "fff"}})
	}
	return f
}

func (f *fake) add(repo string, i map[string]any) { f.issues[repo] = append(f.issues[repo], i) }

func config(url string) importers.Config {
	return importers.Config{Connection: "con_test", Settings: map[string]string{"url": url, "token": "t", "repos": "example-org/incidents, example-org/shop", "labels": "incident, outage"}}
}

func serve(t *testing.T, f *fake) importers.Config {
	t.Helper()
	s := httptest.NewServer(importertest.Contract(t, "testdata/openapi.json", f))
	t.Cleanup(s.Close)
	return config(s.URL)
}

func newServer(t *testing.T, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}
