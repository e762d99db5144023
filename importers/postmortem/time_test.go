package postmortem

import (
	"testing"
	"time"
)

func TestReadTime(t *testing.T) {
	day := time.Date(2018, 3, 13, 0, 0, 0, 0, time.UTC)
	for _, tc := range []struct{ name, in, want, rest string }{
		{"clock", "14:05 alert fires", "2018-03-13T14:05Z minute", "alert fires"},
		{"clock and zone", "14:05 UTC - alert fires", "2018-03-13T14:05Z minute", "alert fires"},
		{"zone west", "08:00 PST: deploy", "2018-03-13T16:00Z minute", "deploy"},
		{"zone in brackets", "08:00 (CET) deploy", "2018-03-13T07:00Z minute", "deploy"},
		{"offset", "13:28 GMT+2 fixed", "2018-03-13T11:28Z minute", "fixed"},
		{"afternoon", "08:52 PM", "2018-03-13T20:52Z minute", ""},
		{"twelve at night", "12:05 am", "2018-03-13T00:05Z minute", ""},
		{"noon", "12:05pm", "2018-03-13T12:05Z minute", ""},
		{"said twice", "2018-01-17 17:14pm", "2018-01-17T17:14Z minute", ""},
		{"estimate", "2018-07-08 ca. 18:30", "2018-07-08T18:30Z about", ""},
		{"range", "8:20 - 8:24 rollback", "2018-03-13T08:20Z minute", "rollback"},
		{"date and clock", "**2024-09-20 11:21**: unpaused", "2024-09-20T11:21Z minute", "unpaused"},
		{"emphasis behind", "14:05 - **alert** fires", "2018-03-13T14:05Z minute", "**alert** fires"},
		{"emphasis over both", "**14:05 alert** fires", "2018-03-13T14:05Z minute", "alert** fires"},
		{"dot behind a date", "2023-09-18 15.26 compared", "2023-09-18T15:26Z minute", "compared"},
		{"RFC 3339", "2024-09-20T11:21:05Z up", "2024-09-20T11:21Z minute", "up"},
		{"month first", "Sep 27 2017 13:06", "2017-09-27T13:06Z minute", ""},
		{"day first", "19. April, 11:00 meeting", "2018-04-19T11:00Z minute", "meeting"},
		{"day alone", "May 12", "2018-05-12T00:00Z day", ""},
		{"day and month", "15 May", "2018-05-15T00:00Z day", ""},
		{"turn of the year", "Dec 31 23:00", "2017-12-31T23:00Z minute", ""},
		{"weekday", "Monday, 2018-03-12 14:05 paged", "2018-03-12T14:05Z minute", "paged"},
		{"weekday alone", "Monday morning", "", "Monday morning"},
		{"slashes", "2018/03/12 14:05 paged", "2018-03-12T14:05Z minute", "paged"},
		{"at", "Mar 12th, 2018 at 14:05 paged", "2018-03-12T14:05Z minute", "paged"},
		{"afternoon for both ends", "2:00 - 3:15 PM slow", "2018-03-13T14:00Z minute", "slow"},
		{"past noon", "11:00 - 3:15 PM slow", "2018-03-13T11:00Z minute", "slow"},
		{"no colon", "1405 UTC alert", "2018-03-13T14:05Z minute", "alert"},
		{"hours", "0930 hrs alert", "2018-03-13T09:30Z minute", "alert"},
		{"h", "14h05 alert", "2018-03-13T14:05Z minute", "alert"},
		{"four digits", "1405 errors", "", "1405 errors"},
		{"version", "1.24 was deployed", "", "1.24 was deployed"},
		{"count", "3 nodes", "", "3 nodes"},
		{"no clock", "25:61 x", "", "25:61 x"},
		{"word", "Mayor speaks", "", "Mayor speaks"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			near := day
			if tc.name == "turn of the year" {
				near = time.Date(2018, 1, 2, 0, 0, 0, 0, time.UTC)
			}
			m, rest, ok := ReadTime(tc.in)
			got := ""
			if ok {
				at, err := m.On(near, time.UTC)
				if err != nil {
					t.Fatalf("resolve %q: %v", tc.in, err)
				}
				got = at.At.Format("2006-01-02T15:04Z") + " " + string(at.Precision)
			}
			if got != tc.want || rest != tc.rest {
				t.Errorf("ReadTime(%q) = %q, rest %q, want %q, rest %q", tc.in, got, rest, tc.want, tc.rest)
			}
		})
	}
}

func TestStatedZone(t *testing.T) {
	for _, tc := range []struct {
		in    string
		hours float64
	}{
		{"All times in PST", -8},
		{"_All times in EEST_", 3},
		{"All times in IST", 5.5},
		{"All times in CEST (UTC+2)", 2},
		{"All times in PST (UTC-7)", -7},
		{"All times in UTC+1 (Zurich time)", 1},
		{"All times in GMT+2", 2},
		{"All times in Central European Time (CET)", 1},
	} {
		zone, _ := StatedZone(tc.in)
		if zone == nil {
			t.Errorf("StatedZone(%q) found none", tc.in)
			continue
		}
		if _, seconds := time.Unix(0, 0).In(zone).Zone(); float64(seconds)/3600 != tc.hours {
			t.Errorf("StatedZone(%q) = %v hours, want %v", tc.in, float64(seconds)/3600, tc.hours)
		}
	}
}

func TestDoubtfulZone(t *testing.T) {
	for _, tc := range []struct {
		name, word string
		month      time.Month
		doubtful   bool
	}{
		{"PST in June", "PST", time.June, true},
		{"PDT in June", "PDT", time.June, false},
		{"PST in January", "PST", time.January, false},
		{"CET in June", "CET", time.June, true},
		{"UTC in June", "UTC", time.June, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := Doubt(tc.word, time.Date(2022, tc.month, 2, 12, 0, 0, 0, time.UTC)); (got != "") != tc.doubtful {
				t.Errorf("Doubt(%q, %v) = %q, want a doubt: %v", tc.word, tc.month, got, tc.doubtful)
			}
		})
	}
}
