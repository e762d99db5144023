package store

import (
	"context"
	"database/sql"
	"time"

	"hindsight/incident"
)

type tokenRow struct {
	ID        incident.ID `gorm:"primaryKey"`
	Name      string
	Hash      string
	Prefix    string
	Owner     incident.ID
	Abilities []incident.Ability `gorm:"serializer:json"`
	CreatedBy incident.ID
	CreatedAt sql.NullTime `gorm:"autoCreateTime:false"` // gorm would fill it in
	ExpiresAt sql.NullTime
	UsedAt    sql.NullTime
	UsedFrom  string
}

func (r tokenRow) value() (incident.Token, error) {
	if len(r.Abilities) == 0 {
		r.Abilities = nil
	}
	return incident.Token{ID: r.ID, Name: r.Name, Hash: r.Hash, Prefix: r.Prefix, Owner: r.Owner, Abilities: r.Abilities, CreatedBy: r.CreatedBy,
		CreatedAt: utc(r.CreatedAt), ExpiresAt: utc(r.ExpiresAt), UsedAt: utc(r.UsedAt), UsedFrom: r.UsedFrom}, nil
}

// Tokens implements incident.Reader.
func (s *Store) Tokens(ctx context.Context) ([]incident.Token, error) {
	return newest(s.db.WithContext(ctx).Table("tokens").Order("created_at DESC, id"), "", 0, tokenRow.value)
}

// Token implements incident.Reader.
func (s *Store) Token(ctx context.Context, id incident.ID) (*incident.Token, error) {
	return take(ctx, s, "tokens", "id", string(id), tokenRow.value)
}

// TokenByHash implements incident.Reader.
func (s *Store) TokenByHash(ctx context.Context, hash string) (*incident.Token, error) {
	return take(ctx, s, "tokens", "hash", hash, tokenRow.value)
}

// PutToken implements incident.Tx.
func (t *tx) PutToken(v incident.Token) error {
	v = clean(v)
	before, err := held(t, "tokens", "id", string(v.ID), tokenRow.value)
	if err != nil {
		return failed(err, "put token %q", v.Name)
	}
	t.record(incident.AuditObject{Kind: "token", ID: v.ID, Name: v.Name}, before, &v)
	row := tokenRow{v.ID, v.Name, v.Hash, v.Prefix, v.Owner, append([]incident.Ability{}, v.Abilities...), v.CreatedBy, null(v.CreatedAt), null(v.ExpiresAt), null(v.UsedAt), v.UsedFrom}
	return failed(upsert(t.db, "tokens", []tokenRow{row}, "id"), "put token %q", v.Name)
}

// TouchToken implements incident.Tx. A token that is gone stays so.
func (t *tx) TouchToken(id incident.ID, at time.Time, from string) error {
	err := t.db.Exec("UPDATE tokens SET used_at = ?, used_from = ? WHERE id = ?", null(clean(at)), clean(from), id).Error
	return failed(err, "note the use of token %s", id)
}

// DeleteToken implements incident.Tx.
func (t *tx) DeleteToken(id incident.ID) error {
	before, err := held(t, "tokens", "id", string(id), tokenRow.value)
	if err != nil {
		return failed(err, "delete token %s", id)
	}
	if before != nil {
		t.record(incident.AuditObject{Kind: "token", ID: id, Name: before.Name}, before, nil)
	}
	deleted := t.db.Exec("DELETE FROM tokens WHERE id = ?", id)
	if deleted.Error == nil && deleted.RowsAffected == 0 {
		deleted.Error = incident.ErrNotFound
	}
	return failed(deleted.Error, "delete token %s", id)
}
