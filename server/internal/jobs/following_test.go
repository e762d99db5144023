package jobs

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// A person who reads a part again must not make polls pass over what lies before it.
func TestAPartIsNoProgress(t *testing.T) {
	b, u := sqliteBench(t), newUpstream(t, tickets(3))
	b.poll(u)
	late := tickets(9)[3:]
	u.change(func() { u.tickets[late[0].ID], u.tickets[late[5].ID] = late[0], late[5] })
	if out, err := b.read(u, viaPoll, Options{Since: late[5].Updated}); err != nil || out.New != 1 {
		t.Fatalf("the part = %+v, %v, want its one ticket", countsOf(out.Run), err)
	}
	if out := b.poll(u); out.New != 1 {
		t.Errorf("the poll behind it = %+v, want the ticket that lies before that part", countsOf(out.Run))
	}
}

// One ticket that its source does not show, or fails over, costs no other, and the credentials are good.
func TestOneThatCannotBeRead(t *testing.T) {
	for _, status := range []int{http.StatusForbidden, http.StatusBadRequest} {
		b, u := sqliteBench(t), newUpstream(t, tickets(4))
		u.broken = map[string]int{"1001": status}
		b.push("1", `{"ID":"1001"}`)
		b.push("2", `{"ID":"1002"}`)
		if out := b.hear(u); out.New != 1 || out.Dead != 1 {
			t.Errorf("%d: deliveries = %+v, want 1 new and 1 rejected", status, countsOf(out.Run))
		}
		if out := b.poll(u); out.New != 3 {
			t.Errorf("%d: poll = %+v, want the 3 others", status, countsOf(out.Run))
		}
		silent := u.tickets["1003"]
		silent.Title = "Changed without a sign"
		u.change(func() { u.tickets["1003"] = silent })
		b.clock = b.clock.Add(longestSilence)
		if out := b.poll(u); out.Changed != 1 {
			t.Errorf("%d: a poll beside it = %+v, want 1 changed", status, countsOf(out.Run))
		}
		if h := b.health(); !h.PausedAt.IsZero() {
			t.Errorf("%d: the connection is paused: %s", status, h.PauseReason)
		}
	}
}

// Deliveries of a day share a run; that one was canceled is no reason not to take in the next.
func TestDeliveriesAfterACanceledOne(t *testing.T) {
	b, u := sqliteBench(t), newUpstream(t, tickets(2))
	b.push("1", `{"ID":"1000"}`)
	first := b.hear(u)
	for _, state := range []incident.RunState{incident.RunCanceled, incident.RunFailed} {
		b.update(func(tx incident.Tx) error {
			run := first.Run
			run.State, run.FinishedAt = state, b.clock
			return tx.PutRun(run)
		})
		b.push(string(state), `{"ID":"1001"}`)
		if out := b.hear(u); out.ID != first.ID || !out.State.Done() || out.State == state {
			t.Errorf("after the day's run was %s, the next one is %s", state, out.State)
		}
		if waiting, err := b.store.Pushes(t.Context(), b.conn.ID, 10); err != nil || len(waiting) > 0 {
			t.Errorf("after the day's run was %s, %d deliveries wait (%v)", state, len(waiting), err)
		}
	}
}

// Where credentials were refused, deliveries wait instead of knocking on.
func TestDeliveriesOfAPausedConnectionWait(t *testing.T) {
	b, u := sqliteBench(t), newUpstream(t, tickets(2))
	b.push("1", `{"ID":"1000"}`)
	b.update(func(tx incident.Tx) error { return tx.Pause(b.conn.ID, b.clock, "refused") })
	b.hear(u)
	waiting, err := b.store.Pushes(t.Context(), b.conn.ID, 10)
	if err != nil || len(waiting) != 1 || len(u.asked) != 0 {
		t.Errorf("%d deliveries wait (%v) after %d requests, want 1 after none", len(waiting), err, len(u.asked))
	}
	b.update(func(tx incident.Tx) error { return tx.Pause(b.conn.ID, time.Time{}, "") })
	if out := b.hear(u); out.New != 1 {
		t.Errorf("after the pause: %+v, want 1 new", countsOf(out.Run))
	}
}

// A source that hides never says that a record is gone: what deliveries told of is not asked for until doomsday.
func TestWhatNeverShowsIsForgotten(t *testing.T) {
	b, u := sqliteBench(t), newUpstream(t, tickets(2))
	u.hides = true
	b.push("1", `{"ID":"4711"}`)
	b.hear(u)
	b.poll(u)
	if missing, err := b.store.Missing(t.Context(), b.conn.ID); err != nil || len(missing) != 1 {
		t.Fatalf("missing = %+v, %v, want the one that was told of", missing, err)
	}
	b.clock = b.clock.Add(goneAfter)
	b.poll(u)
	if missing, err := b.store.Missing(t.Context(), b.conn.ID); err != nil || len(missing) != 0 {
		t.Errorf("half a day later missing = %+v, %v, want none", missing, err)
	}
}

