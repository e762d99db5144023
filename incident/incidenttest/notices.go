package incidenttest

import (
	"testing"
	"time"

	"hindsight/incident"
)

// testNotices: a notice is told once, in the order that pages show, of incidents that are seen alone; and erasure forgets all of a user's.
func testNotices(t *testing.T, s incident.Store) {
	ctx := t.Context()
	open, private := Incident(1), Incident(2)
	open.Private, private.Private = false, true
	private.Audience = incident.Audience{Users: []incident.ID{"usr_2"}}
	first := incident.Notice{ID: "ntc_1", User: "usr_1", Kind: incident.NoticeMention, Incident: open.ID, Place: "/retrospective#com_1", About: "Summary <b>", By: "Responder Two", At: Epoch()}
	second := incident.Notice{ID: "ntc_2", User: "usr_1", Kind: incident.NoticeReply, Incident: open.ID, At: Epoch().Add(time.Hour)}
	hidden := incident.Notice{ID: "ntc_3", User: "usr_1", Kind: incident.NoticeReview, Incident: private.ID, At: Epoch().Add(2 * time.Hour)}
	add := func(ns ...incident.Notice) {
		update(t, s, func(tx incident.Tx) error { _, err := tx.AddNotices(ns); return err })
	}
	update(t, s, func(tx incident.Tx) error { return tx.PutIncidents([]*incident.Incident{open, private}) })
	add(first, second)
	again := second
	again.At, again.By = Epoch().Add(5*time.Hour), "Somebody else"
	update(t, s, func(tx incident.Tx) error { // one that is there stays as it is
		fresh, err := tx.AddNotices([]incident.Notice{again, hidden})
		equal(t, "AddNotices", fresh, []incident.Notice{hidden})
		return err
	})
	equal(t, "Notice", check(s.Notice(ctx, first.ID))(t, "Notice"), &first)
	sight := incident.Sight{User: "usr_1"}
	equal(t, "Notices", check(s.Notices(ctx, "usr_1", sight, 0, 10))(t, "Notices"), []incident.Notice{second, first})
	equal(t, "UnreadNotices", check(s.UnreadNotices(ctx, "usr_1", sight))(t, "UnreadNotices"), 2)
	equal(t, "UnreadNotices of who sees all", check(s.UnreadNotices(ctx, "usr_1", incident.Sight{All: true}))(t, "UnreadNotices"), 3)

	read := Epoch().Add(3 * time.Hour)
	update(t, s, func(tx incident.Tx) error { return tx.ReadNotices("usr_2", []incident.ID{first.ID}, read) }) // of somebody else
	update(t, s, func(tx incident.Tx) error { return tx.ReadNotices("usr_1", []incident.ID{second.ID}, read) })
	second.ReadAt = read
	equal(t, "Notices after reading", check(s.Notices(ctx, "usr_1", sight, 0, 10))(t, "Notices"), []incident.Notice{first, second})

	between := func(from, to time.Duration) []incident.Notice {
		return check(s.NoticesBetween(ctx, "usr_1", sight, Epoch().Add(from), Epoch().Add(to)))(t, "NoticesBetween")
	}
	equal(t, "NoticesBetween", between(0, 5*time.Hour), []incident.Notice{first})
	equal(t, "NoticesBetween that end where one begins", between(-time.Hour, 0), []incident.Notice(nil))

	choice := incident.NoticeChoice{User: "usr_1", Zone: "Europe/Berlin", Ways: map[incident.NoticeKind]incident.NoticeWay{incident.NoticeMention: incident.NoticeApp}}
	update(t, s, func(tx incident.Tx) error { return tx.PutNoticeChoice(incident.NoticeChoice{User: "usr_1"}) })
	update(t, s, func(tx incident.Tx) error { return tx.PutNoticeChoice(choice) })
	equal(t, "NoticeChoices", check(s.NoticeChoices(ctx))(t, "NoticeChoices"), []incident.NoticeChoice{choice})

	update(t, s, func(tx incident.Tx) error { return tx.AddOutgoing([]incident.Outgoing{{ID: "out_1", To: "usr_1"}}) })
	update(t, s, func(tx incident.Tx) error { return tx.ForgetNotices("usr_1") })
	equal(t, "NoticeChoices of who was erased", check(s.NoticeChoices(ctx))(t, "NoticeChoices"), []incident.NoticeChoice{})
	equal(t, "Outgoing of who was erased", check(s.Outgoing(ctx, incident.OutgoingFilter{Limit: 10}))(t, "Outgoing"), []incident.Outgoing(nil))
	equal(t, "UnreadNotices of who was erased", check(s.UnreadNotices(ctx, "usr_1", incident.Sight{All: true}))(t, "UnreadNotices"), 0)
}
