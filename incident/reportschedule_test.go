package incident_test

import (
	"errors"
	"testing"
	"time"

	"hindsight/incident"
)

func instant(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// The rules: EU Directive 2000/84/EC (clocks change at 01:00 UTC on the last Sundays of March and October: 29 March and 25 October 2026, 28 March and 31
// October 2027), and 15 U.S.C. 260a (at 02:00 local time on the second Sunday of March and the first of November: 8 March and 1 November 2026, 14 March and
// 7 November 2027). The instants are worked out by hand.
func TestReportScheduleNext(t *testing.T) {
	const berlin, newYork = "Europe/Berlin", "America/New_York"
	for _, tc := range []struct {
		name  string
		s     incident.ReportSchedule
		after string
		want  []string
	}{
		{"daily over the jump in Berlin", incident.ReportSchedule{Zone: berlin, Every: incident.EveryDay, Minute: 150}, "2026-03-28T00:00:00Z",
			[]string{"2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"}}, // 02:30, then 03:00 instead of 02:30, then 02:30 of summer
		{"daily over the hour that comes twice in Berlin", incident.ReportSchedule{Zone: berlin, Every: incident.EveryDay, Minute: 150}, "2026-10-24T00:00:00Z",
			[]string{"2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"}}, // once on the 25th, the first time
		{"daily at eight keeps its hour", incident.ReportSchedule{Zone: berlin, Every: incident.EveryDay, Minute: 480}, "2027-03-27T00:00:00Z",
			[]string{"2027-03-27T07:00:00Z", "2027-03-28T06:00:00Z"}},
		{"daily over the jump in New York", incident.ReportSchedule{Zone: newYork, Every: incident.EveryDay, Minute: 150}, "2026-03-07T12:00:00Z",
			[]string{"2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"}},
		{"daily over the hour that comes twice in New York", incident.ReportSchedule{Zone: newYork, Every: incident.EveryDay, Minute: 90}, "2027-11-06T12:00:00Z",
			[]string{"2027-11-07T05:30:00Z", "2027-11-08T06:30:00Z"}},
		{"on Mondays", incident.ReportSchedule{Zone: berlin, Every: incident.EveryWeek, On: 1, Minute: 480}, "2026-10-19T06:00:00Z", // when it was due: not again
			[]string{"2026-10-26T07:00:00Z", "2026-11-02T07:00:00Z"}},
		{"on Sundays, when the clocks change", incident.ReportSchedule{Zone: newYork, Every: incident.EveryWeek, On: 7, Minute: 120}, "2026-10-26T00:00:00Z",
			[]string{"2026-11-01T07:00:00Z", "2026-11-08T07:00:00Z"}},
		{"on the first of the month", incident.ReportSchedule{Zone: berlin, Every: incident.EveryMonth, On: 1, Minute: 480}, "2026-11-29T18:00:00Z",
			[]string{"2026-12-01T07:00:00Z", "2027-01-01T07:00:00Z"}},
		{"on the last day of shorter months", incident.ReportSchedule{Zone: newYork, Every: incident.EveryMonth, On: 31, Minute: 0}, "2027-01-31T05:00:00Z",
			[]string{"2027-02-28T05:00:00Z", "2027-03-31T04:00:00Z", "2027-04-30T04:00:00Z"}},
		{"quarterly", incident.ReportSchedule{Zone: berlin, Every: incident.EveryQuarter, On: 2, Minute: 1439}, "2026-10-02T21:59:00Z",
			[]string{"2027-01-02T22:59:00Z", "2027-04-02T21:59:00Z"}},
		{"in a zone whose days can begin at one", incident.ReportSchedule{Zone: "Africa/Cairo", Every: incident.EveryDay, Minute: 0}, "2026-04-23T12:00:00Z",
			[]string{"2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"}}, // midnight of the 24th, when the clock jumps to 01:00
		{"what does not fit together", incident.ReportSchedule{Zone: berlin, Every: incident.EveryWeek, On: 9}, "2026-10-02T21:59:00Z", []string{"0001-01-01T00:00:00Z"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			at := instant(t, tc.after)
			for i, want := range tc.want {
				if at = tc.s.Next(at); !at.Equal(instant(t, want)) {
					t.Fatalf("Next %d = %s, want %s", i+1, at.Format(time.RFC3339), want)
				}
			}
		})
	}
}

func TestReportScheduleCovers(t *testing.T) {
	for _, tc := range []struct {
		every               incident.ReportEvery
		zone, due, from, to string
	}{
		{incident.EveryDay, "Europe/Berlin", "2026-10-26T07:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"}, // 25 hours
		{incident.EveryDay, "America/New_York", "2026-03-09T12:00:00Z", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"},
		{incident.EveryWeek, "Europe/Berlin", "2026-11-04T07:00:00Z", "2026-10-25T23:00:00Z", "2026-11-01T23:00:00Z"},
		{incident.EveryMonth, "Europe/Berlin", "2026-11-01T07:00:00Z", "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z"},
		{incident.EveryMonth, "America/New_York", "2027-01-01T04:59:00Z", "2026-11-01T04:00:00Z", "2026-12-01T05:00:00Z"}, // it is still December there
		{incident.EveryQuarter, "UTC", "2027-02-15T00:00:00Z", "2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z"},
	} {
		from, to := incident.ReportSchedule{Every: tc.every, Zone: tc.zone}.Covers(instant(t, tc.due))
		if !from.Equal(instant(t, tc.from)) || !to.Equal(instant(t, tc.to)) {
			t.Errorf("%s due at %s covers %s to %s, want %s to %s", tc.every, tc.due, from.Format(time.RFC3339), to.Format(time.RFC3339), tc.from, tc.to)
		}
	}
}

func TestReportScheduleValidate(t *testing.T) {
	good := incident.ReportSchedule{Name: "Monthly", Kind: "sla", Formats: []string{"pdf"}, Zone: "UTC", Every: incident.EveryMonth, On: 1, Minute: 480, To: []string{"managers@example.com"}}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for field, change := range map[string]func(*incident.ReportSchedule){
		"name":   func(s *incident.ReportSchedule) { s.Name = " " },
		"format": func(s *incident.ReportSchedule) { s.Formats = nil },
		"every":  func(s *incident.ReportSchedule) { s.Every = "year" },
		"on":     func(s *incident.ReportSchedule) { s.On = 32 },
		"at":     func(s *incident.ReportSchedule) { s.Minute = 1440 },
		"tz":     func(s *incident.ReportSchedule) { s.Zone = "Local" },
		"to":     func(s *incident.ReportSchedule) { s.To = []string{"A <a@example.com>"} },
	} {
		s := good
		change(&s)
		var invalid *incident.FieldError
		if err := s.Validate(); !errors.As(err, &invalid) || invalid.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	s := good
	s.To = []string{"a@example.com", "A@example.com"}
	if err := s.Validate(); err == nil {
		t.Error("an address is there twice")
	}
}

func TestReportRunReadBy(t *testing.T) {
	r := incident.ReportRun{Private: true, Owner: "usr_1", Sight: incident.Sight{User: "usr_1"}.Key()}
	for _, tc := range []struct {
		sight incident.Sight
		want  bool
	}{{incident.Sight{User: "usr_1"}, true}, {incident.Sight{User: "usr_1", Teams: []incident.ID{"team_1"}}, false}, {incident.Sight{All: true}, true}, {incident.Sight{User: "usr_2", Teams: []incident.ID{"team_1"}}, false}, {incident.Sight{}, false}} {
		if r.ReadBy(tc.sight) != tc.want {
			t.Errorf("ReadBy(%+v) = %v", tc.sight, !tc.want)
		}
	}
	r.Private = false
	if !r.ReadBy(incident.Sight{}) {
		t.Error("a report without private incidents may be read by everybody")
	}
}
