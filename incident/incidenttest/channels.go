package incidenttest

import (
	"testing"

	"hindsight/incident"
)

// testChannels: a channel is kept as it was put, its name is its own, and with it goes what was sent to it.
func testChannels(t *testing.T, s incident.Store) {
	ctx := t.Context()
	c := incident.Channel{ID: "chl_1", Name: "#postmortems", Format: incident.ChannelSlack, Team: "team_1", Kinds: []incident.NoticeKind{incident.NoticePublished, incident.NoticeDue}, Host: "hooks.example.com",
		Secret: []byte{0, 1, 255}, CreatedAt: Epoch(), CreatedBy: "ada"}
	update(t, s, func(tx incident.Tx) error { return tx.PutChannel(c) })
	c.Name, c.Team = "#retros", ""
	update(t, s, func(tx incident.Tx) error { return tx.PutChannel(c) })
	equal(t, "Channels", check(s.Channels(ctx))(t, "Channels"), []incident.Channel{c})
	equal(t, "Channel", check(s.Channel(ctx, c.ID))(t, "Channel"), &c)
	_, err := s.Update(ctx, func(tx incident.Tx) error {
		other := c
		other.ID = "chl_2"
		return tx.PutChannel(other)
	})
	fails(t, "PutChannel with the name of another", err, incident.ErrConflict)
	update(t, s, func(tx incident.Tx) error { return tx.AddOutgoing([]incident.Outgoing{{ID: "out_1", To: c.ID}}) })
	update(t, s, func(tx incident.Tx) error { return tx.DeleteChannel(c.ID) })
	equal(t, "Outgoing to a channel that is gone", check(s.Outgoing(ctx, incident.OutgoingFilter{Limit: 1}))(t, "Outgoing"), []incident.Outgoing(nil))
	_, err = s.Channel(ctx, c.ID)
	fails(t, "Channel that is gone", err, incident.ErrNotFound)
	_, err = s.Update(ctx, func(tx incident.Tx) error { return tx.DeleteChannel(c.ID) })
	fails(t, "DeleteChannel of one that is gone", err, incident.ErrNotFound)
}
