package frontend

import (
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/reports"
)

func TestTimes(t *testing.T) {
	at := time.Date(2026, 11, 12, 14, 2, 31, 0, time.UTC)
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	utc, local := Shell{Now: at.Add(8 * 24 * time.Hour)}, Shell{Zone: berlin}
	for _, tc := range []struct{ name, got, want string }{
		{"UTC by default", string(utc.When(at)), `<time datetime="2026-11-12T14:02:31Z" title="8 days ago">12 Nov 2026, 14:02 UTC</time>`},
		{"the viewer's zone", string(local.When(at)), `<time datetime="2026-11-12T14:02:31Z">12 Nov 2026, 15:02 CET</time>`},
		{"a day of the viewer's zone", local.Date(time.Date(2026, 11, 12, 23, 30, 0, 0, time.UTC)), "2026-11-13"},
		{"a field", local.Input(at), "2026-11-12T15:02:31"},
		{"a field without a time", local.Input(time.Time{}), ""},
		{"no time", string(utc.When(time.Time{})), `<span class="none">not known</span>`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.got != tc.want {
				t.Errorf("got %s, want %s", tc.got, tc.want)
			}
		})
	}
}

func TestAgo(t *testing.T) {
	for _, tc := range []struct {
		name string
		d    time.Duration
		want string
	}{
		{"seconds", 59 * time.Second, "just now"},
		{"one minute", time.Minute, "1 minute ago"},
		{"hours round down", 119 * time.Minute, "1 hour ago"},
		{"days", 47 * time.Hour, "1 day ago"},
		{"months", 61 * 24 * time.Hour, "2 months ago"},
		{"the future", -3 * time.Hour, "in 3 hours"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := ago(tc.d); got != tc.want {
				t.Errorf("ago(%v) = %q, want %q", tc.d, got, tc.want)
			}
		})
	}
}

func TestPlural(t *testing.T) {
	for _, tc := range []struct {
		n    int
		noun string
		want string
	}{{1, "incident", "1 incident"}, {0, "incident", "0 incidents"}, {1204, "day", "1,204 days"}, {2, "entry", "2 entries"}} {
		if got := plural(tc.n, tc.noun); got != tc.want {
			t.Errorf("plural(%d, %q) = %q, want %q", tc.n, tc.noun, got, tc.want)
		}
	}
}

func TestExact(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "", 36*time.Hour + 30*time.Minute: "1d 12h 30m", 15 * time.Minute: "15m"} {
		if got := exact(d); got != want {
			t.Errorf("exact(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestDurationTag(t *testing.T) {
	for _, tc := range []struct {
		name string
		d    incident.Duration
		want string
	}{
		{"recorded", incident.Duration{State: incident.Recorded, Value: 74 * time.Minute}, "1h 14m"},
		{"recorded zero", incident.Duration{State: incident.Recorded}, "0s"},
		{"pending", incident.Duration{State: incident.Pending, Value: time.Hour}, "1h so far"},
		{"invalid", incident.Duration{State: incident.Invalid}, "out of order"},
		{"not applicable", incident.Duration{State: incident.NotApplicable}, "not known"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := string(durationTag(tc.d)); !strings.Contains(got, ">"+tc.want+"<") {
				t.Errorf("durationTag(%v) = %s, want the words %q", tc.d, got, tc.want)
			}
		})
	}
}

func TestOutside(t *testing.T) {
	for in, want := range map[string]string{
		"https://example.org/a?b=c": "https://example.org/a?b=c", "http://10.0.0.1": "http://10.0.0.1",
		"javascript:alert(1)": "", "data:text/html,x": "", "//example.org": "", "/incidents": "", "https://": "", " https://example.org": "",
	} {
		if got := outside(in); got != want {
			t.Errorf("outside(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSpans(t *testing.T) {
	few, none := reports.Cell{Note: "not estimable from 4 incidents"}, reports.Cell{Note: "none"}
	got := spans([]reports.Cell{reports.Str("Feb 2016"), few, few, few, none, reports.Str("0"), reports.Str("0")})
	want := []span{{reports.Str("Feb 2016"), 0, 1}, {few, 1, 3}, {none, 4, 1}, {reports.Str("0"), 5, 1}, {reports.Str("0"), 6, 1}}
	if !slices.Equal(got, want) {
		t.Errorf("spans() = %+v, want one cell for each reason and each value: %+v", got, want)
	}
}
