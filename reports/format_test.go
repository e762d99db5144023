package reports

import (
	"math"
	"testing"
	"time"
)

func TestFormat(t *testing.T) {
	for _, tc := range []struct {
		name string
		unit Unit
		x    float64
		want string
	}{
		{"seconds", Seconds, 45, "45s"},
		{"hours and minutes", Seconds, 4440, "1h 14m"},
		{"days", Seconds, 3*86400 + 4*3600, "3d 4h"},
		{"half a second rounds up", Seconds, 0.5, "1s"},
		{"longer than any duration", Seconds, 1e300, "106751d 23h"},
		{"share with one decimal", Share, 8.0 / 9, "88.9 %"},
		{"half", Share, 0.5, "50.0 %"},
		{"all", Share, 1, "100 %"},
		{"nothing", Share, 0, "0 %"},
		{"almost all is never all", Share, 0.9999999, "99.999 %"},
		{"three nines keep their digits", Share, 0.99971, "99.971 %"},
		{"almost nothing is never nothing", Share, 0.0001, "<0.1 %"},
		{"thousands", Count, 1942, "1,942"},
		{"millions", Count, 1234567, "1,234,567"},
		{"below a thousand", Count, 999, "999"},
		{"rate", Count, 1.94, "1.9"},
		{"small rate", Count, 0.25, "0.25"},
		{"tiny rate", Count, 0.0125, "0.013"},
		{"negative", Count, -1942, "-1,942"},
		{"instant", Instant, float64(time.Date(2026, 11, 12, 14, 2, 0, 0, time.UTC).Unix()), "12 Nov 2026, 14:02 UTC"},
		{"no number", Count, math.NaN(), "–"},
		{"no bound", Seconds, math.Inf(1), "–"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := Format(tc.unit, tc.x); got != tc.want {
				t.Errorf("Format(%s, %v) = %q, want %q", tc.unit, tc.x, got, tc.want)
			}
		})
	}
}

func TestFormatCell(t *testing.T) {
	at := time.Date(2026, 11, 12, 14, 2, 0, 0, time.UTC)
	for _, tc := range []struct {
		name string
		unit Unit
		cell Cell
		want string
	}{
		{"number", Seconds, Num(90), "1m 30s"},
		{"time", Instant, Cell{Time: at}, "12 Nov 2026, 14:02 UTC"},
		{"text", Text, Str("checkout"), "checkout"},
		{"missing", Seconds, Missing("no data"), "–"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := FormatCell(tc.unit, tc.cell, time.UTC); got != tc.want {
				t.Errorf("FormatCell(%s, %v) = %q, want %q", tc.unit, tc.cell, got, tc.want)
			}
		})
	}
}
