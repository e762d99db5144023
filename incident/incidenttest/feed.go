package incidenttest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"hindsight/incident"
)

func testNumbers(t *testing.T, s incident.Store) {
	ctx := t.Context()
	equal(t, "Head of an empty store", check(s.Head(ctx))(t, "Head"), 0)
	one, two := Incident(1), Incident(2)
	first := put(t, s, one, two)
	second := update(t, s, func(tx incident.Tx) error {
		if err := tx.PutServices([]incident.Service{incident.NewService("api")}); err != nil {
			return err
		}
		return tx.PutTimeline(map[incident.ID][]incident.TimelineEvent{two.ID: Timeline(two)})
	})
	if first <= 0 || second <= first {
		t.Errorf("numbers %d and %d, want them above 0 and rising", first, second)
	}
	equal(t, "Head", check(s.Head(ctx))(t, "Head"), second)
	equal(t, "Seq of an incident whose timeline changed", get(t, s, two.ID).Seq, second)
	want := []incident.Change{
		{Seq: first, Kind: incident.EntityIncident, ID: one.ID},
		{Seq: second, Kind: incident.EntityIncident, ID: two.ID},
		{Seq: second, Kind: incident.EntityService, ID: incident.NewService("api").ID},
	}
	equal(t, "Changes", check(s.Changes(ctx, 0, 10))(t, "Changes"), want)
	equal(t, "Changes behind the first", check(s.Changes(ctx, first, 10))(t, "Changes"), want[1:])
	equal(t, "Changes behind the last", len(check(s.Changes(ctx, second, 10))(t, "Changes")), 0)

	silent := update(t, s, func(tx incident.Tx) error { return tx.PutSetting("theme", "dark") })
	equal(t, "number of a transaction that changes no entity", silent, 0)
	equal(t, "Head after it", check(s.Head(ctx))(t, "Head"), second)
}

func testIdempotence(t *testing.T, s incident.Store) {
	write := func() incident.Seq {
		return update(t, s, func(tx incident.Tx) error {
			one, two := Incident(1), Incident(2)
			slices.Reverse(two.Milestones) // their order says nothing
			two.Seq = 7
			return errors.Join(
				tx.PutIncidents([]*incident.Incident{one, two}),
				tx.PutTimeline(map[incident.ID][]incident.TimelineEvent{one.ID: Timeline(one), two.ID: nil}),
				tx.PutServices([]incident.Service{incident.NewService("api")}),
				tx.PutTeams([]incident.Team{incident.NewTeam("red")}))
		})
	}
	put(t, s, Incident(2))
	seq := write()
	equal(t, "number of the same again", write(), 0)
	equal(t, "Seq of an incident put again", get(t, s, Incident(1).ID).Seq, seq)

	// Of a batch, only what is new is a change.
	put(t, s, Incident(1), Incident(2), Incident(3))
	changes := check(s.Changes(t.Context(), seq, 10))(t, "Changes")
	equal(t, "Changes by a batch with one new incident", changes,
		[]incident.Change{{Seq: seq + 1, Kind: incident.EntityIncident, ID: Incident(3).ID}})
}

func testRollback(t *testing.T, s incident.Store) {
	ctx := t.Context()
	put(t, s, Incident(1))
	before := check(s.Head(ctx))(t, "Head")
	boom := errors.New("boom")
	_, err := s.Update(ctx, func(tx incident.Tx) error {
		return errors.Join(
			tx.PutIncidents([]*incident.Incident{Incident(1, func(i *incident.Incident) { i.Title = "never" }), Incident(2)}),
			tx.PutServices([]incident.Service{incident.NewService("api")}),
			tx.PutSetting("theme", "dark"),
			boom)
	})
	fails(t, "Update that fails", err, boom)
	equal(t, "Head", check(s.Head(ctx))(t, "Head"), before)
	equal(t, "incidents", list(t, s, incident.Filter{}), ids(1))
	equal(t, "Title", get(t, s, Incident(1).ID).Title, Incident(1).Title)
	equal(t, "services", len(check(s.Services(ctx))(t, "Services")), 0)
	_, err = s.Setting(ctx, "theme")
	fails(t, "Setting", err, incident.ErrNotFound)

	_, err = s.Update(ctx, func(tx incident.Tx) error { return tx.Enqueue(incident.Job{Kind: "import", ID: "run_1"}) })
	if err == nil {
		t.Error("Enqueue without a queue succeeded, want an error")
	}
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	_, err = s.Update(canceled, func(incident.Tx) error { return nil })
	fails(t, "Update that is canceled", err, context.Canceled)
	put(t, s, Incident(3)) // and it goes on
}

