package alertmanager

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"hindsight/importers"
)

// alert is an alert as the webhook and the API write it.
type alert struct {
	Labels       map[string]string `json:"labels"`
	Annotations  map[string]string `json:"annotations,omitempty"`
	StartsAt     string            `json:"startsAt"`
	EndsAt       string            `json:"endsAt,omitempty"`
	GeneratorURL string            `json:"generatorURL,omitempty"`
	Fingerprint  string            `json:"fingerprint"`
	Status       json.RawMessage   `json:"status,omitempty"` // webhook: "firing", "resolved"; API: an object
}

// push is one alert of a delivery, with what the delivery says of all of its alerts.
type push struct {
	Alert       json.RawMessage `json:"alert"`
	Receiver    string          `json:"receiver,omitempty"`
	GroupKey    string          `json:"groupKey,omitempty"`
	ExternalURL string          `json:"externalURL,omitempty"`
	Truncated   int             `json:"truncatedAlerts,omitempty"`
}

// record is what is known of one firing. Its parts are what the roads brought, the alerts in them verbatim except that
// the API's loses endsAt and updatedAt, which move with every evaluation, and its status, which is gathered below.
type record struct {
	Firing      *push           `json:"firing,omitempty"`
	Resolved    *push           `json:"resolved,omitempty"`
	API         json.RawMessage `json:"api,omitempty"`
	Prometheus  *firing         `json:"prometheus,omitempty"`
	SilencedBy  []string        `json:"silencedBy,omitempty"` // all silences that muted it at some time, sorted
	InhibitedBy []string        `json:"inhibitedBy,omitempty"`
	// Seen is the hour in which Alertmanager last showed it, and Absent when it first did not show it any more: it
	// had ended by then. Both are by the server's clock.
	Seen   time.Time `json:"seen,omitzero"`
	Absent time.Time `json:"absent,omitzero"`
}

// idOf names a firing: an alert that fires again keeps its fingerprint, but not the time. Roads write the same
// time with and without fractions; all know it to the millisecond.
func idOf(fingerprint string, startsAt time.Time) string {
	return fingerprint + "-" + strconv.FormatInt(startsAt.UnixMilli(), 10)
}

// recordOf makes a record for the list.
func recordOf(fingerprint string, startsAt time.Time, part record, place string) (importers.Record, error) {
	body, err := json.Marshal(part)
	return importers.Record{ExternalID: idOf(fingerprint, startsAt), Body: body, Place: place, At: startsAt}, err
}

// readAlert reads an alert and when it began.
func readAlert(text json.RawMessage) (alert, time.Time, error) {
	var a alert
	if err := json.Unmarshal(text, &a); err != nil {
		return a, time.Time{}, err
	}
	at, err := time.Parse(time.RFC3339Nano, a.StartsAt)
	if err != nil || a.Fingerprint == "" || at.Year() < 1970 {
		return a, at, fmt.Errorf("an alert has the fingerprint %q and startsAt %q; both must be there", a.Fingerprint, a.StartsAt)
	}
	return a, at.UTC(), nil
}

// combine adds what was read to what is stored. A resolution that comes without annotations takes none away, since
// it is a part of its own.
func combine(stored, read []byte) ([]byte, error) {
	var a, b record
	if err := json.Unmarshal(stored, &a); err != nil {
		return nil, fmt.Errorf("alertmanager: stored record: %w", err)
	}
	if err := json.Unmarshal(read, &b); err != nil {
		return nil, fmt.Errorf("alertmanager: record: %w", err)
	}
	return json.Marshal(record{
		Firing:      more(a.Firing, b.Firing),
		Resolved:    more(a.Resolved, b.Resolved),
		API:         fuller(a.API, b.API),
		Prometheus:  later(a.Prometheus, b.Prometheus),
		SilencedBy:  union(a.SilencedBy, b.SilencedBy),
		InhibitedBy: union(a.InhibitedBy, b.InhibitedBy),
		Seen:        latest(a.Seen, b.Seen),
		Absent:      latest(a.Absent, b.Absent),
	})
}

// more returns the push that ends later, else the one that says more: what several Alertmanagers or repetitions send
// differs in nothing but detail, and the order of arrival must not matter.
func more(a, b *push) *push {
	if a == nil || b == nil {
		return cmp.Or(a, b)
	}
	textA, _ := json.Marshal(a)
	textB, _ := json.Marshal(b)
	if c := endOf(a).Compare(endOf(b)); c > 0 || c == 0 && bigger(textA, textB) {
		return a
	}
	return b
}

// endOf returns when a push says that its alert ended; zero when it fires (the year 1) or says nothing.
func endOf(p *push) time.Time {
	if p == nil {
		return time.Time{}
	}
	var a alert
	if json.Unmarshal(p.Alert, &a) != nil {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339Nano, a.EndsAt)
	if err != nil || at.Year() < 1970 {
		return time.Time{}
	}
	return at.UTC()
}

func fuller(a, b json.RawMessage) json.RawMessage {
	if bigger(a, b) {
		return a
	}
	return b
}

func bigger(a, b []byte) bool {
	return cmp.Or(cmp.Compare(len(a), len(b)), slices.Compare(a, b)) > 0
}

func union(a, b []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(a), b...))))
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
