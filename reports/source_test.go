package reports

import (
	"slices"
	"testing"
	"time"
)

func TestSourceWords(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, berlin).UTC()
	to := time.Date(2026, 4, 1, 0, 0, 0, 0, berlin).UTC()
	for _, tc := range []struct {
		name   string
		source Source
		want   []string
	}{
		{"everything", Source{From: from, To: to, Zone: "Europe/Berlin", Filter: "severity SEV1", N: 1942,
			LeftOut: []LeftOut{{Reason: "still open", N: 3}, {Reason: "drill", N: 0}, {Reason: "test", N: 1}}, Method: "median", AsOf: 12},
			[]string{"n = 1,942 · 1 Jan 2026 – 31 Mar 2026 (Europe/Berlin) · severity SEV1", "Left out: 3 still open, 1 test", "median · as of change 12"}},
		{"no bounds", Source{Zone: "UTC", N: 1}, []string{"n = 1"}},
		{"open end", Source{From: from, Zone: "Europe/Berlin"}, []string{"n = 0 · since 1 Jan 2026 (Europe/Berlin)"}},
		{"open beginning", Source{To: to, Zone: "Europe/Berlin"}, []string{"n = 0 · until 31 Mar 2026 (Europe/Berlin)"}},
		{"unknown zone", Source{From: from, Zone: "Mars/Base"}, []string{"n = 0 · since 31 Dec 2025 (UTC)"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := tc.source.Words(); !slices.Equal(got, tc.want) {
				t.Errorf("Words() = %q, want %q", got, tc.want)
			}
		})
	}
}
