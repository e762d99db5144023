package store

import (
	"time"

	"hindsight/incident"
)

// SweepRaws implements incident.Tx.
func (t *tx) SweepRaws(before time.Time) (int64, error) {
	gone := t.db.Exec(`DELETE FROM raws WHERE received_at < ?
		AND NOT EXISTS (SELECT 1 FROM incidents WHERE raw_id = raws.id AND status NOT IN ('resolved', 'closed', 'canceled', 'merged') AND deleted_at IS NULL)
		AND NOT EXISTS (SELECT 1 FROM dead_letters l WHERE l.resolved_at IS NULL AND l.connection_id = raws.connection_id
			AND l.record_type = raws.record_type AND l.external_id = raws.external_id)`, clean(before))
	return gone.RowsAffected, failed(gone.Error, "sweep raws")
}

// DeleteRetrospectives implements incident.Tx.
func (t *tx) DeleteRetrospectives(incidents []incident.ID) error {
	ids := array(clean(incidents))
	for _, table := range []string{"retrospectives", "moments", "retro_comments", "retro_snapshots", "retro_changes", "retro_sections", "retros"} {
		if err := t.db.Exec("DELETE FROM "+table+" WHERE "+t.dialect.in("incident_id"), ids).Error; err != nil {
			return failed(err, "delete retrospectives")
		}
	}
	return nil
}
