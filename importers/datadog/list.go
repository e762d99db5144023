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

// listed is a page of the list of all incidents.
type listed struct {
	Data     []json.RawMessage `json:"data"`
	Included []json.RawMessage `json:"included"`
}

// listAt reads the page at an offset.
func listAt(ctx context.Context, in importers.Input, offset int, include string) (got listed, err error) {
	q := url.Values{"page[size]": {strconv.Itoa(pageSize)}, "page[offset]": {strconv.Itoa(offset)}}
	if include != "" {
		q.Set("include", include)
	}
	return got, in.Get(ctx, "/api/v2/incidents", q, &got)
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
	included := importers.IncludedIn(got.Included)
	for n, raw := range got.Data {
		i := importers.Decode[brief](raw)
		s.Held = append(s.Held, i.ID)
		switch modified, created := importers.ISO(i.Attributes.Modified), importers.ISO(i.Attributes.Created); {
		case i.ID == "":
			s.Add(n, raw, importers.Record{})
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
	q := url.Values{"query": {everyState}, "sort": {"-created"}, "page[size]": {strconv.Itoa(pageSize)}, "page[offset]": {strconv.Itoa(offset)}}
	var got searched
	if err := in.Get(ctx, "/api/v2/incidents/search", q, &got); err != nil {
		return s, err
	}
	found := got.Data.Attributes.Incidents
	old := len(found) < pageSize
	for _, f := range found {
		i := importers.Decode[brief](f.Data)
		s.Held = append(s.Held, i.ID)
		if modified := importers.ISO(i.Attributes.Modified); i.ID != "" && (modified.IsZero() || !modified.Before(at.From)) {
			r, err := one(ctx, in, i.ID)
			if importers.HasStatus(err, http.StatusNotFound, http.StatusGone) {
				continue
			}
			if err != nil {
				return s, err
			}
			s.Records = append(s.Records, r)
		}
		if created := importers.ISO(i.Attributes.Created); !created.IsZero() && created.Before(at.From.Add(-horizon)) {
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
	if err := in.Get(ctx, "/api/v2/incidents/"+url.PathEscape(id), url.Values{"include": {"users,attachments"}}, &got); err != nil {
		return importers.Record{}, err
	}
	if importers.Decode[brief](got.Data).ID == "" {
		return importers.Record{}, fmt.Errorf("datadog: incident %s: the answer holds no incident", id)
	}
	return record(ctx, in, got.Data, importers.IncludedIn(got.Included))
}

// record puts an incident together with the people and attachments that it points at, its follow-up tasks, and its issues
// and channels in other tools. One that is archived counts as deleted.
func record(ctx context.Context, in importers.Input, raw json.RawMessage, included importers.Included) (importers.Record, error) {
	i := importers.Decode[brief](raw)
	b := body{Incident: raw, Included: included.Of(i.points()...)}
	path := "/api/v2/incidents/" + url.PathEscape(i.ID) + "/relationships/"
	var err error
	if b.Todos, err = related(ctx, in, path+"todos"); err != nil {
		return importers.Record{}, err
	}
	if len(i.Relations["integrations"].Pointers()) > 0 {
		if b.Integrations, err = related(ctx, in, path+"integrations"); err != nil {
			return importers.Record{}, err
		}
	}
	text, err := json.Marshal(b)
	if err != nil {
		return importers.Record{}, fmt.Errorf("datadog: keep incident %s: %w", i.ID, err)
	}
	return importers.Record{ExternalID: i.ID, Body: text, Place: fmt.Sprintf("incident %d", i.Attributes.Number), At: importers.ISO(i.Attributes.Modified),
		Gone: !importers.ISO(i.Attributes.Archived).IsZero()}, nil
}

// related reads what belongs to one incident; nothing where it may not be read.
func related(ctx context.Context, in importers.Input, path string) ([]json.RawMessage, error) {
	var got listed
	err := in.Get(ctx, path, nil, &got)
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
		ids = append(ids, importers.Decode[brief](raw).ID)
	}
	if len(ids) == pageSize {
		next = strconv.Itoa(offset + pageSize)
	}
	return ids, next, err
}
