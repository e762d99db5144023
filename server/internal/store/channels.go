package store

import (
	"context"
	"encoding/json"
	"time"

	"hindsight/incident"
)

type channelRow struct {
	ID        incident.ID `gorm:"primaryKey"`
	Name      string
	Format    incident.ChannelFormat
	TeamID    incident.ID
	Kinds     string
	Host      string
	Secret    []byte
	CreatedAt time.Time `gorm:"autoCreateTime:false"` // gorm would fill it in
	CreatedBy string
}

func (r channelRow) value() (incident.Channel, error) {
	c := incident.Channel{ID: r.ID, Name: r.Name, Format: r.Format, Team: r.TeamID, Host: r.Host, Secret: r.Secret, CreatedAt: r.CreatedAt.UTC(), CreatedBy: r.CreatedBy}
	err := json.Unmarshal([]byte(r.Kinds), &c.Kinds)
	return c, err
}

// Channels implements incident.Reader.
func (s *Store) Channels(ctx context.Context) ([]incident.Channel, error) {
	return readAll(ctx, s, "channels", channelRow.value, func(c incident.Channel) (string, incident.ID) { return c.Name, c.ID })
}

// Channel implements incident.Reader.
func (s *Store) Channel(ctx context.Context, id incident.ID) (*incident.Channel, error) {
	return take(ctx, s, "channels", "id", string(id), channelRow.value)
}

// PutChannel implements incident.Tx.
func (t *tx) PutChannel(c incident.Channel) error {
	c = clean(c)
	before, err := held(t, "channels", "id", string(c.ID), channelRow.value)
	if err != nil {
		return failed(err, "put channel %q", c.Name)
	}
	t.record(incident.AuditObject{Kind: "channel", ID: c.ID, Name: c.Name}, before, &c)
	kinds, err := json.Marshal(c.Kinds)
	if err == nil {
		row := channelRow{c.ID, c.Name, c.Format, c.Team, string(kinds), c.Host, append([]byte{}, c.Secret...), c.CreatedAt, c.CreatedBy}
		err = upsert(t.db, "channels", []channelRow{row}, "id")
	}
	return failed(err, "put channel %q", c.Name)
}

// DeleteChannel implements incident.Tx.
func (t *tx) DeleteChannel(id incident.ID) error {
	id = clean(id)
	before, err := held(t, "channels", "id", string(id), channelRow.value)
	if err == nil && before == nil {
		err = incident.ErrNotFound
	}
	if err != nil {
		return failed(err, "delete channel %s", id)
	}
	t.record(incident.AuditObject{Kind: "channel", ID: id, Name: before.Name}, before, nil)
	if err := t.ForgetNotices(id); err != nil {
		return err
	}
	return failed(t.db.Exec("DELETE FROM channels WHERE id = ?", id).Error, "delete channel %s", id)
}
