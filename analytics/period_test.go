package analytics

import (
	"testing"
	"time"
	_ "time/tzdata" // the cases name zones that a bare machine may not have
)

// TestStartOfDay uses days whose midnight does not exist or comes twice, as the tz database has them.
func TestStartOfDay(t *testing.T) {
	for _, tc := range []struct {
		name, zone string
		y          int
		m          time.Month
		d          int
		want       string
	}{
		{"an ordinary day", "Europe/Berlin", 2024, 6, 1, "2024-05-31T22:00:00Z"},
		{"midnight skipped in Cairo", "Africa/Cairo", 2024, 4, 26, "2024-04-25T22:00:00Z"},
		{"midnight skipped in Beirut", "Asia/Beirut", 2024, 3, 31, "2024-03-30T22:00:00Z"},
		{"midnight twice in Havana", "America/Havana", 2024, 11, 3, "2024-11-03T04:00:00Z"},
		{"midnight skipped in Havana", "America/Havana", 2024, 3, 10, "2024-03-10T05:00:00Z"},
		{"a day skipped in Apia", "Pacific/Apia", 2011, 12, 30, "2011-12-30T10:00:00Z"},
		{"the day after", "Pacific/Apia", 2011, 12, 31, "2011-12-30T10:00:00Z"},
		{"month 13", "UTC", 2024, 13, 1, "2025-01-01T00:00:00Z"},
		{"day 0", "UTC", 2024, 3, 0, "2024-02-29T00:00:00Z"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			loc, err := time.LoadLocation(tc.zone)
			if err != nil {
				t.Fatal(err)
			}
			if got := startOfDay(tc.y, tc.m, tc.d, loc).UTC().Format(time.RFC3339); got != tc.want {
				t.Errorf("startOfDay(%d-%d-%d, %s) = %s, want %s", tc.y, tc.m, tc.d, tc.zone, got, tc.want)
			}
		})
	}
}

// TestPeriodsTouch holds for every kind of period in zones with odd days: they cover the time without gap or overlap, and
// each holds its own beginning.
func TestPeriodsTouch(t *testing.T) {
	from, to := time.Date(2010, 11, 17, 5, 0, 0, 0, time.UTC), time.Date(2012, 2, 3, 0, 0, 0, 0, time.UTC)
	for _, zone := range []string{"UTC", "Pacific/Apia", "Africa/Cairo", "America/Havana", "Australia/Lord_Howe"} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range []Dimension{ByWeek, ByMonth, ByQuarter, ByYear} {
			ps := periods(d, from, to, loc)
			if ps[0].from.After(from) || ps[len(ps)-1].to.Before(to) {
				t.Errorf("periods(%s, %s) = %v … %v, want them to cover %v to %v", d, zone, ps[0].from, ps[len(ps)-1].to, from, to)
			}
			for i, p := range ps {
				if i > 0 && !p.from.Equal(ps[i-1].to) {
					t.Errorf("%s in %s: %s begins at %v, %s ended at %v", d, zone, p.key, p.from, ps[i-1].key, ps[i-1].to)
				}
				if !p.from.Before(p.to) {
					t.Errorf("%s in %s: %s is empty", d, zone, p.key)
				}
			}
		}
	}
}
