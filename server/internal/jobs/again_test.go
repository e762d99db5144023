package jobs

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// Open incidents in which nothing happens are asked for ever less often, down to once a day.
func TestSilentOpenIncidentsAreAskedForLessOften(t *testing.T) {
	for _, tc := range []struct {
		silent    time.Duration
		low, high int // requests in a day of 288 polls
	}{
		{0, 168, 168},               // every 5 minutes for 8 hours, every 10 for 8, every 20 for 8
		{7 * 24 * time.Hour, 8, 10}, // every 160 minutes, a 48th of a week being 210
		{200 * 24 * time.Hour, 1, 1},
	} {
		asked := 0
		begin := day
		for at := begin; at.Before(begin.Add(24 * time.Hour)); at = at.Add(PollEvery) {
			if asks("1001", begin.Add(-tc.silent), openShare, at.Add(-PollEvery), at) {
				asked++
			}
		}
		if asked < tc.low || asked > tc.high {
			t.Errorf("silent for %s: %d requests a day, want %d to %d", tc.silent, asked, tc.low, tc.high)
		}
	}

	b, u := sqliteBench(t), newUpstream(t, tickets(40)) // 20 are open, last changed 22 months ago
	b.poll(u)
	requests := 0
	for range 24 {
		u.change(func() {})
		b.poll(u)
		requests += len(u.asked)
	}
	if want := 24 + 19; requests != want { // the one that changed last is on each page, for the overlap
		t.Errorf("24 hourly polls of 20 open tickets sent %d requests, want %d: a page each, and each ticket once", requests, want)
	}
	u.change(func() {})
	if out, err := b.read(u, viaReconcile, Options{}); err != nil || len(u.asked) < 20 {
		t.Errorf("a reconciliation = %+v, %v in %d requests, want all open ones asked for", countsOf(out.Run), err, len(u.asked))
	}
}

// What follows the list of a long run goes on where it was interrupted.
func TestRefreshAndCensusGoOn(t *testing.T) {
	b, u := sqliteBench(t), newUpstream(t, tickets(120))
	for id, t := range u.tickets {
		t.Resolved = time.Time{} // all are open: three times what is asked for at once
		u.tickets[id] = t
	}
	var calls, sent int
	var tokens []string
	stop := func() {}
	s := u.source()
	c := &s.Collections[0]
	c.List.Page = func(_ context.Context, in importers.Input, _ importers.At) (s importers.Slice, err error) {
		for _, t := range u.tickets {
			if in.Since.IsZero() { // reconciliations find nothing of the last days
				s.Records = append(s.Records, t.record())
			}
		}
		return s, nil
	}
	c.Fetch = func(ctx context.Context, _ importers.Input, ids []string) (records []importers.Record, err error) {
		sent += len(ids)
		if calls++; calls == 2 {
			stop()
		}
		for _, id := range ids {
			if t, there := u.tickets[id]; there {
				records = append(records, t.record())
			}
		}
		return records, ctx.Err()
	}
	c.Census = func(ctx context.Context, _ importers.Input, token string) (ids []string, next string, err error) {
		if tokens = append(tokens, token); len(tokens) == 2 {
			stop()
		}
		for id := range u.tickets {
			if first := id < "1060"; first == (token == "") && id != "1119" {
				ids = append(ids, id)
			}
		}
		if token == "" {
			next = "page 2"
		}
		return ids, next, ctx.Err()
	}
	if _, err := b.pollOf(s, incident.Run{}); err != nil {
		t.Fatal(err)
	}
	delete(u.tickets, "1001")
	r := b.runner(s)
	r.Transport = http.DefaultTransport
	run := incident.Run{ID: "run_1", Via: viaReconcile}
	for i, want := range []incident.RunState{incident.RunQueued, incident.RunQueued, incident.RunOK} {
		var ctx context.Context
		ctx, stop = context.WithCancel(t.Context())
		if out, err := r.Run(ctx, b.conn, run, nil, Options{}, nil); out.State != want || (err == nil) != (want == incident.RunOK) {
			t.Fatalf("round %d: the run is %s %q, %v; want it %s", i, out.State, out.Message, err, want)
		}
		stop()
		run = b.stored("run_1")
	}
	if sent != 50+50+50+20 || strings.Join(tokens, ",") != ",page 2,page 2" {
		t.Errorf("%d ids were asked for, and pages %q of all ids; want 120 and the 50 that the interruption cost, and page 2 twice", sent, tokens)
	}
	missing, err := b.store.Missing(t.Context(), b.conn.ID)
	if err != nil || len(missing) != 2 || missing[0].ExternalID != "1001" || missing[1].ExternalID != "1119" {
		t.Errorf("missing = %+v, %v; want 1001, which was not given before the interruption, and 1119, which is not counted", missing, err)
	}
}

// A census that is led round in circles ends, and nothing is taken for deleted.
func TestACensusThatDoesNotAdvanceEnds(t *testing.T) {
	for name, next := range map[string]string{"the same token": "2", "a new token, the same ids": ""} {
		b, u := sqliteBench(t), newUpstream(t, tickets(3))
		s, pages := u.source(), 0
		s.Collections[0].Census = func(context.Context, importers.Input, string) ([]string, string, error) {
			pages++
			return []string{"1000"}, cmp.Or(next, fmt.Sprint(pages)), nil
		}
		b.poll(u)
		b.clock = b.clock.Add(time.Hour)
		r := b.runner(s)
		r.Transport = http.DefaultTransport
		out, err := r.Run(t.Context(), b.conn, incident.Run{Via: viaReconcile}, nil, Options{}, nil)
		missing, failure := b.store.Missing(t.Context(), b.conn.ID)
		if err != nil || failure != nil || out.State != incident.RunPartial || pages != 2 || len(missing) != 0 {
			t.Errorf("%s: the run is %s %q, %v after %d pages, missing %+v; want it partial after 2, and nothing missing", name, out.State, out.Message, err, pages, missing)
		}
	}
}
