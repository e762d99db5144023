package store

import (
	"context"
	"database/sql"
	"time"

	"hindsight/incident"
)

type viewRow struct {
	ID        incident.ID `gorm:"primaryKey"`
	OwnerID   incident.ID
	SavedBy   string
	Name      string
	Path      string
	Shared    bool
	Place     int
	SavedAt   time.Time
	RemovedAt sql.NullTime
}

func (r viewRow) value() (incident.View, error) {
	return incident.View{ID: r.ID, Owner: r.OwnerID, By: r.SavedBy, Name: r.Name, Path: r.Path, Shared: r.Shared, Place: r.Place, SavedAt: r.SavedAt.UTC(),
		RemovedAt: utc(r.RemovedAt)}, nil
}

// Views implements incident.Reader.
func (s *Store) Views(ctx context.Context, owner incident.ID) ([]incident.View, error) {
	var rows []viewRow
	err := s.db.WithContext(ctx).Table("saved_views").Where("owner_id = ? OR shared AND removed_at IS NULL", owner).Find(&rows).Error
	out := make([]incident.View, len(rows))
	for i, r := range rows {
		out[i], _ = r.value()
	}
	incident.SortViews(out, owner)
	return out, failed(err, "read the views of user %q", owner)
}

// View implements incident.Reader.
func (s *Store) View(ctx context.Context, id incident.ID) (*incident.View, error) {
	return take(ctx, s, "saved_views", "id", string(id), viewRow.value)
}

// PutView implements incident.Tx.
func (t *tx) PutView(v incident.View) error {
	v = clean(v)
	before, err := held(t, "saved_views", "id", string(v.ID), viewRow.value)
	if err != nil {
		return failed(err, "put view %q", v.Name)
	}
	t.record(incident.AuditObject{Kind: "view", ID: v.ID, Name: v.Name}, before, &v)
	row := viewRow{v.ID, v.Owner, v.By, v.Name, v.Path, v.Shared, v.Place, v.SavedAt, null(v.RemovedAt)}
	return failed(upsert(t.db, "saved_views", []viewRow{row}, "id"), "put view %q", v.Name)
}

// SweepViews implements incident.Tx.
func (t *tx) SweepViews(before time.Time) error {
	return failed(t.db.Exec("DELETE FROM saved_views WHERE removed_at < ?", before).Error, "forget views that were removed before %s", before)
}
