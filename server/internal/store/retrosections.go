package store

import (
	"context"
	"database/sql"
	"time"

	"hindsight/incident"
)

type retroSectionRow struct {
	IncidentID incident.ID `gorm:"primaryKey"`
	Slug       string      `gorm:"primaryKey"`
	Place      int
	Title      string
	Words      string
	Version    int
	ChangedAt  time.Time
	RemovedAt  sql.NullTime
}

func (r retroSectionRow) value() incident.RetroSection {
	return incident.RetroSection{Incident: r.IncidentID, Slug: r.Slug, Place: r.Place, Title: r.Title, Text: r.Words, Version: r.Version,
		ChangedAt: r.ChangedAt.UTC(), RemovedAt: utc(r.RemovedAt)}
}

type textChangeRow struct {
	IncidentID incident.ID `gorm:"primaryKey"`
	Slug       string      `gorm:"primaryKey"`
	Version    int         `gorm:"primaryKey"`
	Client     string
	Changes    []byte
	UserID     incident.ID
	SaidBy     string
	At         time.Time
}

// RetroSections implements incident.Reader.
func (s *Store) RetroSections(ctx context.Context, id incident.ID) ([]incident.RetroSection, error) {
	var rows []retroSectionRow
	err := s.db.WithContext(ctx).Table("retro_sections").Where("incident_id = ?", id).Order("place, slug").Find(&rows).Error
	out := make([]incident.RetroSection, len(rows))
	for i, r := range rows {
		out[i] = r.value()
	}
	return out, failed(err, "read the sections of the retrospective of incident %s", id)
}

// TextChanges implements incident.Reader.
func (s *Store) TextChanges(ctx context.Context, id incident.ID, slug string, after int) ([]incident.TextChange, error) {
	var out []incident.TextChange
	err := s.view(ctx, func(r reader) error {
		var sections []retroSectionRow
		if err := r.db.Table("retro_sections").Select("version").Where("incident_id = ? AND slug = ?", id, slug).Find(&sections).Error; err != nil {
			return err
		}
		if len(sections) == 0 || after < 0 || after > sections[0].Version {
			return incident.ErrNotFound
		}
		var rows []textChangeRow
		if err := r.db.Table("retro_changes").Where("incident_id = ? AND slug = ? AND version > ?", id, slug, after).Order("version").Find(&rows).Error; err != nil {
			return err
		}
		if len(rows) != sections[0].Version-after {
			return incident.ErrNotFound
		}
		for _, c := range rows {
			out = append(out, incident.TextChange{Version: c.Version, Client: c.Client, Changes: c.Changes, User: c.UserID, By: c.SaidBy, At: c.At.UTC()})
		}
		return nil
	})
	return out, failed(err, "read the changes of section %s of incident %s since version %d", slug, id, after)
}

// PutRetroSections implements incident.Tx.
func (t *tx) PutRetroSections(ss []incident.RetroSection) error {
	for _, s := range clean(ss) {
		if err := t.putRetroSection(s); err != nil {
			return failed(err, "put section %s of the retrospective of incident %s", s.Slug, s.Incident)
		}
	}
	return nil
}

func (t *tx) putRetroSection(s incident.RetroSection) error {
	before, err := t.retroSection(s.Incident, s.Slug)
	if err != nil {
		return err
	}
	told := s
	if before != nil {
		told.Text, told.Version, told.ChangedAt = before.Text, before.Version, before.ChangedAt
	}
	t.record(incident.AuditObject{Kind: "section", ID: s.Incident, Name: s.Title}, before, &told)
	if before == nil {
		if s.Version != 0 {
			return incident.ErrConflict
		}
		err = insert(t.db, "retro_sections", []retroSectionRow{{s.Incident, s.Slug, s.Place, s.Title, s.Text, 0, s.ChangedAt, null(s.RemovedAt)}})
	} else {
		err = t.db.Exec("UPDATE retro_sections SET place = ?, title = ?, removed_at = ? WHERE incident_id = ? AND slug = ?",
			s.Place, s.Title, null(s.RemovedAt), s.Incident, s.Slug).Error
	}
	if err != nil {
		return err
	}
	return t.beatOf(s.Incident)
}

// retroSection returns a section, locked; nil when there is none.
func (t *tx) retroSection(id incident.ID, slug string) (*incident.RetroSection, error) {
	var rows []retroSectionRow
	err := t.db.Raw("SELECT * FROM retro_sections WHERE incident_id = ? AND slug = ?"+t.dialect.lock(), id, slug).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	v := rows[0].value()
	return &v, nil
}

// RetroSection implements incident.Tx.
func (t *tx) RetroSection(id incident.ID, slug string) (*incident.RetroSection, error) {
	s, err := t.retroSection(id, slug)
	if err == nil && s == nil {
		err = incident.ErrNotFound
	}
	return s, failed(err, "read section %s of the retrospective of incident %s", slug, id)
}

// AppendText implements incident.Tx.
func (t *tx) AppendText(id incident.ID, slug, text string, changes []incident.TextChange) error {
	if len(changes) == 0 {
		return nil
	}
	if err := incident.ValidSectionText(text); err != nil {
		return err
	}
	base, last := changes[0].Version-1, changes[len(changes)-1]
	rows := make([]textChangeRow, len(changes))
	for i, c := range clean(changes) {
		if c.Version != base+1+i {
			return failed(incident.ErrConflict, "add version %d to section %s of incident %s", c.Version, slug, id)
		}
		rows[i] = textChangeRow{id, slug, c.Version, c.Client, c.Changes, c.User, c.By, c.At}
	}
	done := t.db.Exec("UPDATE retro_sections SET words = ?, version = ?, changed_at = ? WHERE incident_id = ? AND slug = ? AND version = ?",
		text, last.Version, last.At.UTC().Truncate(time.Microsecond), id, slug, base)
	err := done.Error
	if err == nil && done.RowsAffected == 0 {
		err = incident.ErrConflict
	}
	if err == nil {
		err = insert(t.db, "retro_changes", rows)
	}
	return failed(err, "add version %d to section %s of incident %s", last.Version, slug, id)
}

// SweepTextChanges implements incident.Tx.
func (t *tx) SweepTextChanges(before time.Time) error {
	return failed(t.db.Exec("DELETE FROM retro_changes WHERE at < ?", before.UTC()).Error, "forget changes of texts before %s", before)
}
