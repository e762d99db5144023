package store

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"hindsight/incident"
)

type answerRow struct {
	A, B   incident.ID
	Same   bool
	SaidBy string
	At     time.Time
}

// ProblemAnswers implements incident.Reader.
func (s *Store) ProblemAnswers(ctx context.Context) ([]incident.Answer, error) {
	return problemAnswers(s.db.WithContext(ctx))
}

// ProblemAnswers implements incident.Tx. SQLite has one writer at a time.
func (t *tx) ProblemAnswers() ([]incident.Answer, error) {
	if t.dialect == postgresDialect {
		if err := t.db.Exec("LOCK TABLE problem_answers IN SHARE ROW EXCLUSIVE MODE").Error; err != nil {
			return nil, failed(err, "keep others from answering about problems")
		}
	}
	return problemAnswers(t.db)
}

func problemAnswers(db *gorm.DB) ([]incident.Answer, error) {
	var rows []answerRow
	err := db.Table("problem_answers").Order("a, b").Find(&rows).Error
	out := make([]incident.Answer, len(rows))
	for i, r := range rows {
		out[i] = incident.Answer{A: r.A, B: r.B, Same: r.Same, By: r.SaidBy, At: r.At.UTC()}
	}
	return out, failed(err, "read answers about problems")
}

// PutProblemAnswers implements incident.Tx.
func (t *tx) PutProblemAnswers(as []incident.Answer) error {
	for _, a := range clean(as) {
		row := answerRow{a.A, a.B, a.Same, a.By, a.At}
		err := t.db.Table("problem_answers").Clauses(clause.OnConflict{UpdateAll: true, Columns: []clause.Column{{Name: "a"}, {Name: "b"}}}).
			Create(&row).Error
		if err != nil {
			return failed(err, "put answer about %s and %s", a.A, a.B)
		}
		t.touch(incident.EntityAnswer, a.ID(), false)
		t.recordAnswer(incident.AuditCreated, a)
	}
	return nil
}

// DeleteProblemAnswers implements incident.Tx.
func (t *tx) DeleteProblemAnswers(as []incident.Answer) error {
	for _, a := range as {
		if err := t.db.Exec("DELETE FROM problem_answers WHERE a = ? AND b = ?", a.A, a.B).Error; err != nil {
			return failed(err, "delete answer about %s and %s", a.A, a.B)
		}
		t.touch(incident.EntityAnswer, a.ID(), true)
		t.recordAnswer(incident.AuditDeleted, a)
	}
	return nil
}

// recordAnswer notes what somebody says of two incidents, or takes back.
func (t *tx) recordAnswer(action incident.AuditAction, a incident.Answer) {
	if t.person() {
		t.Note(incident.AuditNote{Action: action, Object: incident.AuditObject{Kind: "answer", ID: a.A},
			Facts: map[string]any{"other": string(a.B), "same": a.Same}})
	}
}

type answerEventRow struct {
	N       int64 `gorm:"primaryKey;autoIncrement"`
	A, B    incident.ID
	Verdict incident.PairVerdict
	SaidBy  string
	At      time.Time
}

// AnswerEvents implements incident.Reader.
func (s *Store) AnswerEvents(ctx context.Context, id incident.ID, limit int) ([]incident.AnswerEvent, error) {
	var rows []answerEventRow
	err := s.db.WithContext(ctx).Table("problem_answer_events").Where("a = ? OR b = ?", id, id).Order("n DESC").Limit(limit).Find(&rows).Error
	out := make([]incident.AnswerEvent, len(rows))
	for i, r := range rows {
		out[i] = incident.AnswerEvent{N: r.N, A: r.A, B: r.B, Verdict: r.Verdict, By: r.SaidBy, At: r.At.UTC()}
	}
	return out, failed(err, "read what was said of incident %s and others", id)
}

