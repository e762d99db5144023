package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// upstream is a ticket system that is read over the network and pushes.
type upstream struct {
	hides bool
	*httptest.Server
	mu      sync.Mutex
	tickets map[string]ticket
	merged  map[string]string // by id, into which
	status  int               // what it answers instead; 0: what it should
	broken  map[string]int    // the same for single tickets, by id
	header  http.Header
	asked   []string // paths with queries
}

func newUpstream(t *testing.T, ts []ticket) *upstream {
	u := &upstream{tickets: map[string]ticket{}, merged: map[string]string{}, header: http.Header{}}
	for _, t := range ts {
		u.tickets[t.ID] = t
	}
	u.Server = httptest.NewServer(u)
	t.Cleanup(u.Close)
	return u
}

func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.asked = append(u.asked, r.URL.RequestURI())
	if u.status != 0 {
		for name, values := range u.header {
			w.Header()[name] = values
		}
		w.WriteHeader(u.status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if id, one := strings.CutPrefix(r.URL.Path, "/tickets/"); one {
		if status := u.broken[id]; status != 0 {
			w.WriteHeader(status)
			return
		}
		t, ok := u.tickets[cmp.Or(u.merged[id], id)]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		json.NewEncoder(w).Encode(t)
		return
	}
	since, _ := time.Parse(time.RFC3339, r.URL.Query().Get("since"))
	var page []ticket
	for _, t := range u.tickets {
		if key := t.Updated.Format(time.RFC3339) + t.ID; !t.Updated.Before(since) && key > r.URL.Query().Get("after") {
			page = append(page, t)
		}
	}
	slices.SortFunc(page, func(a, b ticket) int { return cmp.Or(a.Updated.Compare(b.Updated), cmp.Compare(a.ID, b.ID)) })
	json.NewEncoder(w).Encode(page[:min(3, len(page))])
}

func (u *upstream) change(f func()) {
	u.mu.Lock()
	defer u.mu.Unlock()
	f()
	u.asked = nil
}

func (u *upstream) source() importers.Source {
	return importers.Source{
		Name: "tickets", Title: "Tickets", Origin: incident.OriginTicket,
		API: &importers.API{Base: func(importers.Config) string { return u.URL }},
		Hook: &importers.Hook{Read: func(d importers.Delivery, _ importers.Config) ([]importers.News, error) {
			var said struct{ ID, Event string }
			if err := json.Unmarshal(d.Body, &said); err != nil {
				return nil, err
			}
			return []importers.News{{Collection: "tickets", ID: said.ID, Gone: said.Event == "deleted"}}, nil
		}},
		Collections: []importers.Collection{{
			Name: "tickets", List: &importers.Listing{Page: listTickets}, Fetch: importers.FetchEach(fetchTicket), Hides: u.hides,
			Map: func(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
				d, err := mapTicket(raw, cfg)
				d.Incident.Ref.Type = "tickets"
				return d, err
			},
		}},
	}
}

func listTickets(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
	answer, err := in.Client.Get(ctx, "/tickets", url.Values{"since": {at.From.Format(time.RFC3339)}, "after": {at.Token}})
	var page []ticket
	if err == nil {
		err = answer.JSON(&page)
	}
	var s importers.Slice
	for _, t := range page {
		rec := t.record()
		rec.At = t.Updated
		s.Records = append(s.Records, rec)
		s.Next = t.Updated.Format(time.RFC3339) + t.ID
	}
	if len(page) < 3 {
		s.Next = ""
	}
	return s, err
}

func fetchTicket(ctx context.Context, in importers.Input, id string) (importers.Record, error) {
	answer, err := in.Client.Get(ctx, "/tickets/"+url.PathEscape(id), nil)
	var t ticket
	if err == nil {
		err = answer.JSON(&t)
	}
	return t.record(), err
}

// read runs a run of u's connection, an hour after the last one.
func (b *bench) read(u *upstream, via string, opts Options) (Outcome, error) {
	b.Helper()
	b.clock = b.clock.Add(time.Hour)
	r := b.runner(u.source())
	r.Transport = http.DefaultTransport
	return r.Run(b.Context(), b.conn, incident.Run{Via: via}, nil, opts, nil)
}

func (b *bench) poll(u *upstream) Outcome {
	b.Helper()
	out, err := b.read(u, viaPoll, Options{})
	if err != nil {
		b.Fatalf("poll: %v", err)
	}
	return out
}

func (b *bench) health() incident.Health {
	b.Helper()
	h, err := b.store.Health(b.Context(), b.conn.ID)
	if err != nil {
		b.Fatal(err)
	}
	return h
}

func TestPollGoesOn(t *testing.T) {
	b, u := sqliteBench(t), newUpstream(t, tickets(7))
	if out := b.poll(u); out.New != 7 || out.State != incident.RunOK || out.Requests < 3 {
		t.Errorf("first poll = %+v in %d requests, want 7 new in at least 3 pages", countsOf(out.Run), out.Requests)
	}
	if h := b.health(); !h.PolledAt.Equal(b.clock) || len(h.Cursor) == 0 {
		t.Errorf("health = %+v, want the poll's end and a cursor", h)
	}
	more := tickets(9)
	u.change(func() { u.tickets["1007"], u.tickets["1008"] = more[7], more[8] })
	if out := b.poll(u); out.New != 2 {
		t.Errorf("second poll = %+v, want the 2 that came since", countsOf(out.Run))
	}
	if !strings.Contains(u.asked[0], "since=2024-03-01T16%3A55%3A00Z") {
		t.Errorf("second poll began with %s, want it 5 minutes before the last change that was read, 17:00", u.asked[0])
	}
	out, err := b.read(u, viaPoll, Options{Since: day})
	if err != nil || out.Unchanged < 9 {
		t.Errorf("poll since a day = %+v, %v, want all 9 again", countsOf(out.Run), err)
	}
}

// A ticket that is open here may have changed without a sign in the list.
func TestOpenIncidentsAreAskedFor(t *testing.T) {
	b, u := sqliteBench(t), newUpstream(t, tickets(7))
	b.poll(u)
	silent := u.tickets["1001"]
	silent.Resolved = silent.Created.Add(time.Hour)
	u.change(func() { u.tickets["1001"] = silent })
	b.clock = b.clock.Add(longestSilence)
	if out := b.poll(u); out.Changed != 1 {
		t.Errorf("poll = %+v, want 1 changed", countsOf(out.Run))
	}
	if inc := b.incidents()["1001/0"]; inc.Status != incident.Resolved {
		t.Errorf("status = %s, want resolved", inc.Status)
	}
}

func TestAbsenceIsNoDeletion(t *testing.T) {
	b, u := sqliteBench(t), newUpstream(t, tickets(12))
	b.poll(u)
	u.change(func() { delete(u.tickets, "1001") })
	b.clock = b.clock.Add(longestSilence)
	b.poll(u)
	if b.incidents()["1001/0"].Deleted() {
		t.Fatal("a ticket that was asked for once in vain is deleted")
	}
	b.clock = b.clock.Add(12 * time.Hour)
	b.poll(u)
	if inc := b.incidents()["1001/0"]; !inc.Deleted() {
		t.Error("a ticket that is not given 13 hours later, either, is not deleted")
	}

	// Permissions that are lost look like deletions.
	u.change(func() { clear(u.tickets) })
	for range 2 {
		b.clock = b.clock.Add(24 * time.Hour)
		if out := b.poll(u); !strings.Contains(out.Message, "lost permissions") {
			t.Errorf("a poll after which all tickets are gone says %q, want that permissions may be lost", out.Message)
		}
	}
	if b.incidents()["1003/0"].Deleted() {
		t.Error("tickets that all vanished at once are deleted")
	}
}

// Some sources answer alike for what is gone and for what may not be seen: there, absence never deletes.
func TestAbsenceWhereTheSourceHides(t *testing.T) {
	b, u := sqliteBench(t), newUpstream(t, tickets(12))
	u.hides = true
	b.poll(u)
	u.change(func() { delete(u.tickets, "1001") })
	for range 2 {
		b.clock = b.clock.Add(24 * time.Hour)
		b.poll(u)
	}
	if b.incidents()["1001/0"].Deleted() {
		t.Error("a ticket that may only be hidden is deleted")
	}
}

func TestMergedAtTheSource(t *testing.T) {
	b, u := sqliteBench(t), newUpstream(t, tickets(4))
	b.poll(u)
	u.change(func() { delete(u.tickets, "1003"); u.merged["1003"] = "1001" })
	b.clock = b.clock.Add(longestSilence)
	b.poll(u)
	got := b.incidents()
	if inc := got["1003/0"]; inc.Status != incident.Merged || inc.MergedInto != got["1001/0"].ID {
		t.Errorf("1003 is %s into %q, want merged into %q", inc.Status, inc.MergedInto, got["1001/0"].ID)
	}
}

func TestRefusedCredentialsPause(t *testing.T) {
	b, u := sqliteBench(t), newUpstream(t, tickets(2))
	u.status = http.StatusUnauthorized
	out, err := b.read(u, viaPoll, Options{})
	if err == nil || out.State != incident.RunFailed || len(u.asked) != 1 {
		t.Errorf("poll = %s, %v after %d requests, want it failed after one", out.State, err, len(u.asked))
	}
	if h := b.health(); h.PausedAt.IsZero() || !strings.Contains(h.PauseReason, "401") {
		t.Errorf("health = %+v, want the connection paused because of a 401", h)
	}
}

// A source that wants no request for an hour parks the run, which says when it goes on.
func TestLongPauseParks(t *testing.T) {
	b, u := sqliteBench(t), newUpstream(t, tickets(2))
	u.status, u.header = http.StatusTooManyRequests, http.Header{"Retry-After": {"3600"}}
	out, err := b.read(u, viaPoll, Options{})
	var parked *importers.Parked
	if !errors.As(err, &parked) || out.State != incident.RunQueued || !out.ResumesAt.Equal(b.clock.Add(time.Hour)) {
		t.Errorf("poll = %s, resumes at %v, %v; want it queued until %v", out.State, out.ResumesAt, err, b.clock.Add(time.Hour))
	}
}

func TestReconcileFindsWhatWasMissed(t *testing.T) {
	b, u := sqliteBench(t), newUpstream(t, tickets(4))
	b.clock = day.Add(48 * time.Hour)
	b.poll(u)
	quiet := u.tickets["1000"]
	quiet.Title = "Renamed without a sign"
	u.change(func() { u.tickets["1000"] = quiet })
	if out := b.poll(u); out.Changed != 0 {
		t.Fatalf("poll = %+v, want nothing changed", countsOf(out.Run))
	}
	cursor := b.health().Cursor
	if out, err := b.read(u, viaReconcile, Options{}); err != nil || out.Changed != 1 {
		t.Errorf("reconciliation = %+v, %v, want 1 changed", countsOf(out.Run), err)
	}
	if h := b.health(); h.Drift != 1 || !h.ReconciledAt.Equal(b.clock) || string(h.Cursor) != string(cursor) {
		t.Errorf("health = %+v, want a drift of 1 and the polls' cursor as it was", h)
	}
}

// push stores a delivery, as the server does.
func (b *bench) push(key, body string) {
	b.update(func(tx incident.Tx) error {
		return tx.PutPushes([]incident.Push{{ID: incident.DeriveID("psh", string(b.conn.ID), key), Connection: b.conn.ID, Key: key, Body: []byte(body), ReceivedAt: b.clock}})
	})
}

func (b *bench) hear(u *upstream) Outcome {
	b.Helper()
	r := b.runner(u.source())
	r.Transport = http.DefaultTransport
	out, err := r.Hear(b.Context(), b.conn)
	if err != nil {
		b.Fatalf("Hear: %v", err)
	}
	return out
}

func TestDeliveries(t *testing.T) {
	b, u := sqliteBench(t), newUpstream(t, tickets(4))
	b.push("1", `{"ID":"1002"}`)
	b.push("2", `{"ID":"1002"}`)
	b.push("3", `no JSON`)
	out := b.hear(u)
	if out.New != 1 || out.Dead != 1 || len(u.asked) != 1 {
		t.Errorf("deliveries = %+v after %d requests, want 1 new and 1 rejected after one", countsOf(out.Run), len(u.asked))
	}
	letters, err := b.store.DeadLetters(t.Context(), b.conn.ID, 0)
	if err != nil || len(letters) != 1 || letters[0].Body != "no JSON" {
		t.Errorf("dead letters = %+v, %v, want the one delivery that is no JSON, with its text", letters, err)
	}
	b.push("1", `{"ID":"1003"}`) // sent again: known by its id
	b.push("4", `{"ID":"1002","Event":"deleted"}`)
	again := b.hear(u)
	if again.ID != out.ID || again.New != 1 || again.Changed != 1 {
		t.Errorf("later deliveries = %+v of %s, want 1 changed in the same run %s of the day", countsOf(again.Run), again.ID, out.ID)
	}
	if inc := b.incidents()["1002/0"]; !inc.Deleted() {
		t.Error("what a delivery said was deleted is there")
	}
}

// A source may tell of a record before it shows it.
func TestDeliveryBeforeTheRecord(t *testing.T) {
	b, u := sqliteBench(t), newUpstream(t, tickets(2))
	late := tickets(3)[2]
	b.push("1", `{"ID":"`+late.ID+`"}`)
	b.hear(u)
	late.Updated = day.AddDate(-1, 0, 0) // polls do not come across it
	b.poll(u)
	u.change(func() { u.tickets[late.ID] = late })
	if out := b.poll(u); out.New != 1 {
		t.Errorf("poll = %+v, want the record that a delivery had told of", countsOf(out.Run))
	}
	if missing, err := b.store.Missing(t.Context(), b.conn.ID); err != nil || len(missing) != 0 {
		t.Errorf("missing = %+v, %v, want none", missing, err)
	}
}

// A run that goes on takes in what is pushed meanwhile.
func TestDeliveriesDuringAPoll(t *testing.T) {
	b, u := sqliteBench(t), newUpstream(t, tickets(7))
	extra := tickets(8)[7]
	extra.Updated = day.AddDate(-1, 0, 0) // the list is past it by then
	u.tickets[extra.ID] = extra
	b.push("1", `{"ID":"`+extra.ID+`"}`)
	if out := b.poll(u); out.New != 8 {
		t.Errorf("poll = %+v, want 8 new", countsOf(out.Run))
	}
	if waiting, err := b.store.Pushes(t.Context(), b.conn.ID, 10); err != nil || len(waiting) > 0 {
		t.Errorf("after the poll %d deliveries wait (%v), want none", len(waiting), err)
	}
}

func TestPacerSharesAQuota(t *testing.T) {
	b := sqliteBench(t)
	one, two := &pacer{runner: b.runner()}, &pacer{runner: b.runner()}
	var turns []time.Duration
	for i := range 6 {
		p := []*pacer{one, two}[i%2]
		q := &quota{}
		at, err := p.turn(t.Context(), "key", q, 3*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		turns = append(turns, at.Sub(b.clock))
	}
	if want := []time.Duration{0, 3e9, 6e9, 9e9, 12e9, 15e9}; !slices.Equal(turns, want) {
		t.Errorf("two processes take turns at %v, want %v", turns, want)
	}
	if err := one.Hold(t.Context(), "key", b.clock.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if at, err := two.turn(t.Context(), "key", &quota{}, 3*time.Second); err != nil || at.Sub(b.clock) != time.Minute {
		t.Errorf("after a hold by one, the other's turn is in %s (%v), want 1m", at.Sub(b.clock), err)
	}
}
