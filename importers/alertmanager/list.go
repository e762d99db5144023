package alertmanager

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"hindsight/importers"
)

// token is where a walk stands. Each walk reads first what Alertmanager shows now, then what Prometheus has
// remembered since the last one.
type token struct {
	Shown bool `json:"shown,omitempty"` // what Alertmanager shows was read in this walk
	past
}

// page reads what Alertmanager shows or, behind that, the next stretch of what Prometheus remembers.
func page(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
	var t token
	if at.Token != "" {
		if err := json.Unmarshal([]byte(at.Token), &t); err != nil {
			return importers.Slice{}, fmt.Errorf("alertmanager: token: %w", err)
		}
	}
	var s importers.Slice
	var err error
	last := prometheus(in.Config) == ""
	if !t.Shown {
		s, err = shown(ctx, in)
		t.Shown = true
	} else {
		s, last, err = t.past.read(ctx, in, at)
	}
	if err != nil {
		return s, err
	}
	if last {
		t.Shown = false // for the next walk
	}
	next, err := json.Marshal(t)
	s.Next, s.Last = string(next), last
	return s, err
}

// current returns the alerts that Alertmanager shows, which are those that fire now, silenced ones too, and the time
// of its answer by its own clock.
func current(ctx context.Context, in importers.Input, filter []string) ([]json.RawMessage, time.Time, error) {
	a, err := in.Client.Get(ctx, "/api/v2/alerts", url.Values{"filter": filter})
	if err != nil {
		return nil, time.Time{}, err
	}
	now, err := http.ParseTime(a.Header.Get("Date"))
	if err != nil {
		now = in.Client.Now()
	}
	var alerts []json.RawMessage
	return alerts, now.UTC(), a.JSON(&alerts)
}

// filters returns the matchers of the setting filter.
func filters(cfg importers.Config) []string { return importers.List(settings.Of(cfg, "filter"), "") }

// shown reads what Alertmanager shows.
func shown(ctx context.Context, in importers.Input) (importers.Slice, error) {
	alerts, now, err := current(ctx, in, filters(in.Config))
	if err != nil {
		return importers.Slice{}, err
	}
	var s importers.Slice
	for _, text := range alerts {
		rec, err := shownRecord(text, now)
		if err != nil {
			s.Reject("/api/v2/alerts", err.Error(), text)
			continue
		}
		s.Records = append(s.Records, rec)
	}
	return s, nil
}

// shownRecord makes a record of an alert that the API shows at now.
func shownRecord(text json.RawMessage, now time.Time) (importers.Record, error) {
	a, at, err := readAlert(text)
	if err != nil {
		return importers.Record{}, err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(text, &fields); err != nil {
		return importers.Record{}, err
	}
	for _, moving := range []string{"endsAt", "updatedAt", "status"} {
		delete(fields, moving)
	}
	var status struct{ SilencedBy, InhibitedBy []string }
	if err := json.Unmarshal(a.Status, &status); err != nil {
		return importers.Record{}, fmt.Errorf("status: %w", err)
	}
	part := record{SilencedBy: union(status.SilencedBy, nil), InhibitedBy: union(status.InhibitedBy, nil), Seen: now.Truncate(time.Hour)}
	if part.API, err = json.Marshal(fields); err != nil {
		return importers.Record{}, err
	}
	return recordOf(a.Fingerprint, at, part, "/api/v2/alerts")
}

// fetch says what became of alerts that are held as firing. Alertmanager forgets what has ended: an alert
// that it does not show has ended, and was not deleted. The filter of the connection is left out here, for pushes do
// not keep to it.
func fetch(ctx context.Context, in importers.Input, ids []string) ([]importers.Record, error) {
	alerts, now, err := current(ctx, in, nil)
	if err != nil {
		return nil, err
	}
	active := map[string]importers.Record{}
	for _, text := range alerts {
		if rec, err := shownRecord(text, now); err == nil {
			active[rec.ExternalID] = rec
		}
	}
	ended, err := json.Marshal(record{Absent: now.Truncate(time.Second)})
	if err != nil {
		return nil, err
	}
	var records []importers.Record
	for _, id := range ids {
		rec, ok := active[id]
		if !ok {
			rec = importers.Record{ExternalID: id, Body: ended, Place: "not shown by Alertmanager any more"}
		}
		records = append(records, rec)
	}
	return records, nil
}
