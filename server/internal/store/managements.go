package store

import (
	"context"
	"database/sql"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"hindsight/incident"
)

type managementRow struct {
	ProblemID  incident.ID `gorm:"primaryKey"`
	Version    int
	Stage      incident.Stage
	OwnerID    incident.ID
	OwnerName  string
	Workaround string
	Cause      string
	ExitWords  string
	ExitDays   int
	ChangeID   incident.ID
	ChangeURL  string
	ResolvedAt sql.NullTime
	SavedBy    string
	At         time.Time
}

func (r managementRow) management() incident.Management {
	return incident.Management{Problem: r.ProblemID, Version: r.Version, Stage: r.Stage, Owner: r.OwnerID, OwnerName: r.OwnerName,
		Workaround: r.Workaround, Cause: r.Cause, ExitWords: r.ExitWords, ExitDays: r.ExitDays, Change: r.ChangeID, ChangeURL: r.ChangeURL,
		ResolvedAt: utc(r.ResolvedAt), By: r.SavedBy, At: r.At.UTC()}
}

// managements reads the rows of a query.
func managements(q *gorm.DB) (map[incident.ID]incident.Management, error) {
	var rows []managementRow
	err := q.Find(&rows).Error
	out := map[incident.ID]incident.Management{}
	for _, r := range rows {
		out[r.ProblemID] = r.management()
	}
	return out, failed(err, "read what is decided about problems")
}

// Managements implements incident.Reader.
func (s *Store) Managements(ctx context.Context) (map[incident.ID]incident.Management, error) {
	return managements(s.db.WithContext(ctx).Table("problem_management"))
}

// ManagementsByID implements incident.Tx.
func (t *tx) ManagementsByID(problems []incident.ID) (map[incident.ID]incident.Management, error) {
	return managements(t.db.Table("problem_management").Where(t.dialect.in("problem_id"), array(clean(problems))))
}

// PutManagement implements incident.Tx.
func (t *tx) PutManagement(m incident.Management) error {
	m = clean(m)
	row := managementRow{m.Problem, m.Version, m.Stage, m.Owner, m.OwnerName, m.Workaround, m.Cause, m.ExitWords, m.ExitDays, m.Change, m.ChangeURL,
		null(m.ResolvedAt), m.By, m.At}
	t.touch(incident.EntityProblem, m.Problem, false)
	stored, err := t.ManagementsByID([]incident.ID{m.Problem})
	if err != nil {
		return err
	}
	var before *incident.Management
	if was, ok := stored[m.Problem]; ok {
		before = &was
	}
	t.record(incident.AuditObject{Kind: "problem", ID: m.Problem}, before, &m)
	return failed(t.follow(row), "put version %d of what is decided about problem %s", m.Version, m.Problem)
}

// follow inserts the first version, and lets each later one take the place of the one before it, so that of two writers who
// saw the same version one fails.
func (t *tx) follow(row managementRow) error {
	if row.Version > 1 {
		gone := t.db.Exec("DELETE FROM problem_management WHERE problem_id = ? AND version = ?", row.ProblemID, row.Version-1)
		if gone.Error == nil && gone.RowsAffected == 0 {
			return incident.ErrConflict
		}
		if gone.Error != nil {
			return gone.Error
		}
	}
	done := t.db.Table("problem_management").Clauses(clause.OnConflict{DoNothing: true}).Create(&row)
	if done.Error == nil && (row.Version < 1 || done.RowsAffected == 0) {
		return incident.ErrConflict
	}
	return done.Error
}
