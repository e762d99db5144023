package desk

import (
	"cmp"
	"context"
	"slices"

	"hindsight/incident"
)

// NoticeChoice returns how a user wants to be told.
func (d *Desk) NoticeChoice(ctx context.Context, user incident.ID) (incident.NoticeChoice, error) {
	all, err := d.Store.NoticeChoices(ctx)
	if i := slices.IndexFunc(all, func(c incident.NoticeChoice) bool { return c.User == user }); i >= 0 {
		return all[i], err
	}
	return incident.NoticeChoice{User: user}, err
}

// SaveNoticeChoice keeps how a user wants to be told; ErrInvalid with the field.
func (d *Desk) SaveNoticeChoice(ctx context.Context, c incident.NoticeChoice) error {
	if err := c.Validate(); err != nil {
		return err
	}
	_, err := d.Store.Update(ctx, func(tx incident.Tx) error { return tx.PutNoticeChoice(c) })
	return err
}

// Recipients returns what those are called whom messages go to.
func (d *Desk) Recipients(ctx context.Context) (map[incident.ID]string, error) {
	users, err := d.Store.Users(ctx)
	out := map[incident.ID]string{}
	for _, u := range users {
		out[u.ID] = cmp.Or(u.Display, u.Name)
	}
	if err != nil {
		return out, err
	}
	channels, err := d.Store.Channels(ctx)
	for _, c := range channels {
		out[c.ID] = c.Name
	}
	return out, err
}

// SendAgain lets a message that was set aside be sent; ErrConflict when it is not.
func (d *Desk) SendAgain(ctx context.Context, id incident.ID) error {
	_, err := d.Store.Update(ctx, func(tx incident.Tx) error { return tx.RetryOutgoing(id, d.Now().UTC()) })
	return err
}
