package store

import (
	"context"
	"database/sql"

	"hindsight/incident"
)

type provisionedRow struct {
	ID         incident.ID `gorm:"primaryKey"`
	Kind       string
	ExternalID string
	Attributes string
	CreatedAt  sql.NullTime `gorm:"autoCreateTime:false"` // gorm would fill it in
	ChangedAt  sql.NullTime
	DeletedAt  sql.NullTime
}

func (r provisionedRow) value() (incident.Provisioned, error) {
	return incident.Provisioned{ID: r.ID, Kind: r.Kind, ExternalID: r.ExternalID, Attributes: []byte(r.Attributes),
		CreatedAt: utc(r.CreatedAt), ChangedAt: utc(r.ChangedAt), DeletedAt: utc(r.DeletedAt)}, nil
}

// Provisioned implements incident.Reader.
func (s *Store) Provisioned(ctx context.Context, kind string) ([]incident.Provisioned, error) {
	var rows []provisionedRow
	err := s.db.WithContext(ctx).Table("provisioned").Where("kind = ?", kind).Order("id").Find(&rows).Error
	out := make([]incident.Provisioned, len(rows))
	for i, r := range rows {
		out[i], _ = r.value()
	}
	return out, failed(err, "list what is provisioned of kind %s", kind)
}

// ProvisionedOf implements incident.Reader.
func (s *Store) ProvisionedOf(ctx context.Context, id incident.ID) (*incident.Provisioned, error) {
	return take(ctx, s, "provisioned", "id", string(id), provisionedRow.value)
}

// UserByID implements incident.Tx.
func (t *tx) UserByID(id incident.ID) (*incident.User, error) {
	var rows []userRow
	err := t.db.Raw("SELECT * FROM users WHERE id = ?"+t.dialect.lock(), id).Scan(&rows).Error
	if err == nil && len(rows) == 0 {
		err = incident.ErrNotFound
	}
	if err != nil {
		return nil, failed(err, "read user %s", id)
	}
	u, err := rows[0].value()
	return &u, failed(err, "read user %s", id)
}

// PutProvisioned implements incident.Tx.
func (t *tx) PutProvisioned(p incident.Provisioned) error {
	p.Attributes = []byte(cleanText(string(p.Attributes)))
	p = clean(p)
	before, err := held(t, "provisioned", "id", string(p.ID), provisionedRow.value)
	if err != nil {
		return failed(err, "put what is provisioned of %s", p.ID)
	}
	t.record(incident.AuditObject{Kind: "provisioning", ID: p.ID}, before, &p)
	row := provisionedRow{p.ID, p.Kind, p.ExternalID, string(p.Attributes), null(p.CreatedAt), null(p.ChangedAt), null(p.DeletedAt)}
	return failed(upsert(t.db, "provisioned", []provisionedRow{row}, "id"), "put what is provisioned of %s", p.ID)
}
