package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/jobs"
)

// longestProblemTitle is how many bytes a problem's title may have.
const longestProblemTitle = 300

// judgement is what a verdict makes of a problem.
type judgement struct {
	by     string
	at     time.Time
	now    incident.Problem
	part   *incident.Problem // split off; nil: none
	gone   incident.ID       // merged in; empty: none
	before undone
}

// member returns the place of a member.
func (j *judgement) member(id incident.ID) (int, error) {
	i := slices.IndexFunc(j.now.Members, func(m incident.ProblemMember) bool { return m.Incident == id })
	if i < 0 {
		return i, incident.Invalidf("incident", "%q is not a member of this problem", id)
	}
	return i, nil
}

// merge takes the members of another problem in. Both are one for ever, so the result is confirmed.
func (j *judgement) merge(other incident.Problem) {
	j.before.Problems = append(j.before.Problems, clonedProblem(other))
	j.before.Alias, j.gone = other.ID, other.ID
	j.now.State = incident.Confirmed
	for _, m := range other.Members {
		if at, err := j.member(m.Incident); err != nil {
			j.now.Members = append(j.now.Members, m)
		} else if !m.Removed {
			j.now.Members[at].Removed = false
		}
	}
}

// split makes a confirmed problem of some members. They are kept in the old one as taken out, so that they do not come back.
func (j *judgement) split(v Verdict) error {
	part := incident.Problem{Title: strings.TrimSpace(v.Title), State: incident.Confirmed, Basis: j.now.Basis}
	if part.Title == "" {
		part.Title = j.now.Title
	}
	if len(part.Title) > longestProblemTitle {
		return incident.Invalidf("title", "give 1 to %d characters", longestProblemTitle)
	}
	names := []string{"split", string(j.now.ID), j.at.Format(time.RFC3339Nano)}
	for _, id := range v.Incidents {
		at, err := j.member(id)
		if err != nil {
			return err
		}
		if j.now.Members[at].Removed {
			return incident.Invalidf("incidents", "%q was taken out already", id)
		}
		part.Members = append(part.Members, j.now.Members[at])
		j.now.Members[at].Removed = true
		names = append(names, string(id))
	}
	if len(part.Members) == 0 || active(j.now) == 0 {
		return incident.Invalidf("incidents", "name some of the members, not none and not all")
	}
	part.ID = incident.DeriveID("prb", names...)
	j.now.State, j.part = incident.Confirmed, &part
	j.before.Created = []incident.ID{part.ID}
	return nil
}

// undoable is how many of the newest steps of a problem can be taken back.
const undoable = 200

// undo takes a verdict back: problems, answers and ids are as they were before it. A verdict that a later one builds on cannot be
// taken back before that one.
func (d *Desk) undo(ctx context.Context, id incident.ID, n int64, by string) (*incident.Problem, incident.Seq, error) {
	events, err := d.Store.ProblemEvents(ctx, id, undoable)
	if err != nil {
		return nil, 0, err
	}
	event, err := lastVerdict(events, n)
	if err != nil {
		return nil, 0, err
	}
	var was undone
	if err := json.Unmarshal(event.Before, &was); err != nil || len(was.Problems) == 0 && was.Managed == nil {
		return nil, 0, fmt.Errorf("desk: read what was before step %d of problem %s: %w", n, id, err)
	}
	for _, created := range was.Created {
		later, err := d.Store.ProblemEvents(ctx, created, undoable)
		if err != nil {
			return nil, 0, err
		}
		if slices.ContainsFunc(later, func(e incident.ProblemEvent) bool { return e.Kind == incident.ProblemJudged }) {
			return nil, 0, fmt.Errorf("desk: problem %s, which was split off, has been decided about since: %w", created, incident.ErrConflict)
		}
	}
	undo := incident.ProblemEvent{Problem: id, Kind: incident.ProblemJudged, Rule: "undo", By: by, At: d.Now().UTC(), Undoes: n}
	seq, err := d.Store.Update(ctx, func(tx incident.Tx) error { return was.restore(tx, undo) })
	if err != nil {
		return nil, 0, err
	}
	p, err := d.Store.Problem(ctx, id)
	return p, seq, err
}

// lastVerdict returns the verdict numbered n when it is the newest one that has not been taken back.
func lastVerdict(events []incident.ProblemEvent, n int64) (incident.ProblemEvent, error) {
	taken := map[int64]bool{}
	if !slices.ContainsFunc(events, func(e incident.ProblemEvent) bool { return e.N == n && e.Kind == incident.ProblemJudged }) {
		events = nil
	}
	for _, e := range events {
		switch {
		case e.Undoes != 0:
			taken[e.Undoes] = true
		case e.Kind != incident.ProblemJudged || taken[e.N]:
		case e.N == n:
			return e, nil
		default:
			return e, fmt.Errorf("desk: step %d is not the last verdict about the problem; take back step %d first: %w", n, e.N, incident.ErrConflict)
		}
	}
	return incident.ProblemEvent{}, incident.Invalidf("event", "there is no verdict %d about this problem that could be taken back", n)
}

// restore puts things back.
func (u undone) restore(tx incident.Tx, undo incident.ProblemEvent) error {
	err := tx.DeleteProblems(u.Created)
	if err == nil && u.Alias != "" {
		err = tx.DeleteProblemAlias(u.Alias)
	}
	if err == nil {
		err = tx.PutProblems(u.Problems)
	}
	if err == nil {
		err = u.restoreAnswers(tx, undo)
	}
	if err == nil && u.Managed != nil {
		err = u.Managed.takeBack(tx, undo)
	}
	if err == nil {
		err = tx.AddProblemEvents([]incident.ProblemEvent{undo})
	}
	if err == nil && len(u.Problems) > 0 {
		err = tx.Enqueue(incident.Job{Kind: jobs.KindGroup, ID: "all"})
	}
	return err
}

// restoreAnswers takes the answers of a verdict back, and gives those again that they replaced, unless what was said since says otherwise.
func (u undone) restoreAnswers(tx incident.Tx, undo incident.ProblemEvent) error {
	if len(u.Said)+len(u.Unsaid) == 0 {
		return nil
	}
	said, err := tx.ProblemAnswers()
	if err != nil {
		return err
	}
	if err := takeBackAnswers(tx, u.Said, undo.By, undo.At); err != nil {
		return err
	}
	for _, a := range u.Unsaid {
		if err := agrees(said, a); err != nil {
			return err
		}
		if err := tx.PutProblemAnswers([]incident.Answer{a}); err != nil {
			return err
		}
		event := a.Event()
		event.By, event.At = undo.By, undo.At
		if err := tx.AddAnswerEvents([]incident.AnswerEvent{event}); err != nil {
			return err
		}
	}
	return nil
}
