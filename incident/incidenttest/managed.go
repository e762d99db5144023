package incidenttest

import (
	"testing"

	"hindsight/incident"
)

// testManaged: what files manage is kept by kind and name, and what nothing names can be removed.
func testManaged(t *testing.T, s incident.Store) {
	ctx := t.Context()
	a := incident.Managed{Kind: "Service", Name: "shop", Entity: "svc_1", Made: true, Place: "services.yaml:1", At: Epoch(), By: "command line"}
	b := incident.Managed{Kind: "Calendar", Name: "shop", Entity: "pol_1", At: Epoch()}
	update(t, s, func(tx incident.Tx) error { return tx.PutManaged([]incident.Managed{a, b}) })
	a.Made, a.Place = false, "b.yaml:7"
	update(t, s, func(tx incident.Tx) error { return tx.PutManaged([]incident.Managed{a}) })
	equal(t, "Managed by kind", check(s.Managed(ctx))(t, "Managed"), []incident.Managed{b, a})
	update(t, s, func(tx incident.Tx) error { return tx.DeleteManaged([]incident.Managed{b}) })
	equal(t, "Managed after a deletion", check(s.Managed(ctx))(t, "Managed"), []incident.Managed{a})

	equal(t, "Newest of nothing", check(s.Newest(ctx, incident.EntityPolicy))(t, "Newest"), incident.Seq(0))
	used, free := incident.NewService("used"), incident.NewService("free")
	team := incident.NewTeam("owner")
	used.Team = team.ID
	inc := Incident(1, func(i *incident.Incident) { i.Services = []incident.ServiceUse{{Service: used.ID, Name: "used"}} })
	seq := update(t, s, func(tx incident.Tx) error {
		if err := tx.PutTeams([]incident.Team{team, incident.NewTeam("nobody")}); err != nil {
			return err
		}
		return tx.PutServices([]incident.Service{used, free})
	})
	put(t, s, inc)
	equal(t, "Newest of services", check(s.Newest(ctx, incident.EntityService, incident.EntityPolicy))(t, "Newest"), seq)
	update(t, s, func(tx incident.Tx) error {
		equal(t, "HoldNewest of teams", check(tx.HoldNewest(incident.EntityTeam))(t, "HoldNewest"), seq)
		equal(t, "DeleteServices", check(tx.DeleteServices([]incident.ID{used.ID, free.ID, "svc_none"}))(t, "DeleteServices"), []incident.ID{free.ID})
		equal(t, "DeleteTeams", check(tx.DeleteTeams([]incident.ID{team.ID}))(t, "DeleteTeams"), []incident.ID(nil))
		return nil
	})
	channel := incident.Channel{ID: "chl_1", Name: "#nobody", Format: incident.ChannelSlack, Team: incident.NewTeam("nobody").ID, Kinds: []incident.NoticeKind{incident.NoticeDue}, Secret: []byte("sealed"), CreatedAt: Epoch()}
	other := channel
	other.ID, other.Name, other.Team = "chl_2", "#owner", team.ID
	update(t, s, func(tx incident.Tx) error {
		if err := tx.PutChannel(channel); err != nil {
			return err
		}
		if err := tx.PutChannel(other); err != nil {
			return err
		}
		equal(t, "DeleteTeams of one with a channel", check(tx.DeleteTeams([]incident.ID{team.ID, channel.Team}))(t, "DeleteTeams"), []incident.ID{channel.Team})
		return nil
	})
	channel.Kinds = nil
	equal(t, "the channels of teams that are gone and not", check(s.Channels(ctx))(t, "Channels"), []incident.Channel{channel, other})
	equal(t, "Services after DeleteServices", check(s.Services(ctx))(t, "Services"), []incident.Service{used})
}
