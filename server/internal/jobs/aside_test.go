package jobs

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

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
