package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"hindsight/incident"
	"hindsight/server/internal/jobs"
)

// Verdict is what a person says about a problem.
type Verdict struct {
	Action    string        // one of VerdictActions
	Title     string        // for rename, and for split when the new problem has a title of its own
	Incident  incident.ID   // for remove, restore, same and apart: a member
	Incidents []incident.ID // for split: the members that make a problem of their own
	Other     incident.ID   // for merge: the problem that becomes part of this one; for same and apart: the other incident
	Event     int64         // for undo: which step
}

// VerdictActions lists what a Verdict can do; undo takes back any of the others.
var VerdictActions = []string{"confirm", "reject", "reopen", "rename", "remove", "restore", "merge", "split", "same", "apart", "undo"}

// Decide applies a verdict in the name of by, and remembers what was before. Later runs of the grouping respect it.
func (d *Desk) Decide(ctx context.Context, id incident.ID, v Verdict, by string) (*incident.Problem, incident.Seq, error) {
	if v.Action == "undo" {
		return d.undo(ctx, id, v.Event, by)
	}
	var j judgement
	seq, err := d.Store.Update(ctx, func(tx incident.Tx) error {
		found, err := tx.ProblemsByID([]incident.ID{id, v.Other})
		if err != nil {
			return err
		}
		p, known := found[id]
		if !known {
			return fmt.Errorf("desk: problem %s: %w", id, incident.ErrNotFound)
		}
		j = judgement{now: p, by: by, at: d.Now().UTC()}
		j.before.Problems = []incident.Problem{clonedProblem(p)}
		var said []incident.Answer
		if v.Action == "same" || v.Action == "apart" {
			if said, err = tx.ProblemAnswers(); err != nil {
				return err
			}
		}
		if err := j.apply(v, found, said); err != nil {
			return err
		}
		if v.Action == "merge" {
			if err := j.adopt(tx, v.Other); err != nil {
				return err
			}
		}
		return j.write(tx, v)
	})
	return &j.now, seq, err
}

// undone is what taking a verdict back restores.
type undone struct {
	Problems []incident.Problem // as they were
	Created  []incident.ID      // problems that did not exist
	Alias    incident.ID        // that did not exist; empty: none
	Said     []incident.Answer  // answers that were not given
	Unsaid   []incident.Answer  // those that they replaced
	Managed  *rewritten         // how it changed what is managed; nil: not at all
}

func clonedProblem(p incident.Problem) incident.Problem {
	p.Members = slices.Clone(p.Members)
	return p
}

// apply checks a verdict and works out what it makes of the problem.
func (j *judgement) apply(v Verdict, found map[incident.ID]incident.Problem, said []incident.Answer) error {
	switch v.Action {
	case "confirm":
		j.now.State = incident.Confirmed
	case "reject":
		j.now.State = incident.Rejected
	case "reopen":
		j.now.State = incident.Suggested
	case "rename":
		return j.rename(v.Title)
	case "remove", "restore":
		i, err := j.member(v.Incident)
		if err != nil {
			return err
		}
		j.now.Members[i].Removed = v.Action == "remove"
	case "merge":
		other, known := found[v.Other]
		if !known || v.Other == j.now.ID {
			return incident.Invalidf("other", "%q is no other problem", v.Other)
		}
		j.merge(other)
	case "split":
		return j.split(v)
	case "same", "apart":
		return j.answer(v, said)
	default:
		return incident.Invalidf("action", "%q is not one of %v", v.Action, VerdictActions)
	}
	return nil
}

// write stores what a verdict made of a problem, in the name of who gave it.
func (j *judgement) write(tx incident.Tx, v Verdict) error {
	j.now.By, j.now.At = j.by, j.at
	before, err := json.Marshal(j.before)
	if err != nil {
		return fmt.Errorf("desk: write down what was before: %w", err)
	}
	event := incident.ProblemEvent{Problem: j.now.ID, Kind: incident.ProblemJudged, Incident: v.Incident, Other: v.Other, Rule: v.Action,
		By: j.by, At: j.at, Before: before}
	if j.part != nil {
		j.part.By, j.part.At = j.by, j.at
		event.Other = j.part.ID
		err = tx.PutProblems([]incident.Problem{*j.part})
	}
	if err == nil && j.gone != "" {
		err = tx.DeleteProblems([]incident.ID{j.gone})
	}
	if err == nil && j.gone != "" {
		err = tx.PutProblemAlias(j.gone, j.now.ID)
	}
	if err == nil {
		err = tx.PutProblems([]incident.Problem{j.now})
	}
	if err == nil && len(j.before.Said) > 0 {
		err = giveAnswers(tx, j.before.Said)
	}
	if err == nil {
		err = tx.AddProblemEvents([]incident.ProblemEvent{event})
	}
	if err == nil && len(j.before.Said) > 0 {
		err = tx.Enqueue(incident.Job{Kind: jobs.KindGroup, ID: "all"})
	}
	return err
}

func (j *judgement) rename(title string) error {
	title = strings.TrimSpace(title)
	if title == "" || len(title) > longestProblemTitle {
		return incident.Invalidf("title", "give 1 to %d characters", longestProblemTitle)
	}
	j.now.Title = title
	if j.now.State == incident.Suggested {
		j.now.State = incident.Confirmed // who gives it a name has recognised it
	}
	return nil
}

// answer notes what was said of a member and another incident. Who is apart from a member leaves the problem; who is the
// same joins it.
func (j *judgement) answer(v Verdict, said []incident.Answer) error {
	i, err := j.member(v.Incident)
	if err != nil {
		return err
	}
	a, err := incident.NewAnswer(v.Incident, v.Other, v.Action == "same", j.by, j.at)
	if err != nil {
		return err
	}
	if err := agrees(said, a); err != nil {
		return err
	}
	for _, o := range said {
		if o.ID() == a.ID() {
			j.before.Unsaid = append(j.before.Unsaid, o)
		}
	}
	j.before.Said = []incident.Answer{a}
	at := slices.IndexFunc(j.now.Members, func(m incident.ProblemMember) bool { return m.Incident == v.Other })
	switch {
	case !a.Same && at >= 0:
		j.now.Members[i].Removed = true
	case a.Same && at >= 0:
		j.now.Members[at].Removed = false
	case a.Same:
		j.now.Members = append(j.now.Members, incident.ProblemMember{Incident: v.Other, Reasons: []string{"a person said that it is the same problem"}})
	}
	return nil
}
