// Package icalendar reads who is on call from calendars in the format of RFC 5545: .ics files, and feeds such as those
// that pagers and calendar programs publish.
//
// Start with [Source]. read.go makes a record of each event, map.go and people.go turn a record into shifts, holidays.go reads
// days off out of a calendar.
package icalendar

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"hindsight/importers"
	"hindsight/incident"
)

const (
	name   = "icalendar"
	shifts = "shifts"
)

var settings = importers.Fields{
	{Name: "url", Label: "Feed", Secret: true, Check: checkFeed, Help: "Address of the feed, such as https://calendar.example.com/oncall.ics. Whoever knows it reads the calendar, so it is kept as a secret. Empty: files alone are read"},
	{Name: "schedule", Label: "Schedule", Help: "Name of the schedule. Empty: the calendar's own name, else the file's"},
	{Name: "team", Label: "Team", Help: "Name of the team that the schedule belongs to. Empty: none"},
	{Name: "person", Label: "Person", Default: "attendees", Options: []string{"attendees", "summary"}, Help: "Who is on call: “attendees” takes those of the event and, where it has none, its title; “summary” always its title"},
	{Name: "pattern", Label: "Person in the title", Check: checkPattern, Help: "A regular expression whose first group is the person, such as ^On call: (.+)$. Empty: the whole title. Events whose title does not match are no shifts"},
	{Name: "zone", Label: "Time zone", Default: "UTC", Check: importers.CheckZone, Help: "IANA name of the zone of times that name none, and of whole days"},
}

// Source returns the source "icalendar". Events that repeat without an end are repeated until a year from when they
// were read.
func Source() importers.Source {
	return importers.Source{
		Name:       name,
		Title:      "iCalendar",
		Summary:    "Who is on call, from calendar files and feeds.",
		Docs:       "https://www.rfc-editor.org/rfc/rfc5545",
		Origin:     incident.OriginFile,
		Shifts:     true,
		File:       true,
		Accept:     []string{".ics", ".ical"},
		Settings:   settings,
		Missing:    []string{"incidents: a calendar holds shifts alone", "overrides, layers and levels of escalation"},
		Permission: "The address of the feed; a calendar that is shared for reading is enough.",
		API:        &importers.API{Base: base, Sign: func(_ importers.Config, req *http.Request) { req.Header.Set("Accept", "text/calendar, */*;q=0.5") }},
		Probe:      probe,
		Collections: []importers.Collection{{
			Name: shifts, Map: mapEvent, Read: read,
			List: &importers.Listing{Page: page, Keyset: true}, Census: census,
		}},
	}
}

// feed returns the address of the feed; webcal is how browsers are told to open one.
func feed(text string) (*url.URL, error) {
	text = strings.TrimSpace(text)
	for _, scheme := range []string{"webcal://", "webcals://"} {
		if rest, ok := strings.CutPrefix(text, scheme); ok {
			text = "https://" + rest
		}
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("it is no address such as https://calendar.example.com/oncall.ics")
	}
	return u, nil
}

func checkFeed(text string) error {
	_, err := feed(text)
	return err
}

func checkPattern(text string) error {
	p, err := regexp.Compile(text)
	if err != nil {
		return fmt.Errorf("it is no regular expression: %w", err)
	}
	if p.NumSubexp() == 0 {
		return errors.New("it has no group in brackets for the person")
	}
	return nil
}

// base is the feed's origin alone: the rest of its address is what makes it secret.
func base(cfg importers.Config) string {
	u, err := feed(settings.Of(cfg, "url"))
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

func probe(ctx context.Context, in importers.Input) (importers.Scope, error) {
	_, records, err := fetch(ctx, in, "")
	if err != nil {
		return importers.Scope{}, err
	}
	scope := importers.Scope{Identity: "whoever knows the address", Reach: []string{fmt.Sprintf("%d events", len(records.Records))}}
	if n := len(records.Rejects); n > 0 {
		scope.Notes = append(scope.Notes, fmt.Sprintf("%d events cannot be read; the first: %s", n, records.Rejects[0].Reason))
	}
	return scope, nil
}
