package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// beside returns u's source with one more collection, "changes", of a single record.
func (u *upstream) beside() importers.Source {
	s := u.source()
	c := s.Collections[0]
	c.Name, c.Fetch = "changes", nil
	c.List = &importers.Listing{Page: func(context.Context, importers.Input, importers.At) (importers.Slice, error) {
		rec := ticket{ID: "build", Title: "A change", Priority: "1", Created: day, Updated: day, Resolved: day}.record()
		rec.At = day
		return importers.Slice{Records: []importers.Record{rec}}, nil
	}}
	s.Collections = append(s.Collections, c)
	s.Permission = "A key of the scope changes.read."
	return s
}

// failing makes a collection's pages fail for as long as *err says so, from the page behind a token on.
func failing(c *importers.Collection, from string, err *error) {
	list := *c.List
	page := list.Page
	list.Page = func(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
		if *err != nil && at.Token >= from {
			return importers.Slice{}, *err
		}
		return page(ctx, in, at)
	}
	c.List = &list
}

// pollOf polls the connection as a source that is not u's own, an hour after the last time.
func (b *bench) pollOf(s importers.Source, run incident.Run) (Outcome, error) {
	b.clock = b.clock.Add(time.Hour)
	r := b.runner(s)
	r.Transport = http.DefaultTransport
	run.Via = viaPoll
	return r.Run(b.Context(), b.conn, run, nil, Options{}, nil)
}

func TestALastingErrorHoldsNoOtherCollection(t *testing.T) {
	b, u := sqliteBench(t), newUpstream(t, tickets(7))
	s := u.beside()
	var err error = &importers.StatusError{Status: http.StatusInternalServerError, Method: "GET", Path: "/tickets"}
	failing(&s.Collections[0], "2", &err) // from the second page on
	out, failure := b.pollOf(s, incident.Run{})
	if failure != nil || out.State != incident.RunPartial || out.New != 4 || !strings.Contains(out.Message, "tickets could not be read") || !strings.Contains(out.Message, "500") {
		t.Fatalf("poll = %s %q %+v, %v; want it partial because of a 500, with a page of tickets and the change", out.State, out.Message, countsOf(out.Run), failure)
	}
	err = nil
	u.change(func() {})
	out, failure = b.pollOf(s, incident.Run{})
	if failure != nil || out.State != incident.RunOK || out.New != 4 {
		t.Errorf("the next poll = %s %q %+v, %v; want it whole, with the 4 other tickets", out.State, out.Message, countsOf(out.Run), failure)
	}
	if !strings.Contains(u.asked[0], "1002") {
		t.Errorf("the next poll begins with %s, want the page behind ticket 1002, where the last one stopped", u.asked[0])
	}
}

// A first import from a day on of which one collection fails at once is taken up from that day on.
func TestWhatCouldNotBeginBeginsWhereItWasTo(t *testing.T) {
	b, u := sqliteBench(t), newUpstream(t, tickets(7))
	s := u.beside()
	var err error = &importers.StatusError{Status: http.StatusBadGateway}
	failing(&s.Collections[0], "", &err)
	if out, failure := b.pollOf(s, incident.Run{Since: day.Add(4 * time.Hour)}); failure != nil || out.State != incident.RunPartial {
		t.Fatalf("poll = %s, %v; want it partial", out.State, failure)
	}
	err = nil
	if out, failure := b.pollOf(s, incident.Run{}); failure != nil || out.New != 5 || !strings.Contains(u.asked[0], "since=2024-03-01T13%3A00%3A00Z") {
		t.Errorf("the next poll = %+v, %v, and asks %q; want the 5 tickets that changed since 13:00", countsOf(out.Run), failure, u.asked)
	}
}

