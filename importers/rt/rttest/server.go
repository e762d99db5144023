// Package rttest is a made-up Request Tracker 5.0 for tests, in a browser too: a search gives ids alone unless fields are
// asked for, and pages of 100 at most; it reads times in the zone of whoever asks, here nine hours ahead; tickets that were
// merged are there under the other one's id alone, deleted ones not in a search. This is as
// https://docs.bestpractical.com/rt/5.0.5/RT/REST2.html says and as version 5.0.3 does. Its tickets are made up. Start
// with [New].
package rttest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"hindsight/importers/importertest"
)

// The user that the server knows.
const (
	User     = "reader"
	Password = "synthetic"
)

// Upstream is a Request Tracker for a connection to try.
var Upstream = importertest.Upstream{
	Source: "rt",
	New:    func() http.Handler { return New(130) },
	Settings: func(url string) map[string]string {
		return map[string]string{"url": url, "user": User, "password": Password}
	},
	Incidents: 130,
	Title:     "Synthetic ticket 1",
}

// Server is a Request Tracker whose fields tests change between requests.
type Server struct {
	Tickets map[int]Ticket
	Merged  map[int]int // into which ticket, by id
	Details []string    // tickets whose history was asked for, in order
	Now     time.Time   // by its clock; zero: the machine's
	mu      sync.Mutex
}

// Ticket holds all fields of a ticket.
type Ticket = map[string]any

// New returns a Request Tracker with n new tickets in the queue General, with ids from 1, that all share one second.
func New(n int) *Server {
	s := &Server{Tickets: map[int]Ticket{}, Merged: map[int]int{}}
	const at, never = "2026-10-20T10:00:00Z", "1970-01-01T00:00:00Z"
	for id := 1; id <= n; id++ {
		s.Tickets[id] = Ticket{"id": strconv.Itoa(id), "Subject": fmt.Sprintf("Synthetic ticket %d", id), "Status": "new", "Priority": "0", "CustomFields": "",
			"Queue": map[string]any{"id": "1", "Name": "General"}, "Owner": map[string]any{"id": "Nobody", "Name": "Nobody"}, "Creator": map[string]any{"id": "root"},
			"Created": at, "LastUpdated": at, "Started": never, "Resolved": never, "Due": never}
	}
	return s
}

// ServeHTTP answers as Request Tracker does.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if !s.Now.IsZero() {
		w.Header().Set("Date", s.Now.UTC().Format(http.TimeFormat))
	}
	if user, password, _ := r.BasicAuth(); user != User || password != Password {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	path, _ := strings.CutPrefix(r.URL.Path, "/REST/2.0/")
	switch parts := strings.Split(path, "/"); {
	case path == "tickets":
		s.search(w, r.URL.Query())
	case parts[0] == "ticket" && len(parts) == 3 && parts[2] == "history":
		s.Details = append(s.Details, parts[1])
		respond(w, history(parts[1]), 1)
	case parts[0] == "ticket" && len(parts) == 3 && parts[2] == "attachments":
		respond(w, attachments(parts[1]), 1)
	case parts[0] == "ticket" && len(parts) == 2:
		s.ticket(w, parts[1])
	case path == "user/14":
		answer(w, map[string]any{"id": 14, "Name": "responder-one"})
	case path == "rt":
		answer(w, map[string]any{"Version": "5.0.3"})
	case path == "queues/all":
		respond(w, []any{map[string]any{"id": "1", "Name": "General"}}, 1)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// ticket answers with one ticket, which may be another than was asked for.
func (s *Server) ticket(w http.ResponseWriter, text string) {
	id, _ := strconv.Atoi(text)
	if into, ok := s.Merged[id]; ok {
		id = into
	}
	if s.Tickets[id] == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	answer(w, map[string]any{"id": id, "Status": s.Tickets[id]["Status"]})
}

// history returns the transactions that each ticket has.
func history(ticket string) []any {
	return []any{
		map[string]any{"id": "1" + ticket, "ObjectId": ticket, "Type": "Create", "Created": "2026-10-20T10:00:00Z", "Creator": map[string]any{"id": "root"}},
		map[string]any{"id": "2" + ticket, "ObjectId": ticket, "Type": "Comment", "Created": "2026-10-20T10:01:00Z"},
		map[string]any{"id": "3" + ticket, "ObjectId": ticket, "Type": "Set", "Field": "Owner", "OldValue": "6", "NewValue": "14", "Created": "2026-10-20T10:02:00Z"},
	}
}

// attachments returns the texts of those transactions, and a file.
func attachments(ticket string) []any {
	one := func(id, transaction, kind, file, content string) map[string]any {
		return map[string]any{"id": id, "TransactionId": transaction + ticket, "ContentType": kind, "Filename": file, "ContentLength": "9", "Content": content}
	}
	return []any{one("1", "1", "text/plain", "", "synthetic: for all"), one("2", "2", "text/plain", "", "synthetic: for few"), one("3", "1", "image/png", "x.png", "AAAA")}
}

func answer(w http.ResponseWriter, v any) { json.NewEncoder(w).Encode(v) }

// respond answers with one page of several.
func respond(w http.ResponseWriter, items []any, pages int) {
	answer(w, map[string]any{"items": items, "pages": pages, "count": len(items)})
}
