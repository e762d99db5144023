package desk

import (
	"context"
	"net/url"
	"time"

	"hindsight/incident"
)

// intakesKept is how long a document waits for somebody to take rows out of it.
const intakesKept = 30 * 24 * time.Hour

// Intake returns the document that who acts is about to take rows out of for an incident, or ErrNotFound.
func (d *Desk) Intake(ctx context.Context, id incident.ID, sight incident.Sight) (*incident.Intake, error) {
	if _, err := d.Incident(ctx, id, sight); err != nil {
		return nil, err
	}
	return d.Store.Intake(ctx, id, incident.ActorOf(ctx).ID)
}

// KeepIntake keeps a document, or what was chosen of it so far, for who acts. It takes the place of the one before.
func (d *Desk) KeepIntake(ctx context.Context, id incident.ID, name, text string, choices url.Values, sight incident.Sight) error {
	if _, err := d.Incident(ctx, id, sight); err != nil {
		return err
	}
	if len(text) > incident.LongestIntake {
		return incident.Invalidf("file", "a document may hold 1 MB")
	}
	i := incident.Intake{Incident: id, User: incident.ActorOf(ctx).ID, Name: firstLine(name, 200), Text: text, Choices: choices, At: d.Now().UTC().Truncate(time.Microsecond)}
	_, err := d.Store.Update(ctx, func(tx incident.Tx) error { return tx.PutIntake(i) })
	return err
}

// DropIntake forgets the document of who acts.
func (d *Desk) DropIntake(ctx context.Context, id incident.ID, sight incident.Sight) error {
	if _, err := d.Incident(ctx, id, sight); err != nil {
		return err
	}
	_, err := d.Store.Update(ctx, func(tx incident.Tx) error {
		_, err := tx.DeleteIntake(id, incident.ActorOf(ctx).ID)
		return err
	})
	return err
}
