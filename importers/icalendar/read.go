package icalendar

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

const maxFile = 64 << 20 // bytes of a calendar, which is read as a whole

// record is the body of a raw record: an event with the changes of single repetitions, and the zones that it names.
type record struct {
	Calendar string    `json:"calendar"`       // its name
	Until    time.Time `json:"until,omitzero"` // how far an event that repeats is repeated
	Events   []string  `json:"events"`         // as written
	Zones    []string  `json:"zones,omitempty"`
}

// read yields a page for each file, in order of name; the cursor is the name of the last one.
func read(ctx context.Context, in importers.Input, from importers.Cursor) iter.Seq2[importers.Page, error] {
	return func(yield func(importers.Page, error) bool) {
		files := slices.SortedFunc(slices.Values(in.Files), func(a, b importers.File) int { return cmp.Compare(a.Name, b.Name) })
		for _, f := range files {
			if f.Name <= string(from) && len(from) > 0 {
				continue
			}
			p, err := readFile(f, in)
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				yield(importers.Page{}, fmt.Errorf("icalendar: read %s: %w", f.Name, err))
				return
			}
			if !yield(p, nil) {
				return
			}
		}
	}
}

func readFile(f importers.File, in importers.Input) (importers.Page, error) {
	file, err := f.Open()
	if err != nil {
		return importers.Page{}, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = fmt.Errorf("the calendar has more than %d MiB", maxFile>>20)
	}
	if err != nil {
		return importers.Page{}, err
	}
	title := strings.TrimSuffix(path.Base(f.Name), path.Ext(f.Name))
	p, err := split(text, title, f.Name, in)
	p.Next = importers.Cursor(f.Name)
	return p, err
}

// split makes a record of each event of a calendar, with what changes single repetitions of it.
func split(text []byte, title, place string, in importers.Input) (importers.Page, error) {
	var p importers.Page
	found, err := parse(strings.ToValidUTF8(strings.TrimPrefix(string(text), "\ufeff"), "\ufffd"))
	if err != nil {
		return p, err
	}
	if len(found) == 0 || found[0].name != "VCALENDAR" {
		return p, errNoCalendar
	}
	for _, calendar := range found {
		s := splitting{calendar: calendar, place: place, until: horizon(in.Now)}
		s.name = cmp.Or(importers.Line(settings.Of(in.Config, "schedule")), calendar.first("X-WR-CALNAME").text(), calendar.first("NAME").text(), importers.Line(title))
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
	calendar    *component
	name, place string
	until       time.Time
	page        importers.Page
}

func (s *splitting) run() {
	events := map[string][]*component{}
	var order []string
	for _, c := range s.calendar.inner {
		if c.name != "VEVENT" {
			continue
		}
		uid := c.first("UID").text()
		if uid == "" {
			s.page.Rejects = append(s.page.Rejects, importers.Reject{Place: s.place, Reason: "the event has no UID, by which it could be found again", Body: strings.Join(c.raw, "\n")})
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

func (s *splitting) record(events []*component) []byte {
	r := record{Calendar: s.name}
	zones := map[string]bool{}
	for _, c := range events {
		r.Events = append(r.Events, c.text())
		if c.first("RRULE").value != "" {
			r.Until = s.until
		}
		for _, p := range c.properties {
			zones[p.params["TZID"]] = true
		}
	}
	for _, c := range s.calendar.inner {
		if c.name == "VTIMEZONE" && zones[c.first("TZID").value] {
			r.Zones = append(r.Zones, c.text())
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
