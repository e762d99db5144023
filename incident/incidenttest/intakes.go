package incidenttest

import (
	"context"
	"errors"
	"net/url"
	"testing"
	"time"

	"hindsight/incident"
)

// testIntakes: each person has a document of their own for an incident, which stays as it was left until it is taken, old or theirs no more.
func testIntakes(t *testing.T, s incident.Store) {
	ctx := context.Background()
	mine := incident.Intake{Incident: "inc_1", User: "usr_1", Name: "a.md", Text: "## Timeline\n- 14:05 <b>\n", Choices: url.Values{"moment.0.title": {"a & b=c"}, "moment.0.take": {"on"}}, At: Epoch()}
	theirs := mine
	theirs.User, theirs.Choices, theirs.At = "usr_2", url.Values{}, Epoch().Add(time.Hour)
	update(t, s, func(tx incident.Tx) error { return errors.Join(tx.PutIntake(mine), tx.PutIntake(theirs)) })
	equal(t, "Intake", *check(s.Intake(ctx, "inc_1", "usr_1"))(t, "Intake"), mine)
	mine.Text, mine.At = "## Timeline\n", Epoch().Add(2*time.Hour)
	update(t, s, func(tx incident.Tx) error { return tx.PutIntake(mine) })
	equal(t, "Intake after another", *check(s.Intake(ctx, "inc_1", "usr_1"))(t, "Intake"), mine)
	gone := func(id, user incident.ID) {
		t.Helper()
		if got, err := s.Intake(ctx, id, user); !errors.Is(err, incident.ErrNotFound) {
			t.Errorf("Intake(%s, %s) = %+v, %v, want ErrNotFound", id, user, got, err)
		}
	}
	gone("inc_2", "usr_1")
	update(t, s, func(tx incident.Tx) error { return tx.SweepIntakes(Epoch().Add(90 * time.Minute)) })
	gone("inc_1", "usr_2")
	update(t, s, func(tx incident.Tx) error { return tx.PutIntake(theirs) })
	for _, want := range []bool{true, false} {
		update(t, s, func(tx incident.Tx) error {
			was, err := tx.DeleteIntake("inc_1", "usr_1")
			equal(t, "DeleteIntake", was, want)
			return err
		})
	}
	gone("inc_1", "usr_1")
	update(t, s, func(tx incident.Tx) error { return tx.ForgetIntakes("usr_2") })
	gone("inc_1", "usr_2")
}
