package incidentio

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
	pageSize = 100            // incidents; 250 are allowed, but each costs two requests more before the page is stored
	partSize = 250            // updates and the like, the most that is given at once
	few      = 3              // incidents whose follow-ups are asked for one by one; those of more come with all that there are
	overlap  = 24 * time.Hour // since changes are asked for by date
)

// meta tells where the next page begins.
type meta struct {
	After string `json:"after"`
	Total int64  `json:"total_record_count"`
}

// filter is the query for the incidents that changed since the day of at.From and were created until the day after at.To.
func filter(at importers.At) url.Values {
	q := url.Values{}
	if !at.From.IsZero() {
		q.Set("updated_at[gte]", at.From.Format(time.DateOnly))
	}
	if !at.To.IsZero() {
		q.Set("created_at[lte]", at.To.Add(24*time.Hour).Format(time.DateOnly))
	}
	return q
}

// count asks how many incidents changed within in's bounds, for the least page.
func count(ctx context.Context, in importers.Input) (int64, error) {
	q := filter(importers.At{From: in.Since, To: in.Until})
	q.Set("page_size", "1")
	var got struct {
		Meta meta `json:"pagination_meta"`
	}
	err := in.Get(ctx, "/v2/incidents", q, &got)
	return got.Meta.Total, err
}

// page reads one page of the incidents that changed since at.From, oldest first: one that changes meanwhile keeps its
// place. Test and tutorial incidents are not among them.
func page(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
	q := filter(at)
	q.Set("page_size", strconv.Itoa(pageSize))
	q.Set("sort_by", "created_at_oldest_first")
	if at.Token != "" {
		q.Set("after", at.Token)
	}
	var got struct {
		Incidents []json.RawMessage `json:"incidents"`
		Meta      meta              `json:"pagination_meta"`
	}
	if err := in.Get(ctx, "/v2/incidents", q, &got); err != nil {
		return importers.Slice{}, err
	}
	s := importers.Slice{Next: got.Meta.After, Total: got.Meta.Total}
	if len(got.Incidents) == 0 {
		s.Next = ""
	}
	followUps, err := followUpsOf(ctx, in, len(got.Incidents))
	if err != nil {
		return s, err
	}
	for n, raw := range got.Incidents {
		r, err := record(ctx, in, raw, followUps)
		if err != nil {
			return s, err
		}
		s.Add(n, raw, r)
	}
	return s, nil
}

// one fetches an incident by id. A private one that the key may not see counts as not there.
func one(ctx context.Context, in importers.Input, id string) (importers.Record, error) {
	var got struct {
		Incident json.RawMessage `json:"incident"`
	}
	err := in.Get(ctx, "/v2/incidents/"+url.PathEscape(id), nil, &got)
	if importers.HasStatus(err, http.StatusForbidden) {
		return importers.Record{}, &importers.StatusError{Status: http.StatusNotFound, Method: http.MethodGet, Path: "/v2/incidents", Body: "it may not be seen"}
	}
	if err != nil {
		return importers.Record{}, err
	}
	r, err := record(ctx, in, got.Incident, nil)
	if err == nil && r.ExternalID == "" {
		err = fmt.Errorf("incidentio: incident %s: the answer holds no incident", id)
	}
	return r, err
}

// record adds to an incident what other lists tell of it. followUps holds those of all incidents, or is nil.
func record(ctx context.Context, in importers.Input, raw json.RawMessage, followUps map[string][]json.RawMessage) (importers.Record, error) {
	i := importers.Decode[brief](raw)
	if i.ID == "" {
		return importers.Record{}, nil
	}
	b := body{Incident: raw, FollowUps: followUps[i.ID]}
	var err error
	if b.Updates, err = updatesOf(ctx, in, i.ID); err != nil {
		return importers.Record{}, err
	}
	if b.Attachments, err = listOf(ctx, in, "/v1/incident_attachments", "incident_attachments", i.ID); err != nil {
		return importers.Record{}, err
	}
	if followUps == nil {
		if b.FollowUps, err = listOf(ctx, in, "/v2/follow_ups", "follow_ups", i.ID); err != nil {
			return importers.Record{}, err
		}
	}
	for _, id := range i.Documents {
		var doc document
		err := in.Get(ctx, "/v1/postmortem_documents/"+url.PathEscape(id)+"/content", nil, &doc)
		if importers.HasStatus(err, http.StatusNotFound, http.StatusForbidden, http.StatusUnprocessableEntity) {
			continue // it was removed, or lies with another provider
		}
		if err != nil {
			return importers.Record{}, err
		}
		doc.ID = id
		b.Documents = append(b.Documents, doc)
	}
	text, err := json.Marshal(b)
	if err != nil {
		return importers.Record{}, fmt.Errorf("incidentio: keep incident %s: %w", i.ID, err)
	}
	return importers.Record{ExternalID: i.ID, Body: text, Place: "incident " + i.Reference, At: importers.ISO(i.UpdatedAt)}, nil
}

// followUpsOf returns the follow-ups of all incidents by incident, which one request gives; nil where it is about so few
// incidents that each is better asked for its own.
func followUpsOf(ctx context.Context, in importers.Input, incidents int) (map[string][]json.RawMessage, error) {
	if incidents <= few {
		return nil, nil
	}
	all, err := listOf(ctx, in, "/v2/follow_ups", "follow_ups", "")
	if err != nil {
		return nil, err
	}
	by := map[string][]json.RawMessage{}
	for _, raw := range all {
		id := importers.Decode[followUp](raw).Incident
		by[id] = append(by[id], raw)
	}
	return by, nil
}

// listOf returns a list that comes in one answer, of one incident or (empty id) of all.
func listOf(ctx context.Context, in importers.Input, path, key, id string) ([]json.RawMessage, error) {
	q := url.Values{}
	if id != "" {
		q.Set("incident_id", id)
	}
	var got map[string]json.RawMessage
	if err := in.Get(ctx, path, q, &got); err != nil {
		return nil, err
	}
	return importers.Decode[[]json.RawMessage](got[key]), nil
}

// updatesOf returns all updates of an incident.
func updatesOf(ctx context.Context, in importers.Input, id string) ([]json.RawMessage, error) {
	all, err := importers.AllParts(func(after string) ([]json.RawMessage, string, error) {
		q := url.Values{"incident_id": {id}, "page_size": {strconv.Itoa(partSize)}}
		if after != "" {
			q.Set("after", after)
		}
		var got struct {
			Updates []json.RawMessage `json:"incident_updates"`
			Meta    meta              `json:"pagination_meta"`
		}
		err := in.Get(ctx, "/v2/incident_updates", q, &got)
		if len(got.Updates) < partSize {
			got.Meta.After = ""
		}
		return got.Updates, got.Meta.After, err
	})
	if err != nil {
		return nil, fmt.Errorf("incidentio: updates of incident %s: %w", id, err)
	}
	return all, nil
}
