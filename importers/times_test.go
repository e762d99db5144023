package importers

import (
	"slices"
	"testing"
	"time"

	"hindsight/incident"
)

func TestTimeFormatParse(t *testing.T) {
	// Expected instants: RFC 3339 examples, `date -u -d`, and for serials Microsoft's documented
	// examples of both date systems (5 July 1998 is 35981 in one and 34519 in the other).
	for _, tc := range []struct {
		name, layout, zone, in, want string
		precision                    incident.Precision
	}{
		{"RFC 3339 section 5.8, with offset", "iso", "", "1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57Z", incident.ToSecond},
		{"RFC 3339 section 5.8, fraction", "iso", "", "1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.52Z", incident.ToSecond},
		{"offset without colon", "iso", "", "2024-01-02T03:04:05.000+0100", "2024-01-02T02:04:05Z", incident.ToSecond},
		{"PostgreSQL's short offset", "iso", "", "2024-01-02 03:04:05+02", "2024-01-02T01:04:05Z", incident.ToSecond},
		{"UTC in letters", "iso", "", "2024-01-02 03:04:05 UTC", "2024-01-02T03:04:05Z", incident.ToSecond},
		{"no zone, zone of the column", "iso", "Europe/Berlin", "2024-07-01 12:00", "2024-07-01T10:00:00Z", incident.ToMinute},
		{"a zone in the text wins", "iso", "Europe/Berlin", "2024-07-01 12:00Z", "2024-07-01T12:00:00Z", incident.ToMinute},
		{"day only", "iso", "America/New_York", "2024-01-15", "2024-01-15T05:00:00Z", incident.ToDay},
		{"slashes", "iso", "", "2024/1/5 7:08", "2024-01-05T07:08:00Z", incident.ToMinute},
		{"day first", "d/m/y", "", "29/2/2016 01:16", "2016-02-29T01:16:00Z", incident.ToMinute},
		{"day first with dots and two digits", "d/m/y", "", "03.04.26", "2026-04-03T00:00:00Z", incident.ToDay},
		{"month first, afternoon", "m/d/y", "", "3/4/2026 5:06 PM", "2026-03-04T17:06:00Z", incident.ToMinute},
		{"midnight in half days", "m/d/y", "", "3/4/2026 12:00 a.m.", "2026-03-04T00:00:00Z", incident.ToMinute},
		{"RFC 1123", "named", "", "Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z", incident.ToSecond},
		// Jira's issue export, as in https://gist.github.com/0347210d3b5d362fbcb70d268f2cbb94
		{"as Jira exports it", "", "", "20/May/24 04:53 PM", "2024-05-20T16:53:00Z", incident.ToMinute},
		{"month in letters", "", "", "Mar 4, 2026 5:06 AM", "2026-03-04T05:06:00Z", incident.ToMinute},
		{"any: ISO", "", "", "2026-03-04", "2026-03-04T00:00:00Z", incident.ToDay},
		{"a billion seconds", "unix", "", "1000000000", "2001-09-09T01:46:40Z", incident.ToSecond},
		{"seconds with a fraction", "unix", "", "1000000000.5", "2001-09-09T01:46:40.5Z", incident.ToSecond},
		{"milliseconds", "unix_ms", "", "1000000000123", "2001-09-09T01:46:40.123Z", incident.ToSecond},
		{"Excel, 1900 system", "xlsx", "", "35981", "1998-07-05T00:00:00Z", incident.ToDay},
		{"Excel, 1904 system", "xlsx1904", "", "34519", "1998-07-05T00:00:00Z", incident.ToDay},
		{"Excel, with time and zone", "xlsx", "Europe/Berlin", "45474.5", "2024-07-01T10:00:00Z", incident.ToSecond},
		{"Alertmanager's unset", "iso", "", "0001-01-01T00:00:00Z", "", ""},
		{"Request Tracker's unset", "iso", "", "1970-01-01T00:00:00Z", "", ""},
		{"MySQL's unset", "iso", "Asia/Tokyo", "0000-00-00 00:00:00", "", ""},
		{"unset in a zone", "iso", "Europe/Berlin", "1970-01-01 00:00:00", "", ""},
		{"never", "iso", "", "9999-12-31", "", ""},
		{"Zabbix's unset", "unix", "", "0", "", ""},
		{"question mark", "d/m/y", "", "?", "", ""},
		{"empty", "", "", "  ", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			zone, err := Zone(tc.zone)
			if err != nil {
				t.Fatal(err)
			}
			var want time.Time
			if tc.want != "" {
				want, _ = time.Parse(time.RFC3339Nano, tc.want)
			}
			got, err := TimeFormat{TimeLayout(tc.layout), zone}.Parse(tc.in)
			if err != nil || !got.At.Equal(want) || got.Precision != tc.precision || got.Doubt != "" {
				t.Errorf("Parse(%q) = %v, %v, want %v to the %s", tc.in, got, err, want, tc.precision)
			}
		})
	}
}

