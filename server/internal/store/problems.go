package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"hindsight/incident"
)

type problemRow struct {
	ID        incident.ID `gorm:"primaryKey"`
	Seq       incident.Seq
	Digest    string
	Title     string
	State     incident.ProblemState
	Terms     []string `gorm:"serializer:json"`
	Basis     string
	DecidedBy string
	At        sql.NullTime
}

type memberRow struct {
	ProblemID  incident.ID
	Pos        int
	IncidentID incident.ID
	Score      float64
	Reasons    []string `gorm:"serializer:json"`
	Removed    bool
}

// Problems implements incident.Reader. Removed members do not count.
func (s *Store) Problems(ctx context.Context) ([]incident.Problem, error) {
	ps, err := s.problems(ctx)
	if err != nil {
		return nil, failed(err, "read problems")
	}
	size := func(p incident.Problem) (n int) {
		for _, m := range p.Members {
			if !m.Removed {
				n++
			}
		}
		return n
	}
	slices.SortFunc(ps, func(a, b incident.Problem) int { return cmp.Or(cmp.Compare(size(b), size(a)), cmp.Compare(a.ID, b.ID)) })
	return ps, nil
}

// Problem implements incident.Reader.
func (s *Store) Problem(ctx context.Context, id incident.ID) (*incident.Problem, error) {
	id, err := s.leads(ctx, id)
	if err != nil {
		return nil, failed(err, "read where problem %s leads", id)
	}
	ps, err := s.problems(ctx, id)
	if err == nil && len(ps) == 0 {
		err = incident.ErrNotFound
	}
	if err != nil {
		return nil, failed(err, "read problem %s", id)
	}
	return &ps[0], nil
}

// problems reads as of one moment; see reader.problems.
func (s *Store) problems(ctx context.Context, ids ...incident.ID) (ps []incident.Problem, err error) {
	err = s.view(ctx, func(r reader) error {
		ps, err = r.problems(ids...)
		return err
	})
	return ps, err
}

// problems reads some problems, or all without ids.
func (r reader) problems(ids ...incident.ID) ([]incident.Problem, error) {
	var rows []problemRow
	var members []memberRow
	q, m := r.db.Table("problems"), r.db.Table("problem_members").Order("problem_id, pos")
	if len(ids) > 0 {
		q, m = q.Where(r.dialect.in("id"), array(ids)), m.Where(r.dialect.in("problem_id"), array(ids))
	}
	if err := q.Find(&rows).Error; err != nil {
		return nil, err
	}
	err := m.Find(&members).Error
	byProblem := map[incident.ID][]incident.ProblemMember{}
	for _, m := range members {
		byProblem[m.ProblemID] = append(byProblem[m.ProblemID],
			incident.ProblemMember{Incident: m.IncidentID, Score: m.Score, Reasons: m.Reasons, Removed: m.Removed})
	}
	ps := make([]incident.Problem, len(rows))
	for i, r := range rows {
		ps[i] = incident.Problem{ID: r.ID, Seq: r.Seq, Title: r.Title, State: r.State, Terms: r.Terms,
			Members: byProblem[r.ID], Basis: r.Basis, By: r.DecidedBy, At: utc(r.At)}
	}
	return ps, err
}

// ProblemsByID implements incident.Tx.
func (t *tx) ProblemsByID(ids []incident.ID) (map[incident.ID]incident.Problem, error) {
	found := map[incident.ID]incident.Problem{}
	if ids = clean(ids); len(ids) == 0 {
		return found, nil
	}
	_, err := t.digests("problems", "id", ids) // for its lock
	var ps []incident.Problem
	if err == nil {
		ps, err = t.problems(ids...)
	}
	for _, p := range ps {
		found[p.ID] = p
	}
	return found, failed(err, "read problems by id")
}

// PutProblems implements incident.Tx. A problem that is stored as it is already is no change.
func (t *tx) PutProblems(ps []incident.Problem) error {
	ps = clean(ps)
	for i := range ps {
		ps[i].Seq = 0 // not content
	}
	var changed []incident.ID
	var members []memberRow
	err := putEntities(t, incident.EntityProblem, "problems", ps,
		func(p incident.Problem) incident.ID { return p.ID },
		func(p incident.Problem, digest string) problemRow {
			changed = append(changed, p.ID)
			for i, m := range p.Members {
				members = append(members, memberRow{p.ID, i, m.Incident, m.Score, m.Reasons, m.Removed})
			}
			return problemRow{p.ID, 0, digest, p.Title, p.State, p.Terms, p.Basis, p.By, null(p.At)}
		}, t.problemsBefore)
	if err != nil || len(changed) == 0 {
		return err
	}
	if err := t.deleteMembers(changed); err != nil {
		return err
	}
	return failed(insert(t.db, "problem_members", members), "put members of problems")
}

// DeleteProblems implements incident.Tx.
func (t *tx) DeleteProblems(ids []incident.ID) error {
	ids = clean(ids)
	if err := t.recordProblemsGone(ids); err != nil {
		return failed(err, "delete problems")
	}
	if err := t.deleteMembers(ids); err != nil {
		return err
	}
	return t.deleteEntities(incident.EntityProblem, "problems", ids)
}

func (t *tx) problemsBefore(ids []incident.ID) (map[incident.ID]incident.Problem, error) {
	ps, err := t.problems(ids...)
	out := map[incident.ID]incident.Problem{}
	for _, p := range ps {
		out[p.ID] = p
	}
	return out, err
}

func (t *tx) recordProblemsGone(ids []incident.ID) error {
	if !t.person() || len(ids) == 0 {
		return nil
	}
	ps, err := t.problems(ids...)
	for _, p := range ps {
		t.record(incident.AuditObject{Kind: "problem", ID: p.ID, Name: p.Title}, &p, nil)
	}
	return err
}

func (t *tx) deleteMembers(problems []incident.ID) error {
	err := t.db.Exec("DELETE FROM problem_members WHERE "+t.dialect.in("problem_id"), array(problems)).Error
	return failed(err, "delete members of problems")
}
