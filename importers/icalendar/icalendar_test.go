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

// The examples of RFC 5545 section 3.8.5.3, all of which begin at 09:00 in New York, with the days that it gives.
func TestRules(t *testing.T) {
	for _, tc := range []struct{ start, rule, want string }{
		{"1997-09-02", "FREQ=DAILY;COUNT=10", "0902 0903 0904 0905 0906 0907 0908 0909 0910 0911"},
		{"1997-09-02", "FREQ=DAILY;INTERVAL=10;COUNT=5", "0902 0912 0922 1002 1012"},
		{"1997-09-02", "FREQ=WEEKLY;COUNT=10", "0902 0909 0916 0923 0930 1007 1014 1021 1028 1104"},
		{"1997-09-02", "FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH", "0902 0904 0909 0911 0916 0918 0923 0925 0930 1002"},
		{"1997-09-01", "FREQ=WEEKLY;INTERVAL=2;COUNT=25;WKST=SU;BYDAY=MO,WE,FR",
			"0901 0903 0905 0915 0917 0919 0929 1001 1003 1013 1015 1017 1027 1029 1031 1110 1112 1114 1124 1126 1128 1208 1210 1212 1222"},
		{"1997-09-02", "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH", "0902 0904 0916 0918 0930 1002 1014 1016"},
		{"1997-09-05", "FREQ=MONTHLY;COUNT=10;BYDAY=1FR", "0905 1003 1107 1205 0102 0206 0306 0403 0501 0605"},
		{"1997-09-07", "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU", "0907 0928 1102 1130 0104 0125 0301 0329 0503 0531"},
		{"1997-09-22", "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO", "0922 1020 1117 1222 0119 0216"},
		{"1997-09-28", "FREQ=MONTHLY;COUNT=6;BYMONTHDAY=-3", "0928 1029 1128 1229 0129 0226"},
		{"1997-09-02", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15", "0902 0915 1002 1015 1102 1115 1202 1215 0102 0115"},
		{"1997-09-30", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1", "0930 1001 1031 1101 1130 1201 1231 0101 0131 0201"},
		{"1997-06-10", "FREQ=YEARLY;COUNT=10;BYMONTH=6,7", "0610 0710 0610 0710 0610 0710 0610 0710 0610 0710"},
		{"1997-06-05", "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8;COUNT=14", "0605 0612 0619 0626 0703 0710 0717 0724 0731 0807 0814 0821 0828 0604"},
		{"1998-02-13", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=5", "0213 0313 1113 0813 1013"},
		{"1997-09-13", "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13;COUNT=6", "0913 1011 1108 1213 0110 0207"},
		{"1996-11-05", "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8;COUNT=3", "1105 1107 1102"},
		{"1997-09-04", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "0904 1007 1106"},
		{"1997-09-29", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2;COUNT=5", "0929 1030 1127 1230 0129"},
		{"1997-08-05", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "0805 0810 0819 0824"},
		{"1997-08-05", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "0805 0817 0819 0831"},
		{"2007-01-15", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "0115 0130 0215 0315 0330"},
		{"1998-01-01", "FREQ=YEARLY;BYMONTH=1;COUNT=3;BYDAY=SU,MO,TU,WE,TH,FR,SA", "0101 0102 0103"},
		{"1998-01-01", "FREQ=DAILY;BYMONTH=1;COUNT=33", "0101 0102 0103 0104 0105 0106 0107 0108 0109 0110 0111 0112 0113 0114 0115 0116 0117 0118 0119 0120 0121 0122 0123 0124 0125 0126 0127 0128 0129 0130 0131 0101 0102"},
	} {
		r, err := readRule(tc.rule)
		if err != nil {
			t.Errorf("readRule(%s): %v", tc.rule, err)
			continue
		}
		start, err := time.Parse(time.DateOnly, tc.start)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		r.each(start.Add(9*time.Hour), start.AddDate(30, 0, 0), func(at time.Time) bool {
			if at.Hour() != 9 {
				t.Errorf("%s gives %s, want 09:00", tc.rule, at)
			}
			got = append(got, at.Format("0102"))
			return true
		})
		if text := strings.Join(got, " "); text != tc.want {
			t.Errorf("%s from %s gives\n%s, want\n%s", tc.rule, tc.start, text, tc.want)
		}
	}
}

// What is not understood is refused, and the message says what.
func TestRefusedRules(t *testing.T) {
	for rule, want := range map[string]string{
		"FREQ=HOURLY": "HOURLY", "FREQ=YEARLY;BYWEEKNO=20": "BYWEEKNO", "FREQ=DAILY;BYHOUR=9,10": "BYHOUR", "FREQ=YEARLY;BYDAY=20MO": "BYDAY",
		"FREQ=WEEKLY;BYDAY=1MO": "BYDAY", "FREQ=DAILY;INTERVAL=0": "INTERVAL", "FREQ=DAILY;COUNT=many": "COUNT", "FREQ=DAILY;COUNT=2;UNTIL=20250101": "UNTIL",
		"": "FREQ", "FREQ=MONTHLY;BYDAY=XX": "BYDAY", "FREQ=MONTHLY;BYMONTHDAY=0": "BYMONTHDAY", "RSCALE=CHINESE;FREQ=YEARLY": "RSCALE",
	} {
		if r, err := readRule(rule); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("readRule(%q) = %+v, %v; want an error about %s", rule, r, err, want)
		}
	}
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
