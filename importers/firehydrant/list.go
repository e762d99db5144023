package firehydrant

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"hindsight/importers"
)

const (
	pageSize  = 100
	eventSize = 200
	restarts  = 5               // of a window whose number of incidents changed while it was read
	narrow    = time.Minute     // a window that is not cut further, although it needs several pages
	slack     = 2 * time.Second // the bounds of a window may or may not belong to it
)

// answer is a page of a list.
type answer struct {
	Data       []json.RawMessage `json:"data"`
	Pagination struct {
		Count int `json:"count"`
		Pages int `json:"pages"`
	} `json:"pagination"`
}

// token is where the reading of a window stands: first its incidents, then those that were archived.
type token struct {
	Archived bool `json:"archived,omitempty"`
	Page     int  `json:"page"`
	Count    int  `json:"count,omitempty"` // incidents in the window when its first page was read
	Restart  int  `json:"restart,omitempty"`
}

func (t token) String() string {
	text, _ := json.Marshal(t) // of numbers: it cannot fail
	return string(text)
}

// page reads one page of the incidents that were changed within a window. Pages have numbers and the list has no order
// that is promised, so that an incident which changes, and thereby leaves the window, may push another one over the border
// of two pages. A window that needs more than one page is therefore read in halves; in the narrowest ones the number of
// incidents must stay the same, else the window is read again.
func page(ctx context.Context, in importers.Input, at importers.At) (s importers.Slice, err error) {
	t := token{Page: 1}
	if at.Token != "" {
		if err := json.Unmarshal([]byte(at.Token), &t); err != nil {
			return s, fmt.Errorf("firehydrant: read token of page: %w", err)
		}
	}
	got, err := window(ctx, in, at, t)
	if err != nil {
		return s, err
	}
	for n, raw := range got.Data {
		if t.Archived && importers.Decode[full](raw).Discarded == "" {
			continue // it was among those that are not archived
		}
		r, err := record(ctx, in, raw)
		if err != nil {
			return s, err
		}
		s.Add(n, raw, r)
	}
	count, several := got.Pagination.Count, got.Pagination.Pages > t.Page
	switch {
	case t.Page == 1 && several && at.To.Sub(at.From) > narrow:
		s.TooMany = true
	case t.Page > 1 && count != t.Count && t.Restart >= restarts:
		return s, fmt.Errorf("firehydrant: incidents changed from %s to %s: their number changes all the time (%d, then %d); it is tried again with the next run", at.From.Format(time.RFC3339), at.To.Format(time.RFC3339), t.Count, count)
	case t.Page > 1 && count != t.Count:
		s.Next = token{Archived: t.Archived, Page: 1, Restart: t.Restart + 1}.String()
	case several:
		s.Next = token{Archived: t.Archived, Page: t.Page + 1, Count: count, Restart: t.Restart}.String()
	case !t.Archived:
		s.Next = token{Archived: true, Page: 1}.String()
	}
	return s, nil
}

// window reads a page of a window's incidents.
func window(ctx context.Context, in importers.Input, at importers.At, t token) (got answer, err error) {
	q := url.Values{"per_page": {strconv.Itoa(pageSize)}, "page": {strconv.Itoa(t.Page)}}
	if !at.From.IsZero() {
		q.Set("updated_after", at.From.Add(-slack).Format(time.RFC3339))
	}
	if !at.To.IsZero() {
		q.Set("updated_before", at.To.Add(slack).Format(time.RFC3339))
	}
	if t.Archived {
		q.Set("archived", "true")
	}
	return got, in.Get(ctx, "/v1/incidents", q, &got)
}

// one fetches an incident by id.
func one(ctx context.Context, in importers.Input, id string) (importers.Record, error) {
	a, err := in.Client.Get(ctx, "/v1/incidents/"+url.PathEscape(id), nil)
	if err != nil {
		return importers.Record{}, fmt.Errorf("firehydrant: incident %s: %w", id, err)
	}
	r, err := record(ctx, in, a.Body)
	if err == nil && r.ExternalID == "" {
		err = fmt.Errorf("firehydrant: incident %s: the answer holds no incident", id)
	}
	return r, err
}

// record adds to an incident its timeline and the text of its retrospective. One that is archived is gone.
func record(ctx context.Context, in importers.Input, raw json.RawMessage) (importers.Record, error) {
	i := importers.Decode[full](raw)
	if i.ID == "" {
		return importers.Record{}, nil
	}
	b := body{Incident: raw}
	r := importers.Record{ExternalID: i.ID, Place: fmt.Sprintf("incident %d", i.Number), Gone: i.Discarded != ""}
	var err error
	if !r.Gone {
		if b.Events, err = events(ctx, in, i.ID); err != nil {
			return r, err
		}
		if i.Report != "" {
			err := in.Get(ctx, "/v1/post_mortems/reports/"+url.PathEscape(i.Report), nil, &b.Report)
			if err != nil && !importers.HasStatus(err, http.StatusNotFound, http.StatusForbidden) {
				return r, err
			}
		}
	}
	if r.Body, err = json.Marshal(b); err != nil {
		return r, fmt.Errorf("firehydrant: keep incident %s: %w", i.ID, err)
	}
	return r, nil
}

// events returns an incident's whole timeline.
func events(ctx context.Context, in importers.Input, id string) ([]json.RawMessage, error) {
	all, err := importers.AllParts(func(token string) ([]json.RawMessage, string, error) {
		page, _ := strconv.Atoi(cmp.Or(token, "1"))
		var got answer
		err := in.Get(ctx, "/v1/incidents/"+url.PathEscape(id)+"/events", url.Values{"per_page": {strconv.Itoa(eventSize)}, "page": {strconv.Itoa(page)}}, &got)
		if got.Pagination.Pages <= page || len(got.Data) == 0 {
			return got.Data, "", err
		}
		return got.Data, strconv.Itoa(page + 1), err
	})
	if err != nil {
		return nil, fmt.Errorf("firehydrant: events of incident %s: %w", id, err)
	}
	return all, nil
}
