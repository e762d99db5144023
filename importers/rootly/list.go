package rootly

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"hindsight/importers"
)

const (
	pageSize = 100
	// parts come with each incident, so that no request is needed for one alone.
	parts = "roles,events,action_items,causes,incident_post_mortem"
)

// answer is a page of a list. https://jsonapi.org/format/#document-top-level
type answer struct {
	Data     []json.RawMessage `json:"data"`
	Included []json.RawMessage `json:"included"`
	Meta     struct {
		Cursor string `json:"next_cursor"`
		Next   int    `json:"next_page"`
		Total  int64  `json:"total_count"`
	} `json:"meta"`
}

// filter is the query for the incidents that changed since at.From and were created before at.To.
func filter(at importers.At) url.Values {
	q := url.Values{}
	if !at.From.IsZero() {
		q.Set("filter[updated_at][gte]", at.From.Format(time.RFC3339))
	}
	if !at.To.IsZero() {
		q.Set("filter[created_at][lt]", at.To.Format(time.RFC3339))
	}
	return q
}

// page reads one page of the incidents that changed since at.From, in order of creation: one that changes meanwhile keeps
// its place. Pages follow cursors, since numbers of pages shift and end at a limit.
func page(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
	q := filter(at)
	q["page[size]"], q["sort"], q["include"] = []string{strconv.Itoa(pageSize)}, []string{"created_at"}, []string{parts}
	if at.Token != "" {
		q.Set("page[after]", at.Token)
	}
	var got answer
	if err := in.Get(ctx, "/v1/incidents", q, &got); err != nil {
		return importers.Slice{}, err
	}
	if got.Meta.Cursor == "" && got.Meta.Next > 0 {
		return importers.Slice{}, fmt.Errorf("rootly: there is a page %d of incidents, but no cursor that leads to it", got.Meta.Next)
	}
	s := importers.Slice{Next: got.Meta.Cursor, Total: got.Meta.Total}
	if len(got.Data) == 0 {
		s.Next = ""
	}
	included := importers.IncludedIn(got.Included)
	for n, raw := range got.Data {
		r, err := record(raw, included)
		if err != nil {
			return s, err
		}
		s.Add(n, raw, r)
	}
	return s, nil
}

// count asks how many incidents changed within in's bounds, for the least page.
func count(ctx context.Context, in importers.Input) (int64, error) {
	q := filter(importers.At{From: in.Since, To: in.Until})
	q.Set("page[size]", "1")
	var got answer
	err := in.Get(ctx, "/v1/incidents", q, &got)
	return got.Meta.Total, err
}

// one fetches an incident by id.
func one(ctx context.Context, in importers.Input, id string) (importers.Record, error) {
	var got struct {
		Data     json.RawMessage   `json:"data"`
		Included []json.RawMessage `json:"included"`
	}
	if err := in.Get(ctx, "/v1/incidents/"+url.PathEscape(id), url.Values{"include": {parts}}, &got); err != nil {
		return importers.Record{}, err
	}
	r, err := record(got.Data, importers.IncludedIn(got.Included))
	if err == nil && r.ExternalID == "" {
		err = fmt.Errorf("rootly: incident %s: the answer holds no incident", id)
	}
	return r, err
}

// record puts an incident together with those of the included resources that it points at, in its own order.
func record(raw json.RawMessage, included importers.Included) (importers.Record, error) {
	i := importers.Decode[brief](raw)
	if i.ID == "" {
		return importers.Record{}, nil
	}
	of := i.Relations
	b := body{Incident: raw, Included: included.Of(of.Roles, of.Events, of.Actions, of.Causes, of.PostMortem)}
	text, err := json.Marshal(b)
	if err != nil {
		return importers.Record{}, fmt.Errorf("rootly: keep incident %s: %w", i.ID, err)
	}
	return importers.Record{ExternalID: i.ID, Body: text, Place: fmt.Sprintf("incident %d", i.Attributes.Number), At: importers.ISO(i.Attributes.UpdatedAt)}, nil
}