// A run of which nothing can be read has failed, and nobody is asked who does not answer.
func TestNothingReadIsFailure(t *testing.T) {
	b, u := sqliteBench(t), newUpstream(t, nil)
	for name, cause := range map[string]error{
		"every collection fails": &importers.StatusError{Status: http.StatusInternalServerError},
		"nobody answers":         &net.OpError{Op: "dial", Err: errors.New("connection refused")},
	} {
		s, asked := u.beside(), 0
		for i := range s.Collections {
			failing(&s.Collections[i], "", &cause)
			page := s.Collections[i].List.Page
			s.Collections[i].List.Page = func(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
				asked++
				return page(ctx, in, at)
			}
		}
		out, err := b.pollOf(s, incident.Run{})
		if !errors.Is(err, cause) || out.State != incident.RunFailed || name == "nobody answers" && asked != 1 {
			t.Errorf("%s: the poll is %s, %v after %d pages; want it failed", name, out.State, err, asked)
		}
	}
}

// A key that may not read what is beside the main collection is told of once, with the connection.
func TestDeniedCollectionIsANote(t *testing.T) {
	b, u := sqliteBench(t), newUpstream(t, tickets(4))
	s := u.beside()
	var err error = &importers.StatusError{Status: http.StatusForbidden}
	failing(&s.Collections[1], "", &err)
	for range 2 {
		out, failure := b.pollOf(s, incident.Run{})
		if failure != nil || out.State != incident.RunOK || out.Message != "" {
			t.Errorf("poll = %s %q, %v; want it whole for the rest", out.State, out.Message, failure)
		}
		if notes := b.health().Notes; len(notes) != 1 || !strings.Contains(notes[0], "may not read changes") || !strings.Contains(notes[0], "changes.read") {
			t.Errorf("notes = %q, want one that says what the key may not read and what to grant", notes)
		}
	}
	err = nil
	if out, failure := b.pollOf(s, incident.Run{}); failure != nil || out.New != 1 || len(b.health().Notes) != 0 {
		t.Errorf("once it may, the poll = %+v, %v with notes %q; want the change and no note", countsOf(out.Run), failure, b.health().Notes)
	}
	err = &importers.StatusError{Status: http.StatusForbidden}
	failing(&s.Collections[0], "", &err)
	if out, _ := b.pollOf(s, incident.Run{}); out.State != incident.RunFailed || b.health().PausedAt.IsZero() {
		t.Errorf("a poll whose main collection is denied is %s; want it failed, and the connection paused", out.State)
	}
}

// errLate is how a request ends whose answer does not come in time.
var errLate = fmt.Errorf("GET /tickets/1001: %w", os.ErrDeadlineExceeded)

// A record that a source cannot give in time holds up no delivery behind it, and is asked for again, ever less often.
func TestOneThatHangsIsSetAside(t *testing.T) {
	for _, others := range [][]string{nil, {"1000", "1002"}} {
		b, u := sqliteBench(t), newUpstream(t, tickets(3))
		hangs, asked := true, 0
		s := u.source()
		s.Collections[0].List = nil
		s.Collections[0].Fetch = importers.FetchEach(func(ctx context.Context, in importers.Input, id string) (importers.Record, error) {
			if id == "1001" {
				asked++
				if hangs {
					return importers.Record{}, errLate
				}
			}
			return fetchTicket(ctx, in, id)
		})
		for _, id := range append([]string{"1001"}, others...) {
			b.push(id, `{"ID":"`+id+`"}`)
		}
		r := b.runner(s)
		r.Transport = http.DefaultTransport
		out, err := r.Hear(t.Context(), b.conn)
		if err != nil || out.New != int64(len(others)) || out.Dead != 1 || out.State != incident.RunPartial {
			t.Errorf("deliveries = %+v %s %q, %v; want the others, and one set aside", countsOf(out.Run), out.State, out.Message, err)
		}
		if waiting, err := b.store.Pushes(t.Context(), b.conn.ID, 10); err != nil || len(waiting) > 0 {
			t.Errorf("%d deliveries wait (%v), want none", len(waiting), err)
		}
		if letters := b.letters(); len(letters) != 1 || letters[0].ExternalID != "1001" || !strings.Contains(letters[0].Reason, "timeout") {
			t.Errorf("letters = %+v, want one of 1001 that says that no answer came in time", letters)
		}
		before := asked
		for range 24 {
			if _, err := b.pollOf(s, incident.Run{}); err != nil {
				t.Fatal(err)
			}
		}
		if again := asked - before; again < 3 || again > 2*12 {
			t.Errorf("24 polls in a day asked %d times for it, want a few", again)
		}
		hangs = false
		b.clock = b.clock.Add(longestSilence)
		if out, err := b.pollOf(s, incident.Run{}); err != nil || out.New != 1 || len(b.letters()) != 0 {
			t.Errorf("once it is given, the poll = %+v, %v with %d letters; want it in, and none", countsOf(out.Run), err, len(b.letters()))
		}
	}
}

