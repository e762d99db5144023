package desk

import (
	"errors"
	"net/url"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/server/internal/query"
	"hindsight/server/internal/store/storetest"
)

// TestFiguresRefuseWhatTheyCannotCount: a filter is in force or refused, never passed over.
func TestFiguresRefuseWhatTheyCannotCount(t *testing.T) {
	d := &Desk{Store: storetest.SQLite(t), Live: analytics.NewLive(time.Now), Now: func() time.Time { return noon }}
	for _, tc := range []struct{ query, field string }{
		{"", ""}, {"sev=1&kind=drill&priority=P1&tag=a&range=30d", ""},
		{"q=disk", "q"}, {"status=open", "status"}, {"origin=pager", "origin"}, {"service=-edge", "service"}, {"service=unknown", "service"},
	} {
		v, err := url.ParseQuery(tc.query)
		if err != nil {
			t.Fatalf("ParseQuery(%q): %v", tc.query, err)
		}
		q, err := query.Parse(v, noon)
		if err != nil {
			t.Fatalf("Parse(%q): %v", tc.query, err)
		}
		_, err = d.Figures(t.Context(), q, incident.Sight{All: true})
		var field *incident.FieldError
		if got := errors.As(err, &field); got != (tc.field != "") || got && field.Field != tc.field {
			t.Errorf("Figures(%q) = %v, want an error in %q", tc.query, err, tc.field)
		}
	}
}
