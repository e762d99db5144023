package incidenttest

import (
	"testing"
	"time"

	"hindsight/incident"
)

func testSecondFactors(t *testing.T, s incident.Store) {
	ctx := t.Context()
	ann := incident.SecondFactor{User: "usr_1", Secret: []byte{0, 1, 255}, CreatedAt: Epoch(), ConfirmedAt: Epoch().Add(time.Minute), Step: 57_000_000,
		Recovery: incident.RecoveryCodes{Salt: []byte{1, 2}, Hashes: [][]byte{{3}, {4, 0}}}}
	bob := incident.SecondFactor{User: "usr_2", ResetAt: Epoch(), ResetBy: "admin"}
	update(t, s, func(tx incident.Tx) error {
		if err := tx.PutSecondFactor(bob); err != nil {
			return err
		}
		return tx.PutSecondFactor(ann)
	})
	equal(t, "SecondFactor", check(s.SecondFactor(ctx, ann.User))(t, "SecondFactor"), &ann)
	equal(t, "SecondFactors", check(s.SecondFactors(ctx))(t, "SecondFactors"), []incident.SecondFactor{ann, bob})
	update(t, s, func(tx incident.Tx) error {
		got, err := tx.SecondFactorOf(ann.User)
		if err != nil {
			return err
		}
		equal(t, "SecondFactorOf", *got, ann)
		got.Step++
		got.Recovery.Hashes = nil
		return tx.PutSecondFactor(*got)
	})
	ann.Step, ann.Recovery.Hashes = ann.Step+1, nil
	equal(t, "SecondFactor after an update", check(s.SecondFactor(ctx, ann.User))(t, "SecondFactor"), &ann)
	update(t, s, func(tx incident.Tx) error { return tx.DeleteSecondFactor(ann.User) })
	_, err := s.SecondFactor(ctx, ann.User)
	fails(t, "SecondFactor after DeleteSecondFactor", err, incident.ErrNotFound)
	_, err = s.Update(ctx, func(tx incident.Tx) error { _, err := tx.SecondFactorOf(ann.User); return err })
	fails(t, "SecondFactorOf after DeleteSecondFactor", err, incident.ErrNotFound)
}
