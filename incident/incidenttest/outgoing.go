package incidenttest

import (
	"sync"
	"testing"
	"time"

	"hindsight/incident"
)

// claim claims one message for an hour, as of some time after Epoch.
func claim(t *testing.T, s incident.Store, after time.Duration) (out *incident.Outgoing) {
	t.Helper()
	update(t, s, func(tx incident.Tx) (err error) {
		now := Epoch().Add(after)
		out, err = tx.ClaimOutgoing(incident.OutgoingMail, now, now.Add(time.Hour))
		return err
	})
	return out
}

// testOutgoing: a message waits for its time, is handed out once until its claim runs out, and stays as what became of it.
func testOutgoing(t *testing.T, s incident.Store) {
	ctx := t.Context()
	o := incident.Outgoing{ID: "out_1", Kind: incident.OutgoingNotice, Way: incident.OutgoingMail, To: "usr_1", Notice: "ntc_1", Incident: Incident(1).ID, At: Epoch(), DueAt: Epoch().Add(time.Minute)}
	again := o
	again.To = "usr_2"
	update(t, s, func(tx incident.Tx) error { return tx.AddOutgoing([]incident.Outgoing{o}) })
	update(t, s, func(tx incident.Tx) error { return tx.AddOutgoing([]incident.Outgoing{again}) })
	log := func(f incident.OutgoingFilter) []incident.Outgoing {
		t.Helper()
		f.Limit = 10
		return check(s.Outgoing(ctx, f))(t, "Outgoing")
	}
	o.State, o.NextAt = incident.OutgoingWaiting, o.DueAt
	equal(t, "Outgoing", log(incident.OutgoingFilter{}), []incident.Outgoing{o})
	equal(t, "ClaimOutgoing before its time", claim(t, s, time.Second), (*incident.Outgoing)(nil))
	o.Tries, o.NextAt = 1, Epoch().Add(2*time.Minute+time.Hour)
	equal(t, "ClaimOutgoing", claim(t, s, 2*time.Minute), &o)
	equal(t, "ClaimOutgoing of what is claimed", claim(t, s, 3*time.Minute), (*incident.Outgoing)(nil))
	slow := o
	o.Tries, o.NextAt = 2, Epoch().Add(3*time.Hour)
	equal(t, "ClaimOutgoing when the claim has run out", claim(t, s, 2*time.Hour), &o)

	_, err := s.Update(ctx, func(tx incident.Tx) error { slow.State = incident.OutgoingSent; return tx.SettleOutgoing(slow) })
	fails(t, "SettleOutgoing of who was too slow", err, incident.ErrConflict)
	o.Address, o.Subject, o.Text = "one@example.com", "It broke", "One\n<two>"
	o = o.Failed(Epoch().Add(2*time.Hour), "greylisted", false)
	update(t, s, func(tx incident.Tx) error { return tx.SettleOutgoing(o) })
	equal(t, "Outgoing after a try", log(incident.OutgoingFilter{State: incident.OutgoingWaiting}), []incident.Outgoing{o})
	equal(t, "ClaimOutgoing before the next try", claim(t, s, 2*time.Hour+4*time.Minute), (*incident.Outgoing)(nil))
	o = *claim(t, s, 2*time.Hour+5*time.Minute)
	o = o.Failed(Epoch().Add(3*time.Hour), "no such mailbox", true)
	update(t, s, func(tx incident.Tx) error { return tx.SettleOutgoing(o) })
	equal(t, "Outgoing that failed", log(incident.OutgoingFilter{State: incident.OutgoingFailed, Way: incident.OutgoingMail}), []incident.Outgoing{o})
	untried := incident.Outgoing{ID: "out_2", Way: incident.OutgoingMail, At: Epoch().Add(time.Second), DueAt: Epoch().Add(9 * time.Hour)}
	update(t, s, func(tx incident.Tx) error { return tx.AddOutgoing([]incident.Outgoing{untried}) })
	equal(t, "Outgoing that was tried", check(s.Outgoing(ctx, incident.OutgoingFilter{Way: incident.OutgoingMail, Tried: true, Limit: 1}))(t, "Outgoing"), []incident.Outgoing{o})
	untried.State, untried.NextAt = incident.OutgoingDropped, untried.DueAt
	update(t, s, func(tx incident.Tx) error { return tx.SettleOutgoing(untried) })
	equal(t, "Outgoing that was sent", log(incident.OutgoingFilter{State: incident.OutgoingSent}), []incident.Outgoing(nil))
	equal(t, "OutgoingCounts", check(s.OutgoingCounts(ctx, Epoch()))(t, "OutgoingCounts"), map[incident.OutgoingState]int{incident.OutgoingFailed: 1, incident.OutgoingDropped: 1})
	equal(t, "OutgoingCounts of later", check(s.OutgoingCounts(ctx, Epoch().Add(time.Minute)))(t, "OutgoingCounts"), map[incident.OutgoingState]int{})

	update(t, s, func(tx incident.Tx) error { return tx.SweepOutgoing(Epoch(), Epoch()) })
	equal(t, "Outgoing that is not old", log(incident.OutgoingFilter{State: incident.OutgoingFailed})[0].Text, o.Text)
	update(t, s, func(tx incident.Tx) error { return tx.RetryOutgoing(o.ID, Epoch().Add(4*time.Hour)) })
	_, err = s.Update(ctx, func(tx incident.Tx) error { return tx.RetryOutgoing(o.ID, Epoch()) })
	fails(t, "RetryOutgoing of what waits already", err, incident.ErrConflict)
	o = *claim(t, s, 4*time.Hour)
	equal(t, "the tries of what is sent again", o.Tries, 1)
	o.State, o.EndedAt, o.Error = incident.OutgoingSent, Epoch().Add(4*time.Hour), ""
	update(t, s, func(tx incident.Tx) error { return tx.SettleOutgoing(o) })
	update(t, s, func(tx incident.Tx) error { return tx.SweepOutgoing(Epoch().Add(time.Second), Epoch()) })
	o.Subject, o.Text = "", ""
	equal(t, "Outgoing without its words", log(incident.OutgoingFilter{State: incident.OutgoingSent}), []incident.Outgoing{o})
	update(t, s, func(tx incident.Tx) error {
		return tx.SweepOutgoing(Epoch().Add(time.Minute), Epoch().Add(time.Minute))
	})
	equal(t, "Outgoing that is forgotten", log(incident.OutgoingFilter{}), []incident.Outgoing(nil))
}

