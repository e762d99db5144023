package icalendar

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/icalendar/icalendartest"
	"hindsight/importers/importertest"
	"hindsight/incident"
)

func TestSource(t *testing.T) {
	importertest.Run(t, Source(),
		importertest.Case{Name: "synthetic_rota", Files: []string{"synthetic_rota.ics"}},
		importertest.Case{Name: "synthetic_outlook", Files: []string{"synthetic_outlook.ics"}},
		importertest.Case{Name: "synthetic_bad", Files: []string{"synthetic_bad.ics"}},
	)
}

// shiftsOf maps the one event of a calendar and returns its shifts, as "from to person" with times in UTC.
func shiftsOf(t *testing.T, settings map[string]string, calendar ...string) (lines []string, d importers.Draft) {
	t.Helper()
	cfg := importers.Config{Settings: settings}
	text := "BEGIN:VCALENDAR\r\n" + strings.Join(calendar, "\r\n") + "\r\nEND:VCALENDAR\r\n"
	p, err := split([]byte(text), "oncall", "f.ics", importers.Input{Config: cfg, Now: time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC)})
	if err != nil || len(p.Records) != 1 || len(p.Rejects) != 0 {
		t.Fatalf("split = %+v, %v; want one record", p, err)
	}
	d, err = mapEvent(incident.Raw{ExternalID: p.Records[0].ExternalID, Body: p.Records[0].Body}, cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range d.Roster.Shifts {
		lines = append(lines, s.From.Format("2006-01-02T15:04Z")+" "+s.To.Format("2006-01-02T15:04Z")+" "+s.PersonName)
	}
	return lines, d
}

func event(lines ...string) []string {
	return slices.Concat([]string{"BEGIN:VEVENT", "UID:synthetic-1"}, lines, []string{"END:VEVENT"})
}

