package incidenttest

import (
	"testing"
	"time"

	"hindsight/incident"
)

// RetroShare is a link to the retrospective of Incident(1).
func RetroShare() incident.RetroShare {
	return incident.RetroShare{ID: "shr_1", Incident: Incident(1).ID, Hash: "hash one", Profile: "customers", Sections: []string{"summary"}, Words: []string{"Acme <b>"}, Kept: []string{"host:web-01"}, Number: 1,
		Document: incident.SharedRetro{Title: "What we learnt", PublishedAt: Epoch(), Sections: []incident.SharedSection{{Title: "Summary", Text: "[a host] was full.",
			Moments: []incident.SharedMoment{{At: Epoch(), About: time.Minute, Title: "An alert"}}}}},
		FrozenAt: Epoch(), CreatedBy: "usr_1", CreatedByName: "ada", CreatedAt: Epoch(), ExpiresAt: Epoch().AddDate(0, 0, 7)}
}

// testRetroShares: a link opens what was frozen until it expires or is revoked, or the incident is private or gone; whoever does not see the
// incident sees no link to it either; and it is counted how often one was opened.
func testRetroShares(t *testing.T, s incident.Store) {
	ctx := t.Context()
	begun(t, s)
	share, other := RetroShare(), RetroShare()
	other.ID, other.Hash, other.CreatedAt, other.Sections, other.Words, other.Kept = "shr_2", "hash two", Epoch().Add(time.Hour), []string{"impact"}, nil, nil
	update(t, s, func(tx incident.Tx) error {
		if err := tx.PutRetroShare(share); err != nil {
			return err
		}
		return tx.PutRetroShare(other)
	})
	now := Epoch().AddDate(0, 0, 1)
	opens := func(hash string, at time.Time) bool {
		t.Helper()
		got, err := s.SharedRetro(ctx, hash, at)
		if err != nil {
			fails(t, "SharedRetro", err, incident.ErrNotFound)
			return false
		}
		return got.Hash == hash
	}
	equal(t, "SharedRetro", *check(s.SharedRetro(ctx, "hash one", now))(t, "SharedRetro"), share)
	for what, is := range map[string]bool{"unknown": opens("hash three", now), "at its end": opens("hash one", share.ExpiresAt)} {
		if is {
			t.Errorf("a link opens that is %s", what)
		}
	}
	seen := now.Add(time.Minute)
	update(t, s, func(tx incident.Tx) error { return tx.OpenRetroShare(share.ID, now) })
	update(t, s, func(tx incident.Tx) error { return tx.OpenRetroShare(share.ID, seen) })
	share.RevokedAt, share.RevokedBy = now, "ben"
	update(t, s, func(tx incident.Tx) error { return tx.PutRetroShare(share) }) // of before it was opened
	share.Used, share.UsedAt = 2, seen
	equal(t, "RetroShare", *check(s.RetroShare(ctx, share.ID))(t, "RetroShare"), share)
	refreshed := share
	refreshed.RevokedAt, refreshed.RevokedBy, refreshed.Number = time.Time{}, "", 2 // read before it was revoked
	_, err := s.Update(ctx, func(tx incident.Tx) error { return tx.PutRetroShare(refreshed) })
	fails(t, "PutRetroShare", err, incident.ErrInvalid)
	equal(t, "RetroShare", *check(s.RetroShare(ctx, share.ID))(t, "RetroShare"), share)
	if opens("hash one", now) {
		t.Error("a revoked link opens")
	}
	all := incident.Sight{All: true}
	listed := []incident.RetroShare{other, share}
	for i := range listed {
		listed[i].Document = incident.SharedRetro{}
	}
	equal(t, "RetroShares", check(s.RetroShares(ctx, Incident(1).ID, all))(t, "RetroShares"), listed)
	equal(t, "RetroShares of all", check(s.RetroShares(ctx, "", all))(t, "RetroShares"), listed)
	equal(t, "RetroShares of another", len(check(s.RetroShares(ctx, Incident(2).ID, all))(t, "RetroShares")), 0)

	hidden := Incident(1)
	hidden.Private, hidden.Audience = true, incident.Audience{}
	update(t, s, func(tx incident.Tx) error { return tx.PutIncidents([]*incident.Incident{hidden}) })
	if opens("hash two", now) {
		t.Error("the link to a private incident opens")
	}
	equal(t, "RetroShares of a private incident", len(check(s.RetroShares(ctx, "", incident.Sight{User: "usr_9"}))(t, "RetroShares")), 0)
	gone := Incident(1)
	gone.DeletedAt, gone.DeletedReason = now, "a test"
	update(t, s, func(tx incident.Tx) error { return tx.PutIncidents([]*incident.Incident{gone}) })
	if opens("hash two", now) {
		t.Error("the link to an incident that is gone opens")
	}
	update(t, s, func(tx incident.Tx) error { return tx.SweepRetroShares(now.Add(time.Second)) })
	_, err = s.RetroShare(ctx, share.ID)
	fails(t, "RetroShare", err, incident.ErrNotFound)
	check(s.RetroShare(ctx, other.ID))(t, "RetroShare")
	update(t, s, func(tx incident.Tx) error { return tx.DeleteRetrospectives([]incident.ID{Incident(1).ID}) })
	_, err = s.RetroShare(ctx, other.ID)
	fails(t, "RetroShare", err, incident.ErrNotFound)
}
