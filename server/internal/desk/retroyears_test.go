package desk

import (
	"testing"
	"time"

	"hindsight/incident"
)

func TestYearsAgo(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, now, published string
		zone                 *time.Location
		years                int // 0: it is not told
	}{
		{"the same day", "2026-11-29T08:00:00Z", "2025-11-29T20:00:00Z", time.UTC, 1},
		{"three days before, two years ago", "2026-11-29T08:00:00Z", "2024-11-26T00:00:00Z", time.UTC, 2},
		{"four days before", "2026-11-29T08:00:00Z", "2025-11-25T23:59:00Z", time.UTC, 0},
		{"four days before, but not in Berlin", "2026-11-29T08:00:00Z", "2025-11-25T23:59:00Z", berlin, 1},
		{"across the turn of the year", "2026-01-01T08:00:00Z", "2024-12-30T08:00:00Z", time.UTC, 1},
		{"across it the other way", "2026-12-30T08:00:00Z", "2026-01-01T08:00:00Z", time.UTC, 1},
		{"this week", "2026-11-29T08:00:00Z", "2026-11-28T08:00:00Z", time.UTC, 0},
		{"never published", "2026-11-29T08:00:00Z", "0001-01-01T00:00:00Z", time.UTC, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			now, nowErr := time.Parse(time.RFC3339, tc.now)
			at, atErr := time.Parse(time.RFC3339, tc.published)
			if nowErr != nil || atErr != nil {
				t.Fatal(nowErr, atErr)
			}
			got := YearsAgo([]VisibleRetro{{Retro: incident.Retro{PublishedAt: at}}}, now.In(tc.zone))
			if len(got) == 0 && tc.years == 0 {
				return
			}
			if len(got) != 1 || got[0].Years != tc.years {
				t.Errorf("YearsAgo of %s on %s = %+v, want %d years", tc.published, tc.now, got, tc.years)
			}
		})
	}
}
