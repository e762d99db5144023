package importers

import (
	"context"
	"testing"
	"time"
)

// Time without records is crossed in ever wider windows, up to five years where a listing does not say otherwise.
func TestEmptyWindowsWiden(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		name string
		max  time.Duration
		want int // windows over 17.9 years, 30, 120, 480 days and so on, as wide as allowed
	}{
		{"default", 0, 7},
		{"a year", 360 * 24 * time.Hour, 20},
		{"never", 30 * 24 * time.Hour, 218},
	} {
		t.Run(tc.name, func(t *testing.T) {
			windows := 0
			c := Collection{Name: "synthetic", List: &Listing{Window: 30 * 24 * time.Hour, MaxWindow: tc.max, Page: func(context.Context, Input, At) (Slice, error) {
				windows++
				return Slice{}, nil
			}}}
			for _, err := range c.Pages(context.Background(), Input{Now: now}, nil) {
				if err != nil {
					t.Fatal(err)
				}
			}
			if windows != tc.want {
				t.Errorf("an empty history took %d windows, want %d", windows, tc.want)
			}
		})
	}
}

// Where records begin behind years of nothing, windows become as narrow again as is good for a walk that may be
// interrupted, at the cost of a few requests.
func TestWindowsNarrowWhereRecordsBegin(t *testing.T) {
	begin, now := time.Date(2023, 5, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	read, requests := map[string]bool{}, 0
	var wide time.Duration
	c := Collection{Name: "synthetic", List: &Listing{Window: 7 * 24 * time.Hour, Page: func(_ context.Context, _ Input, at At) (s Slice, _ error) {
		requests++
		for d := begin; d.Before(at.To); d = d.AddDate(0, 0, 1) { // one a day, 20 a page
			key := d.Format(time.DateOnly)
			if d.Before(at.From) || key <= at.Token {
				continue
			}
			if len(s.Records) == 20 {
				s.Next = s.Records[19].ExternalID
				break
			}
			s.Records = append(s.Records, Record{ExternalID: key, At: d})
		}
		if at.Token != "" {
			wide = max(wide, at.To.Sub(at.From))
		}
		return s, nil
	}}}
	for page, err := range c.Pages(context.Background(), Input{Now: now}, nil) {
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Records {
			read[r.ExternalID] = true
		}
	}
	days := int(now.Sub(begin)/(24*time.Hour)) + 1
	if len(read) != days || requests > days/20+25 || wide > defaultMaxWindow {
		t.Errorf("read %d of %d records in %d requests, in windows of up to %s; want all, in little more than the %d pages, in windows of up to 180 days", len(read), days, requests, wide, days/20)
	}
}