func testTombstones(t *testing.T, s incident.Store) {
	ctx := t.Context()
	inc := Incident(1)
	put(t, s, inc)
	inc.DeletedAt, inc.DeletedReason = Epoch(), "by mistake"
	seq := put(t, s, inc)
	want := []incident.Change{{Seq: seq, Kind: incident.EntityIncident, ID: inc.ID, Gone: true}}
	equal(t, "Changes", check(s.Changes(ctx, 0, 10))(t, "Changes"), want)
	got := get(t, s, inc.ID)
	equal(t, "tombstone", []any{got.Deleted(), got.DeletedReason}, []any{true, "by mistake"})

	// What is written about it later does not bring it back; putting it without the mark does.
	want[0].Seq = update(t, s, func(tx incident.Tx) error {
		return tx.PutTimeline(map[incident.ID][]incident.TimelineEvent{inc.ID: Timeline(inc)})
	})
	equal(t, "Changes after a late timeline", check(s.Changes(ctx, 0, 10))(t, "Changes"), want)
	want[0].Seq, want[0].Gone = put(t, s, Incident(1)), false
	equal(t, "Changes after it came back", check(s.Changes(ctx, 0, 10))(t, "Changes"), want)
}

func testSplit(t *testing.T, s incident.Store) {
	first := put(t, s, Incident(1))
	second := put(t, s, Incident(2), Incident(3), Incident(4), Incident(5))
	third := put(t, s, Incident(6))
	for _, tc := range []struct {
		after incident.Seq
		limit int
		want  []incident.Seq
	}{
		{0, 1, []incident.Seq{first}},
		{0, 2, []incident.Seq{first, second, second, second, second}},
		{0, 5, []incident.Seq{first, second, second, second, second}},
		{0, 6, []incident.Seq{first, second, second, second, second, third}},
		{first, 1, []incident.Seq{second, second, second, second}},
		{second, 100, []incident.Seq{third}},
	} {
		var got []incident.Seq
		for _, c := range check(s.Changes(t.Context(), tc.after, tc.limit))(t, "Changes") {
			got = append(got, c.Seq)
		}
		equal(t, fmt.Sprintf("Changes(%d, %d)", tc.after, tc.limit), got, tc.want)
	}
}

// testFollower proves that numbers become visible in their order: with sixteen writers that dawdle before
// they commit, whoever reads behind the last number that it saw gets every change. Numbers out of a
// plain sequence fail here.
func testFollower(t *testing.T, s incident.Store) {
	const writers, each = 16, 100
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for i := range each {
				inc := Incident(w*each + i)
				_, err := s.Update(t.Context(), func(tx incident.Tx) error {
					err := tx.PutIncidents([]*incident.Incident{inc})
					dawdle(t.Context(), rand.N(2*time.Millisecond))
					return err
				})
				if err != nil {
					t.Errorf("Update: %v", err)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { group.Wait(); close(done) }()

	seen := map[incident.ID]incident.Seq{}
	var after incident.Seq
	for last := false; ; {
		changes := check(s.Changes(t.Context(), after, 7))(t, "Changes")
		for _, c := range changes {
			if c.Seq < after || seen[c.ID] != 0 {
				t.Fatalf("Changes(%d) gave %+v, seen before at %d", after, c, seen[c.ID])
			}
			seen[c.ID] = c.Seq
			after = c.Seq
		}
		if last && len(changes) == 0 {
			break
		}
		select {
		case <-done:
			last = true // and what is left
		default:
		}
	}
	equal(t, "changes seen by the follower", len(seen), writers*each)
	equal(t, "Head", check(s.Head(t.Context()))(t, "Head"), after)
}

func dawdle(ctx context.Context, d time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-ctx.Done()
}

// testNoLostUpdate lets writers each add one tag to an incident that they read first, some before it exists.
func testNoLostUpdate(t *testing.T, s incident.Store) {
	const writers, each = 8, 10
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for i := range each {
				_, err := s.Update(t.Context(), func(tx incident.Tx) error {
					stored, err := tx.IncidentsByID([]incident.ID{"inc_one"})
					if err != nil {
						return err
					}
					inc := stored["inc_one"]
					if inc == nil {
						inc = &incident.Incident{ID: "inc_one"}
					}
					inc.Tags = append(inc.Tags, strconv.Itoa(w*each+i))
					return tx.PutIncidents([]*incident.Incident{inc})
				})
				if err != nil {
					t.Errorf("Update: %v", err)
				}
			}
		})
	}
	group.Wait()
	equal(t, "tags added by all writers", len(get(t, s, "inc_one").Tags), writers*each)
}
