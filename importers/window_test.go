package importers

import (
	"context"
	"testing"
	"time"
)

// Time without records is crossed in ever wider windows, up to 180 days where a listing does not say otherwise.
func TestEmptyWindowsWiden(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		name string
		max  time.Duration
		want int // windows over 17.9 years, 30, 60, 120 days and then as wide as allowed
	}{
		{"default", 0, 39},
		{"a year", 360 * 24 * time.Hour, 21},
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