// AddAnswerEvents implements incident.Tx.
func (t *tx) AddAnswerEvents(es []incident.AnswerEvent) error {
	var rows []answerEventRow
	for _, e := range clean(es) {
		rows = append(rows, answerEventRow{0, e.A, e.B, e.Verdict, e.By, e.At})
	}
	return failed(insert(t.db, "problem_answer_events", rows), "add what was said of incidents")
}

type problemEventRow struct {
	N                   int64 `gorm:"primaryKey;autoIncrement"`
	ProblemID           incident.ID
	Kind                incident.ProblemEventKind
	IncidentID, OtherID incident.ID
	Score               float64
	Rule, DoneBy        string
	At                  time.Time
	Before              []byte
	Undoes              int64
}

// ProblemEvents implements incident.Reader.
func (s *Store) ProblemEvents(ctx context.Context, problem incident.ID, limit int) ([]incident.ProblemEvent, error) {
	var rows []problemEventRow
	q := s.db.WithContext(ctx).Table("problem_events").Where("problem_id = ?", problem).Order("n DESC").Limit(limit)
	err := q.Find(&rows).Error
	out := make([]incident.ProblemEvent, len(rows))
	for i, r := range rows {
		out[i] = incident.ProblemEvent{N: r.N, Problem: r.ProblemID, Kind: r.Kind, Incident: r.IncidentID, Other: r.OtherID, Score: r.Score,
			Rule: r.Rule, By: r.DoneBy, At: r.At.UTC(), Before: r.Before, Undoes: r.Undoes}
	}
	return out, failed(err, "read what happened to problem %s", problem)
}

// AddProblemEvents implements incident.Tx.
func (t *tx) AddProblemEvents(es []incident.ProblemEvent) error {
	var rows []problemEventRow
	for _, e := range clean(es) {
		if t.person() && e.Incident == "" { // what members do follows from what is done to the problem
			t.Note(incident.AuditNote{Action: incident.AuditChanged, Object: incident.AuditObject{Kind: "problem", ID: e.Problem},
				Facts: map[string]any{"event": string(e.Kind), "rule": e.Rule, "other": string(e.Other)}})
		}
		rows = append(rows, problemEventRow{0, e.Problem, e.Kind, e.Incident, e.Other, e.Score, e.Rule, e.By, e.At, e.Before, e.Undoes})
	}
	return failed(insert(t.db, "problem_events", rows), "add what happened to problems")
}

// PutProblemAlias implements incident.Tx.
func (t *tx) PutProblemAlias(alias, problem incident.ID) error {
	err := t.db.Exec("UPDATE problem_aliases SET problem_id = ? WHERE problem_id = ?", problem, alias).Error
	if err == nil {
		err = t.db.Exec("INSERT INTO problem_aliases (alias, problem_id) VALUES (?, ?) ON CONFLICT (alias) DO UPDATE SET problem_id = excluded.problem_id",
			alias, problem).Error
	}
	t.recordAlias(alias, problem)
	return failed(err, "let problem %s lead to %s", alias, problem)
}

// DeleteProblemAlias implements incident.Tx.
func (t *tx) DeleteProblemAlias(alias incident.ID) error {
	t.recordAlias(alias, "")
	return failed(t.db.Exec("DELETE FROM problem_aliases WHERE alias = ?", alias).Error, "forget where problem %s led", alias)
}

// recordAlias notes that somebody lets the id of a problem lead to another one, or no longer.
func (t *tx) recordAlias(alias, problem incident.ID) {
	if t.person() {
		t.Note(incident.AuditNote{Action: incident.AuditChanged, Object: incident.AuditObject{Kind: "problem", ID: alias},
			Facts: map[string]any{"leads_to": string(problem)}})
	}
}

// leads returns the problem that an id leads to: itself, unless it is an alias.
func (s *Store) leads(ctx context.Context, id incident.ID) (incident.ID, error) {
	var to []incident.ID
	err := s.db.WithContext(ctx).Raw("SELECT problem_id FROM problem_aliases WHERE alias = ?", id).Scan(&to).Error
	if err != nil || len(to) == 0 {
		return id, err
	}
	return to[0], nil
}
