package incidenttest

import (
	"testing"
	"time"

	"hindsight/incident"
)

func testProvisioned(t *testing.T, s incident.Store) {
	ctx := t.Context()
	user := incident.Provisioned{ID: "usr_1", Kind: "User", ExternalID: "00U-7", Attributes: []byte(`{"userName":"Ann"}`), CreatedAt: Epoch(), ChangedAt: Epoch()}
	team := incident.Provisioned{ID: "team_1", Kind: "Group", Attributes: []byte(`{}`), CreatedAt: Epoch()}
	for _, p := range []incident.Provisioned{user, team} {
		update(t, s, func(tx incident.Tx) error { return tx.PutProvisioned(p) })
	}
	equal(t, "Provisioned users", check(s.Provisioned(ctx, "User"))(t, "Provisioned"), []incident.Provisioned{user})
	user.ExternalID, user.DeletedAt = "", Epoch().Add(time.Hour)
	update(t, s, func(tx incident.Tx) error { return tx.PutProvisioned(user) })
	equal(t, "Provisioned users after an update", check(s.Provisioned(ctx, "User"))(t, "Provisioned"), []incident.Provisioned{user})
	equal(t, "ProvisionedOf", check(s.ProvisionedOf(ctx, user.ID))(t, "ProvisionedOf"), &user)
	equal(t, "Provisioned teams", check(s.Provisioned(ctx, "Group"))(t, "Provisioned"), []incident.Provisioned{team})
	_, err := s.Update(ctx, func(tx incident.Tx) error { _, err := tx.UserByID("usr_none"); return err })
	fails(t, "UserByID of nobody", err, incident.ErrNotFound)

	teams := func(change func(tx incident.Tx) error) []incident.ID {
		t.Helper()
		update(t, s, change)
		return check(s.TeamsOf(ctx, "usr_1"))(t, "TeamsOf")
	}
	for _, team := range []incident.ID{"team_2", "team_1", "team_2"} {
		teams(func(tx incident.Tx) error { return tx.PutMembership(incident.Membership{Team: team, User: "usr_1"}) })
	}
	left := teams(func(tx incident.Tx) error {
		if err := tx.DeleteMembership(incident.Membership{Team: "team_3", User: "usr_1"}); err != nil {
			return err
		}
		return tx.DeleteMembership(incident.Membership{Team: "team_1", User: "usr_1"})
	})
	equal(t, "teams after PutMembership and DeleteMembership", left, []incident.ID{"team_2"})
}
