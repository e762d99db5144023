package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"gorm.io/gorm"

	"hindsight/incident"
)

// ofFactors are the edits that say something of factors, written as the index of them is.
const ofFactors = "substr(field, 1, 7) = 'factor:'"

// RetroReach implements incident.Reader.
func (s *Store) RetroReach(ctx context.Context, sight incident.Sight, of ...incident.ID) (map[incident.ID]incident.RetroReach, error) {
	out := map[incident.ID]incident.RetroReach{}
	of = clean(of)
	err := s.view(ctx, func(r reader) error {
		narrowed := func(q *gorm.DB, column string) *gorm.DB {
			if len(of) > 0 {
				q = q.Where(r.dialect.in(column), array(of))
			}
			return q
		}
		var rows []struct {
			IncidentID         incident.ID
			ReadBefore, Lately int
			ReadSince          sql.NullTime
		}
		if err := narrowed(r.db.Table("retros").Select("incident_id, read_before, read_since, (SELECT count(*) FROM retro_readers x WHERE x.incident_id = retros.incident_id) AS lately"),
			"incident_id").Find(&rows).Error; err != nil {
			return err
		}
		for _, x := range rows {
			out[x.IncidentID] = incident.RetroReach{Readers: x.ReadBefore + x.Lately, Lately: x.Lately, Since: utc(x.ReadSince)}
		}
		seen := func() *gorm.DB {
			return r.seen(r.db.Table("incidents").Select("id").Where("deleted_at IS NULL"), sight)
		}
		var links []struct{ IncidentID, CitedID incident.ID }
		if err := narrowed(r.db.Table("retro_citations"), "cited_id").Where("incident_id IN (?)", seen()).Order("incident_id").Find(&links).Error; err != nil {
			return err
		}
		for _, x := range links {
			if reach, written := out[x.CitedID]; written {
				reach.Cited = append(reach.Cited, x.IncidentID)
				out[x.CitedID] = reach
			}
		}
		var edits []editRow
		taken := r.db.Table("edits").Select("incident_id").Where(ofFactors).Where(`value LIKE '%"from":"%'`)
		if len(of) == 1 {
			taken = taken.Where("value LIKE ?", "%"+string(of[0])+"%")
		}
		if err := r.db.Table("edits").Where(ofFactors).Where("incident_id IN (?)", taken).
			Where("incident_id IN (?)", seen()).Order("incident_id, pos").Find(&edits).Error; err != nil {
			return err
		}
		for len(edits) > 0 {
			by := edits[0].IncidentID
			var said []incident.Edit
			for len(edits) > 0 && edits[0].IncidentID == by {
				said, edits = append(said, edits[0].value()), edits[1:]
			}
			for _, from := range incident.TakenFrom(said) {
				if reach, written := out[from]; written && from != by {
					reach.Reused = append(reach.Reused, by)
					out[from] = reach
				}
			}
		}
		return nil
	})
	return out, failed(err, "read how far retrospectives were heard")
}

// RetroReadOn implements incident.Reader.
func (s *Store) RetroReadOn(ctx context.Context, id incident.ID, reader string) (time.Time, error) {
	var days []time.Time
	err := s.db.WithContext(ctx).Table("retro_readers").Where("incident_id = ? AND reader = ?", clean(id), clean(reader)).Pluck("read_on", &days).Error
	if err != nil || len(days) == 0 {
		return time.Time{}, failed(err, "read who read the retrospective of incident %s", id)
	}
	return days[0].UTC(), nil
}

// NoteRetroRead implements incident.Tx.
func (t *tx) NoteRetroRead(id incident.ID, reader string, day time.Time) error {
	return failed(t.db.Exec("INSERT INTO retro_readers (incident_id, reader, read_on) VALUES (?, ?, ?) ON CONFLICT (incident_id, reader) DO UPDATE SET read_on = excluded.read_on",
		clean(id), clean(reader), clean(day)).Error, "note that the retrospective of incident %s was read", id)
}

// FoldRetroReaders implements incident.Tx.
func (t *tx) FoldRetroReaders(before time.Time, named ...string) error {
	const which = "read_on < ?"
	or, args := " OR "+t.dialect.in("reader"), []any{clean(before), array(clean(named))}
	var gone []incident.ID // one for each row, so that what is counted is what this transaction forgets
	err := t.db.Raw("DELETE FROM retro_readers WHERE "+which+or+" RETURNING incident_id", args...).Scan(&gone).Error
	slices.Sort(gone) // rows are held in one order by all
	for len(gone) > 0 && err == nil {
		id, n := gone[0], 0
		for n < len(gone) && gone[n] == id {
			n++
		}
		err = t.db.Exec("UPDATE retros SET read_before = read_before + ? WHERE incident_id = ?", n, id).Error
		gone = gone[n:]
	}
	return failed(err, "forget who read retrospectives")
}

// putCitations keeps which incidents a reading copy links to.
func (t *tx) putCitations(r incident.Retrospective) error {
	var rows []struct{ IncidentID, CitedID incident.ID }
	for _, s := range r.Sections {
		for _, id := range incident.Cites(s.Body) {
			row := struct{ IncidentID, CitedID incident.ID }{r.Incident, id}
			if id != r.Incident && !slices.Contains(rows, row) {
				rows = append(rows, row)
			}
		}
	}
	if err := t.db.Exec("DELETE FROM retro_citations WHERE incident_id = ?", r.Incident).Error; err != nil || len(rows) == 0 {
		return err
	}
	return insert(t.db, "retro_citations", rows)
}
