package pagerduty

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hindsight/importers"
)

const (
	pageSize = 100
	ceiling  = 10_000 // offset + limit above it is refused with 400 and the code 2002
	tooDeep  = 2002
)

// page is what every list of the API answers.
type page struct {
	LogEntries   []json.RawMessage `json:"log_entries"`
	Incidents    []json.RawMessage `json:"incidents"`
	Alerts       []json.RawMessage `json:"alerts"`
	ChangeEvents []json.RawMessage `json:"change_events"`
	Schedules    []json.RawMessage `json:"schedules"`
	More         bool              `json:"more"`
	Total        int64             `json:"total"`
}

// list asks for one page. tooMany says that the list cannot be read to its end.
func list(ctx context.Context, in importers.Input, path string, query url.Values, offset int) (p page, tooMany bool, err error) {
	if offset+pageSize > ceiling {
		return p, true, nil
	}
	query.Set("limit", strconv.Itoa(pageSize))
	query.Set("offset", strconv.Itoa(offset))
	query.Set("total", "true")
	answer, err := in.Client.Get(ctx, path, query)
	if importers.HasStatus(err, http.StatusBadRequest) && errorCode(answer.Body) == tooDeep {
		return p, true, nil
	}
	if err != nil {
		return p, false, fmt.Errorf("pagerduty: list %s from %d: %w", path, offset, err)
	}
	err = answer.JSON(&p)
	return p, p.Total > ceiling, err
}

// errorCode returns the API's own code of an error answer.
func errorCode(body []byte) int {
	var e struct{ Error struct{ Code int } }
	if json.Unmarshal(body, &e) != nil {
		return 0
	}
	return e.Error.Code
}

