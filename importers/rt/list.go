package rt

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/importers"
)

const (
	most     = 100            // on a page; more are clamped without a word
	zones    = 26 * time.Hour // TicketSQL reads times in the zone of whoever asks, which may be 14 hours off
	fewBytes = 5 << 20        // of a ticket's texts that are asked for together
)

// fields is what is asked of tickets: without it, a search answers ids alone.
const fields = "Subject,Status,Queue,Owner,Requestor,AdminCc,Creator,Created,Started,Resolved,Due,LastUpdated,Priority,CustomFields"

// found is a page of a search.
type found struct {
	Items []json.RawMessage
	Pages float64
}

// item is what the walk looks at of a found ticket.
type item struct {
	ID          text
	LastUpdated string
}

// condition returns the TicketSQL for the tickets behind the id last that changed in time. Ids do not move, and what
// changed since a time cannot leave the result, so no ticket is lost while others change.
func condition(cfg importers.Config, last int64, at importers.At) string {
	parts := []string{fmt.Sprintf("id > %d", last)}
	var queues []string
	for _, q := range settings.List(cfg, "queues") {
		queues = append(queues, "Queue = "+quoted(q))
	}
	if len(queues) > 0 {
		parts = append(parts, "("+strings.Join(queues, " OR ")+")")
	}
	if own := settings.Of(cfg, "query"); own != "" {
		parts = append(parts, "("+own+")")
	}
	if !at.From.IsZero() {
		parts = append(parts, "LastUpdated >= "+quoted(at.From.Add(-zones).UTC().Format(time.DateTime)))
	}
	return strings.Join(parts, " AND ")
}

// quoted returns a text as TicketSQL writes it.
func quoted(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

func search(ctx context.Context, in importers.Input, query string) (found, error) {
	var f found
	err := get(ctx, in, "/tickets", url.Values{"query": {query}, "orderby": {"id"}, "order": {"ASC"}, "per_page": {strconv.Itoa(most)},
		"fields": {fields}, "fields[Queue]": {"Name"}, "fields[Owner]": {"Name,RealName"}}, &f)
	return f, err
}

// page reads a page of tickets. Of those that the search finds only because of zones, nothing more is asked.
func page(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
	last, _ := strconv.ParseInt(at.Token, 10, 64)
	f, err := search(ctx, in, condition(in.Config, last, at))
	if err != nil {
		return importers.Slice{}, err
	}
	var s importers.Slice
	known := people{}
	for _, ticket := range f.Items {
		var i item
		if err := json.Unmarshal(ticket, &i); err != nil || i.ID == "" {
			s.Reject("search for tickets", "a ticket without an id", ticket)
			continue
		}
		s.Held = append(s.Held, string(i.ID))
		id, _ := strconv.ParseInt(string(i.ID), 10, 64)
		last = max(last, id)
		updated := importers.ISO(i.LastUpdated)
		if !at.From.IsZero() && updated.Before(at.From) || !at.To.IsZero() && updated.After(at.To) {
			continue
		}
		rec, err := record(ctx, in, string(i.ID), ticket, known)
		if err != nil {
			return s, err
		}
		rec.At = updated
		s.Records = append(s.Records, rec)
	}
	if f.Pages > 1 || len(f.Items) >= most {
		s.Next = strconv.FormatInt(last, 10)
	}
	return s, nil
}

// fetch reads tickets by id. What a search does not find was deleted, or was merged: asked for one by one, it comes
// under the other ticket's id, with status 200.
func fetch(ctx context.Context, in importers.Input, ids []string) ([]importers.Record, error) {
	known := people{}
	there, err := byID(ctx, in, ids, known)
	if err != nil {
		return nil, err
	}
	var records []importers.Record
	for _, id := range ids {
		if rec, ok := there[id]; ok {
			records = append(records, rec)
			continue
		}
		var ticket struct {
			ID     text
			Status string
		}
		err := get(ctx, in, "/ticket/"+url.PathEscape(id), nil, &ticket)
		switch {
		case importers.HasStatus(err, http.StatusNotFound, http.StatusForbidden):
			continue
		case err != nil:
			return nil, err
		case ticket.Status == "deleted":
			records = append(records, importers.Record{ExternalID: id, Gone: true, Place: "its status is deleted"})
			continue
		case string(ticket.ID) == id:
			continue // a search does not find it for this user
		}
		into, err := byID(ctx, in, []string{string(ticket.ID)}, known)
		if err != nil {
			return nil, err
		}
		if rec, ok := into[string(ticket.ID)]; ok {
			rec.Asked = id
			records = append(records, rec)
		}
	}
	return records, nil
}

// byID searches for tickets by id, whatever queue they are in now.
func byID(ctx context.Context, in importers.Input, ids []string, known people) (map[string]importers.Record, error) {
	var terms []string
	for _, id := range ids {
		if _, err := strconv.ParseInt(id, 10, 64); err == nil {
			terms = append(terms, "id = "+id)
		}
	}
	records := map[string]importers.Record{}
	for part := range slices.Chunk(terms, most) {
		f, err := search(ctx, in, strings.Join(part, " OR "))
		if err != nil {
			return nil, err
		}
		for _, ticket := range f.Items {
			var i item
			if err := json.Unmarshal(ticket, &i); err != nil {
				return nil, fmt.Errorf("rt: ticket: %w", err)
			}
			rec, err := record(ctx, in, string(i.ID), ticket, known)
			if err != nil {
				return nil, err
			}
			rec.At = importers.ISO(i.LastUpdated)
			records[string(i.ID)] = rec
		}
	}
	return records, nil
}
