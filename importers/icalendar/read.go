package icalendar

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/importers/ical"
	"hindsight/incident"
)

const (
	pageSize = 500      // events stored in one transaction
	maxFile  = 64 << 20 // bytes of a calendar, which is read as a whole
)

var errNoCalendar = errors.New("it is no calendar: it does not begin with BEGIN:VCALENDAR")

// record is the body of a raw record: an event with the changes of single repetitions, and the zones that it names.
type record struct {
	Calendar string    `json:"calendar"`       // its name
	Until    time.Time `json:"until,omitzero"` // how far an event that repeats is repeated
	Events   []string  `json:"events"`         // as written
	Zones    []string  `json:"zones,omitempty"`
}

// read yields the events of all files, in order of file name.
var read = importers.ReadFiles(name, pageSize, readFile)

func readFile(_ context.Context, in importers.Input, f importers.File, b *importers.Batch) error {
	file, err := f.Open()
	if err != nil {
		return err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = fmt.Errorf("the calendar has more than %d MiB", maxFile>>20)
	}
	if err != nil {
		return err
	}
	p, err := split(text, strings.TrimSuffix(path.Base(f.Name), path.Ext(f.Name)), f.Name, in)
	for _, r := range p.Rejects {
		err = cmp.Or(err, b.Reject(r))
	}
	for _, r := range p.Records {
		err = cmp.Or(err, b.Add(r))
	}
	return err
}

// split makes a record of each event of a calendar, with what changes single repetitions of it.
func split(text []byte, title, place string, in importers.Input) (importers.Page, error) {
	var p importers.Page
	found, err := ical.Parse(strings.ToValidUTF8(strings.TrimPrefix(string(text), "\ufeff"), "\ufffd"))
	if err != nil {
		return p, err
	}
	if len(found) == 0 || found[0].Name != "VCALENDAR" {
		return p, errNoCalendar
	}
	for _, calendar := range found {
		s := splitting{calendar: calendar, place: place, until: horizon(in.Now)}
		s.name = cmp.Or(importers.Line(settings.Of(in.Config, "schedule")), calendar.First("X-WR-CALNAME").Text(), calendar.First("NAME").Text(), importers.Line(title))
		s.run()
		p.Records = append(p.Records, s.page.Records...)
		p.Rejects = append(p.Rejects, s.page.Rejects...)
	}
	return p, nil
}

// horizon is how far an event without an end is repeated when it is read: a year and up to a month. It moves once a
// month, so that records stay the same in between.
func horizon(now time.Time) time.Time {
	now = now.UTC()
	return time.Date(now.Year(), now.Month()+13, 1, 0, 0, 0, 0, time.UTC)
}

type splitting struct {
	calendar    *ical.Component
	name, place string
	until       time.Time
	page        importers.Page
}

func (s *splitting) run() {
	events := map[string][]*ical.Component{}
	var order []string
	for _, c := range s.calendar.Inner {
		if c.Name != "VEVENT" {
			continue
		}
		uid := c.First("UID").Text()
		if uid == "" {
			s.page.Rejects = append(s.page.Rejects, importers.Reject{Place: s.place, Reason: "the event has no UID, by which it could be found again", Body: strings.Join(c.Raw, "\n")})
			continue
		}
		if events[uid] == nil {
			order = append(order, uid)
		}
		events[uid] = append(events[uid], c)
	}
	for i, uid := range order {
		id := incident.Slug(s.name) + "/" + uid
		s.page.Records = append(s.page.Records, importers.Record{ExternalID: id, Body: s.record(events[uid]), Place: fmt.Sprintf("%s, event %d", s.place, i+1)})
	}
}

func (s *splitting) record(events []*ical.Component) []byte {
	r := record{Calendar: s.name}
	zones := map[string]bool{}
	for _, c := range events {
		r.Events = append(r.Events, c.Text())
		if c.First("RRULE").Value != "" {
			r.Until = s.until
		}
		for _, p := range c.Properties {
			zones[p.Params["TZID"]] = true
		}
	}
	for _, c := range s.calendar.Inner {
		if c.Name == "VTIMEZONE" && zones[c.First("TZID").Value] {
			r.Zones = append(r.Zones, c.Text())
		}
	}
	body, _ := json.Marshal(r) // of texts and a time: it cannot fail
	return body
}

// page reads the feed. Its token is the horizon and the entity tag of the last answer: a feed that has not changed since
// is answered with 304 and nothing else.
func page(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
	tag := ""
	if month, t, ok := strings.Cut(at.Token, " "); ok && month == horizon(in.Now).Format(time.DateOnly) {
		tag = t
	}
	next, p, err := fetch(ctx, in, tag)
	if importers.HasStatus(err, http.StatusNotModified) {
		return importers.Slice{Next: at.Token, Last: true}, nil
	}
	return importers.Slice{Records: p.Records, Rejects: p.Rejects, Next: horizon(in.Now).Format(time.DateOnly) + " " + next, Last: true}, err
}

// census returns the ids of all entries, which the feed holds in one piece.
func census(ctx context.Context, in importers.Input, _ string) (ids []string, next string, err error) {
	_, p, err := fetch(ctx, in, "")
	for _, r := range p.Records {
		ids = append(ids, r.ExternalID)
	}
	return ids, "", err
}

// fetch asks for the feed, unless it still has the given entity tag, and returns the tag that it has now.
func fetch(ctx context.Context, in importers.Input, tag string) (string, importers.Page, error) {
	u, err := feed(settings.Of(in.Config, "url"))
	if err != nil {
		return "", importers.Page{}, fmt.Errorf("icalendar: the setting url: %w", err)
	}
	req := importers.Request{Path: u.EscapedPath(), Query: u.Query()}
	if tag != "" {
		req.Header = http.Header{"If-None-Match": {tag}}
	}
	a, err := in.Client.Do(ctx, req)
	if err != nil {
		return "", importers.Page{}, hidden{err, u.Path}
	}
	p, err := split(a.Body, u.Host, "feed", in)
	if errors.Is(err, errNoCalendar) && strings.Contains(a.Header.Get("Content-Type"), "html") {
		err = errors.New("the address answers with a web page, perhaps a login; it has to be the one of the calendar itself")
	}
	if err != nil {
		err = fmt.Errorf("icalendar: read feed: %w", err)
	}
	return a.Header.Get("ETag"), p, err
}

// hidden is an error that does not tell the feed's path, which is a secret.
type hidden struct {
	error
	path string
}

func (h hidden) Error() string {
	if len(h.path) < 2 {
		return h.error.Error()
	}
	return strings.ReplaceAll(h.error.Error(), h.path, "/…")
}

func (h hidden) Unwrap() error { return h.error }
