package datadog

import (
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
	pageSize = 100 // the most that is given at once
	// horizon is how long before the last change an incident may have been created whose changes polls still look for.
	// Changes to older ones are found by hints, while they are open, and by the daily reconciliation.
	horizon = 30 * 24 * time.Hour
	// everyState finds all incidents: a search wants to know of what.
	everyState = "state:(active OR stable OR resolved OR completed)"
)

// get asks for path and decodes the answer.
func get(ctx context.Context, in importers.Input, path string, query map[string]string, answer any) error {
	q := url.Values{}
	for k, v := range query {
		q.Set(k, v)
	}
	a, err := in.Client.Get(ctx, path, q)
	if err != nil {
		return fmt.Errorf("datadog: %w", err)
	}
	return a.JSON(answer)
}

// listed is a page of the list of all incidents.
type listed struct {
	Data     []json.RawMessage `json:"data"`
	Included []json.RawMessage `json:"included"`
}

// listAt reads the page at an offset.
func listAt(ctx context.Context, in importers.Input, offset int, include string) (got listed, err error) {
	q := map[string]string{"page[size]": strconv.Itoa(pageSize), "page[offset]": strconv.Itoa(offset)}
	if include != "" {
		q["include"] = include
	}
	return got, get(ctx, in, "/api/v2/incidents", q, &got)
}

// offsetOf reads a token, which is the offset of a page.
func offsetOf(token string) (int, error) {
	if token == "" {
		return 0, nil
	}
	offset, err := strconv.Atoi(token)
	if err != nil || offset < 0 {
		return 0, fmt.Errorf("datadog: %q is no offset of a page", token)
	}
	return offset, nil
}

// page reads one page of all incidents. The list knows no filter: those that did not change since at.From are passed over
// without a closer look. What is created meanwhile shifts the list by what was read already, or comes at its end.
func page(ctx context.Context, in importers.Input, at importers.At) (s importers.Slice, err error) {
	offset, err := offsetOf(at.Token)
	if err != nil {
		return s, err
	}
	got, err := listAt(ctx, in, offset, "users,attachments")
	if err != nil {
		return s, err
	}
	included := index(got.Included)
	for n, raw := range got.Data {
		i := decode[brief](raw)
		s.Held = append(s.Held, i.ID)
		switch modified, created := moment(i.Attributes.Modified), moment(i.Attributes.Created); {
		case i.ID == "":
			s.Rejects = append(s.Rejects, importers.Reject{Place: fmt.Sprintf("incident %d of the page", n+1), Reason: "the incident has no id", Body: string(raw)})
			continue
		case !modified.IsZero() && modified.Before(at.From), !at.To.IsZero() && !created.Before(at.To):
			continue
		}
		r, err := record(ctx, in, raw, included)
		if err != nil {
			return s, err
		}
		s.Records = append(s.Records, r)
	}
	if len(got.Data) == pageSize {
		s.Next = strconv.Itoa(offset + pageSize)
	}
	return s, nil
}

// searched is a page of a search.
type searched struct {
	Data struct {
		Attributes struct {
			Total     int64 `json:"total"`
			Incidents []struct {
				Data json.RawMessage `json:"data"`
			} `json:"incidents"`
		} `json:"attributes"`
	} `json:"data"`
}

