package desk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"hindsight/incident"
	"hindsight/search/recurring"
	"hindsight/server/internal/jobs"
)

// Say keeps what by says of two incidents that the viewer may see. It binds every later grouping, and the suggestions learn from it. An answer
// that other answers contradict is incident.ErrConflict, also when somebody else gives them at the same moment; taking back what nobody
// said is incident.ErrNotFound.
func (d *Desk) Say(ctx context.Context, id, other incident.ID, verdict, by string, sight incident.Sight) (incident.Seq, error) {
	for _, x := range []incident.ID{id, other} {
		if _, err := d.Incident(ctx, x, sight); err != nil {
			return 0, err
		}
	}
	v := incident.PairVerdict(verdict)
	if !slices.Contains(incident.PairVerdicts, v) {
		return 0, incident.Invalidf("verdict", "%q is not one of %v", verdict, incident.PairVerdicts)
	}
	a, err := incident.NewAnswer(id, other, v == incident.SaySame, by, d.Now().UTC())
	if err != nil {
		return 0, err
	}
	return d.Store.Update(ctx, func(tx incident.Tx) error {
		said, err := tx.ProblemAnswers()
		if err != nil {
			return err
		}
		if v == incident.Unsay {
			if !slices.ContainsFunc(said, func(o incident.Answer) bool { return o.ID() == a.ID() }) {
				return fmt.Errorf("desk: nobody has said anything of %s and %s: %w", a.A, a.B, incident.ErrNotFound)
			}
			err = takeBackAnswers(tx, []incident.Answer{a}, by, a.At)
		} else if err = agrees(said, a); err == nil {
			err = giveAnswers(tx, []incident.Answer{a})
		}
		if err != nil {
			return err
		}
		return tx.Enqueue(incident.Job{Kind: jobs.KindGroup, ID: "all"})
	})
}

// giveAnswers writes answers, and that they were given.
func giveAnswers(tx incident.Tx, as []incident.Answer) error {
	events := make([]incident.AnswerEvent, len(as))
	for i, a := range as {
		events[i] = a.Event()
	}
	if err := tx.PutProblemAnswers(as); err != nil {
		return err
	}
	return tx.AddAnswerEvents(events)
}

// takeBackAnswers removes answers, and writes down that somebody did.
func takeBackAnswers(tx incident.Tx, as []incident.Answer, by string, at time.Time) error {
	events := make([]incident.AnswerEvent, len(as))
	for i, a := range as {
		events[i] = incident.AnswerEvent{A: a.A, B: a.B, Verdict: incident.Unsay, By: by, At: at}
	}
	if err := tx.DeleteProblemAnswers(as); err != nil {
		return err
	}
	return tx.AddAnswerEvents(events)
}

const answersShown = 100 // steps of one incident

// Answered returns the steps in what people said of an incident that the viewer may see and others, the newest first, without those
// about incidents that they may not see.
func (d *Desk) Answered(ctx context.Context, id incident.ID, sight incident.Sight) ([]incident.AnswerEvent, error) {
	if _, err := d.Incident(ctx, id, sight); err != nil {
		return nil, err
	}
	events, err := d.Store.AnswerEvents(ctx, id, answersShown)
	if err != nil || sight.All {
		return events, err
	}
	snapshot := d.Live.Snapshot()
	return slices.DeleteFunc(events, func(e incident.AnswerEvent) bool { return snapshot.Hides(e.A, sight) || snapshot.Hides(e.B, sight) }), nil
}

// agrees returns ErrConflict for an answer that others contradict.
func agrees(said []incident.Answer, a incident.Answer) error {
	if recurring.Contradicts(said, a) {
		return fmt.Errorf("desk: what was said of other incidents says otherwise about %s and %s; take that back first: %w", a.A, a.B, incident.ErrConflict)
	}
	return nil
}
