// Package icalendartest is a made-up feed of who is on call, for tests, in a browser too: a calendar as RFC 5545
// (https://www.rfc-editor.org/rfc/rfc5545) describes it behind an address that is a secret, with an entity tag. Its events
// are made up. Start with [New].
package icalendartest

import (
	"net/http"
	"strings"
	"sync"
	"time"

	"hindsight/importers/importertest"
)

// Upstream is a feed for a connection to try.
var Upstream = importertest.Upstream{
	Source: "icalendar",
	New:    func() http.Handler { return New() },
	Settings: func(url string) map[string]string {
		return map[string]string{"url": url + "/secret-token/oncall.ics?key=k"}
	},
}

// Server is a feed of two events whose DTSTAMP is that of the answer, as many do.
type Server struct {
	Answers int // how often the calendar was sent
	mu      sync.Mutex
}

// New returns a feed that nobody has asked for yet.
func New() *Server { return &Server{} }

const weekly = "BEGIN:VCALENDAR\r\nX-WR-CALNAME:Primary\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTAMP:%\r\nDTSTART:20250106T090000Z\r\nDURATION:P7D\r\nRRULE:FREQ=WEEKLY\r\nSUMMARY:Responder One\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nUID:b\r\nDTSTAMP:%\r\nDTSTART:20250106T090000Z\r\nDURATION:P7D\r\nSUMMARY:Responder Two\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

// ServeHTTP answers what the secret address asks for, unless the asker has it already.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.URL.Path != "/secret-token/oncall.ics" || r.URL.Query().Get("key") != "k" {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	if r.Header.Get("If-None-Match") == `"v1"` {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	s.Answers++
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("ETag", `"v1"`)
	w.Write([]byte(strings.ReplaceAll(weekly, "%", time.Now().UTC().Format("20060102T150405.000000Z"))))
}
