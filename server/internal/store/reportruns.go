package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"hindsight/incident"
)

type reportRunRow struct {
	ID         incident.ID `gorm:"primaryKey"`
	ScheduleID incident.ID
	Kind       string
	DueAt      sql.NullTime
	FromAt     time.Time
	ToAt       time.Time
	At         time.Time
	AsOf       incident.Seq
	Digest     string
	Outcome    incident.ReportOutcome
	Reason     string
	Private    bool
	OwnerID    incident.ID
	Title      string
	About      string
	Summary    []string `gorm:"serializer:json"`
	Sight      string
}

func (r reportRunRow) value() incident.ReportRun {
	out := incident.ReportRun{ID: r.ID, Schedule: r.ScheduleID, Kind: r.Kind, DueAt: utc(r.DueAt), From: r.FromAt.UTC(), To: r.ToAt.UTC(), At: r.At.UTC(), AsOf: r.AsOf, Digest: r.Digest,
		Outcome: r.Outcome, Reason: r.Reason, Private: r.Private, Owner: r.OwnerID, Sight: r.Sight, Title: r.Title, About: r.About}
	if len(r.Summary) > 0 {
		out.Summary = r.Summary
	}
	return out
}

type reportFileRow struct {
	RunID incident.ID `gorm:"primaryKey"`
	Name  string      `gorm:"primaryKey"`
	Type  string
	Size  int64
}

type reportFilePartRow struct {
	RunID incident.ID
	Name  string
	Part  int
	Body  []byte
}

// readableRuns are the runs that a sight may read: see incident.ReportRun.ReadBy.
func readableRuns(db *gorm.DB, sight incident.Sight) *gorm.DB {
	q := db.Table("report_runs")
	if !sight.All {
		q = q.Where("NOT private OR (owner_id = ? AND owner_id <> '' AND sight = ?)", clean(sight.User), clean(sight.Key()))
	}
	return q
}

// ReportRuns implements incident.Reader.
func (s *Store) ReportRuns(ctx context.Context, of incident.ID, sight incident.Sight, skip, limit int) ([]incident.ReportRun, error) {
	var out []incident.ReportRun
	err := s.view(ctx, func(r reader) error {
		q := readableRuns(r.db, sight)
		if of != "" {
			q = q.Where("schedule_id = ?", clean(of))
		}
		var err error
		out, err = runsWithFiles(r, q.Order("at DESC, id").Offset(skip).Limit(limit))
		return err
	})
	return out, failed(err, "read the runs of report schedule %s", of)
}

// ReportRun implements incident.Reader.
func (s *Store) ReportRun(ctx context.Context, id incident.ID, sight incident.Sight) (*incident.ReportRun, error) {
	var out *incident.ReportRun
	err := s.view(ctx, func(r reader) error {
		found, err := runsWithFiles(r, readableRuns(r.db, sight).Where("id = ?", clean(id)))
		if err == nil && len(found) == 0 {
			err = incident.ErrNotFound
		}
		if err == nil {
			out = &found[0]
		}
		return err
	})
	return out, failed(err, "read report run %s", id)
}

