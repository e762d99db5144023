package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"gorm.io/gorm"

	"hindsight/incident"
)

type runbookRow struct {
	ID            incident.ID `gorm:"primaryKey"`
	Seq           incident.Seq
	Digest        string
	ConnectionID  incident.ID
	RefType       string
	ExternalID    string
	Incarnation   int
	Title         string
	URL           string
	Body          string
	Services      []string `gorm:"serializer:json"`
	Tags          []string `gorm:"serializer:json"`
	RawID         incident.ID
	MapVersion    int
	DeletedAt     sql.NullTime
	DeletedReason string
}

func newRunbookRow(r incident.Runbook, digest string) runbookRow {
	return runbookRow{r.ID, 0, digest, r.Ref.Connection, r.Ref.Type, r.Ref.ExternalID, r.Ref.Incarnation, r.Title, r.URL, r.Body, r.Services, r.Tags,
		r.RawID, r.MapVersion, null(r.DeletedAt), r.DeletedReason}
}

func (r runbookRow) value() *incident.Runbook {
	return &incident.Runbook{ID: r.ID, Seq: r.Seq, Ref: incident.Ref{Connection: r.ConnectionID, Type: r.RefType, ExternalID: r.ExternalID, Incarnation: r.Incarnation},
		Title: r.Title, URL: r.URL, Body: r.Body, Services: r.Services, Tags: r.Tags, RawID: r.RawID, MapVersion: r.MapVersion,
		DeletedAt: utc(r.DeletedAt), DeletedReason: r.DeletedReason}
}

// Runbook implements incident.Reader.
func (s *Store) Runbook(ctx context.Context, id incident.ID) (*incident.Runbook, error) {
	found, err := reader{s.db.WithContext(ctx), s.dialect}.runbooks([]incident.ID{id}, "")
	if err == nil && found[id] == nil {
		err = incident.ErrNotFound
	}
	return found[id], failed(err, "read runbook %s", id)
}

// runbooks reads those of ids that are there; lock is the clause that keeps them as they are.
func (r reader) runbooks(ids []incident.ID, lock string) (map[incident.ID]*incident.Runbook, error) {
	found := make(map[incident.ID]*incident.Runbook, len(ids))
	for chunk := range slices.Chunk(ids, batch) {
		var rows []runbookRow
		if err := r.db.Raw("SELECT * FROM runbooks WHERE "+r.dialect.in("id")+" ORDER BY id"+lock, array(clean(chunk))).Scan(&rows).Error; err != nil {
			return nil, err
		}
		for _, row := range rows {
			found[row.ID] = row.value()
		}
	}
	return found, nil
}

// Runbooks implements incident.Reader.
func (s *Store) Runbooks(ctx context.Context) ([]incident.Runbook, error) {
	var rows []runbookRow
	err := s.db.WithContext(ctx).Table("runbooks").Omit("body").Where("deleted_at IS NULL").Order("title, id").Find(&rows).Error
	out := make([]incident.Runbook, len(rows))
	for i, row := range rows {
		out[i] = *row.value()
	}
	return out, failed(err, "list runbooks")
}

// RunbooksByID implements incident.Tx. With PostgreSQL, nobody else changes them before the transaction ends.
func (t *tx) RunbooksByID(ids []incident.ID) (map[incident.ID]*incident.Runbook, error) {
	found, err := t.runbooks(ids, t.dialect.lock())
	return found, failed(err, "read runbooks by id")
}

// PutRunbooks implements incident.Tx. One that is stored as it is already is no change.
func (t *tx) PutRunbooks(rs []incident.Runbook) error {
	rs = clean(rs)
	var gone []incident.ID
	for i := range rs {
		rs[i].Seq = 0 // not content
	}
	err := putEntities(t, incident.EntityRunbook, "runbooks", rs, func(r incident.Runbook) incident.ID { return r.ID },
		func(r incident.Runbook, digest string) runbookRow {
			if r.Deleted() {
				gone = append(gone, r.ID)
			}
			return newRunbookRow(r, digest)
		}, func(ids []incident.ID) (map[incident.ID]incident.Runbook, error) {
			return pointedAt(t.runbooks(ids, ""))
		})
	for _, id := range gone {
		t.touch(incident.EntityRunbook, id, true)
	}
	return err
}

// ofRunbooks are the edits that say something of runbooks, written as the index of them is.
const ofRunbooks = "substr(field, 1, 8) = 'runbook:'"

// RunbookUses implements incident.Reader.
func (s *Store) RunbookUses(ctx context.Context, sight incident.Sight, incidents ...incident.ID) ([]incident.RunbookUse, error) {
	var out []incident.RunbookUse
	err := s.view(ctx, func(r reader) error {
		narrowed := func(q *gorm.DB, column string) *gorm.DB {
			if len(incidents) > 0 {
				q = q.Where(r.dialect.in(column), array(clean(incidents)))
			}
			return q
		}
		var rows []struct {
			ID        incident.ID
			StartedAt time.Time
		}
		q := r.seen(narrowed(r.db.Table("incidents"), "id"), sight).Where("deleted_at IS NULL AND same_as = ''").
			Where("id IN (SELECT incident_id FROM links WHERE kind = 'runbook' UNION SELECT incident_id FROM edits WHERE " + ofRunbooks + ")")
		if err := q.Select("id, started_at").Order("id").Find(&rows).Error; err != nil {
			return err
		}
		var linkRows []linkRow
		if err := narrowed(r.db.Table("links").Where("kind = 'runbook'"), "incident_id").Order("incident_id, pos").Find(&linkRows).Error; err != nil {
			return err
		}
		var editRows []editRow
		if err := narrowed(r.db.Table("edits").Where(ofRunbooks), "incident_id").Order("incident_id, pos").Find(&editRows).Error; err != nil {
			return err
		}
		links, edits := map[incident.ID][]incident.Link{}, map[incident.ID][]incident.Edit{}
		for _, l := range linkRows {
			links[l.IncidentID] = append(links[l.IncidentID], incident.Link{Kind: l.Kind, URL: l.URL, Title: l.Title})
		}
		for _, e := range editRows {
			edits[e.IncidentID] = append(edits[e.IncidentID], e.value())
		}
		for _, row := range rows {
			out = append(out, incident.RunbookUses(row.ID, row.StartedAt.UTC(), links[row.ID], edits[row.ID])...)
		}
		return nil
	})
	return out, failed(err, "read the runbooks of incidents")
}
