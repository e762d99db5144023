package incident

import (
	"testing"
	"time"
)

// TestGaps: the lengths are counted by hand.
func TestGaps(t *testing.T) {
	at := func(clock string) time.Time {
		m, err := time.Parse("15:04", clock)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	for _, tc := range []struct {
		name, from, to string
		recorded       []string // "14:05" or "14:05-14:20"
		want           string
	}{
		{"nothing between the ends", "14:00", "14:22", nil, "14:00-14:22"},
		{"a quarter of an hour is one", "14:00", "14:15", nil, "14:00-14:15"},
		{"less is none", "14:00", "14:14", nil, ""},
		{"a record divides it", "14:00", "14:40", []string{"14:10"}, "14:10-14:40"},
		{"out of order", "14:00", "15:00", []string{"14:50", "14:10", "14:20"}, "14:20-14:50"},
		{"a time that is about reaches over", "14:00", "15:00", []string{"14:10-14:50"}, ""},
		{"one within another does not end it", "14:00", "15:00", []string{"14:05-14:50", "14:20"}, ""},
		{"what was before counts up to where it reaches", "14:00", "15:00", []string{"13:00-14:40"}, "14:40-15:00"},
		{"what came after the end is no gap", "14:00", "14:30", []string{"14:20", "19:00"}, "14:00-14:20"},
		{"in ten hours half an hour is least", "08:00", "18:00", []string{"08:29", "08:58", "18:00"}, "08:58-18:00"},
		{"backwards", "15:00", "14:00", nil, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var recorded []Stretch
			for _, r := range tc.recorded {
				s := Stretch{at(r[:5]), at(r[:5])}
				if len(r) > 5 {
					s.To = at(r[6:])
				}
				recorded = append(recorded, s)
			}
			var got string
			for _, g := range Gaps(at(tc.from), at(tc.to), recorded) {
				if got != "" {
					got += " "
				}
				got += g.From.Format("15:04") + "-" + g.To.Format("15:04")
			}
			if got != tc.want {
				t.Errorf("Gaps = %q, want %q", got, tc.want)
			}
		})
	}
	if got := Gaps(time.Time{}, at("14:00"), nil); got != nil {
		t.Errorf("Gaps of an unknown start = %v", got)
	}
}
