package store

import (
	"context"
	"strings"

	"gorm.io/gorm"

	"hindsight/incident"
)

// Actions implements incident.Reader.
func (s *Store) Actions(ctx context.Context, f incident.ActionFilter) (found []incident.ActionPlace, total int, err error) {
	f = clean(f)
	if f.Limit <= 0 {
		f.Limit = defaultPage
	}
	err = s.view(ctx, func(r reader) error {
		var n int64
		if err := r.actions(f).Count(&n).Error; err != nil {
			return err
		}
		total = int(n)
		var keys []Key
		err := r.actions(f).Select("action_items.incident_id, action_items.pos").
			Order("CASE WHEN due IS NULL THEN 1 ELSE 0 END, due, CASE WHEN created IS NULL THEN started_at ELSE created END, action_items.incident_id, action_items.pos").
			Offset(f.Skip).Limit(f.Limit).Find(&keys).Error
		for _, k := range keys {
			found = append(found, incident.ActionPlace{Incident: k.IncidentID, Pos: k.Pos})
		}
		return err
	})
	return found, total, failed(err, "list action items")
}

// ActionOwners implements incident.Reader.
func (s *Store) ActionOwners(ctx context.Context, f incident.ActionFilter, limit int) (out []incident.ActionOwner, err error) {
	f = clean(f)
	err = s.view(ctx, func(r reader) error {
		return r.actions(f).Select("owner AS name, COUNT(*) AS n").Group("owner").Order("COUNT(*) DESC, owner").Limit(limit).Find(&out).Error
	})
	return out, failed(err, "list owners of action items")
}

// actions is the query of the action items that f selects, without order and limit. Columns of one table alone have no prefix.
func (r reader) actions(f incident.ActionFilter) *gorm.DB {
	q := r.db.Table("action_items").Joins("JOIN incidents ON incidents.id = action_items.incident_id").Where("deleted_at IS NULL")
	if len(f.States) > 0 {
		q = q.Where("state IN ?", f.States)
	}
	if len(f.Kinds) > 0 {
		q = q.Where("action_items.kind IN ?", f.Kinds)
	}
	if len(f.Owners) > 0 { // LOWER of SQLite knows ASCII alone, so names are compared as they are, too
		var lower []string
		for _, name := range f.Owners {
			lower = append(lower, strings.ToLower(name))
		}
		q = q.Where("(owner IN ? OR LOWER(owner) IN ?)", f.Owners, lower)
	}
	if len(f.Teams) > 0 {
		q = q.Where("team_id IN ?", f.Teams)
	}
	if len(f.Services) > 0 {
		q = q.Where("action_items.incident_id IN (SELECT incident_id FROM service_uses WHERE "+r.dialect.in("service_id")+")", array(f.Services))
	}
	if f.Incident != "" {
		q = q.Where("action_items.incident_id = ?", f.Incident)
	}
	if f.Verifiable {
		q = q.Where("(proof <> '' OR verify_by IS NOT NULL)")
	}
	if !f.VerifyTo.IsZero() {
		q = q.Where("verify_by < ?", f.VerifyTo)
	}
	return r.seen(dueIn(q, f), f.Sight)
}

func dueIn(q *gorm.DB, f incident.ActionFilter) *gorm.DB {
	or := ""
	if f.Undated {
		or = " OR due IS NULL"
	}
	if !f.DueFrom.IsZero() {
		q = q.Where("(due >= ?"+or+")", f.DueFrom)
	}
	if !f.DueTo.IsZero() {
		q = q.Where("(due < ?"+or+")", f.DueTo)
	}
	return q
}