func TestTimeFormatRefuses(t *testing.T) {
	for _, tc := range []struct{ name, layout, in string }{
		{"day or month first is not guessed", "", "03/04/2026"},
		{"a zone's letters are not guessed", "iso", "2026-03-04 05:06 PST"},
		{"no such day", "iso", "2026-04-31"},
		{"month 13", "m/d/y", "31/3/2026"},
		{"hour 24", "iso", "2026-04-30 24:00"},
		{"hour 13 in the afternoon", "m/d/y", "1/2/2026 13:00 PM"},
		{"serial read as seconds", "unix", "45291"},
		{"seconds read as a serial", "xlsx", "1700000000"},
		{"milliseconds read as seconds", "unix", "1700000000000"},
		{"text", "iso", "yesterday"},
		{"not a number", "unix", "Inf"},
		{"typing error in the year", "iso", "1024-05-06"},
		{"no such layout", "%Y", "2024"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got, err := (TimeFormat{Layout: TimeLayout(tc.layout)}).Parse(tc.in); err == nil {
				t.Errorf("Parse(%q) = %v, want an error", tc.in, got)
			}
		})
	}
}

// The rules of summer time in 2024: Berlin skipped 02:00 to 03:00 on 31 March and repeated it on
// 27 October.
func TestTimeFormatDoubt(t *testing.T) {
	zone, _ := Zone("Europe/Berlin")
	for _, tc := range []struct {
		name, in, want string
		doubt          bool
	}{
		{"skipped", "2024-03-31 02:30", "2024-03-31T01:30:00Z", true},
		{"repeated: the first", "2024-10-27 02:30", "2024-10-27T00:30:00Z", true},
		{"just before the gap", "2024-03-31 01:59", "2024-03-31T00:59:00Z", false},
		{"just after the gap", "2024-03-31 03:00", "2024-03-31T01:00:00Z", false},
		{"after the repetition", "2024-10-27 03:00", "2024-10-27T02:00:00Z", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := TimeFormat{Zone: zone}.Parse(tc.in)
			if err != nil || got.At.Format(time.RFC3339) != tc.want || (got.Doubt != "") != tc.doubt {
				t.Errorf("Parse(%q) = %+v, %v, want %s, doubt %v", tc.in, got, err, tc.want, tc.doubt)
			}
		})
	}
}

func TestZone(t *testing.T) {
	for name, ok := range map[string]bool{"": true, "UTC": true, "Asia/Kolkata": true, "Local": false, "CET?": false, "../../etc/passwd": false} {
		if _, err := Zone(name); (err == nil) != ok {
			t.Errorf("Zone(%q) gave error %v, want ok %v", name, err, ok)
		}
	}
}

func TestGuessLayouts(t *testing.T) {
	for _, tc := range []struct {
		name string
		in   []string
		want []TimeLayout
	}{
		{"ISO", []string{"2024-01-02", "", "2024-01-02T03:04Z"}, []TimeLayout{ISOTime}},
		{"the day tells", []string{"3/4/2026", "13/4/2026"}, []TimeLayout{DayFirst}},
		{"the month tells", []string{"3/4/2026 1:00 PM", "4/13/2026"}, []TimeLayout{MonthFirst}},
		{"ambiguous", []string{"3/4/2026", "?"}, []TimeLayout{DayFirst, MonthFirst}},
		{"seconds", []string{"1700000000"}, []TimeLayout{UnixTime}},
		{"serials", []string{"45291.5"}, []TimeLayout{Excel1900, Excel1904}},
		{"all unset", []string{"", "?"}, nil},
		{"mixed", []string{"2024-01-02", "3/4/2026"}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := GuessLayouts(tc.in); !slices.Equal(got, tc.want) {
				t.Errorf("GuessLayouts(%q) = %q, want %q", tc.in, got, tc.want)
			}
		})
	}
}

func FuzzTimeFormatParse(f *testing.F) {
	for _, s := range []string{"2024-01-02T03:04:05+01:00", "3/4/26 5:06 PM", "Mon, 04 Mar 2026 05:06:07 GMT", "45291.5", "1700000000", "0000-00-00", "2024-01-01 00:00 GMT+"} {
		f.Add(s)
	}
	zone, err := Zone("America/St_Johns")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, layout := range append(TimeLayouts, AnyTime) {
			m, err := TimeFormat{layout, zone}.Parse(s)
			if err != nil && !m.At.IsZero() || !m.At.IsZero() && m.At.Location() != time.UTC {
				t.Errorf("Parse(%q) with %q = %v, %v; want either a time in UTC or an error", s, layout, m, err)
			}
		}
	})
}
