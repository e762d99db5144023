package analytics_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// made returns an incident of one service that took so many minutes.
func made(id string, day, minutes int) *incident.Incident {
	inc := &incident.Incident{
		ID: incident.ID(id), Number: id, Title: "Title of " + id, Kind: incident.Real, Status: incident.Resolved, Severity: incident.Sev2,
		PriorityRaw: "P2", Services: []incident.ServiceUse{{Service: "svc_web", Name: "Web"}},
	}
	opened := time.Date(2026, 1, day, 12, 0, 0, 0, time.UTC)
	inc.Milestones.Set(incident.Opened, opened, incident.ToSecond, incident.FromField, "test", "")
	inc.Milestones.Set(incident.ResolvedAt, opened.Add(time.Duration(minutes)*time.Minute), incident.ToSecond, incident.FromField, "test", "")
	return inc
}

func toResolve(t testing.TB) analytics.Query {
	m, err := analytics.FindMetric("time_to_resolve")
	if err != nil {
		t.Fatal(err)
	}
	return analytics.Query{Span: m.Span}
}

func mustApply(t testing.TB, l *analytics.Live, d incident.Delta) {
	t.Helper()
	if err := l.Apply(context.Background(), d); err != nil {
		t.Fatalf("Apply(upto %d): %v", d.Upto, err)
	}
}

func TestLiveFollows(t *testing.T) {
	l := analytics.NewLive(func() time.Time { return time.Unix(0, 0) })
	if s := l.Snapshot(); s.Len() != 0 || s.AsOf() != 0 {
		t.Errorf("before all changes: %d incidents as of %d, want none as of 0", s.Len(), s.AsOf())
	}
	first := incident.Delta{Upto: 7, CaughtUp: true, Incidents: []*incident.Incident{made("a", 1, 10), made("b", 2, 20)}}
	mustApply(t, l, first)
	old := l.Snapshot()
	mustApply(t, l, first) // again: changes nothing
	if s := l.Snapshot(); s.Len() != 2 || s.AsOf() != 7 || l.Seq() != 7 {
		t.Errorf("applied twice: %d incidents as of %d, seq %d, want 2, 7, 7", s.Len(), s.AsOf(), l.Seq())
	}

	gone := incident.Delta{Upto: 9, CaughtUp: true, Gone: []incident.ID{"a", "unknown"}, Incidents: []*incident.Incident{made("b", 2, 45), made("c", 3, 30)}}
	mustApply(t, l, gone)
	s := l.Snapshot()
	if got, want := fmt.Sprint(s.Durations(toResolve(t))[0].Values), "[1800 2700]"; s.Len() != 2 || got != want {
		t.Errorf("after a change: %d incidents, values %s, want 2, %s", s.Len(), got, want)
	}
	if got, want := fmt.Sprint(old.Durations(toResolve(t))[0].Values), "[600 1200]"; old.Len() != 2 || old.AsOf() != 7 || got != want {
		t.Errorf("the old snapshot: %d incidents as of %d, values %s, want 2, 7, %s", old.Len(), old.AsOf(), got, want)
	}
}

func TestLivePublishesOncePerSecondUntilCaughtUp(t *testing.T) {
	now := time.Unix(100, 0)
	l := analytics.NewLive(func() time.Time { return now })
	for i, step := range []struct {
		after  time.Duration
		caught bool
		want   int
	}{{0, false, 0}, {900 * time.Millisecond, false, 0}, {100 * time.Millisecond, false, 3}, {0, false, 3}, {0, true, 5}} {
		now = now.Add(step.after)
		mustApply(t, l, incident.Delta{Upto: incident.Seq(i + 1), CaughtUp: step.caught, Incidents: []*incident.Incident{made(fmt.Sprint(i), 1, 1)}})
		if got := l.Snapshot().Len(); got != step.want {
			t.Errorf("step %d: %d incidents in the snapshot, want %d", i, got, step.want)
		}
	}
}

func TestLiveStopsWhenCanceled(t *testing.T) {
	l := analytics.NewLive(time.Now)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := l.Apply(ctx, incident.Delta{Upto: 1, CaughtUp: true, Incidents: []*incident.Incident{made("a", 1, 1)}})
	if !errors.Is(err, context.Canceled) || l.Seq() != 0 || l.Snapshot().Len() != 0 {
		t.Errorf("Apply(canceled) = %v, seq %d, want context.Canceled and nothing applied", err, l.Seq())
	}
}

// TestLiveIsReadWhileItChanges is for the race detector: readers hold snapshots while rows, dictionaries and sets grow.
func TestLiveIsReadWhileItChanges(t *testing.T) {
	l := analytics.NewLive(func() time.Time { return time.Unix(0, 0) })
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for range 2 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				s := l.Snapshot()
				q := toResolve(t)
				q.GroupBy = analytics.ByService
				n := 0
				for _, g := range s.Durations(q) {
					n += g.N
				}
				if n != s.Len() {
					t.Errorf("groups hold %d incidents, the snapshot %d", n, s.Len())
					return
				}
			}
		})
	}
	for i := range 300 {
		var incs []*incident.Incident
		for k := range 10 {
			inc := made(fmt.Sprintf("i%d", i*7+k), 1+k, k)
			inc.Services[0].Service = incident.ID(fmt.Sprintf("svc_%d", i))
			incs = append(incs, inc)
		}
		mustApply(t, l, incident.Delta{Upto: incident.Seq(i + 1), CaughtUp: true, Incidents: incs})
	}
	close(stop)
	wg.Wait()
}