// runsWithFiles reads runs with their files, which have no bodies.
func runsWithFiles(r reader, q *gorm.DB) ([]incident.ReportRun, error) {
	var rows []reportRunRow
	if err := q.Find(&rows).Error; err != nil {
		return nil, err
	}
	ids := make([]incident.ID, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	var files []reportFileRow
	if err := r.db.Table("report_files").Where(r.dialect.in("run_id"), array(ids)).Order("run_id, name").Find(&files).Error; err != nil {
		return nil, err
	}
	var out []incident.ReportRun
	for _, row := range rows {
		run := row.value()
		for _, f := range files {
			if f.RunID == row.ID {
				run.Files = append(run.Files, incident.ReportFile{Name: f.Name, Type: f.Type, Size: f.Size})
			}
		}
		out = append(out, run)
	}
	return out, nil
}

// ReportFile implements incident.Reader.
func (s *Store) ReportFile(ctx context.Context, run incident.ID, name string, sight incident.Sight) (*incident.ReportFile, error) {
	var out incident.ReportFile
	err := s.view(ctx, func(r reader) error {
		var rows []reportFileRow
		err := r.db.Table("report_files").Where("run_id IN (?) AND name = ?", readableRuns(r.db, sight).Select("id").Where("id = ?", clean(run)), clean(name)).Find(&rows).Error
		if err == nil && len(rows) == 0 {
			err = incident.ErrNotFound
		}
		if err != nil {
			return err
		}
		out = incident.ReportFile{Name: rows[0].Name, Type: rows[0].Type, Size: rows[0].Size}
		var parts []reportFilePartRow
		if err := r.db.Table("report_file_parts").Where("run_id = ? AND name = ?", rows[0].RunID, rows[0].Name).Order("part").Find(&parts).Error; err != nil {
			return err
		}
		for _, p := range parts {
			out.Body = append(out.Body, p.Body...)
		}
		return nil
	})
	return &out, failed(err, "read file %q of report run %s", name, run)
}

// PutReportRun implements incident.Tx.
func (t *tx) PutReportRun(run incident.ReportRun) error {
	run = clean(run)
	var there int64
	err := t.db.Raw("SELECT count(*) FROM report_runs WHERE id = ?", run.ID).Scan(&there).Error
	if err == nil && there > 0 {
		err = fmt.Errorf("it was made already: %w", incident.ErrConflict)
	}
	if err == nil {
		row := reportRunRow{run.ID, run.Schedule, run.Kind, null(run.DueAt), run.From, run.To, run.At, run.AsOf, run.Digest, run.Outcome, run.Reason, run.Private, run.Owner, run.Title, run.About, append([]string{}, run.Summary...), run.Sight}
		err = insert(t.db, "report_runs", []reportRunRow{row})
	}
	for _, f := range run.Files {
		if err == nil {
			err = insert(t.db, "report_files", []reportFileRow{{run.ID, f.Name, f.Type, int64(len(f.Body))}})
		}
		for i, body := range slices.Collect(slices.Chunk(f.Body, filePart)) {
			if err == nil {
				err = insert(t.db, "report_file_parts", []reportFilePartRow{{run.ID, f.Name, i, body}})
			}
		}
	}
	return failed(err, "put report run %s", run.ID)
}

// hideReportRuns has what was made of scheduled reports since an incident began be read by those alone who see all, for it may tell of it: the sight
// with which it was made does not say who sees this one.
func (t *tx) hideReportRuns(since time.Time) error {
	return t.db.Exec("UPDATE report_runs SET private = ?, sight = '' WHERE at >= ?", true, clean(since.Truncate(time.Minute))).Error
}

// SweepReportRuns implements incident.Tx.
func (t *tx) SweepReportRuns(made, covered time.Time) error {
	return failed(t.dropReportRuns("at < ? OR from_at < ?", clean(made), clean(covered)), "forget old report runs")
}

// dropReportRuns removes the runs that where selects, with their files.
func (t *tx) dropReportRuns(where string, args ...any) error {
	for _, table := range []string{"report_file_parts", "report_files"} {
		if err := t.db.Exec("DELETE FROM "+table+" WHERE run_id IN (SELECT id FROM report_runs WHERE "+where+")", args...).Error; err != nil {
			return err
		}
	}
	return t.db.Exec("DELETE FROM report_runs WHERE "+where, args...).Error
}

// forgetReportFiles removes the files of all reports, for what stands in them no pass can rewrite; what was sent when stays known.
func (s *Store) forgetReportFiles(ctx context.Context) error {
	_, err := s.Update(ctx, func(running incident.Tx) error {
		for _, table := range []string{"report_file_parts", "report_files"} {
			if err := running.(*tx).db.Exec("DELETE FROM " + table).Error; err != nil {
				return err
			}
		}
		return nil
	})
	return failed(err, "forget the files of reports")
}
