package opsgenie

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"hindsight/importers"
)

// record is the body of a raw record: what the API gave about an incident or an alert, each part verbatim.
type record struct {
	Incident json.RawMessage            `json:"incident,omitempty"`
	Alert    json.RawMessage            `json:"alert,omitempty"`
	Timeline []json.RawMessage          `json:"timeline,omitempty"` // of the incident
	Alerts   []json.RawMessage          `json:"alerts,omitempty"`   // of the incident, the first so many
	AlertIDs []string                   `json:"alert_ids,omitempty"`
	Logs     []json.RawMessage          `json:"logs,omitempty"`  // of the alert
	Notes    []json.RawMessage          `json:"notes,omitempty"` // of the alert
	Named    map[string]json.RawMessage `json:"named,omitempty"` // services, teams and users that it names by id
}

// alertsEach is how many alerts of an incident are read; of the others only their number is known.
const alertsEach = 20

// reader reads records of one call; it asks for each service, team and user once.
type reader struct {
	in    importers.Input
	named map[string]json.RawMessage
}

// fetchEach makes a Fetch whose records share what they name.
func fetchEach(one func(ctx context.Context, r *reader, id string) (record, error)) func(context.Context, importers.Input, []string) ([]importers.Record, error) {
	return func(ctx context.Context, in importers.Input, ids []string) ([]importers.Record, error) {
		r := &reader{in: in, named: map[string]json.RawMessage{}}
		return importers.FetchEach(func(ctx context.Context, _ importers.Input, id string) (importers.Record, error) {
			rec, err := one(ctx, r, id)
			if err != nil {
				return importers.Record{}, err
			}
			var key struct{ ID, CreatedAt string }
			if json.Unmarshal(append(rec.Incident, rec.Alert...), &key) != nil || key.ID == "" {
				return importers.Record{}, fmt.Errorf("opsgenie: the answer for %s holds no record", id)
			}
			body, err := json.Marshal(rec)
			return importers.Record{ExternalID: key.ID, Body: body, At: importers.ISO(key.CreatedAt)}, err
		})(ctx, in, ids)
	}
}

// fetchIncident reads an incident, its timeline, and its alerts. A part that the account's plan or the key does not
// give is left out.
func fetchIncident(ctx context.Context, r *reader, id string) (rec record, err error) {
	path := "/v1/incidents/" + url.PathEscape(id)
	if rec.Incident, err = r.get(ctx, path); err != nil {
		return rec, err
	}
	if rec.Timeline, err = r.timeline(ctx, id); err != nil {
		return rec, err
	}
	ids, err := r.get(ctx, path+"/associated-alert-ids")
	if err = unlessGiven(err); err != nil {
		return rec, err
	}
	json.Unmarshal(ids, &rec.AlertIDs) // null when not given
	for _, alert := range rec.AlertIDs[:min(len(rec.AlertIDs), alertsEach)] {
		one, err := r.get(ctx, "/v2/alerts/"+url.PathEscape(alert))
		if err = unlessGiven(err); err != nil {
			return rec, err
		}
		if one != nil {
			rec.Alerts = append(rec.Alerts, one)
		}
	}
	return rec, r.name(ctx, &rec, rec.Incident)
}

// fetchAlert reads an alert with its log and notes.
func fetchAlert(ctx context.Context, r *reader, id string) (rec record, err error) {
	path := "/v2/alerts/" + url.PathEscape(id)
	if rec.Alert, err = r.get(ctx, path); err != nil {
		return rec, err
	}
	if rec.Logs, err = r.trail(ctx, path+"/logs"); err != nil {
		return rec, err
	}
	if rec.Notes, err = r.trail(ctx, path+"/notes"); err != nil {
		return rec, err
	}
	return rec, r.name(ctx, &rec, rec.Alert)
}

// unlessGiven drops the errors by which the API says that there is no such part for this key.
func unlessGiven(err error) error {
	if importers.HasStatus(err, http.StatusForbidden, http.StatusNotFound, http.StatusPaymentRequired) {
		return nil
	}
	return err
}

// get returns the data of an answer.
func (r *reader) get(ctx context.Context, path string) (json.RawMessage, error) {
	var got struct{ Data json.RawMessage }
	if err := r.in.Get(ctx, path, nil, &got); err != nil {
		return nil, fmt.Errorf("opsgenie: fetch %s: %w", path, err)
	}
	return got.Data, nil
}

// timeline reads the pages of an incident's timeline. They hold twenty entries and name the next by an opaque offset.
func (r *reader) timeline(ctx context.Context, id string) ([]json.RawMessage, error) {
	all, err := importers.AllParts(func(offset string) ([]json.RawMessage, string, error) {
		query := url.Values{"limit": {"20"}, "group": {"custom,incident"}}
		if offset != "" {
			query.Set("offset", offset)
		}
		var page struct {
			Data struct {
				Entries    []json.RawMessage
				NextOffset string
			}
		}
		err := r.in.Get(ctx, "/v2/incident-timelines/"+url.PathEscape(id)+"/entries", query, &page)
		if len(page.Data.Entries) == 0 {
			page.Data.NextOffset = ""
		}
		return page.Data.Entries, page.Data.NextOffset, unlessGiven(err)
	})
	if err != nil {
		return nil, fmt.Errorf("opsgenie: timeline of %s: %w", id, err)
	}
	return all, nil
}

// trail reads the log or the notes of an alert, oldest first. Each entry has an offset behind which the next page begins.
func (r *reader) trail(ctx context.Context, path string) ([]json.RawMessage, error) {
	all, err := importers.AllParts(func(offset string) ([]json.RawMessage, string, error) {
		query := url.Values{"limit": {strconv.Itoa(pageSize)}, "order": {"asc"}, "direction": {"next"}}
		if offset != "" {
			query.Set("offset", offset)
		}
		var page listed
		if err := r.in.Get(ctx, path, query, &page); err != nil || page.Paging.Next == "" || len(page.Data) < pageSize {
			return page.Data, "", err
		}
		var last struct{ Offset string }
		if json.Unmarshal(page.Data[len(page.Data)-1], &last) != nil || last.Offset == "" {
			return nil, "", importers.ErrStuck
		}
		return page.Data, last.Offset, nil
	})
	if err != nil {
		return nil, fmt.Errorf("opsgenie: fetch %s: %w", path, err)
	}
	return all, nil
}

// name looks up what the record names by id alone.
func (r *reader) name(ctx context.Context, rec *record, body json.RawMessage) error {
	var refs struct {
		ImpactedServices []string
		OwnerTeam        string
		Responders       []struct{ Type, ID string }
	}
	if err := json.Unmarshal(body, &refs); err != nil {
		return errors.New("opsgenie: the record cannot be read: " + importers.Line(err.Error()))
	}
	paths := map[string]string{refs.OwnerTeam: "/v2/teams/"}
	for _, id := range refs.ImpactedServices {
		paths[id] = "/v1/services/"
	}
	for _, p := range refs.Responders {
		if kind := map[string]string{"user": "/v2/users/", "team": "/v2/teams/"}[p.Type]; kind != "" {
			paths[p.ID] = kind
		}
	}
	delete(paths, "")
	for id, kind := range paths {
		if _, known := r.named[id]; !known {
			got, err := r.get(ctx, kind+url.PathEscape(id))
			if err = unlessGiven(err); err != nil {
				return err
			}
			r.named[id] = got
		}
		if r.named[id] != nil {
			if rec.Named == nil {
				rec.Named = map[string]json.RawMessage{}
			}
			rec.Named[id] = r.named[id]
		}
	}
	return nil
}
