package desk

import (
	"context"
	"fmt"
	"slices"

	"hindsight/incident"
	"hindsight/search/recurring"
	"hindsight/server/internal/jobs"
)

// PairVerdicts lists what a person can say of two incidents: that one problem is behind both, that there is not, or that what was
// said is taken back.
var PairVerdicts = []string{"same", "apart", "undo"}

// Say keeps what by says of two incidents that the viewer may see. It binds every later grouping, and the suggestions learn from it. An answer
// that other answers contradict is incident.ErrConflict; taking back what nobody said is incident.ErrNotFound.
func (d *Desk) Say(ctx context.Context, id, other incident.ID, verdict, by string, private bool) (incident.Seq, error) {
	for _, x := range []incident.ID{id, other} {
		if _, err := d.Incident(ctx, x, private); err != nil {
			return 0, err
		}
	}
	a, err := incident.NewAnswer(id, other, verdict == "same", by, d.Now().UTC())
	if err != nil {
		return 0, err
	}
	said, err := d.Store.ProblemAnswers(ctx)
	if err != nil {
		return 0, err
	}
	return d.Store.Update(ctx, func(tx incident.Tx) error {
		switch verdict {
		case "same", "apart":
			if err = agrees(said, a); err == nil {
				err = tx.PutProblemAnswers([]incident.Answer{a})
			}
		case "undo":
			if !slices.ContainsFunc(said, func(o incident.Answer) bool { return o.ID() == a.ID() }) {
				return fmt.Errorf("desk: nobody has said anything of %s and %s: %w", a.A, a.B, incident.ErrNotFound)
			}
			err = tx.DeleteProblemAnswers([]incident.Answer{a})
		default:
			return incident.Invalidf("verdict", "%q is not one of %v", verdict, PairVerdicts)
		}
		if err != nil {
			return err
		}
		return tx.Enqueue(incident.Job{Kind: jobs.KindGroup, ID: "all"})
	})
}

// agrees returns ErrConflict for an answer that others contradict.
func agrees(said []incident.Answer, a incident.Answer) error {
	if recurring.Contradicts(said, a) {
		return fmt.Errorf("desk: what was said of other incidents says otherwise about %s and %s; take that back first: %w", a.A, a.B, incident.ErrConflict)
	}
	return nil
}
