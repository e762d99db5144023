// Package tableapitest is a made-up ServiceNow instance for tests, in a browser too. It does what the vendor documents of
// encoded queries, limits, offsets, counts and display values
// (https://www.servicenow.com/docs/csh?topicname=c_TableAPI.html&version=latest), cuts rows by access rules after the page
// was made, and gives up on pages that are too large within an answer of status 200. Its rows are made up. Start with [New].
package tableapitest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"hindsight/importers/importertest"
)

// Upstream is an instance for a connection to try.
var Upstream = importertest.Upstream{
	Source: "servicenow-api",
	New:    func() http.Handler { return New() },
	Settings: func(url string) map[string]string {
		return map[string]string{"url": url, "user": "reader", "password": "key"}
	},
	Incidents: 260,
	Title:     "Synthetic incident 0",
}

// Server is an instance whose fields tests change between requests. It lets the user "reader" in with the password "key".
type Server struct {
	Tables    map[string][]map[string]string // rows, by table
	Hidden    map[string]bool                // sys_ids that access rules hide
	Forbidden []string                       // tables that may not be read
	Most      int                            // rows of a page before the quota is used up; 0: no quota
	Cut       bool                           // answers beyond the quota are cut off instead
	NoCount   bool                           // no X-Total-Count, a Link instead
	Asked     []string                       // table?query, in order
	Change    func()                         // called before each answer
	shown     map[string]string              // display values by value
	mu        sync.Mutex
}

// ServeHTTP answers as the Table API does.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if user, password, _ := r.BasicAuth(); user != "reader" || password != "key" {
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"error":{"message":"User Not Authenticated","detail":"Required to provide Auth information"},"status":"failure"}`)
		return
	}
	if s.Change != nil {
		s.Change()
	}
	table, q := strings.TrimPrefix(r.URL.Path, "/api/now/table/"), r.URL.Query()
	s.Asked = append(s.Asked, table+"?"+q.Get("sysparm_query"))
	if slices.Contains(s.Forbidden, table) {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"error":{"message":"User Not Authorized","detail":"Failed API level ACL Validation"},"status":"failure"}`)
		return
	}
	found, err := find(s.Tables[table], q.Get("sysparm_query"))
	if err != nil || q.Get("sysparm_display_value") != "all" {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"error":{"message":%q},"status":"failure"}`, fmt.Sprint(err))
		return
	}
	limit, _ := strconv.Atoi(q.Get("sysparm_limit"))
	offset, _ := strconv.Atoi(q.Get("sysparm_offset"))
	page := found[min(offset, len(found)):min(offset+limit, len(found))]
	if s.NoCount {
		if offset+limit < len(found) {
			w.Header().Set("Link", fmt.Sprintf(`<https://example.service-now.com/%s?sysparm_offset=%d>;rel="next"`, r.URL.Path, offset+limit))
		}
	} else {
		w.Header().Set("X-Total-Count", strconv.Itoa(len(found)))
	}
	s.write(w, page, q.Get("sysparm_fields"))
}

func (s *Server) write(w http.ResponseWriter, page []map[string]string, fields string) {
	result := []any{}
	for _, r := range page {
		if s.Hidden[r["sys_id"]] {
			continue
		}
		out := map[string]any{}
		for column, value := range r {
			if fields == "" || slices.Contains(strings.Split(fields, ","), column) {
				out[column] = map[string]any{"value": value, "display_value": s.display(value)}
			}
		}
		result = append(result, out)
	}
	text, _ := json.Marshal(map[string]any{"result": result})
	if s.Most > 0 && len(page) > s.Most {
		if s.Cut {
			w.Write(text[:len(text)/2])
			return
		}
		text, _ = json.Marshal(map[string]any{"result": result[:1], "status": "failure", "error": map[string]any{"message": "Transaction cancelled: maximum execution time exceeded"}})
	}
	w.Write(text)
}

// display shows times in the reading user's zone and format, which must not be read.
func (s *Server) display(value string) string {
	if at, err := time.Parse(time.DateTime, value); err == nil && at.Year() > 1990 {
		return at.Add(9 * time.Hour).Format("02/01/2006 03:04:05 PM")
	}
	if text, ok := s.shown[value]; ok {
		return text
	}
	return value
}
