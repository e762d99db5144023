package incident

import (
	"testing"
	"time"
)

// TestDigestDue: a digest is due at the next 08:00 on the clocks of its zone, also over the nights on which they change, in Berlin on
// 2026-03-29 and 2026-10-25, and is about the time since the 08:00 before.
func TestDigestDue(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ at, due, since string }{
		{"2026-03-02T06:59:59Z", "2026-03-02T07:00:00Z", "2026-03-01T07:00:00Z"},
		{"2026-03-02T07:00:00Z", "2026-03-03T07:00:00Z", "2026-03-02T07:00:00Z"},
		{"2026-03-28T20:00:00Z", "2026-03-29T06:00:00Z", "2026-03-28T07:00:00Z"},
		{"2026-10-24T20:00:00Z", "2026-10-25T07:00:00Z", "2026-10-24T06:00:00Z"},
	} {
		at, err := time.Parse(time.RFC3339, tc.at)
		if err != nil {
			t.Fatal(err)
		}
		due := DigestDue(at, berlin)
		if since := DigestSince(due, berlin); due.Format(time.RFC3339) != tc.due || since.Format(time.RFC3339) != tc.since {
			t.Errorf("the digest of %s is due at %s, since %s; want %s, since %s", tc.at, due.Format(time.RFC3339), since.Format(time.RFC3339), tc.due, tc.since)
		}
	}
}
