package incidenttest

import (
	"testing"
	"time"

	"hindsight/incident"
)

// testProblemHistory: answers are one for a pair, events stay in order, and an alias leads to where its problem has gone.
func testProblemHistory(t *testing.T, s incident.Store) {
	ctx := t.Context()
	no := incident.Answer{A: "inc_1", B: "inc_2", By: "operator", At: Epoch()}
	yes := incident.Answer{A: "inc_1", B: "inc_2", Same: true, By: "admin", At: Epoch().Add(time.Hour)}
	other := incident.Answer{A: "inc_1", B: "inc_3", Same: true, By: "admin", At: Epoch()}
	update(t, s, func(tx incident.Tx) error { return tx.PutProblemAnswers([]incident.Answer{other, no}) })
	update(t, s, func(tx incident.Tx) error { return tx.PutProblemAnswers([]incident.Answer{yes}) })
	equal(t, "ProblemAnswers", check(s.ProblemAnswers(ctx))(t, "ProblemAnswers"), []incident.Answer{yes, other})
	update(t, s, func(tx incident.Tx) error { return tx.DeleteProblemAnswers([]incident.Answer{no}) })
	equal(t, "ProblemAnswers after one was taken back", check(s.ProblemAnswers(ctx))(t, "ProblemAnswers"), []incident.Answer{other})

	said := no.Event()
	said.Verdict, said.By = incident.Unsay, "<admin>"
	update(t, s, func(tx incident.Tx) error {
		if answers, err := tx.ProblemAnswers(); err != nil || len(answers) != 1 {
			t.Errorf("ProblemAnswers in a transaction = %v, %v, want one", answers, err)
		}
		return tx.AddAnswerEvents([]incident.AnswerEvent{no.Event(), other.Event(), said})
	})
	told := check(s.AnswerEvents(ctx, "inc_2", 10))(t, "AnswerEvents")
	if len(told) != 2 || told[0].N <= told[1].N || told[0].Verdict != incident.Unsay || told[0].By != "<admin>" || told[1].Verdict != incident.SayApart {
		t.Errorf("AnswerEvents = %+v, want what was said and that it was taken back, the newest first", told)
	}
	if told := check(s.AnswerEvents(ctx, "inc_1", 1))(t, "AnswerEvents"); len(told) != 1 || told[0].Verdict != incident.Unsay {
		t.Errorf("AnswerEvents of the smaller id = %+v, want the newest step", told)
	}

	joined := incident.ProblemEvent{Problem: "prb_a", Kind: incident.ProblemJoined, Incident: "inc_1", Other: "prb_b", Score: 0.1 + 0.2, Rule: "nearest", At: Epoch()}
	judged := incident.ProblemEvent{Problem: "prb_a", Kind: incident.ProblemJudged, Rule: "confirm", By: "operator", At: Epoch(), Before: []byte("{}")}
	update(t, s, func(tx incident.Tx) error { return tx.AddProblemEvents([]incident.ProblemEvent{joined, judged}) })
	events := check(s.ProblemEvents(ctx, "prb_a", 10))(t, "ProblemEvents")
	if len(events) != 2 || events[0].N <= events[1].N || events[1].N <= 0 {
		t.Fatalf("ProblemEvents = %+v, want two with ascending numbers, the newest first", events)
	}
	newest := events[0].N
	undone := incident.ProblemEvent{Problem: "prb_a", Kind: incident.ProblemJudged, Rule: "undo", At: Epoch(), Undoes: newest}
	update(t, s, func(tx incident.Tx) error { return tx.AddProblemEvents([]incident.ProblemEvent{undone}) })
	latest := check(s.ProblemEvents(ctx, "prb_a", 1))(t, "ProblemEvents")
	judged.N, undone.N = newest, latest[0].N
	equal(t, "the newest event", latest, []incident.ProblemEvent{undone})
	equal(t, "the event before", events[0], judged)

	kept := incident.Problem{ID: "prb_c", Title: "Kept", State: incident.Suggested, Basis: "text", At: Epoch()}
	update(t, s, func(tx incident.Tx) error { return tx.PutProblems([]incident.Problem{kept}) })
	update(t, s, func(tx incident.Tx) error { return tx.PutProblemAlias("prb_a", "prb_b") })
	update(t, s, func(tx incident.Tx) error { return tx.PutProblemAlias("prb_b", "prb_c") })
	for _, alias := range []incident.ID{"prb_a", "prb_b", "prb_c"} {
		equal(t, "Problem by an alias", check(s.Problem(ctx, alias))(t, "Problem").ID, kept.ID)
	}
	update(t, s, func(tx incident.Tx) error { return tx.DeleteProblemAlias("prb_a") })
	_, err := s.Problem(ctx, "prb_a")
	fails(t, "Problem by an alias that was taken back", err, incident.ErrNotFound)
}
