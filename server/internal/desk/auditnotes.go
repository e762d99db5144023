package desk

import (
	"context"
	"errors"
	"strings"

	"hindsight/incident"
)

// Exported notes in the audit log that somebody takes a file away: what, by which filter, and how many rows; -1: it is no table.
func (d *Desk) Exported(ctx context.Context, what, filter string, rows int) error {
	n := incident.AuditNote{Action: incident.AuditExported, Object: incident.AuditObject{Kind: "export", ID: incident.ID(what)}, Facts: map[string]any{}}
	if filter != "" {
		n.After = map[string]any{"filter": filter[:min(len(filter), 2000)]}
	}
	if rows >= 0 {
		n.Facts["rows"] = rows
	}
	return d.note(ctx, n)
}

// noteRead notes that somebody opens a private incident: its page, its record, or one of its parts through the API. What cannot be
// noted is not shown.
func (d *Desk) noteRead(ctx context.Context, inc *incident.Incident) error {
	if !inc.Private || !incident.ActorOf(ctx).Person() {
		return nil
	}
	return d.note(ctx, incident.AuditNote{Action: incident.AuditRead, Object: incident.AuditObject{Kind: string(incident.EntityIncident), ID: inc.ID, Name: inc.Title}})
}

// SignInFailed notes that somebody could not prove to be a user. A name that no user has is not written down: it may be a
// password that was typed into the wrong field.
func (d *Desk) SignInFailed(ctx context.Context, name, step string) error {
	n := incident.AuditNote{Action: incident.AuditSignInFailed, Object: incident.AuditObject{Kind: "session"}, Facts: map[string]any{"step": step}}
	u, err := d.Store.UserByName(ctx, strings.TrimSpace(name))
	switch {
	case err == nil:
		n.Object.ID, n.Object.Name = u.ID, u.Name
	case !errors.Is(err, incident.ErrNotFound):
		return err
	}
	return d.note(ctx, n)
}

func (d *Desk) note(ctx context.Context, n incident.AuditNote) error {
	_, err := d.Store.Update(ctx, func(tx incident.Tx) error {
		tx.Note(n)
		return nil
	})
	return err
}