// changed reads one page of the newest incidents and tells which of them changed since at.From; it ends with those that
// were created a horizon before.
func changed(ctx context.Context, in importers.Input, at importers.At) (s importers.Slice, err error) {
	offset, err := offsetOf(at.Token)
	if err != nil {
		return s, err
	}
	q := map[string]string{"query": everyState, "sort": "-created", "page[size]": strconv.Itoa(pageSize), "page[offset]": strconv.Itoa(offset)}
	var got searched
	if err := get(ctx, in, "/api/v2/incidents/search", q, &got); err != nil {
		return s, err
	}
	found := got.Data.Attributes.Incidents
	old := len(found) < pageSize
	for _, f := range found {
		i := decode[brief](f.Data)
		s.Held = append(s.Held, i.ID)
		if modified := moment(i.Attributes.Modified); i.ID != "" && (modified.IsZero() || !modified.Before(at.From)) {
			r, err := one(ctx, in, i.ID)
			if importers.HasStatus(err, http.StatusNotFound, http.StatusGone) {
				continue
			}
			if err != nil {
				return s, err
			}
			s.Records = append(s.Records, r)
		}
		if created := moment(i.Attributes.Created); !created.IsZero() && created.Before(at.From.Add(-horizon)) {
			old = true
		}
	}
	if !old {
		s.Next = strconv.Itoa(offset + pageSize)
	}
	return s, nil
}

// one fetches an incident by id.
func one(ctx context.Context, in importers.Input, id string) (importers.Record, error) {
	var got struct {
		Data     json.RawMessage   `json:"data"`
		Included []json.RawMessage `json:"included"`
	}
	if err := get(ctx, in, "/api/v2/incidents/"+url.PathEscape(id), map[string]string{"include": "users,attachments"}, &got); err != nil {
		return importers.Record{}, err
	}
	if decode[brief](got.Data).ID == "" {
		return importers.Record{}, fmt.Errorf("datadog: incident %s: the answer holds no incident", id)
	}
	return record(ctx, in, got.Data, index(got.Included))
}

// index returns what came with a page, by sort and id.
func index(included []json.RawMessage) map[pointer]json.RawMessage {
	by := map[pointer]json.RawMessage{}
	for _, raw := range included {
		by[decode[pointer](raw)] = raw
	}
	return by
}

// record puts an incident together with the people and attachments that it points at, its follow-up tasks, and its issues
// and channels in other tools. One that is archived counts as deleted.
func record(ctx context.Context, in importers.Input, raw json.RawMessage, included map[pointer]json.RawMessage) (importers.Record, error) {
	i := decode[brief](raw)
	b := body{Incident: raw}
	for _, p := range i.points() {
		if part, ok := included[p]; ok {
			b.Included = append(b.Included, part)
		}
	}
	path := "/api/v2/incidents/" + url.PathEscape(i.ID) + "/relationships/"
	var err error
	if b.Todos, err = related(ctx, in, path+"todos"); err != nil {
		return importers.Record{}, err
	}
	if len(pointers(i.Relations["integrations"].Data)) > 0 {
		if b.Integrations, err = related(ctx, in, path+"integrations"); err != nil {
			return importers.Record{}, err
		}
	}
	text, err := json.Marshal(b)
	if err != nil {
		return importers.Record{}, fmt.Errorf("datadog: keep incident %s: %w", i.ID, err)
	}
	return importers.Record{ExternalID: i.ID, Body: text, Place: fmt.Sprintf("incident %d", i.Attributes.Number), At: moment(i.Attributes.Modified),
		Gone: !moment(i.Attributes.Archived).IsZero()}, nil
}

// related reads what belongs to one incident; nothing where it may not be read.
func related(ctx context.Context, in importers.Input, path string) ([]json.RawMessage, error) {
	var got listed
	err := get(ctx, in, path, nil, &got)
	if importers.HasStatus(err, http.StatusNotFound, http.StatusForbidden) {
		return nil, nil
	}
	return got.Data, err
}

// census returns a page of the ids of all incidents that there are; its token is how many lie before it.
func census(ctx context.Context, in importers.Input, token string) (ids []string, next string, err error) {
	offset, _ := strconv.Atoi(token) // ours; empty: the beginning
	got, err := listAt(ctx, in, offset, "")
	for _, raw := range got.Data {
		ids = append(ids, decode[brief](raw).ID)
	}
	if len(ids) == pageSize {
		next = strconv.Itoa(offset + pageSize)
	}
	return ids, next, err
}
