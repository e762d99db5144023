package analytics_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// TestCrossAfterChanges asks the same questions of a Live that takes in changes and of one that has seen only the outcome.
func TestCrossAfterChanges(t *testing.T) {
	for _, by := range [][2]analytics.Dimension{{analytics.ByService, analytics.ByWeek}, {analytics.ByService, analytics.ByNothing}, {analytics.BySeverity, analytics.ByService}} {
		t.Run(fmt.Sprint(by), func(t *testing.T) { crossAfterChanges(t, by[0], by[1]) })
	}
}

func crossAfterChanges(t *testing.T, rows, columns analytics.Dimension) {
	const n = 3000
	incs := uneven(n + 1200)
	r := rand.New(rand.NewPCG(7, 8))
	current := map[incident.ID]*incident.Incident{}
	live := analytics.NewLive(func() time.Time { return time.Unix(0, 0) })
	apply := func(seq int, some []*incident.Incident, gone ...incident.ID) {
		mustApply(t, live, incident.Delta{Upto: incident.Seq(seq), CaughtUp: true, Incidents: some, Gone: gone})
		for _, inc := range some {
			current[inc.ID] = inc
		}
		for _, id := range gone {
			delete(current, id)
		}
	}
	apply(1, incs[:n])
	bounded := toResolve(t)
	bounded.From, bounded.To = time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC), time.Date(2024, 12, 30, 0, 0, 0, 0, time.UTC)
	bounded.Now = time.Date(2024, 12, 1, 0, 0, 0, 0, time.UTC)
	sparse := toResolve(t)
	sparse.Severities, sparse.Teams = []incident.Severity{incident.Sev1}, []incident.ID{"team_a"}
	queries := []analytics.Query{toResolve(t), bounded, sparse}
	for step := range 14 {
		var some []*incident.Incident
		for range 1 + r.IntN(12) {
			inc := *incs[r.IntN(n)] // becomes another one: other services, times, kinds
			inc.ID = incs[r.IntN(n)].ID
			some = append(some, &inc)
		}
		some = append(some, incs[n+step*40:n+(step+1)*40]...)
		if step == 9 { // a service that nobody has heard of, and the first incident of all
			odd := *made("new", 1, 10)
			odd.Services[0].Service = "svc_new"
			some = append(some, &odd)
		}
		apply(step+2, some, incs[r.IntN(n)].ID)
		for i, q := range queries {
			q.Now = q.Now.Add(time.Duration(step) * time.Hour)
			if i == 0 {
				q.Now = time.Date(2024, 12, 1, step, 0, 0, 0, time.UTC)
			}
			fresh := snapshot(t, sortedByID(current))
			got, want := live.Snapshot().Cross(q, rows, columns, time.Hour), fresh.Cross(q, rows, columns, time.Hour)
			sameCrossing(t, fmt.Sprintf("step %d, query %d", step, i), got, want)
		}
	}
}

func sortedByID(all map[incident.ID]*incident.Incident) []*incident.Incident {
	var out []*incident.Incident
	for _, inc := range all {
		out = append(out, inc)
	}
	slices.SortFunc(out, func(a, b *incident.Incident) int {
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	return out
}

func sameCrossing(t *testing.T, name string, got, want *analytics.Crossing) {
	t.Helper()
	if g, w := fmt.Sprint(got.Rows, got.Columns), fmt.Sprint(want.Rows, want.Columns); g != w {
		t.Fatalf("%s: groups\n%s\nwant\n%s", name, g, w)
	}
	for r := range want.Rows {
		for c := range want.Columns {
			x, y := got.Cell(r, c), want.Cell(r, c)
			if g, w := cellText(x), cellText(y); g != w {
				t.Fatalf("%s: %s, %s:\n%s\nwant\n%s", name, want.Rows[r].Label, want.Columns[c].Label, g, w)
			}
		}
	}
}

func cellText(c analytics.CrossCell) string {
	return fmt.Sprint(c.N, c.NOpen, c.NMissing, c.NInvalid, c.NLeftOut, c.NWithin, c.MeanSeconds, c.MedianSeconds, c.P90Seconds) + estimateText(c.Median(), c.P90())
}

// TestCrossOfAnOlderSnapshot: a page keeps its snapshot while others ask newer ones.
func TestCrossOfAnOlderSnapshot(t *testing.T) {
	live := analytics.NewLive(func() time.Time { return time.Unix(0, 0) })
	mustApply(t, live, incident.Delta{Upto: 1, CaughtUp: true, Incidents: []*incident.Incident{made("a", 1, 10), made("b", 2, 20)}})
	old := live.Snapshot()
	for seq := range 3 {
		mustApply(t, live, incident.Delta{Upto: incident.Seq(seq + 2), CaughtUp: true, Incidents: []*incident.Incident{made(fmt.Sprint("c", seq), 1, 30)}})
		now, before := live.Snapshot().Cross(toResolve(t), analytics.ByService, analytics.ByNothing, 0), old.Cross(toResolve(t), analytics.ByService, analytics.ByNothing, 0)
		if got, want := now.Cell(0, 0).N, seq+3; got != want {
			t.Errorf("after change %d: %d incidents, want %d", seq+2, got, want)
		}
		if got := before.Cell(0, 0); got.N != 2 || got.MedianSeconds != 900 {
			t.Errorf("the old snapshot: %d incidents with median %g, want 2 with 900", got.N, got.MedianSeconds)
		}
	}
}
