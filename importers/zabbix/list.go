package zabbix

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strconv"

	"hindsight/importers"
)

const most = 500 // problems on a page

// body is what a record holds: the event of the problem and that of its recovery.
type body struct {
	Event    json.RawMessage `json:"event"`
	Recovery json.RawMessage `json:"recovery,omitempty"`
}

// page reads problems behind the last event id. Ids only grow, so they stay good as a cursor for ever; what
// becomes of an open problem is asked by Fetch.
func page(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
	last, _ := strconv.ParseUint(at.Token, 10, 64)
	c, err := connect(ctx, in)
	if err != nil {
		return importers.Slice{}, err
	}
	conditions, err := c.filter(ctx, in)
	if err != nil {
		return importers.Slice{}, err
	}
	maps.Copy(conditions, map[string]any{"value": 1, "eventid_from": strconv.FormatUint(last+1, 10), "sortfield": []string{"eventid"}, "sortorder": "ASC", "limit": most})
	if at.Token == "" && !at.From.IsZero() {
		conditions["time_from"] = at.From.Unix()
	}
	if !at.To.IsZero() {
		conditions["time_till"] = at.To.Unix()
	}
	var s importers.Slice
	if s.Records, err = c.problems(ctx, conditions); err != nil {
		return s, err
	}
	for _, r := range s.Records {
		id, _ := strconv.ParseUint(r.ExternalID, 10, 64)
		last = max(last, id)
	}
	s.Next, s.Last = strconv.FormatUint(last, 10), len(s.Records) < most
	return s, nil
}

func fetch(ctx context.Context, in importers.Input, ids []string) ([]importers.Record, error) {
	c, err := connect(ctx, in)
	if err != nil {
		return nil, err
	}
	return c.problems(ctx, map[string]any{"eventids": ids, "value": 1})
}

// problems reads events of problems, and all of their recoveries in one call more: a problem does not say when it ended.
func (c *caller) problems(ctx context.Context, conditions map[string]any) ([]importers.Record, error) {
	maps.Copy(conditions, map[string]any{"source": 0, "object": 0, "output": "extend", "selectTags": "extend", "select_acknowledges": "extend",
		"selectHosts": []string{"hostid", "host", "name"}, "selectSuppressionData": "extend"})
	var found []json.RawMessage
	if err := c.call(ctx, "event.get", conditions, &found); err != nil {
		return nil, err
	}
	events := make([]event, len(found))
	var ends []string
	for i, text := range found {
		if err := json.Unmarshal(text, &events[i]); err != nil || events[i].ID == "" {
			return nil, fmt.Errorf("zabbix: event.get: an event cannot be read: %w", cmp.Or(err, fmt.Errorf("it has no id")))
		}
		if end := events[i].Recovery; end != "" && end != "0" {
			ends = append(ends, string(end))
		}
	}
	recoveries, err := c.recoveries(ctx, ends)
	if err != nil {
		return nil, err
	}
	records := make([]importers.Record, len(found))
	for i, e := range events {
		whole, err := json.Marshal(body{found[i], recoveries[string(e.Recovery)]})
		if err != nil {
			return nil, err
		}
		records[i] = importers.Record{ExternalID: string(e.ID), Body: whole, At: e.at()}
	}
	return records, nil
}

// recoveries reads events by id.
func (c *caller) recoveries(ctx context.Context, ids []string) (map[string]json.RawMessage, error) {
	found := map[string]json.RawMessage{}
	if len(ids) == 0 {
		return found, nil
	}
	var events []json.RawMessage
	if err := c.call(ctx, "event.get", map[string]any{"eventids": ids, "source": 0, "object": 0, "output": "extend"}, &events); err != nil {
		return nil, err
	}
	for _, text := range events {
		var e event
		if err := json.Unmarshal(text, &e); err != nil {
			return nil, fmt.Errorf("zabbix: event.get: a recovery cannot be read: %w", err)
		}
		found[string(e.ID)] = text
	}
	return found, nil
}