// What was heard before a list was begun may have changed until then: a page that tells of it is believed.
func TestWhatWasSeenEarlierIsFetchedAgain(t *testing.T) {
	b, u := sqliteBench(t), newUpstream(t, tickets(3))
	b.push("1", `{"ID":"1000"}`)
	s := u.source()
	told := s.Collections[0]
	told.Name, told.Fetch = "first", nil
	told.List = &importers.Listing{Page: func(context.Context, importers.Input, importers.At) (importers.Slice, error) {
		return importers.Slice{}, nil
	}}
	s.Collections[0].List = &importers.Listing{Page: func(context.Context, importers.Input, importers.At) (importers.Slice, error) {
		u.change(func() {
			t := u.tickets["1000"]
			t.Title = "Changed after the delivery"
			u.tickets["1000"] = t
		})
		return importers.Slice{Touched: []string{"1000"}}, nil
	}}
	s.Collections = append([]importers.Collection{told}, s.Collections...)
	r := b.runner(s)
	r.Transport = http.DefaultTransport
	out, err := r.Run(t.Context(), b.conn, incident.Run{Via: viaPoll}, nil, Options{}, nil)
	if err != nil || out.New != 1 || out.Changed != 1 {
		t.Errorf("the run = %+v, %v, want one that is new and then changed", countsOf(out.Run), err)
	}
}

// A collection that could not be read is told of, even when the run was parked behind it.
func TestTroubleOutlivesAPause(t *testing.T) {
	b, u := sqliteBench(t), newUpstream(t, tickets(2))
	wait := true
	s := u.source()
	wrong := s.Collections[0]
	wrong.Name, wrong.Fetch = "changes", nil
	wrong.List = &importers.Listing{Page: func(ctx context.Context, in importers.Input, _ importers.At) (importers.Slice, error) {
		return importers.Slice{}, &importers.StatusError{Status: http.StatusUnprocessableEntity, Body: "no such field"}
	}}
	last := s.Collections[0]
	last.Name, last.Fetch = "more", nil
	last.List = &importers.Listing{Page: func(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
		if at.Token != "" && wait {
			return importers.Slice{}, &importers.Parked{Until: b.clock.Add(time.Hour), Reason: "quota", Cause: errors.New("429")}
		}
		if at.Token == "" {
			return importers.Slice{Next: "2"}, nil
		}
		return importers.Slice{}, nil
	}}
	s.Collections = append(s.Collections, wrong, last)
	r := b.runner(s)
	r.Transport = http.DefaultTransport
	out, err := r.Run(t.Context(), b.conn, incident.Run{ID: "run_1", Via: viaPoll}, nil, Options{}, nil)
	if err == nil || out.State != incident.RunQueued {
		t.Fatalf("the run is %s, %v, want it parked", out.State, err)
	}
	wait = false
	out, err = r.Run(t.Context(), b.conn, b.stored("run_1"), nil, Options{}, nil)
	if err != nil || out.State != incident.RunPartial || strings.Count(out.Message, "no such field") != 1 || !out.ResumesAt.IsZero() {
		t.Errorf("the run ended as %s, %q, %v; want it partial because of what could not be read before the pause", out.State, out.Message, err)
	}
}

// Deliveries that cannot be taken in do not keep the poll from its end.
func TestAPollDoesNotHangOnDeliveries(t *testing.T) {
	b, u := sqliteBench(t), newUpstream(t, tickets(7))
	b.push("1", `{"ID":"1000"}`)
	s := u.source()
	s.Collections[0].Fetch = func(context.Context, importers.Input, []string) ([]importers.Record, error) {
		return nil, &net.OpError{Op: "dial", Err: errors.New("no route to its host")}
	}
	for id, t := range u.tickets { // none is open, so that none is asked for
		t.Resolved = t.Updated
		u.tickets[id] = t
	}
	r := b.runner(s)
	r.Transport = http.DefaultTransport
	out, err := r.Run(t.Context(), b.conn, incident.Run{Via: viaPoll}, nil, Options{}, nil)
	if err != nil || out.New != 7 || out.State != incident.RunPartial || !strings.Contains(out.Message, "no route") {
		t.Errorf("poll = %+v %s %q, %v; want all 7, and the trouble told", countsOf(out.Run), out.State, out.Message, err)
	}
	if waiting, err := b.store.Pushes(t.Context(), b.conn.ID, 10); err != nil || len(waiting) != 1 {
		t.Errorf("%d deliveries wait (%v), want the one", len(waiting), err)
	}
}

// Nobody blocks a worker until a long hold ends.
func TestLongHoldsPark(t *testing.T) {
	b := sqliteBench(t)
	one, two := &pacer{runner: b.runner()}, &pacer{runner: b.runner()}
	if err := one.Hold(t.Context(), "key", b.clock.Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	for _, interval := range []time.Duration{0, time.Second} {
		var parked *importers.Parked
		if err := two.Take(t.Context(), "key", interval); !errors.As(err, &parked) || parked.Until.Before(b.clock.Add(2*time.Hour)) {
			t.Errorf("a turn of every %s, two hours before a hold ends: %v, want the run parked until then", interval, err)
		}
	}
}

// A quota that nobody uses any more, since its connection was removed, goes; one that holds somebody off stays.
func TestUnusedQuotasAreForgotten(t *testing.T) {
	b := sqliteBench(t)
	r := b.runner()
	p := &pacer{runner: r}
	if err := p.Take(t.Context(), "unused", time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if err := p.Hold(t.Context(), "held", b.clock.Add(24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	b.clock = b.clock.Add(2 * time.Hour)
	if err := r.schedule(t.Context()); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]error{"quota.unused": incident.ErrNotFound, "quota.lock.unused": incident.ErrNotFound, "quota.held": nil} {
		if _, err := b.store.Setting(t.Context(), key); !errors.Is(err, want) {
			t.Errorf("setting %s: %v, want %v", key, err, want)
		}
	}
	if err := p.Take(t.Context(), "unused", time.Millisecond); err != nil {
		t.Errorf("a turn of a quota that was forgotten: %v", err)
	}
}
