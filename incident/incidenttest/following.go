package incidenttest

import (
	"testing"
	"time"

	"hindsight/incident"
)

func testHealth(t *testing.T, s incident.Store) {
	ctx := t.Context()
	equal(t, "Health of a connection that was never read", check(s.Health(ctx, "con_1"))(t, "Health"), incident.Health{Connection: "con_1"})
	h := incident.Health{Connection: "con_1", Cursor: []byte{1, 0, 255}, Through: Epoch(), PolledAt: Epoch().Add(time.Minute), ReconciledAt: Epoch().Add(time.Hour), Drift: 3,
		Notes: []string{"the key may not read changes", "nor “shifts”"}}
	update(t, s, func(tx incident.Tx) error { return tx.PutHealth(h) })
	equal(t, "Health", check(s.Health(ctx, "con_1"))(t, "Health"), h)

	h.HeardAt, h.Forged = Epoch().Add(2*time.Hour), 5
	h.PausedAt, h.PauseReason = Epoch().Add(3*time.Hour), "401"
	update(t, s, func(tx incident.Tx) error {
		if err := tx.Heard("con_1", h.HeardAt, 2); err != nil {
			return err
		}
		if err := tx.Heard("con_1", time.Time{}, 3); err != nil {
			return err
		}
		return tx.Pause("con_1", h.PausedAt, h.PauseReason)
	})
	equal(t, "Health after deliveries and a pause", check(s.Health(ctx, "con_1"))(t, "Health"), h)
	h.Drift, h.Notes = 4, nil
	update(t, s, func(tx incident.Tx) error {
		return tx.PutHealth(incident.Health{Connection: "con_1", Cursor: h.Cursor, Through: h.Through, PolledAt: h.PolledAt, ReconciledAt: h.ReconciledAt, Drift: 4})
	})
	equal(t, "Healths keep deliveries and pause", check(s.Healths(ctx))(t, "Healths"), map[incident.ID]incident.Health{"con_1": h})
	h.PausedAt, h.PauseReason = time.Time{}, ""
	update(t, s, func(tx incident.Tx) error { return tx.Pause("con_1", time.Time{}, "") })
	equal(t, "Health after it goes on", check(s.Health(ctx, "con_1"))(t, "Health"), h)
}

func testPushes(t *testing.T, s incident.Store) {
	ctx := t.Context()
	push := func(n string, minute int) incident.Push {
		return incident.Push{ID: incident.ID("psh_" + n), Connection: "con_1", Key: n, Header: map[string][]string{"X-Signature": {"a", "b"}},
			Query: map[string][]string{"token": {"t"}}, Body: []byte("{\x00\xff}"), ReceivedAt: Epoch().Add(time.Duration(minute) * time.Minute)}
	}
	first, second, other := push("2", 1), push("1", 2), push("3", 0)
	other.Connection = "con_2"
	put := func(ps ...incident.Push) { update(t, s, func(tx incident.Tx) error { return tx.PutPushes(ps) }) }
	waiting := func(limit int) []incident.Push { return check(s.Pushes(ctx, "con_1", limit))(t, "Pushes") }
	put(second, first, other)
	equal(t, "Pushes, oldest first", waiting(10), []incident.Push{first, second})
	equal(t, "the first of them", waiting(1), []incident.Push{first})
	again := first
	again.Body = []byte("sent again")
	put(again)
	equal(t, "Pushes after one was sent again", waiting(10), []incident.Push{first, second})
	update(t, s, func(tx incident.Tx) error { return tx.SettlePushes([]incident.ID{first.ID}, Epoch().Add(time.Hour)) })
	put(again)
	equal(t, "Pushes after a settled one was sent again", waiting(10), []incident.Push{second})
	update(t, s, func(tx incident.Tx) error { return tx.SweepPushes(Epoch().Add(2 * time.Hour)) })
	put(again)
	equal(t, "Pushes after the settled one was forgotten", waiting(10), []incident.Push{again, second})
}

func testMissing(t *testing.T, s incident.Store) {
	ctx := t.Context()
	a := incident.Missing{Connection: "con_1", Type: "incidents", ExternalID: "a", Since: Epoch()}
	b := incident.Missing{Connection: "con_1", Type: "incidents", ExternalID: "b", Since: Epoch()}
	later := a
	later.Since = Epoch().Add(time.Hour)
	update(t, s, func(tx incident.Tx) error { return tx.PutMissing([]incident.Missing{b, a}) })
	update(t, s, func(tx incident.Tx) error { return tx.PutMissing([]incident.Missing{later}) })
	equal(t, "Missing keeps when it was first", check(s.Missing(ctx, "con_1"))(t, "Missing"), []incident.Missing{a, b})
	update(t, s, func(tx incident.Tx) error { return tx.FindMissing("con_1", "incidents", []string{"a"}) })
	equal(t, "Missing", check(s.Missing(ctx, "con_1"))(t, "Missing"), []incident.Missing{b})
}
