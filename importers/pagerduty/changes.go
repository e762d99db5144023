package pagerduty

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"hindsight/importers"
	"hindsight/incident"
)

const changes = "changes"

// changeRecord is the body of a raw record: a change event, and the services that it only refers to by id.
type changeRecord struct {
	Event    json.RawMessage   `json:"change_event"`
	Services []json.RawMessage `json:"services,omitempty"`
}

// change is a change event, as far as it has a place here.
type change struct {
	ID        string
	Summary   string
	Timestamp string
	Source    string
	Services  []reference
	Links     []struct{ Href, Text string }
}

// changeEvents reads a page of the change events of a window.
func changeEvents(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
	_, offset := place(at.Token)
	query := within(at, in.Config)
	query.Del("time_zone") // this list is always in UTC
	p, tooMany, err := list(ctx, in, "/change_events", query, offset)
	if err != nil {
		return importers.Slice{}, err
	}
	s := importers.Slice{TooMany: tooMany}
	if p.More && len(p.ChangeEvents) > 0 {
		s.Next = token(logs, offset+len(p.ChangeEvents))
	}
	names := map[string]json.RawMessage{}
	for _, raw := range p.ChangeEvents {
		var c change
		if err := json.Unmarshal(raw, &c); err != nil || c.ID == "" {
			s.Reject("/change_events", "the change event has no id, or cannot be read", raw)
			continue
		}
		r := changeRecord{Event: raw}
		for _, ref := range c.Services {
			service, err := serviceOf(ctx, in, ref, names)
			if err != nil {
				return s, err
			}
			if service != nil {
				r.Services = append(r.Services, service)
			}
		}
		body, err := json.Marshal(r)
		if err != nil {
			return s, fmt.Errorf("pagerduty: write change event %s: %w", c.ID, err)
		}
		s.Records = append(s.Records, importers.Record{ExternalID: c.ID, Body: body, At: importers.ISO(c.Timestamp)})
	}
	return s, nil
}

// serviceOf returns the service that a change event names by its id alone, each asked for once a page; nil where the
// event has its name, or where the service is not there any more.
func serviceOf(ctx context.Context, in importers.Input, ref reference, known map[string]json.RawMessage) (json.RawMessage, error) {
	if ref.ID == "" || ref.label() != "" {
		return nil, nil
	}
	if service, ok := known[ref.ID]; ok {
		return service, nil
	}
	answer, err := in.Client.Get(ctx, "/services/"+url.PathEscape(ref.ID), nil)
	if err != nil && !importers.HasStatus(err, http.StatusForbidden, http.StatusNotFound) {
		return nil, fmt.Errorf("pagerduty: name service %s: %w", ref.ID, err)
	}
	var got struct{ Service json.RawMessage }
	if err == nil {
		err = answer.JSON(&got)
	} else {
		err = nil
	}
	known[ref.ID] = got.Service
	return got.Service, err
}

// mapChange turns a change event into one of ours. PagerDuty does not say what sort of change it was: most come from
// build and deployment tools, so they count as deployments. Nor does it say how it ended.
func mapChange(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	var r changeRecord
	var c change
	if err := json.Unmarshal(raw.Body, &r); err != nil || json.Unmarshal(r.Event, &c) != nil {
		return importers.Draft{}, &importers.MapError{Reason: "it is no change event"}
	}
	at := importers.ISO(c.Timestamp)
	if at.IsZero() {
		return importers.Draft{}, &importers.MapError{Field: "timestamp", Value: importers.Line(c.Timestamp), Reason: "the change event does not say when it was"}
	}
	for _, text := range r.Services {
		c.Services = append(c.Services, importers.Decode[reference](text))
	}
	d := importers.NewChange(changes, raw.ExternalID, incident.ChangeDeploy, cmp.Or(importers.Line(c.Summary), "(no title)"))
	d.Change.StartedAt, d.Change.ExternalCreatedAt, d.Change.Actor = at, at, importers.Line(c.Source)
	for _, ref := range c.Services {
		d.AddChanged(cfg.Words(words).ServiceNames(importers.Line(ref.label()))...)
	}
	for _, l := range c.Links {
		d.Change.URL = cmp.Or(d.Change.URL, importers.WebURL(l.Href))
	}
	return d, nil
}
