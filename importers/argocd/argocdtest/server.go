// Package argocdtest is a made-up Argo CD for tests, in a browser too. Its answers have the members of Argo CD's types
// Application, RevisionHistory and OperationState (https://argo-cd.readthedocs.io/en/stable/developer-guide/api-docs/); the
// values are made up. Start with [New].
package argocdtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"hindsight/importers/importertest"
)

// Upstream is an Argo CD for a connection to try.
var Upstream = importertest.Upstream{
	Source: "argocd",
	New:    func() http.Handler { return New() },
	Settings: func(url string) map[string]string {
		return map[string]string{"url": url, "token": "t", "projects": "shop, web"}
	},
}

// Server is an Argo CD whose applications tests change between requests. Its token is "t".
type Server struct {
	Apps []json.RawMessage
	mu   sync.Mutex
}

// New returns an Argo CD with three applications: one that was synchronized twice before it failed, one whose last
// sync, a dry run, failed, and one that is new. Four syncs count.
func New() *Server {
	dry := strings.Replace(Failed, `"sync":{`, `"sync":{"dryRun":true,`, 1)
	return &Server{Apps: []json.RawMessage{
		App("checkout", "u-1", Synced(3, 1)+","+Synced(4, 2), Failed), App("cart", "u-2", Synced(3, 3), dry), App("new", "u-3", "", ""),
	}}
}

// Failed is the operation of a sync that failed.
const Failed = `{"phase":"Failed","message":"one or more objects failed to apply","startedAt":"2026-03-01T11:00:00Z","finishedAt":"2026-03-01T11:00:20Z",
 "operation":{"sync":{"revision":"abc"},"initiatedBy":{"username":"responder-one"}},"syncResult":{"revision":"1.4.2"}}`

// Synced returns an entry of a history, of a minute after ten o'clock on 1 March 2026.
func Synced(id, minute int) string {
	return fmt.Sprintf(`{"id":%d,"revision":"0f02621d4010ebb6ca25994f0bfaffc973e45287","deployStartedAt":"2026-03-01T10:%02d:00Z","deployedAt":"2026-03-01T10:%02d:30Z","initiatedBy":{"automated":true}}`, id, minute, minute)
}

// App returns an application of the project "shop" with a history, entries with commas between them, and its last
// operation (empty: none yet).
func App(name, uid, history, operation string) json.RawMessage {
	if operation != "" {
		operation = `,"operationState":` + operation
	}
	return json.RawMessage(fmt.Sprintf(`{"metadata":{"name":%q,"namespace":"argocd","uid":%q,"labels":{"env":"production"},"managedFields":[{}]},"spec":{"project":"shop"},"status":{"history":[%s]%s}}`, name, uid, history, operation))
}

// ServeHTTP answers as Argo CD does, which knows nobody by a wrong token, and says so with 200 to who asks for that alone.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := r.Header.Get("Authorization") == "Bearer t"
	w.Header().Set("Content-Type", "application/json")
	switch {
	case r.URL.Path == "/api/v1/session/userinfo" && known:
		fmt.Fprint(w, `{"loggedIn":true,"username":"reader"}`)
	case r.URL.Path == "/api/v1/session/userinfo":
		fmt.Fprint(w, `{}`)
	case !known:
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"error":"no session information","code":16,"message":"no session information"}`)
	case r.URL.Path == "/api/v1/applications":
		s.list(w, r.URL.Query()["projects"])
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// list answers null instead of an empty list, as Go does.
func (s *Server) list(w http.ResponseWriter, projects []string) {
	var items []json.RawMessage
	if len(projects) == 0 || slices.Contains(projects, "shop") {
		items = s.Apps
	}
	json.NewEncoder(w).Encode(map[string]any{"metadata": map[string]any{"resourceVersion": "1"}, "items": items})
}
