package rttest

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What of TicketSQL the server understands.
var (
	behind = regexp.MustCompile(`^id > (\d+)`)
	exact  = regexp.MustCompile(`id = (\d+)`)
	queue  = regexp.MustCompile(`Queue = '([^']+)'`)
	since  = regexp.MustCompile(`LastUpdated >= '([^']+)'`)
)

// ahead is how far the zone of whoever asks is ahead of UTC.
const ahead = 9 * time.Hour

// search answers with a page of the tickets that a query finds, in the order of their ids.
func (s *Server) search(w http.ResponseWriter, q url.Values) {
	query := q.Get("query")
	if strings.Contains(query, "(nonsense)") {
		w.WriteHeader(http.StatusBadRequest)
		answer(w, map[string]any{"message": "Incomplete query at /usr/share/request-tracker5/lib/RT/Tickets.pm line 3187.\n"})
		return
	}
	var ids []int
	for id, t := range s.Tickets {
		if t["Status"] != "deleted" && finds(query, id, t) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	perPage, _ := strconv.Atoi(q.Get("per_page"))
	var items []any
	for _, id := range ids[:min(perPage, 100, len(ids))] {
		item := map[string]any{"id": strconv.Itoa(id)}
		for field := range strings.SplitSeq(q.Get("fields"), ",") {
			item[field] = s.Tickets[id][field]
		}
		items = append(items, item)
	}
	respond(w, items, (len(ids)+99)/100)
}

// finds reports whether a query finds a ticket.
func finds(query string, id int, t Ticket) bool {
	found := false
	if g := behind.FindStringSubmatch(query); g != nil {
		least, _ := strconv.Atoi(g[1])
		found = id > least
	}
	for _, g := range exact.FindAllStringSubmatch(query, -1) {
		found = found || g[1] == strconv.Itoa(id)
	}
	if g := since.FindStringSubmatch(query); g != nil {
		at, _ := time.Parse(time.DateTime, g[1])
		updated, _ := time.Parse(time.RFC3339, t["LastUpdated"].(string))
		found = found && !updated.Before(at.Add(-ahead))
	}
	if queues := queue.FindAllStringSubmatch(query, -1); len(queues) > 0 {
		name := t["Queue"].(map[string]any)["Name"]
		found = found && slices.ContainsFunc(queues, func(g []string) bool { return g[1] == name })
	}
	return found
}
