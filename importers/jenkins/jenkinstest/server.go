// Package jenkinstest is a made-up Jenkins for tests, in a browser too: allBuilds honours a range, and folders and multibranch
// projects hold jobs and no builds. It answers as https://www.jenkins.io/doc/book/using/remote-access-api/ says. Its
// builds are made up. Start with [New].
package jenkinstest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"hindsight/importers/importertest"
)

// Upstream is a Jenkins for a connection to try.
var Upstream = importertest.Upstream{
	Source: "jenkins",
	New:    func() http.Handler { return New() },
	Settings: func(url string) map[string]string {
		return map[string]string{"url": url + "/ci", "user": "reader", "token": "t", "jobs": "deploy-shop, team", "environment_parameter": "ENV"}
	},
}

// Server is a Jenkins below /ci whose fields tests change between requests. It lets the user "reader" in with the token "t".
type Server struct {
	Jobs   map[string][]string         // names in a folder, by its path
	Builds map[string][]map[string]any // newest first, by the job's path
	Calls  []string                    // paths that were asked for, in order
	mu     sync.Mutex
}

// Start is when the first builds were an hour away.
var Start = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// Build returns a build that was scheduled n hours after Start. Without a result it is still running.
func Build(n int, result any) map[string]any {
	return map[string]any{"number": n, "timestamp": Start.Add(time.Duration(n) * time.Hour).UnixMilli(), "duration": 90000, "result": result, "building": result == nil,
		"url": fmt.Sprintf("https://ci.example.com/job/x/%d/", n)}
}

// New returns a Jenkins with a job of 250 builds, and a folder with a multibranch project of two branches, one of which was
// never built: 252 builds in all.
func New() *Server {
	s := &Server{
		Jobs:   map[string][]string{"team": {"deploy", "empty"}, "team/deploy": {"main", "feature%2Fx"}, "team/empty": {}},
		Builds: map[string][]map[string]any{"team/deploy/feature%2Fx": {}, "team/deploy/main": {Build(2, nil), Build(1, "FAILURE")}},
	}
	for n := 250; n >= 1; n-- {
		s.Builds["deploy-shop"] = append(s.Builds["deploy-shop"], Build(n, "SUCCESS"))
	}
	return s
}

// ServeHTTP answers as Jenkins does.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Calls = append(s.Calls, r.URL.Path)
	if user, token, _ := r.BasicAuth(); user != "reader" || token != "t" {
		http.Error(w, "Invalid password/token for user: "+user, http.StatusUnauthorized)
		return
	}
	answer := s.answer(r)
	if answer == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(answer)
}

// answer returns nil for what is not there.
func (s *Server) answer(r *http.Request) map[string]any {
	if r.URL.Path == "/ci/whoAmI/api/json" {
		return map[string]any{"name": "reader", "anonymous": false}
	}
	path := strings.TrimPrefix(strings.ReplaceAll(strings.TrimSuffix(r.URL.Path, "/api/json"), "/job/", "/"), "/ci/")
	if children, ok := s.Jobs[path]; ok {
		return folder(path, children)
	}
	if all, ok := s.Builds[path]; ok {
		return cut(path, all, r.URL.Query().Get("tree"))
	}
	i := strings.LastIndexByte(path, '/')
	for _, b := range s.Builds[path[:max(i, 0)]] {
		if fmt.Sprint(b["number"]) == path[i+1:] {
			return b
		}
	}
	return nil
}

func folder(path string, children []string) map[string]any {
	list := []map[string]any{}
	for _, name := range children {
		list = append(list, map[string]any{"_class": "hudson.model.FreeStyleProject", "name": name})
	}
	class := "com.cloudbees.hudson.plugins.folder.Folder"
	if path == "team/deploy" {
		class = "org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject"
	}
	return map[string]any{"_class": class, "jobs": list}
}

var ranged = regexp.MustCompile(`allBuilds\[.*\]\{(\d+),(\d+)\}$`)

// cut returns those builds of a job that the tree asks for, or its name.
func cut(path string, all []map[string]any, tree string) map[string]any {
	m := ranged.FindStringSubmatch(tree)
	if m == nil {
		return map[string]any{"fullName": path}
	}
	from, _ := strconv.Atoi(m[1])
	to, _ := strconv.Atoi(m[2])
	return map[string]any{"allBuilds": all[min(from, len(all)):min(to, len(all))]}
}