// within returns the query for a stretch of time. Times without an offset would be read in the account's own zone.
func within(at importers.At, cfg importers.Config) url.Values {
	q := url.Values{"since": {stamp(at.From)}, "until": {stamp(at.To)}, "time_zone": {"UTC"}}
	if teams := ids(cfg, "teams"); len(teams) > 0 {
		q["team_ids[]"] = teams
	}
	return q
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// ids returns the entries of an allow-list.
func ids(cfg importers.Config, name string) []string { return settings.List(cfg, name) }

// The lists that a backfill reads one after the other, as tokens begin. The log comes first: it is the longer one, so
// that a window that is too wide is found out by its first request.
const (
	logs    = "log"
	created = "created"
)

// token names a place in one of the two lists.
func token(list string, offset int) string { return list + ":" + strconv.Itoa(offset) }

// place reads a token; the empty one is the beginning.
func place(text string) (list string, offset int) {
	list, number, _ := strings.Cut(text, ":")
	offset, _ = strconv.Atoi(number)
	if list != created {
		list = logs
	}
	return list, offset
}

// backfill reads the account's log of a window and then the incidents that were created in it. Where each incident is
// fetched in detail, its own log comes with it.
func backfill(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
	list, offset := place(at.Token)
	if list == created || inDetail(in.Config) {
		return createdIn(ctx, in, at, offset)
	}
	s, err := follow(ctx, in, at)
	if err == nil && s.Next == "" && !s.TooMany {
		s.Next = token(created, 0)
	}
	return s, err
}

// follow reads a page of what happened in a window from the account's log, whose entries carry their incidents as
// they are now. Each incident in it becomes one record with those of its entries that are on the page.
func follow(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
	_, offset := place(at.Token)
	query := within(at, in.Config)
	query["include[]"] = []string{"incidents", "channels"}
	p, tooMany, err := list(ctx, in, "/log_entries", query, offset)
	if err != nil {
		return importers.Slice{}, err
	}
	s := importers.Slice{TooMany: tooMany}
	if p.More && len(p.LogEntries) > 0 {
		s.Next = token(logs, offset+len(p.LogEntries))
	}
	parts, order := map[string]record{}, []string{}
	for _, raw := range p.LogEntries {
		e, err := readEntry(raw)
		if err == nil && e.incident == "" {
			err = errors.New("the log entry does not say of which incident it is")
		}
		if err != nil {
			s.Reject("/log_entries", err.Error(), raw)
			continue
		}
		s.Held = append(s.Held, e.id)
		part, known := parts[e.incident]
		if !known {
			order = append(order, e.incident)
		}
		part.Incident, part.Log = e.whole, append(part.Log, e.body)
		parts[e.incident] = part
	}
	for _, id := range order {
		if err := put(&s, in.Config, id, parts[id]); err != nil {
			return s, err
		}
	}
	return s, nil
}

// createdIn reads a page of the incidents that were created in a window.
func createdIn(ctx context.Context, in importers.Input, at importers.At, offset int) (importers.Slice, error) {
	query := within(at, in.Config)
	query.Set("sort_by", "created_at:asc")
	if services := ids(in.Config, "services"); len(services) > 0 {
		query["service_ids[]"] = services
	}
	p, tooMany, err := list(ctx, in, "/incidents", query, offset)
	if err != nil {
		return importers.Slice{}, err
	}
	s := importers.Slice{TooMany: tooMany}
	if p.More && len(p.Incidents) > 0 {
		s.Next = token(created, offset+len(p.Incidents))
	}
	for _, raw := range p.Incidents {
		var key keys
		if err := json.Unmarshal(raw, &key); err != nil || key.ID == "" {
			s.Reject("/incidents", "the incident has no id", raw)
			continue
		}
		if err := put(&s, in.Config, key.ID, record{Incident: raw}); err != nil {
			return s, err
		}
	}
	return s, nil
}

// longest is the longest stretch of time that the list of incidents is asked for; the vendor's limit is six months.
const longest = 150 * day

// everything is the query for all incidents of the connection, whenever they were created, in order of creation.
func everything(cfg importers.Config) url.Values {
	q := url.Values{"date_range": {"all"}, "sort_by": {"created_at:asc"}, "limit": {"1"}, "total": {"true"}}
	if teams := settings.List(cfg, "teams"); len(teams) > 0 {
		q["team_ids[]"] = teams
	}
	if services := settings.List(cfg, "services"); len(services) > 0 {
		q["service_ids[]"] = services
	}
	return q
}

// first returns when the first incident was created, a day early: its log is read by time, too.
func first(ctx context.Context, in importers.Input) (time.Time, error) {
	var p page
	if err := in.Get(ctx, "/incidents", everything(in.Config), &p); err != nil {
		return time.Time{}, fmt.Errorf("pagerduty: find the first incident: %w", err)
	}
	for _, raw := range p.Incidents {
		if at := importers.ISO(importers.Decode[keys](raw).CreatedAt); !at.IsZero() {
			return at.Add(-day), nil
		}
	}
	return time.Time{}, nil
}

// count asks how many incidents were created within in's bounds, by the least page of each stretch of time.
func count(ctx context.Context, in importers.Input) (n int64, err error) {
	from, end := in.Since, in.Until
	if end.IsZero() {
		end = in.Now.Add(time.Hour)
	}
	if from.IsZero() {
		if from, err = first(ctx, in); err != nil || from.IsZero() {
			return 0, err
		}
	}
	for ; from.Before(end); from = from.Add(longest) {
		query := everything(in.Config)
		query.Del("date_range")
		query.Set("since", stamp(from))
		if query.Set("until", stamp(from.Add(longest))); from.Add(longest).After(end) {
			query.Set("until", stamp(end))
		}
		query.Set("time_zone", "UTC")
		var p page
		if err := in.Get(ctx, "/incidents", query, &p); err != nil {
			return n, fmt.Errorf("pagerduty: count incidents: %w", err)
		}
		n += p.Total
	}
	return n, nil
}

// put adds an incident to a page: as a record, or as an id to fetch where the page does not tell enough of it.
func put(s *importers.Slice, cfg importers.Config, id string, r record) error {
	if r.Incident == nil || inDetail(cfg) {
		s.Touched = append(s.Touched, id)
		return nil
	}
	key, err := r.keys()
	if err != nil || !key.wanted(cfg) {
		s.Held = append(s.Held, id)
		return err
	}
	rec, err := r.as(id)
	rec.At = key.changed()
	s.Records = append(s.Records, rec)
	return err
}

func inDetail(cfg importers.Config) bool { return settings.Of(cfg, "details") == detailsAlways }
