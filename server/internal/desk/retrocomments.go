package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"hindsight/incident"
)

// Comments returns the comments on a retrospective that the viewer may see, the oldest first.
func (d *Desk) Comments(ctx context.Context, id incident.ID, sight incident.Sight) ([]incident.RetroComment, error) {
	if _, err := d.Incident(ctx, id, sight); err != nil {
		return nil, err
	}
	return d.Store.RetroComments(ctx, id)
}

// AddComment says something of a retrospective in the name of the actor. Of c the section, the row, where the words stand that it is about, the
// comment that it answers and its text count; a quote counts only where no place is given.
func (d *Desk) AddComment(ctx context.Context, c incident.RetroComment, sight incident.Sight) (incident.RetroComment, error) {
	all, err := d.Comments(ctx, c.Incident, sight)
	if err != nil {
		return c, err
	}
	if c.Answers != "" {
		i := slices.IndexFunc(all, func(x incident.RetroComment) bool { return x.ID == c.Answers })
		if i < 0 || all[i].Answers != "" {
			return c, incident.Invalidf("answers", "the comment that this answers is not there any more")
		}
		c.Slug, c.Row = all[i].Slug, all[i].Row
	}
	who := incident.ActorOf(ctx)
	c.ID, c.Version, c.At, c.By, c.Text = incident.NewID("com"), 1, d.Now().UTC().Truncate(time.Microsecond), who.Name, strings.TrimSpace(c.Text)
	if who.Kind == incident.ActorUser {
		c.User = who.ID
	}
	if err := c.Validate(); err != nil {
		return c, err
	}
	if err := d.anchor(ctx, &c); err != nil {
		return c, err
	}
	told, err := d.commentNotices(ctx, c, all)
	if err != nil {
		return c, err
	}
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error {
		if _, err := tx.RetroByID(c.Incident); err != nil {
			return err
		}
		return cmp.Or(told.add(tx), tx.PutRetroComment(c))
	})
	return c, err
}

// CommentActions lists what can be done with a comment: a thread is resolved or reopened by anybody who may write, a comment
// removed by who wrote it.
var CommentActions = []string{"resolve", "reopen", "remove"}

// ChangeComment does one of CommentActions in the name of the actor.
func (d *Desk) ChangeComment(ctx context.Context, id, comment incident.ID, action string, sight incident.Sight) error {
	all, err := d.Comments(ctx, id, sight)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(c incident.RetroComment) bool { return c.ID == comment })
	if i < 0 {
		return fmt.Errorf("desk: comment %s: %w", comment, incident.ErrNotFound)
	}
	c, who, now := all[i], incident.ActorOf(ctx), d.Now().UTC().Truncate(time.Microsecond)
	switch action {
	case "resolve":
		c.ResolvedAt, c.ResolvedBy = now, who.Name
	case "reopen":
		c.ResolvedAt, c.ResolvedBy = time.Time{}, ""
	case "remove":
		if c.User != who.ID || c.By != who.Name {
			return incident.Invalidf("comment", "%s wrote this comment, and can remove it; you can resolve it", c.By)
		}
		c.RemovedAt = now
	default:
		return incident.Invalidf("action", "%q is not one of %v", action, CommentActions)
	}
	c.Version++
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error { return tx.PutRetroComment(c) })
	return err
}
