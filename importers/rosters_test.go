package importers

import (
	"errors"
	"testing"
	"time"

	"hindsight/incident"
)

func TestCut(t *testing.T) {
	day := func(month, day int) time.Time { return time.Date(2025, time.Month(month), day, 9, 0, 0, 0, time.UTC) }
	first, end := time.Date(2025, 2, 1, 0, 0, 0, 0, time.UTC), time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		name           string
		over           bool
		from, to       time.Time
		ok             bool
		wantFrom, want time.Time
	}{
		{"within", true, day(2, 3), day(2, 5), true, day(2, 3), day(2, 5)},
		{"begun before", true, day(1, 30), day(2, 5), true, first, day(2, 5)},
		{"over both ends", true, day(1, 30), day(3, 5), true, first, end},
		{"goes on, month over", true, day(2, 3), time.Time{}, true, day(2, 3), end},
		{"goes on now", false, day(2, 3), time.Time{}, true, day(2, 3), time.Time{}},
		{"beginning unknown", true, time.Time{}, day(2, 5), true, first, day(2, 5)},
		{"no times", true, time.Time{}, time.Time{}, false, time.Time{}, time.Time{}},
		{"before the month", true, day(1, 3), day(1, 5), false, time.Time{}, time.Time{}},
		{"behind the month", false, day(3, 3), time.Time{}, false, time.Time{}, time.Time{}},
		{"ends before it begins", true, day(2, 5), day(2, 3), false, time.Time{}, time.Time{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			body := `{"log":null}`
			if tc.over {
				body = `{"over":true,"log":null}`
			}
			m, err := ReadRosterMonth(incident.Raw{ExternalID: "S1/2025-02", Body: []byte(body)})
			if err != nil {
				t.Fatal(err)
			}
			got, ok := m.Cut(incident.Shift{From: tc.from, To: tc.to})
			if ok != tc.ok || ok && (!got.From.Equal(tc.wantFrom) || !got.To.Equal(tc.want)) {
				t.Errorf("Cut = %s to %s, %v; want %s to %s, %v", got.From, got.To, ok, tc.wantFrom, tc.want, tc.ok)
			}
		})
	}
	var wrong *MapError
	if _, err := ReadRosterMonth(incident.Raw{ExternalID: "S1", Body: []byte(`{}`)}); !errors.As(err, &wrong) {
		t.Errorf("an id without a month: %v, want a *MapError", err)
	}
}
