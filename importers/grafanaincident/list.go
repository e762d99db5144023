package grafanaincident

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"hindsight/importers"
)

const most = 100 // entries on a page

// cursor leads to the next page of every list.
type cursor struct {
	Next string `json:"nextValue"`
	More bool   `json:"hasMore"`
}

// preview is what an incident is told apart by, and when it changed.
type preview struct {
	ID       string `json:"incidentID"`
	Created  string `json:"createdTime"`
	Modified string `json:"modifiedTime"`
}

type page struct {
	Previews []preview `json:"incidentPreviews"`
	Cursor   cursor    `json:"cursor"`
}

// record is the body of a raw record: the incident and its activity as the API gave them.
type record struct {
	Incident json.RawMessage   `json:"incident"`
	Activity []json.RawMessage `json:"activity,omitempty"`
}

// ask calls a method. A method that finds nothing may say so with 200 and a text in "error".
func ask(ctx context.Context, in importers.Input, method string, body, into any) error {
	path := "/api/plugins/" + settings.Of(in.Config, "app") + "/resources/api/v1/" + method
	a, err := in.Client.Post(ctx, path, body)
	if err != nil {
		return err
	}
	var said struct{ Error string }
	if err := a.JSON(&said); err != nil {
		return err
	}
	if said.Error != "" {
		return fmt.Errorf("grafanaincident: %s: %s", method, importers.Line(said.Error))
	}
	return a.JSON(into)
}

// previews reads a page of incidents in order of creation. A query text is left out: with one, the order would not count.
func previews(ctx context.Context, in importers.Input, direction string, from cursor) (p page, err error) {
	err = ask(ctx, in, "IncidentsService.QueryIncidentPreviews", map[string]any{
		"query":  map[string]any{"limit": most, "orderDirection": direction, "orderField": "createdTime"},
		"cursor": from,
	}, &p)
	return p, err
}

// backfill names all incidents, oldest first; each is then fetched with its activity.
func backfill(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
	p, err := previews(ctx, in, "ASC", cursor{Next: at.Token, More: at.Token != ""})
	if err != nil {
		return importers.Slice{}, err
	}
	s := touched(p, at.From)
	if p.Cursor.More && len(p.Previews) > 0 {
		s.Next = p.Cursor.Next
	}
	return s, nil
}

// follow names those of the newest hundred incidents that were modified in time. Older ones are asked for while they
// are open, and by the reconciliation.
func follow(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
	p, err := previews(ctx, in, "DESC", cursor{})
	return touched(p, at.From), err
}

func touched(p page, since time.Time) (s importers.Slice) {
	for _, i := range p.Previews {
		if i.ID == "" {
			s.Reject("", "this is no incident: it has no incidentID", nil)
			continue
		}
		s.Held = append(s.Held, i.ID)
		if at := importers.ISO(i.Modified); at.IsZero() || !at.Before(since) {
			s.Touched = append(s.Touched, i.ID)
		}
	}
	return s
}

// fetch reads one incident and all of its activity.
func fetch(ctx context.Context, in importers.Input, id string) (importers.Record, error) {
	var r record
	if err := ask(ctx, in, "IncidentsService.GetIncident", map[string]any{"incidentID": id}, &r); err != nil {
		return importers.Record{}, err
	}
	var p preview
	if err := json.Unmarshal(r.Incident, &p); err != nil || p.ID == "" {
		return importers.Record{}, &importers.StatusError{Status: http.StatusNotFound, Method: http.MethodPost, Path: "IncidentsService.GetIncident", Body: "the answer holds no incident"}
	}
	activity, err := importers.AllParts(func(token string) ([]json.RawMessage, string, error) {
		var a struct {
			Items  []json.RawMessage `json:"activityItems"`
			Cursor cursor            `json:"cursor"`
		}
		err := ask(ctx, in, "ActivityService.QueryActivity", map[string]any{
			"query":  map[string]any{"incidentID": id, "limit": most, "orderDirection": "ASC"},
			"cursor": cursor{Next: token, More: token != ""},
		}, &a)
		if !a.Cursor.More || len(a.Items) == 0 {
			return a.Items, "", err
		}
		return a.Items, a.Cursor.Next, err
	})
	if err != nil {
		return importers.Record{}, fmt.Errorf("grafanaincident: the activity of %s: %w", id, err)
	}
	r.Activity = activity
	body, err := json.Marshal(r)
	if err != nil {
		return importers.Record{}, fmt.Errorf("grafanaincident: write record %s: %w", id, err)
	}
	return importers.Record{ExternalID: p.ID, Body: body, At: importers.ISO(p.Modified)}, nil
}
