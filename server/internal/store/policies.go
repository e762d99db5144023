package store

import (
	"context"
	"time"

	"hindsight/incident"
)

type policyRow struct {
	ID      incident.ID `gorm:"primaryKey"`
	Version int         `gorm:"primaryKey"`
	Kind    incident.PolicyKind
	Name    string
	Body    []byte
	Removed bool
	SavedAt time.Time
	SavedBy string
	Note    string
}

func (r policyRow) policy() incident.Policy {
	return incident.Policy{ID: r.ID, Version: r.Version, Kind: r.Kind, Name: r.Name, Body: r.Body, Removed: r.Removed,
		SavedAt: r.SavedAt.UTC(), SavedBy: r.SavedBy, Note: r.Note}
}

// inForce selects the version of each policy that is in force.
const inForce = "version = (SELECT max(version) FROM policies AS other WHERE other.id = policies.id)"

// Policies implements incident.Reader.
func (s *Store) Policies(ctx context.Context) ([]incident.Policy, error) {
	return readSome(ctx, s, "policies", inForce+" AND NOT removed",
		func(r policyRow) (incident.Policy, error) { return r.policy(), nil },
		func(p incident.Policy) (string, incident.ID) { return p.Name, p.ID })
}

// PolicyVersions implements incident.Reader.
func (s *Store) PolicyVersions(ctx context.Context, id incident.ID) ([]incident.Policy, error) {
	var rows []policyRow
	err := s.db.WithContext(ctx).Table("policies").Where("id = ?", id).Order("version DESC").Find(&rows).Error
	if err == nil && len(rows) == 0 {
		err = incident.ErrNotFound
	}
	out := make([]incident.Policy, len(rows))
	for i, r := range rows {
		out[i] = r.policy()
	}
	return out, failed(err, "read versions of policy %s", id)
}

// PutPolicy implements incident.Tx.
func (t *tx) PutPolicy(p incident.Policy) error {
	p = clean(p)
	var last int
	err := t.db.Raw("SELECT coalesce(max(version), 0) FROM policies WHERE id = ?", p.ID).Scan(&last).Error
	if err == nil && p.Version != last+1 {
		err = incident.ErrConflict
	}
	if err == nil {
		err = t.recordPolicy(p)
	}
	if err == nil {
		row := policyRow{p.ID, p.Version, p.Kind, p.Name, p.Body, p.Removed, p.SavedAt, p.SavedBy, p.Note}
		err = insert(t.db, "policies", []policyRow{row})
	}
	t.touch(incident.EntityPolicy, p.ID, p.Removed)
	return failed(err, "put version %d of policy %s", p.Version, p.ID)
}

// recordPolicy notes what a version changes against the one before it.
func (t *tx) recordPolicy(p incident.Policy) error {
	var rows []policyRow
	err := t.db.Table("policies").Where("id = ? AND version = ?", p.ID, p.Version-1).Find(&rows).Error
	var was any
	n := incident.AuditNote{Action: incident.AuditCreated}
	if len(rows) > 0 {
		before := rows[0].policy()
		was, n.Action = &before, incident.AuditChanged
	}
	if p.Removed {
		n.Action = incident.AuditDeleted
	}
	n.Object = incident.AuditObject{Kind: "policy", ID: p.ID, Name: p.Name}
	n.Before, n.After = differences(was, &p)
	n.Facts = map[string]any{"kind": string(p.Kind), "version": p.Version}
	t.Note(n)
	return err
}
