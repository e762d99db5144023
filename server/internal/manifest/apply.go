package manifest

import (
	"context"
	"errors"
	"fmt"

	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// Apply does what a plan says, all of it or nothing, and returns the number of its change; 0 when it changed nothing of the feed. ErrConflict: somebody
// changed the configuration since the plan was made.
func (p *Plan) Apply(ctx context.Context) (incident.Seq, error) {
	if p.Empty() && len(p.marks)+len(p.loose) == 0 {
		return 0, nil
	}
	return p.desk.Store.Update(ctx, func(tx incident.Tx) error {
		asOf, err := tx.HoldNewest(watched...)
		if err != nil {
			return err
		}
		if asOf != p.asOf {
			return fmt.Errorf("manifest: services, teams or terms were changed meanwhile (change %d): %w", asOf, incident.ErrConflict)
		}
		for _, step := range p.steps {
			if err := step(tx); err != nil {
				return err
			}
		}
		if !p.Empty() {
			tx.Note(incident.AuditNote{Action: incident.AuditChanged, Object: incident.AuditObject{Kind: "configuration"},
				After: map[string]any{"objects": p.told()}, Facts: map[string]any{"changes": len(p.Changes)}})
		}
		if err := tx.PutManaged(p.marks); err != nil {
			return err
		}
		return tx.DeleteManaged(p.loose)
	})
}

// told lists what is done, for the audit log: a command leaves no entry for each object.
func (p *Plan) told() []string {
	out := []string{}
	for _, c := range p.Changes {
		out = append(out, fmt.Sprintf("%s %s %q", c.Action, c.Kind, c.Name))
	}
	return out
}

// attempts is how often Do compares anew when imports make services and teams meanwhile.
const attempts = 5

// Do applies a plan that somebody has seen. When something else was changed meanwhile, files are compared anew: where they would still
// do the same, that is done; otherwise it is ErrConflict, and nothing is.
func Do(ctx context.Context, d *desk.Desk, seen *Plan, desired Desired, opts Options) (incident.Seq, error) {
	plan := seen
	for attempt := 1; ; attempt++ {
		seq, err := plan.Apply(ctx)
		if !errors.Is(err, incident.ErrConflict) || attempt == attempts {
			return seq, err
		}
		again, prepared := Prepare(ctx, d, desired, opts)
		if prepared != nil {
			return 0, prepared
		}
		if !again.like(seen) {
			return 0, fmt.Errorf("somebody changed the configuration meanwhile, and the files would do something else now; look at the difference again: %w", incident.ErrConflict)
		}
		plan = again
	}
}
