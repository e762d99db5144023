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

// get asks for path and decodes the answer.
func get(ctx context.Context, in importers.Input, path string, query map[string]string, answer any) error {
	q := url.Values{}
	for k, v := range query {
		q.Set(k, v)
	}
	a, err := in.Client.Get(ctx, path, q)
	if err != nil {
		return fmt.Errorf("rootly: %w", err)
	}
	return a.JSON(answer)
}

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
func filter(at importers.At) map[string]string {
	q := map[string]string{}
	if !at.From.IsZero() {
		q["filter[updated_at][gte]"] = at.From.Format(time.RFC3339)
	}
	if !at.To.IsZero() {
		q["filter[created_at][lt]"] = at.To.Format(time.RFC3339)
	}
	return q
}

// page reads one page of the incidents that changed since at.From, in order of creation: one that changes meanwhile keeps
// its place. Pages follow cursors, since numbers of pages shift and end at a limit.
func page(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
	q := filter(at)
	q["page[size]"], q["sort"], q["include"] = strconv.Itoa(pageSize), "created_at", parts
	if at.Token != "" {
		q["page[after]"] = at.Token
	}
	var got answer
	if err := get(ctx, in, "/v1/incidents", q, &got); err != nil {
		return importers.Slice{}, err
	}
	if got.Meta.Cursor == "" && got.Meta.Next > 0 {
		return importers.Slice{}, fmt.Errorf("rootly: there is a page %d of incidents, but no cursor that leads to it", got.Meta.Next)
	}
	s := importers.Slice{Next: got.Meta.Cursor, Total: got.Meta.Total}
	if len(got.Data) == 0 {
		s.Next = ""
	}
	included := index(got.Included)
	for n, raw := range got.Data {
		r, err := record(raw, included)
		if err != nil {
			return s, err
		}
		if r.ExternalID == "" {
			s.Rejects = append(s.Rejects, importers.Reject{Place: fmt.Sprintf("incident %d of the page", n+1), Reason: "the incident has no id", Body: string(raw)})
			continue
		}
		s.Records = append(s.Records, r)
	}
	return s, nil
}

// count asks how many incidents changed within in's bounds, for the least page.
func count(ctx context.Context, in importers.Input) (int64, error) {
	q := filter(importers.At{From: in.Since, To: in.Until})
	q["page[size]"] = "1"
	var got answer
	err := get(ctx, in, "/v1/incidents", q, &got)
	return got.Meta.Total, err
}

// one fetches an incident by id.
func one(ctx context.Context, in importers.Input, id string) (importers.Record, error) {
	var got struct {
		Data     json.RawMessage   `json:"data"`
		Included []json.RawMessage `json:"included"`
	}
	if err := get(ctx, in, "/v1/incidents/"+url.PathEscape(id), map[string]string{"include": parts}, &got); err != nil {
		return importers.Record{}, err
	}
	r, err := record(got.Data, index(got.Included))
	if err == nil && r.ExternalID == "" {
		err = fmt.Errorf("rootly: incident %s: the answer holds no incident", id)
	}
	return r, err
}

// index returns what came with a page, by sort and id.
func index(included []json.RawMessage) map[pointer]json.RawMessage {
	by := map[pointer]json.RawMessage{}
	for _, raw := range included {
		by[decode[pointer](raw)] = raw
	}
	return by
}

// record puts an incident together with those of the included resources that it points at, in its own order.
func record(raw json.RawMessage, included map[pointer]json.RawMessage) (importers.Record, error) {
	i := decode[brief](raw)
	if i.ID == "" {
		return importers.Record{}, nil
	}
	b := body{Incident: raw}
	for _, relation := range []json.RawMessage{i.Relations.Roles.Data, i.Relations.Events.Data, i.Relations.Actions.Data, i.Relations.Causes.Data, i.Relations.PostMortem.Data} {
		for _, p := range pointers(relation) {
			if part, ok := included[p]; ok {
				b.Included = append(b.Included, part)
			}
		}
	}
	text, err := json.Marshal(b)
	if err != nil {
		return importers.Record{}, fmt.Errorf("rootly: keep incident %s: %w", i.ID, err)
	}
	return importers.Record{ExternalID: i.ID, Body: text, Place: fmt.Sprintf("incident %d", i.Attributes.Number), At: moment(i.Attributes.UpdatedAt)}, nil
}

// pointers reads a relation, which is to one resource or to several.
func pointers(relation json.RawMessage) []pointer {
	if one := decode[pointer](relation); one.ID != "" {
		return []pointer{one}
	}
	return decode[[]pointer](relation)
}
