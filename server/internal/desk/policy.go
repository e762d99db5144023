package desk

import (
	"context"
	"encoding/json"
	"errors"

	"hindsight/incident"
)

// savePolicy adds a version with a body to a policy, the first where there is none yet, in the name of by. When somebody
// else adds one at the same moment it is ErrConflict.
func (d *Desk) savePolicy(ctx context.Context, p incident.Policy, body any, by, note string) (incident.Seq, error) {
	if len(note) > 1000 {
		return 0, incident.Invalidf("note", "give at most 1,000 characters")
	}
	versions, err := d.Store.PolicyVersions(ctx, p.ID)
	if err != nil && !errors.Is(err, incident.ErrNotFound) {
		return 0, err
	}
	p.Version, p.SavedAt, p.SavedBy, p.Note = len(versions)+1, d.Now().UTC(), by, note
	if p.Body, err = json.Marshal(body); err != nil {
		return 0, err
	}
	return d.Store.Update(ctx, func(tx incident.Tx) error { return tx.PutPolicy(p) })
}
