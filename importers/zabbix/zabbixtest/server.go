// Package zabbixtest is a made-up Zabbix for tests, in a browser too: errors have status 200, numbers are texts, and the
// token stands in the body before version 6.4 and in the header from then on. This is as
// https://www.zabbix.com/documentation/6.0/en/manual/api/reference/event/get says and as version 6.0.14 does. Its problems are
// made up. Start with [New].
package zabbixtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"hindsight/importers/importertest"
)

// Token is the API token that the server knows.
const Token = "synthetic"

// Began is when the event with the id 0 would have been, in seconds since 1970: 2026-10-20T12:00:00Z. Each is as many seconds
// behind it as its id says.
const Began = 1792497600

// Upstream is a Zabbix for a connection to try.
var Upstream = importertest.Upstream{
	Source:    "zabbix",
	New:       func() http.Handler { return New("6.0.14", Many(520)...) },
	Settings:  func(url string) map[string]string { return map[string]string{"url": url, "token": Token} },
	Incidents: 520,
	Title:     "Synthetic problem 1",
}

// Server is a Zabbix whose fields tests change between requests.
type Server struct {
	Events []Event  // in the order of their ids
	Calls  []string // methods that were called, in order

	version string
	mu      sync.Mutex
}

// Event is an event as the API shows it.
type Event = map[string]any

// New returns a Zabbix of a version with these events.
func New(version string, events ...Event) *Server {
	return &Server{Events: events, version: version}
}

// Problem returns the event with which a trigger's problem begins; recovery is the id of the event that ends it, or "0".
func Problem(id int, recovery string) Event {
	return Event{"eventid": strconv.Itoa(id), "objectid": "7", "clock": strconv.Itoa(Began + id), "ns": "5", "name": fmt.Sprintf("Synthetic problem %d", id), "value": "1",
		"severity": strconv.Itoa(id % 6), "r_eventid": recovery, "c_eventid": "0", "userid": "0", "acknowledges": []any{}, "tags": []any{}, "hosts": []any{map[string]any{"host": "web-1"}}}
}

// Recovery returns the event with which a problem ends.
func Recovery(id int) Event {
	return Event{"eventid": strconv.Itoa(id), "objectid": "7", "clock": strconv.Itoa(Began + id), "ns": "0", "value": "0", "r_eventid": "0"}
}

// Many returns n problems, with ids from 1, and their recoveries, with ids from 10001.
func Many(n int) (events []Event) {
	for id := 1; id <= n; id++ {
		events = append(events, Problem(id, strconv.Itoa(10000+id)))
	}
	for id := 1; id <= n; id++ {
		events = append(events, Recovery(10000+id))
	}
	return events
}

// call is a call of JSON-RPC 2.0.
type call struct {
	Method string
	Auth   string
	Params json.RawMessage
	ID     int
}

// failure is why a call fails.
type failure string

// ServeHTTP answers as Zabbix does.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	var c call
	if r.URL.Path != "/api_jsonrpc.php" || json.NewDecoder(r.Body).Decode(&c) != nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	s.Calls = append(s.Calls, c.Method)
	answer := map[string]any{"jsonrpc": "2.0", "id": c.ID}
	result, why := s.answer(c, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	if why == "" {
		answer["result"] = result
	} else {
		answer["error"] = map[string]any{"code": -32602, "message": "Invalid params.", "data": why}
	}
	json.NewEncoder(w).Encode(answer)
}

// answer returns the result of a call with the token of its header, or why there is none.
func (s *Server) answer(c call, token string) (any, failure) {
	old := strings.HasPrefix(s.version, "6.0.")
	if old {
		token = c.Auth
	}
	switch {
	case c.Method == "apiinfo.version":
		return s.version, ""
	case !old && c.Auth != "":
		return nil, `Invalid parameter "/": unexpected parameter "auth".`
	case token != Token:
		return nil, "Session terminated, re-login, please."
	}
	switch c.Method {
	case "user.get":
		return []any{map[string]any{"username": "reader"}}, ""
	case "hostgroup.get":
		return []any{map[string]any{"groupid": "4", "name": "Web"}}, ""
	case "event.get":
		return s.events(c.Params)
	}
	return nil, failure(fmt.Sprintf("Incorrect method %q.", c.Method))
}
