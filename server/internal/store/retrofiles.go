package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"hindsight/incident"
)

// filePart is how many bytes of a file one row holds.
const filePart = 256 << 10

type retroFileRow struct {
	IncidentID incident.ID `gorm:"primaryKey"`
	ID         string      `gorm:"primaryKey"`
	Name       string
	Kind       incident.RetroFileKind
	Type       string
	Size       int64
	Width      int
	Height     int
	UserID     incident.ID
	SaidBy     string
	At         time.Time
	LooseSince sql.NullTime
	RemovedAt  sql.NullTime
	RemovedBy  string
	Data       string
	Drawing    string
}

func (r retroFileRow) value() incident.RetroFile {
	return incident.RetroFile{Incident: r.IncidentID, ID: r.ID, Name: r.Name, Kind: r.Kind, Type: r.Type, Size: r.Size, Width: r.Width, Height: r.Height, User: r.UserID, By: r.SaidBy,
		At: r.At.UTC(), LooseSince: utc(r.LooseSince), RemovedAt: utc(r.RemovedAt), RemovedBy: r.RemovedBy, Data: r.Data, Body: []byte(r.Drawing)}
}

type retroFilePartRow struct {
	IncidentID incident.ID
	ID         string
	Part       int
	Body       []byte
}

// RetroFiles implements incident.Reader.
func (s *Store) RetroFiles(ctx context.Context, id incident.ID) ([]incident.RetroFile, error) {
	var rows []retroFileRow
	err := s.db.WithContext(ctx).Table("retro_files").Omit("drawing").Where("incident_id = ?", id).Order("at, id").Find(&rows).Error
	out := make([]incident.RetroFile, len(rows))
	for i, r := range rows {
		out[i] = r.value()
		out[i].Body = nil
	}
	return out, failed(err, "read the files of the retrospective of incident %s", id)
}

// RetroFile implements incident.Reader.
func (s *Store) RetroFile(ctx context.Context, id incident.ID, file string) (*incident.RetroFile, error) {
	var out *incident.RetroFile
	err := s.view(ctx, func(r reader) error {
		var rows []retroFileRow
		err := r.db.Table("retro_files").Where("incident_id = ? AND id = ?", id, file).Find(&rows).Error
		if err == nil && len(rows) == 0 {
			err = incident.ErrNotFound
		}
		if err != nil {
			return err
		}
		v := rows[0].value()
		out = &v
		var parts []retroFilePartRow
		if err := r.db.Table("retro_file_parts").Where("incident_id = ? AND id = ?", id, file).Order("part").Find(&parts).Error; err != nil {
			return err
		}
		for _, p := range parts {
			v.Body = append(v.Body, p.Body...)
		}
		return nil
	})
	return out, failed(err, "read file %s of the retrospective of incident %s", file, id)
}

// PutRetroFile implements incident.Tx.
func (t *tx) PutRetroFile(f incident.RetroFile) error {
	f = clean(f)
	return failed(t.putRetroFile(f), "put file %s of the retrospective of incident %s", f.ID, f.Incident)
}

func (t *tx) putRetroFile(f incident.RetroFile) error {
	var rows []retroFileRow
	if err := t.db.Raw("SELECT * FROM retro_files WHERE incident_id = ? AND id = ?"+t.dialect.lock(), f.Incident, f.ID).Scan(&rows).Error; err != nil {
		return err
	}
	told := f
	told.Body = nil
	if len(rows) > 0 && !rows[0].RemovedAt.Valid { // the same content: it may be referred to anew
		t.record(incident.AuditObject{Kind: "file", ID: f.Incident, Name: f.Name}, nil, &told)
		return t.db.Exec("UPDATE retro_files SET loose_since = ? WHERE incident_id = ? AND id = ? AND loose_since IS NOT NULL", f.At, f.Incident, f.ID).Error
	}
	row := retroFileRow{f.Incident, f.ID, f.Name, f.Kind, f.Type, f.Size, f.Width, f.Height, f.User, f.By, f.At, null(f.At), sql.NullTime{}, "", f.Data, ""}
	var parts []retroFilePartRow
	if f.Kind == incident.RetroChart {
		row.Drawing = string(f.Body)
	} else {
		for i, body := range slices.Collect(slices.Chunk(f.Body, filePart)) {
			parts = append(parts, retroFilePartRow{f.Incident, f.ID, i, body})
		}
	}
	t.record(incident.AuditObject{Kind: "file", ID: f.Incident, Name: f.Name}, nil, &told)
	err := upsert(t.db, "retro_files", []retroFileRow{row}, "incident_id", "id")
	if err == nil {
		err = insert(t.db, "retro_file_parts", parts)
	}
	if err == nil {
		err = t.beatOf(f.Incident)
	}
	return err
}

// RemoveRetroFile implements incident.Tx.
func (t *tx) RemoveRetroFile(id incident.ID, file, by string, at time.Time) error {
	done := t.db.Exec("UPDATE retro_files SET removed_at = ?, removed_by = ?, data = '', drawing = '' WHERE incident_id = ? AND id = ? AND removed_at IS NULL", clean(at), clean(by), id, file)
	err := done.Error
	if err == nil && done.RowsAffected == 0 {
		err = incident.ErrNotFound
	}
	if err == nil {
		err = t.db.Exec("DELETE FROM retro_file_parts WHERE incident_id = ? AND id = ?", id, file).Error
	}
	if err == nil {
		t.Note(incident.AuditNote{Action: incident.AuditDeleted, Object: incident.AuditObject{Kind: "file", ID: id, Name: file}})
		err = t.beatOf(id)
	}
	return failed(err, "remove file %s of the retrospective of incident %s", file, id)
}

// referred tells of a row f of retro_files whether a text or a snapshot of its retrospective refers to it. An address has no character that
// LIKE reads otherwise.
const referred = `(EXISTS (SELECT 1 FROM retro_sections s WHERE s.incident_id = f.incident_id AND s.words LIKE '%' || f.id || '%')
	OR EXISTS (SELECT 1 FROM retro_snapshots n WHERE n.incident_id = f.incident_id AND n.body LIKE '%' || f.id || '%'))`

// SweepRetroFiles implements incident.Tx.
func (t *tx) SweepRetroFiles(now, before time.Time) error {
	now, before = clean(now), clean(before)
	err := t.db.Exec("UPDATE retro_files AS f SET loose_since = NULL WHERE loose_since IS NOT NULL AND " + referred).Error
	if err == nil {
		err = t.db.Exec("UPDATE retro_files AS f SET loose_since = ? WHERE loose_since IS NULL AND NOT "+referred, now).Error
	}
	if err == nil {
		err = t.db.Exec("DELETE FROM retro_file_parts WHERE EXISTS (SELECT 1 FROM retro_files f WHERE f.incident_id = retro_file_parts.incident_id AND f.id = retro_file_parts.id AND f.loose_since < ?)", before).Error
	}
	if err == nil {
		err = t.db.Exec("DELETE FROM retro_files WHERE loose_since < ?", before).Error
	}
	return failed(err, "sweep files of retrospectives")
}
