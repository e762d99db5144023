package pagerduty

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"hindsight/importers"
)

// fetch reads one incident with its custom fields, its whole log and its alerts. One that the connection's allow-lists
// leave out is as good as not there.
func fetch(ctx context.Context, in importers.Input, id string) (importers.Record, error) {
	path := "/incidents/" + url.PathEscape(id)
	query := url.Values{"include[]": {"custom_fields", "conference_bridge"}}
	answer, err := in.Client.Get(ctx, path, query)
	if err != nil {
		return importers.Record{}, fmt.Errorf("pagerduty: fetch incident %s: %w", id, err)
	}
	var r record
	if err := answer.JSON(&r); err != nil {
		return importers.Record{}, err
	}
	key, err := r.keys()
	if err == nil && key.ID == "" {
		err = errors.New("pagerduty: the answer for incident " + id + " holds no incident")
	}
	if err != nil {
		return importers.Record{}, err
	}
	if !key.wanted(in.Config) {
		return importers.Record{}, importers.NotOurs(id)
	}
	raw, err := all(ctx, in, path+"/log_entries", url.Values{"include[]": {"channels"}}, func(p page) []json.RawMessage { return p.LogEntries })
	if err != nil {
		return importers.Record{}, err
	}
	for _, text := range raw {
		e, err := readEntry(text)
		if err != nil {
			return importers.Record{}, fmt.Errorf("pagerduty: fetch incident %s: %w", id, err)
		}
		r.Log = append(r.Log, e.body)
	}
	r.Alerts, err = all(ctx, in, path+"/alerts", url.Values{}, func(p page) []json.RawMessage { return p.Alerts })
	if err != nil {
		return importers.Record{}, err
	}
	r.Details = r.Incident
	return r.as(key.ID)
}

// all reads the pages of a list of one incident, up to the API's ceiling. It ends where a page repeats the one before.
func all(ctx context.Context, in importers.Input, path string, query url.Values, items func(page) []json.RawMessage) ([]json.RawMessage, error) {
	var out []json.RawMessage
	last := ""
	for {
		p, tooMany, err := list(ctx, in, path, query, len(out))
		if err != nil || tooMany && len(p.LogEntries)+len(p.Alerts) == 0 {
			return out, err
		}
		got := items(p)
		if len(got) == 0 || string(got[0]) == last {
			return out, nil
		}
		last = string(got[0])
		if out = append(out, got...); !p.More {
			return out, nil
		}
	}
}
