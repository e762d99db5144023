package incident_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"hindsight/incident"
)

func TestBetween(t *testing.T) {
	opened := said(incident.Opened, 0)
	toResolve := incident.Span{From: []incident.MilestoneName{incident.Opened}, To: []incident.MilestoneName{incident.ResolvedAt}}
	toCalm := incident.Span{From: []incident.MilestoneName{incident.ImpactStarted, incident.Detected},
		To: []incident.MilestoneName{incident.MitigatedAt, incident.ResolvedAt}}
	for _, tc := range []struct {
		name string
		ms   incident.Milestones
		span incident.Span
		over bool
		now  int // minutes
		want incident.Duration
	}{
		{"both ends", incident.Milestones{opened, said(incident.ResolvedAt, 90)}, toResolve, true, 500,
			incident.Duration{State: incident.Recorded, Value: 90 * time.Minute}},
		{"both ends at once", incident.Milestones{opened, said(incident.ResolvedAt, 0)}, toResolve, true, 500,
			incident.Duration{State: incident.Recorded}},
		{"an end is known although work goes on", incident.Milestones{opened, said(incident.ResolvedAt, 90)}, toResolve, false, 500,
			incident.Duration{State: incident.Recorded, Value: 90 * time.Minute}},
		{"going on", incident.Milestones{opened}, toResolve, false, 25,
			incident.Duration{State: incident.Pending, Value: 25 * time.Minute}},
		{"going on since the future", incident.Milestones{opened}, toResolve, false, -25,
			incident.Duration{State: incident.Pending}},
		{"over without an end", incident.Milestones{opened}, toResolve, true, 25,
			incident.Duration{State: incident.NotApplicable}},
		{"no beginning", incident.Milestones{said(incident.ResolvedAt, 90)}, toResolve, true, 500,
			incident.Duration{State: incident.NotApplicable}},
		{"no beginning, going on", nil, toResolve, false, 500, incident.Duration{State: incident.NotApplicable}},
		{"the end precedes the beginning", incident.Milestones{opened, said(incident.ResolvedAt, -1)}, toResolve, true, 500,
			incident.Duration{State: incident.Invalid}},
		{"earliest of each side", incident.Milestones{said(incident.Detected, 4), said(incident.ImpactStarted, 1),
			said(incident.ResolvedAt, 60), said(incident.MitigatedAt, 31)}, toCalm, true, 500,
			incident.Duration{State: incident.Recorded, Value: 30 * time.Minute}},
		{"opening stands in for nothing", incident.Milestones{opened, said(incident.ResolvedAt, 60)}, toCalm, true, 500,
			incident.Duration{State: incident.NotApplicable}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := tc.ms.Between(tc.span, tc.over, at(tc.now)); got != tc.want {
				t.Errorf("Between(%s, %v, %d minutes) = %+v, want %+v", tc.span, tc.over, tc.now, got, tc.want)
			}
		})
	}
}

func TestParseSpan(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       incident.Span
		err        string
	}{
		{"one name each", "opened..resolved",
			incident.Span{From: []incident.MilestoneName{incident.Opened}, To: []incident.MilestoneName{incident.ResolvedAt}}, ""},
		{"several names", "impact_started|detected..mitigated|resolved",
			incident.Span{From: []incident.MilestoneName{incident.ImpactStarted, incident.Detected},
				To: []incident.MilestoneName{incident.MitigatedAt, incident.ResolvedAt}}, ""},
		{"no dots", "opened", incident.Span{}, `metric: "opened" is not of the form from..to, as in opened..resolved`},
		{"nothing", "", incident.Span{}, `metric: "" is not of the form from..to, as in opened..resolved`},
		{"no end", "opened..", incident.Span{},
			`metric: "" is not a milestone; there are impact_started|detected|opened|acknowledged|mitigated|resolved|impact_ended|closed`},
		{"unknown name", "opened..fixed", incident.Span{},
			`metric: "fixed" is not a milestone; there are impact_started|detected|opened|acknowledged|mitigated|resolved|impact_ended|closed`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := incident.ParseSpan(tc.text)
			if tc.err != "" {
				if err == nil || err.Error() != tc.err || !errors.Is(err, incident.ErrInvalid) {
					t.Errorf("ParseSpan(%q) = %v, want error %q", tc.text, err, tc.err)
				}
				return
			}
			if err != nil || !reflect.DeepEqual(got, tc.want) || got.String() != tc.text {
				t.Errorf("ParseSpan(%q) = %+v, %v, want %+v", tc.text, got, err, tc.want)
			}
		})
	}
}

// FuzzParseSpan: what is read is written again as it was, and everything else is ErrInvalid.
func FuzzParseSpan(f *testing.F) {
	for _, seed := range []string{"opened..resolved", "impact_started|detected..mitigated", "..", "a..b..c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		span, err := incident.ParseSpan(text)
		switch {
		case err != nil && !errors.Is(err, incident.ErrInvalid):
			t.Errorf("ParseSpan(%q) = %v, want ErrInvalid", text, err)
		case err == nil && span.String() != text:
			t.Errorf("ParseSpan(%q).String() = %q", text, span)
		}
	})
}

func TestFormatDuration(t *testing.T) {
	for _, tc := range []struct {
		in   time.Duration
		want string
	}{
		{0, "0s"},
		{499 * time.Millisecond, "0s"},
		{500 * time.Millisecond, "1s"},
		{45 * time.Second, "45s"},
		{time.Minute, "1m"},
		{90 * time.Second, "1m 30s"},
		{74 * time.Minute, "1h 14m"},
		{2*time.Hour + 5*time.Second, "2h"},
		{76 * time.Hour, "3d 4h"},
		{24*time.Hour + 59*time.Minute, "1d"},
		{-90 * time.Second, "-1m 30s"},
	} {
		t.Run(tc.want, func(t *testing.T) {
			if got := incident.FormatDuration(tc.in); got != tc.want {
				t.Errorf("FormatDuration(%d ns) = %q, want %q", tc.in, got, tc.want)
			}
		})
	}
}