func TestEvents(t *testing.T) {
	berlin := []string{"DTSTART;TZID=Europe/Berlin:20250324T090000", "DTEND;TZID=Europe/Berlin:20250331T090000", "SUMMARY:Responder One"}
	for _, tc := range []struct {
		name     string
		settings map[string]string
		event    []string
		want     []string
	}{
		{"over the night in which clocks change", nil, event(berlin...), []string{"2025-03-24T08:00Z 2025-03-31T07:00Z Responder One"}},
		{"weekly, each hand-over at 09:00 in Berlin", nil, event(append(berlin, "RRULE:FREQ=WEEKLY;COUNT=3")...), []string{
			"2025-03-24T08:00Z 2025-03-31T07:00Z Responder One", "2025-03-31T07:00Z 2025-04-07T07:00Z Responder One", "2025-04-07T07:00Z 2025-04-14T07:00Z Responder One"}},
		{"UNTIL in UTC counts the repetition that begins then", nil, event(append(berlin, "RRULE:FREQ=WEEKLY;UNTIL=20250331T070000Z")...), []string{
			"2025-03-24T08:00Z 2025-03-31T07:00Z Responder One", "2025-03-31T07:00Z 2025-04-07T07:00Z Responder One"}},
		{"an exception and a further date", nil, event(append(berlin, "RRULE:FREQ=WEEKLY;COUNT=2", "EXDATE;TZID=Europe/Berlin:20250331T090000", "RDATE:20250505T070000Z")...), []string{
			"2025-03-24T08:00Z 2025-03-31T07:00Z Responder One", "2025-05-05T07:00Z 2025-05-12T07:00Z Responder One"}},
		{"somebody stands in, and a week is called off", nil, slices.Concat(event(append(berlin, "RRULE:FREQ=WEEKLY;COUNT=3")...),
			event("RECURRENCE-ID;TZID=Europe/Berlin:20250331T090000", "DTSTART;TZID=Europe/Berlin:20250331T090000", "DTEND;TZID=Europe/Berlin:20250404T090000", "SUMMARY:Responder Two"),
			event("RECURRENCE-ID:20250407T070000Z", "DTSTART:20250407T070000Z", "DTEND:20250414T070000Z", "STATUS:CANCELLED", "SUMMARY:Responder One")), []string{
			"2025-03-24T08:00Z 2025-03-31T07:00Z Responder One", "2025-03-31T07:00Z 2025-04-04T07:00Z Responder Two"}},
		{"cancelled as a whole", nil, event(append(berlin, "RRULE:FREQ=WEEKLY;COUNT=3", "STATUS:CANCELLED")...), nil},
		{"whole days", map[string]string{"zone": "Asia/Tokyo"}, event("DTSTART;VALUE=DATE:20250106", "DTEND;VALUE=DATE:20250113", "SUMMARY:Responder One"),
			[]string{"2025-01-05T15:00Z 2025-01-12T15:00Z Responder One"}},
		{"a day without an end", nil, event("DTSTART;VALUE=DATE:20250106", "SUMMARY:Responder One"), []string{"2025-01-06T00:00Z 2025-01-07T00:00Z Responder One"}},
		{"a duration of hours is exact", nil, event("DTSTART;TZID=America/New_York:20250308T220000", "DURATION:PT8H", "SUMMARY:Responder One"),
			[]string{"2025-03-09T03:00Z 2025-03-09T11:00Z Responder One"}},
		{"a duration of days is of clocks", nil, event("DTSTART;TZID=America/New_York:20250308T220000", "DURATION:P1D", "SUMMARY:Responder One"),
			[]string{"2025-03-09T03:00Z 2025-03-10T02:00Z Responder One"}},
		{"attendees; who declined is not on call", nil, event("DTSTART:20250106T090000Z", "DTEND:20250106T170000Z", "SUMMARY:On call",
			"ATTENDEE;CN=\"Responder, One\";PARTSTAT=ACCEPTED:mailto:One@example.com", "ATTENDEE;PARTSTAT=DECLINED:mailto:two@example.com", "ATTENDEE:mailto:three@example.com"),
			[]string{"2025-01-06T09:00Z 2025-01-06T17:00Z Responder, One", "2025-01-06T09:00Z 2025-01-06T17:00Z three@example.com"}},
		{"the title, by a pattern", map[string]string{"pattern": "^On call: (.+?)( \\(primary\\))?$", "person": "summary"}, event("DTSTART:20250106T090000Z", "DTEND:20250106T170000Z",
			"SUMMARY:On call: Responder\\, One", "  (primary)", "ATTENDEE:mailto:three@example.com"), []string{"2025-01-06T09:00Z 2025-01-06T17:00Z Responder, One"}},
		{"a prefixed zone", nil, event("DTSTART;TZID=/example.org/20070129_1/Europe/Berlin:20250106T090000", "DURATION:PT1H", "SUMMARY:Responder One"),
			[]string{"2025-01-06T08:00Z 2025-01-06T09:00Z Responder One"}},
		{"an alarm is no part of the event", nil, event("DTSTART:20250106T090000Z", "BEGIN:VALARM", "DURATION:PT15M", "SUMMARY:Alarm", "END:VALARM", "DURATION:PT1H", "SUMMARY:Responder One"),
			[]string{"2025-01-06T09:00Z 2025-01-06T10:00Z Responder One"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got, d := shiftsOf(t, tc.settings, tc.event...); !slices.Equal(got, tc.want) || len(d.Warnings) != 0 {
				t.Errorf("shifts\n%s\nwant\n%s\nwarnings %v", strings.Join(got, "\n"), strings.Join(tc.want, "\n"), d.Warnings)
			}
		})
	}
}

// An event without an end goes to the horizon of the record, whatever the clock says when it is mapped.
func TestHorizon(t *testing.T) {
	got, _ := shiftsOf(t, nil, event("DTSTART:20250602T090000Z", "DURATION:P7D", "RRULE:FREQ=WEEKLY", "SUMMARY:Responder One")...)
	if len(got) != 57 || !strings.HasPrefix(got[56], "2026-06-29T09:00Z") { // 2 June 2025 to 1 July 2026
		t.Errorf("%d weeks, the last %q; want 57 up to the one before 1 July 2026", len(got), got[len(got)-1])
	}
}

func TestOddEvents(t *testing.T) {
	if _, d := shiftsOf(t, nil, event("DTSTART;TZID=Moon/Crater:20250106T090000", "DURATION:PT1H", "SUMMARY:Responder One")...); len(d.Warnings) != 1 || d.Warnings[0].Value != "Moon/Crater" || len(d.Roster.Shifts) != 1 {
		t.Errorf("an unknown zone: %+v", d)
	}
	if got, d := shiftsOf(t, nil, event("DTSTART:20250106T090000Z", "SUMMARY:Responder One")...); len(got) != 0 || len(d.Warnings) != 1 {
		t.Errorf("an event without a length: %v, warnings %v", got, d.Warnings)
	}
	if got, d := shiftsOf(t, map[string]string{"pattern": "^On call: (.+)$"}, event("DTSTART:20250106T090000Z", "DURATION:PT1H", "SUMMARY:Lunch")...); len(got) != 0 || len(d.Warnings) != 1 {
		t.Errorf("an event of another sort: %v, warnings %v", got, d.Warnings)
	}
}

