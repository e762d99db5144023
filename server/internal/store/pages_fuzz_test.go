package store_test

import (
	"encoding/base64"
	"errors"
	"testing"

	"hindsight/incident"
	"hindsight/server/internal/store/storetest"
)

func TestExtremeCursors(t *testing.T) {
	for _, db := range databases {
		t.Run(db.name, func(t *testing.T) {
			s := storetest.Open(t, db.fresh(t))
			for _, plain := range []string{
				`{"s":"","k":9223372036854775807,"i":"x"}`,
				`{"s":"","k":-9223372036854775808,"i":"x"}`,
				`{"s":"","k":1,"i":"x\u0000"}`,
			} {
				cursor := base64.RawURLEncoding.EncodeToString([]byte(plain))
				_, _, _, err := s.Page(t.Context(), incident.Filter{After: cursor})
				if err != nil && !errors.Is(err, incident.ErrInvalid) {
					t.Errorf("Page after %s: %v, want a page or ErrInvalid", plain, err)
				}
			}
		})
	}
}

// A cursor comes from outside: whatever it is, the answer is a page or ErrInvalid.
func FuzzCursor(f *testing.F) {
	s := storetest.SQLite(f)
	for _, seed := range []string{"", "e30", "eyJzIjoiIiwiayI6MSwiaSI6ImluY18xIn0", "eyJzIjoiLXN0YXJ0ZWQiLCJrIjo5MjIzMzcyMDM2ODU0Nzc1ODA3LCJpIjoieCJ9"} {
		f.Add(seed, string(incident.NewestFirst))
		f.Add(seed, "")
	}
	f.Fuzz(func(t *testing.T, after, sort string) {
		_, _, _, err := s.Page(t.Context(), incident.Filter{After: after, Sort: incident.Sort(sort)})
		if err != nil && !errors.Is(err, incident.ErrInvalid) {
			t.Errorf("Page(After: %q, Sort: %q): %v, want ErrInvalid", after, sort, err)
		}
	})
}