// A dead letter of which nothing is stored is tried again at the source.
func TestRetryAsksTheSource(t *testing.T) {
	b, u := sqliteBench(t), newUpstream(t, tickets(3))
	u.broken = map[string]int{"1000": http.StatusForbidden, "1001": http.StatusForbidden}
	for _, id := range []string{"1000", "1001", "1002"} {
		b.push(id, `{"ID":"`+id+`"}`)
	}
	b.push("no id", `no JSON`)
	b.hear(u)
	if n := len(b.letters()); n != 3 {
		t.Fatalf("%d letters, want 3", n)
	}
	u.change(func() { u.broken = nil; delete(u.tickets, "1001") })
	r := b.runner(u.source())
	r.Transport = http.DefaultTransport
	out, err := r.RetryDeadLetters(t.Context(), b.conn, nil, incident.Run{}, nil)
	if err != nil || out.New != 1 || out.Dead != 2 || out.Requests == 0 {
		t.Errorf("retry = %+v with %d requests, %v; want one in, and two that still wait", countsOf(out.Run), out.Requests, err)
	}
	reasons := map[string]string{}
	for _, l := range b.letters() {
		reasons[l.ExternalID] = l.Reason
	}
	if len(reasons) != 2 || !strings.Contains(reasons["1001"], "does not give it") || reasons[""] == "" {
		t.Errorf("letters = %q, want the one that is not there any more and the delivery that is no JSON", reasons)
	}
}

// Of two versions of one time, what was asked for stands before what a delivery carried, in either order.
func TestAtOneTimeThePolledVersionStands(t *testing.T) {
	for _, pushedFirst := range []bool{false, true} {
		b, u := sqliteBench(t), newUpstream(t, tickets(1))
		s := u.source()
		carried := u.tickets["1000"]
		carried.Title = "As the delivery has it"
		s.Hook = &importers.Hook{Read: func(importers.Delivery, importers.Config) ([]importers.News, error) {
			rec := carried.record()
			return []importers.News{{Collection: "tickets", ID: carried.ID, Record: &rec}}, nil
		}}
		push := func() {
			b.push(carried.Title, carried.Title)
			if _, err := b.runner(s).Hear(t.Context(), b.conn); err != nil {
				t.Fatal(err)
			}
		}
		if pushedFirst {
			push()
		}
		if _, err := b.pollOf(s, incident.Run{}); err != nil {
			t.Fatal(err)
		}
		if !pushedFirst {
			push()
		}
		if got := b.incidents()["1000/0"].Title; got != u.tickets["1000"].Title {
			t.Errorf("pushed first %v: the title is %q, want the polled %q", pushedFirst, got, u.tickets["1000"].Title)
		}
		carried.Title, carried.Updated = "Changed later", carried.Updated.Add(time.Second)
		push()
		if got := b.incidents()["1000/0"].Title; got != "Changed later" {
			t.Errorf("pushed first %v: after a later push the title is %q, want what that says", pushedFirst, got)
		}
	}
}

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
