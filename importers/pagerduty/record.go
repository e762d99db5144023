package pagerduty

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"hindsight/importers"
)

// record is the body of a raw record: an incident and as much of its log and alerts as is known, each as the API
// gave it, but for the copy of the incident that each log entry carries. Log and alerts are in order of id.
type record struct {
	Incident json.RawMessage   `json:"incident"`          // the newest version
	Details  json.RawMessage   `json:"details,omitempty"` // the newest that was fetched by id: lists lack its custom fields
	Log      []json.RawMessage `json:"log_entries,omitempty"`
	Alerts   []json.RawMessage `json:"alerts,omitempty"`
}

// as returns the record to store.
func (r record) as(id string) (importers.Record, error) {
	body, err := union(r, record{}).encode()
	return importers.Record{ExternalID: id, Body: body}, err
}

func (r record) encode() ([]byte, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("pagerduty: write record: %w", err)
	}
	return body, nil
}

// keys are the parts of an object that records are put together and chosen by.
type keys struct {
	ID        string    `json:"id"`
	Type      string    `json:"type"`
	Status    string    `json:"status"`
	CreatedAt string    `json:"created_at"`
	UpdatedAt string    `json:"updated_at"`
	StatusAt  string    `json:"last_status_change_at"`
	Service   reference `json:"service"`
	Teams     []reference
}

func (r record) keys() (keys, error) {
	var k keys
	if err := json.Unmarshal(r.Incident, &k); err != nil {
		return k, fmt.Errorf("pagerduty: read incident: %w", err)
	}
	return k, nil
}

// wanted reports whether the connection's allow-lists let an incident in.
func (k keys) wanted(cfg importers.Config) bool {
	teams, services := ids(cfg, "teams"), ids(cfg, "services")
	return (len(services) == 0 || slices.Contains(services, k.Service.ID)) &&
		(len(teams) == 0 || slices.ContainsFunc(k.Teams, func(t reference) bool { return slices.Contains(teams, t.ID) }))
}

// changed returns when the object last changed, as far as it says; zero when it does not.
func (k keys) changed() time.Time {
	var last time.Time
	for _, text := range []string{k.CreatedAt, k.UpdatedAt, k.StatusAt} {
		if at := importers.ISO(text); at.After(last) {
			last = at
		}
	}
	return last
}

// entry is a log entry of the account's log, taken apart.
type entry struct {
	id       string
	incident string
	whole    json.RawMessage // the incident as it is now; nil when the entry only refers to it
	body     json.RawMessage // the entry without the incident
}

func readEntry(raw json.RawMessage) (entry, error) {
	fields := map[string]json.RawMessage{}
	var e struct {
		ID       string `json:"id"`
		Incident keys   `json:"incident"`
	}
	if err := errors.Join(json.Unmarshal(raw, &fields), json.Unmarshal(raw, &e)); err != nil {
		return entry{}, fmt.Errorf("the log entry cannot be read: %w", err)
	}
	if e.ID == "" {
		return entry{}, errors.New("the log entry has no id")
	}
	out := entry{id: e.ID, incident: e.Incident.ID}
	if e.Incident.Type == "incident" && e.Incident.CreatedAt != "" {
		out.whole = fields["incident"]
	}
	delete(fields, "incident")
	body, err := json.Marshal(fields)
	out.body = body
	return out, err
}

// combine adds the log entries and alerts of two versions up and keeps the newer incident.
func combine(stored, read []byte) ([]byte, error) {
	var a, b record
	if err := errors.Join(json.Unmarshal(stored, &a), json.Unmarshal(read, &b)); err != nil {
		return nil, fmt.Errorf("pagerduty: combine records: %w", err)
	}
	return union(a, b).encode()
}

func union(a, b record) record {
	return record{
		Incident: newer(a.Incident, b.Incident),
		Details:  newer(a.Details, b.Details),
		Log:      collect(a.Log, b.Log),
		Alerts:   collect(a.Alerts, b.Alerts),
	}
}

// collect returns the objects of both lists, of each id the newer one, in order of id.
func collect(lists ...[]json.RawMessage) []json.RawMessage {
	byID := map[string]json.RawMessage{}
	for _, raw := range slices.Concat(lists...) {
		var k keys
		if json.Unmarshal(raw, &k) != nil || k.ID == "" {
			k.ID = string(raw) // it is kept, and Map says what is wrong with it
		}
		byID[k.ID] = newer(byID[k.ID], raw)
	}
	var out []json.RawMessage
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		out = append(out, byID[id])
	}
	return out
}

// progress orders the states that an object can have had within one second.
var progress = map[string]int{"triggered": 1, "acknowledged": 2, "resolved": 3}

// newer returns the version that was changed last. Versions of one second are told apart by (1) how far the status
// got, (2) how much they say, (3) their text, which means nothing but makes the choice the same in either order.
func newer(a, b json.RawMessage) json.RawMessage {
	switch {
	case len(a) == 0:
		return b
	case len(b) == 0 || bytes.Equal(a, b):
		return a
	}
	var k, l keys
	json.Unmarshal(a, &k)
	json.Unmarshal(b, &l)
	if cmp.Or(k.changed().Compare(l.changed()), cmp.Compare(progress[k.Status], progress[l.Status]),
		cmp.Compare(len(a), len(b)), bytes.Compare(a, b)) < 0 {
		return b
	}
	return a
}
