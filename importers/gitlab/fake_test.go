package gitlab

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
)

// fake is a stand-in for a GitLab. It pages by offset with Link headers and without totals, as GitLab.com does beyond
// 10,000 rows.
type fake struct {
	issues      map[string][]map[string]any // by path of the project
	notes       map[string][]map[string]any // by external id
	states      map[string][]map[string]any
	deployments map[string][]map[string]any
	old         bool // ignores updated_after (gitlab-ce#56286) and knows no timelines
	calls       []string
	queries     []string // of GraphQL
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.calls = append(f.calls, r.Method+" "+r.URL.RequestURI())
	w.Header().Set("Content-Type", "application/json")
	if r.Header.Get("PRIVATE-TOKEN") == "" {
		http.Error(w, `{"message":"401 Unauthorized"}`, http.StatusUnauthorized)
		return
	}
	parts := strings.Split(strings.TrimPrefix(r.URL.EscapedPath(), "/api/v4/projects/"), "/")
	project := strings.ReplaceAll(parts[0], "%2F", "/")
	switch {
	case r.URL.Path == "/api/graphql":
		f.graphql(w, r)
	case r.URL.Path == "/api/v4/user":
		reply(w, map[string]any{"username": "reader"})
	case len(parts) == 1 && (f.issues[project] != nil || f.deployments[project] != nil):
		reply(w, map[string]any{"path_with_namespace": project})
	case len(parts) == 2 && parts[1] == "issues":
		f.list(w, r, slices.DeleteFunc(slices.Clone(f.issues[project]), func(i map[string]any) bool {
			return i["issue_type"] != r.URL.Query().Get("issue_type") || r.URL.Query().Get("confidential") == "false" && i["confidential"] == true
		}))
	case len(parts) == 2 && parts[1] == "deployments":
		if q := r.URL.Query(); q.Get("updated_after") == "" || q.Get("order_by") != "updated_at" {
			http.Error(w, `{"message":"400 Bad request - updated_at filter and updated_at sorting must be paired"}`, http.StatusBadRequest)
			return
		}
		f.list(w, r, f.deployments[project])
	case len(parts) == 3 && parts[1] == "issues":
		one(w, f.issues[project], "iid", parts[2])
	case len(parts) == 3 && parts[1] == "deployments":
		one(w, f.deployments[project], "id", parts[2])
	case len(parts) == 4 && parts[3] == "notes":
		f.page(w, r, f.notes[project+"#"+parts[2]])
	case len(parts) == 4 && parts[3] == "resource_state_events":
		f.page(w, r, f.states[project+"#"+parts[2]])
	default:
		http.Error(w, `{"message":"404 Not Found"}`, http.StatusNotFound)
	}
}

func (f *fake) graphql(w http.ResponseWriter, r *http.Request) {
	text, _ := io.ReadAll(r.Body)
	f.queries = append(f.queries, string(text))
	if f.old {
		reply(w, map[string]any{"errors": []map[string]any{{"message": "Field 'incidentManagementTimelineEvents' doesn't exist on type 'Project'"}}})
		return
	}
	io.WriteString(w, `{"data":{"project":{"issue":{"escalationStatus":null,"severity":"HIGH"},"incidentManagementTimelineEvents":{"nodes":[]}}}}`)
}

func one(w http.ResponseWriter, list []map[string]any, key, value string) {
	for _, x := range list {
		if fmt.Sprint(x[key]) == value {
			reply(w, x)
			return
		}
	}
	http.Error(w, `{"message":"404 Not found"}`, http.StatusNotFound)
}

func (f *fake) list(w http.ResponseWriter, r *http.Request, all []map[string]any) {
	after, _ := time.Parse(time.RFC3339, r.URL.Query().Get("updated_after"))
	var found []map[string]any
	for _, x := range all {
		if at, _ := time.Parse(time.RFC3339, x["updated_at"].(string)); f.old || !at.Before(after) {
			found = append(found, x)
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
		w.Header().Set("Link", fmt.Sprintf(`<http://%s%s?%s>; rel="first", <http://%s%s?%s>; rel="next"`, r.Host, r.URL.EscapedPath(), "page=1", r.Host, r.URL.EscapedPath(), q.Encode()))
	}
	reply(w, append([]map[string]any{}, all[from:to]...))
}

func reply(w http.ResponseWriter, v any) {
	text, _ := json.Marshal(v)
	w.Write(text)
}

// stamp is a time n seconds after the first of March, as GitLab writes times.
func stamp(n int) string {
	return time.Date(2026, 3, 1, 0, 0, n, 250e6, time.UTC).Format("2006-01-02T15:04:05.000Z")
}

func made(iid, n int, kind string) map[string]any {
	return map[string]any{"id": 1000 + iid, "iid": iid, "project_id": 4, "issue_type": kind, "title": fmt.Sprintf("Made-up outage %d", iid), "state": "opened",
		"created_at": stamp(0), "updated_at": stamp(n), "confidential": false, "severity": "HIGH", "labels": []string{}, "author": map[string]any{"username": "responder-one"},
		"references": map[string]any{"full": fmt.Sprintf("example/ops#%d", iid)}, "web_url": fmt.Sprintf("https://gitlab.example.com/example/ops/-/issues/%d", iid)}
}

// sample has 130 incidents, 70 of which changed in one instant, an issue, a confidential incident, and 230 deployments.
func sample() *fake {
	f := &fake{issues: map[string][]map[string]any{}, notes: map[string][]map[string]any{}, states: map[string][]map[string]any{}, deployments: map[string][]map[string]any{}}
	for n := 1; n <= 130; n++ {
		second := n
		if n > 20 && n <= 90 {
			second = 21
		}
		f.issues["example/ops"] = append(f.issues["example/ops"], made(n, second, "incident"))
	}
	secret := made(131, 3, "incident")
	secret["confidential"] = true
	f.issues["example/ops"] = append(f.issues["example/ops"], secret, made(132, 4, "issue"))
	f.notes["example/ops#7"] = []map[string]any{{"body": "internal word", "internal": true, "created_at": stamp(9), "author": map[string]any{"username": "responder-two"}}}
	for n := range 120 {
		f.notes["example/ops#7"] = append(f.notes["example/ops#7"], map[string]any{"body": fmt.Sprint("note ", n), "created_at": stamp(10 + n), "author": map[string]any{"username": "responder-two"}})
	}
	for n := 1; n <= 230; n++ {
		f.deployments["example/shop"] = append(f.deployments["example/shop"], map[string]any{"id": n, "status": "success", "sha": "abc", "ref": "main", "created_at": stamp(n), "updated_at": stamp(n / 2),
			"environment": map[string]any{"name": map[bool]string{true: "staging", false: "production"}[n%23 == 0]}})
	}
	return f
}

func config(url string) importers.Config {
	return importers.Config{Connection: "con_test", Settings: map[string]string{"url": url, "token": "t", "projects": "example/ops", "deploy_projects": "example/shop", "environments": "production"}}
}

func serve(t *testing.T, h http.Handler) importers.Config {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return config(s.URL)
}