func TestUnreadable(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"a web page", "<!doctype html><html></html>", "it is no calendar: it does not begin with BEGIN:VCALENDAR"},
		{"cut short", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\n", "the calendar is cut short: there is no END:VEVENT"},
		{"damaged", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n", "the calendar is damaged: END:VCALENDAR stands where END:VEVENT should"},
	} {
		if _, err := split([]byte(tc.text), "", "", importers.Input{}); err == nil || err.Error() != tc.want {
			t.Errorf("%s: %v, want %s", tc.name, err, tc.want)
		}
	}
}

func TestRunAPI(t *testing.T) {
	importertest.RunAPI(t, Source(), importertest.Fake{Handler: icalendartest.Upstream.New, Config: icalendartest.Upstream.Config, Want: 2})
}

func TestUnchangedFeed(t *testing.T) {
	f := icalendartest.New()
	cfg := icalendartest.Upstream.Config(importertest.Served(t, f))
	first, err := importertest.Collect(context.Background(), t, Source(), cfg, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := importertest.Collect(context.Background(), t, Source(), cfg, first, 0); err != nil || f.Answers != 1 {
		t.Errorf("reading twice: %v, the feed was sent %d times; want once", err, f.Answers)
	}
}

// Whoever knows the address reads the calendar: no message may tell it.
func TestTheAddressStaysSecret(t *testing.T) {
	cfg := icalendartest.Upstream.Config(importertest.Served(t, http.NotFoundHandler()))
	_, err := importertest.Collect(context.Background(), t, Source(), cfg, nil, 0)
	if !importers.HasStatus(err, http.StatusNotFound) || strings.Contains(err.Error(), "secret-token") || strings.Contains(err.Error(), "key=k") {
		t.Errorf("error %v, want a 404 that does not tell the address", err)
	}
	for text, ok := range map[string]bool{"webcal://calendar.example.com/a.ics": true, "https://calendar.example.com/a.ics": true, "ftp://x/y": false, "calendar.ics": false} {
		if err := checkFeed(text); (err == nil) != ok {
			t.Errorf("checkFeed(%q) = %v", text, err)
		}
	}
}

func FuzzMap(f *testing.F) {
	for _, e := range [][]string{
		event("DTSTART;TZID=Europe/Berlin:20250324T090000", "DTEND;TZID=Europe/Berlin:20250331T090000", "RRULE:FREQ=WEEKLY;COUNT=3;BYDAY=MO", "EXDATE:20250331T070000Z", "SUMMARY:One"),
		event("DTSTART;VALUE=DATE:20250106", "DURATION:P1DT2H", "RRULE:FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20260101", "RDATE:20250203", "ATTENDEE;CN=Two:mailto:two@example.com"),
	} {
		f.Add(strings.Join(e, "\n"))
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := split([]byte("BEGIN:VCALENDAR\n"+text+"\nEND:VCALENDAR"), "f", "f", importers.Input{Now: time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC)})
		if err != nil {
			return
		}
		for _, r := range p.Records {
			d, err := mapEvent(incident.Raw{ExternalID: r.ExternalID, Body: r.Body}, importers.Config{})
			var wrong *importers.MapError
			if err != nil && !errors.As(err, &wrong) {
				t.Fatalf("map: %v, want a *MapError", err)
			}
			if err != nil {
				continue
			}
			for _, s := range d.Roster.Shifts {
				if err := s.Validate(); err != nil || s.To.IsZero() {
					t.Fatalf("shift %+v: %v", s, err)
				}
			}
		}
		mapEvent(incident.Raw{Body: []byte(text)}, importers.Config{})
		body, err := json.Marshal(record{Events: []string{text}, Zones: []string{text}})
		if err != nil {
			t.Fatal(err)
		}
		mapEvent(incident.Raw{Body: body}, importers.Config{})
	})
}
