package live_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"hindsight/importers/importertest/live"
)

type rtTicket struct {
	ID                int
	Status            string
	Started, Resolved string
}

func ticketOf(t *testing.T, r *live.RequestTrackerServer, id int) rtTicket {
	t.Helper()
	status, answer := r.Ask(t, "GET", fmt.Sprintf("/REST/2.0/ticket/%d", id), nil)
	var got rtTicket
	if err := json.Unmarshal(answer, &got); err != nil || status != http.StatusOK {
		t.Fatalf("ticket %d: status %d, %v in %s", id, status, err, answer)
	}
	return got
}

// found returns the ids that a search finds, which are strings there.
func found(t *testing.T, r *live.RequestTrackerServer, query string) []string {
	t.Helper()
	status, answer := r.Ask(t, "GET", "/REST/2.0/tickets?query="+url.QueryEscape(query), nil)
	var got struct{ Items []struct{ ID string } }
	if err := json.Unmarshal(answer, &got); err != nil || status != http.StatusOK {
		t.Fatalf("search %s: status %d, %v in %s", query, status, err, answer)
	}
	var ids []string
	for _, item := range got.Items {
		ids = append(ids, item.ID)
	}
	return ids
}

const unset = "1970-01-01T00:00:00Z"

func TestRequestTrackerTicketLives(t *testing.T) {
	r := live.RequestTracker(t)
	id := r.Create(t, "synthetic: checkout answers 503", "synthetic: made up for a test")
	if got := ticketOf(t, r, id); got.Status != "new" || got.Started != unset || got.Resolved != unset {
		t.Errorf("a new ticket = %+v, want new, and 1970 where a time is unset", got)
	}
	r.Status(t, id, "open")
	r.Comment(t, id, "synthetic: rolling back")
	r.Status(t, id, "resolved")
	if got := ticketOf(t, r, id); got.Status != "resolved" || got.Started == unset || got.Resolved == unset {
		t.Errorf("a resolved ticket = %+v, want resolved, with both times", got)
	}
	r.Status(t, id, "open")
	if got := ticketOf(t, r, id).Status; got != "open" {
		t.Errorf("reopened: status %s, want open", got)
	}
	r.Status(t, id, "rejected")
	if got := ticketOf(t, r, id).Status; got != "rejected" {
		t.Errorf("rejected: status %s", got)
	}
}

func TestRequestTrackerAnswersAMergedTicketWithAnother(t *testing.T) {
	r := live.RequestTracker(t)
	first := r.Create(t, "synthetic: first", "synthetic")
	second := r.Create(t, "synthetic: second", "synthetic")
	r.Merge(t, second, first)
	if got := ticketOf(t, r, second).ID; got != first {
		t.Errorf("ticket %d after its merge has the id %d, want %d", second, got, first)
	}
	if ids := found(t, r, "Subject LIKE 'synthetic: '"); slices.Contains(ids, fmt.Sprint(second)) || !slices.Contains(ids, fmt.Sprint(first)) {
		t.Errorf("search finds %v, want %d and not %d", ids, first, second)
	}
}

func TestRequestTrackerHidesDeletedTicketsFromSearch(t *testing.T) {
	r := live.RequestTracker(t)
	id := r.Create(t, "synthetic: made by mistake", "synthetic")
	r.Status(t, id, "deleted")
	if got := ticketOf(t, r, id).Status; got != "deleted" {
		t.Errorf("status %s, want deleted", got)
	}
	if ids := found(t, r, fmt.Sprintf("id = %d", id)); len(ids) != 0 {
		t.Errorf("search finds %v, want nothing", ids)
	}
}