// testOutgoingForgets: with what was written about an incident go the messages about it, and the words of those that tell of it among others.
func testOutgoingForgets(t *testing.T, s incident.Store) {
	gone, stays := Incident(1).ID, Incident(2).ID
	put(t, s, Incident(1), Incident(2))
	digest := func(id incident.ID, to incident.ID, of ...incident.ID) incident.Outgoing {
		o := incident.Outgoing{ID: id, Kind: incident.OutgoingDigest, Way: incident.OutgoingMail, To: to, At: Epoch(), DueAt: Epoch(), State: incident.OutgoingSent, Subject: "It broke"}
		for _, inc := range of {
			o.Text += "Overdue: It broke\nhttps://hindsight.example.com/incidents/" + string(inc) + "/retrospective\n"
		}
		return o
	}
	both, other := digest("out_both", "usr_1", stays, gone), digest("out_other", "usr_1", stays)
	update(t, s, func(tx incident.Tx) error {
		_, err := tx.AddNotices([]incident.Notice{{ID: "ntc_1", User: "usr_1", Kind: incident.NoticeDue, Incident: gone, At: Epoch()}, {ID: "ntc_2", User: "usr_1", Kind: incident.NoticeDue, Incident: stays, At: Epoch()}})
		if err != nil {
			return err
		}
		one := incident.Outgoing{ID: "out_one", Kind: incident.OutgoingNotice, Way: incident.OutgoingMail, To: "usr_1", Incident: gone, At: Epoch(), DueAt: Epoch()}
		return tx.AddOutgoing([]incident.Outgoing{both, other, one})
	})
	for _, o := range []incident.Outgoing{both, other} {
		update(t, s, func(tx incident.Tx) error { return tx.SettleOutgoing(o) })
	}
	update(t, s, func(tx incident.Tx) error { return tx.DeleteRetrospectives([]incident.ID{gone}) })
	got := map[incident.ID]string{}
	for _, o := range check(s.Outgoing(t.Context(), incident.OutgoingFilter{Limit: 9}))(t, "Outgoing") {
		got[o.ID] = o.Subject + o.Text
	}
	equal(t, "what messages say", got, map[incident.ID]string{"out_both": "", "out_other": other.Subject + other.Text})
}

// TestReplicas checks what several programs on one database must keep to. open returns two stores of one empty database, another one each time.
func TestReplicas(t *testing.T, open func(t *testing.T) [2]incident.Store) {
	t.Run("an outgoing message is sent by one of several", func(t *testing.T) { testOutgoingClaims(t, open(t)) })
	t.Run("a scheduled report is made by one of several", func(t *testing.T) { testReportClaims(t, open(t)) })
}

// testOutgoingClaims: of several who claim at once, each message goes to one.
func testOutgoingClaims(t *testing.T, replicas [2]incident.Store) {
	var all []incident.Outgoing
	for _, id := range []incident.ID{"out_1", "out_2", "out_3", "out_4"} {
		all = append(all, incident.Outgoing{ID: id, Way: incident.OutgoingMail, At: Epoch(), DueAt: Epoch()})
	}
	update(t, replicas[0], func(tx incident.Tx) error { return tx.AddOutgoing(all) })
	var mu sync.Mutex
	got := map[incident.ID]int{}
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			var mine *incident.Outgoing
			_, err := replicas[i%2].Update(t.Context(), func(tx incident.Tx) (err error) {
				mine, err = tx.ClaimOutgoing(incident.OutgoingMail, Epoch(), Epoch().Add(time.Hour))
				return err
			})
			if err != nil {
				t.Errorf("ClaimOutgoing: %v", err)
			}
			mu.Lock()
			defer mu.Unlock()
			if mine != nil {
				got[mine.ID]++
			}
		})
	}
	group.Wait()
	equal(t, "how often each was handed out", got, map[incident.ID]int{"out_1": 1, "out_2": 1, "out_3": 1, "out_4": 1})
}
