package analytics_test

import (
	"reflect"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/incident/incidenttest"
)

// TestAmong: a snapshot of some incidents answers as one that never knew the others.
func TestAmong(t *testing.T) {
	var all, some []*incident.Incident
	var ids []incident.ID
	for i := range 9000 { // more than one chunk
		inc := incidenttest.Incident(i)
		all = append(all, inc)
		if i%7 == 0 {
			some, ids = append(some, inc), append(ids, inc.ID)
		}
	}
	got, want := snapshot(t, all).Among(append(ids, "nobody")), snapshot(t, some)
	q := analytics.Query{Now: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC), Span: analytics.Metrics()[0].Span, Sight: incident.Sight{All: true}}
	if got.Len() != len(ids) || got.Len() != want.Len() {
		t.Errorf("%d incidents, want %d", got.Len(), len(ids))
	}
	for _, by := range []analytics.Dimension{analytics.ByNothing, analytics.ByService, analytics.BySeverity} {
		q.GroupBy = by
		if g, w := got.Counts(q), want.Counts(q); !reflect.DeepEqual(g, w) {
			t.Errorf("Counts by %s = %+v, want %+v", by, g, w)
		}
	}
	if g, w := got.Cases(q, analytics.AnyOutcome), want.Cases(q, analytics.AnyOutcome); !reflect.DeepEqual(g, w) {
		t.Errorf("Cases = %d, want %d, or another order", len(g), len(w))
	}
	if n := snapshot(t, all).Among(nil).Len(); n != 0 {
		t.Errorf("among none there are %d", n)
	}
}
