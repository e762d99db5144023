package store

import (
	"context"
	"time"

	"hindsight/incident"
)

// oldRaws are the raw records of closed matters that were received before a time.
const oldRaws = `FROM raws WHERE received_at < ?
	AND NOT EXISTS (SELECT 1 FROM incidents WHERE raw_id = raws.id AND status NOT IN ('resolved', 'closed', 'canceled', 'merged') AND deleted_at IS NULL)
	AND NOT EXISTS (SELECT 1 FROM dead_letters l WHERE l.resolved_at IS NULL AND l.connection_id = raws.connection_id
		AND l.record_type = raws.record_type AND l.external_id = raws.external_id)`

// Expired counts what SweepRaws, SweepSessions and CutAudit would remove for these times; 0 for a time that is zero. It changes nothing.
func (s *Store) Expired(ctx context.Context, raws, sessions, audit time.Time) (rawsGone, sessionsGone, auditGone int64, err error) {
	for _, one := range []struct {
		before time.Time
		query  string
		into   *int64
	}{
		{raws, "SELECT count(*) " + oldRaws, &rawsGone},
		{sessions, "SELECT count(*) FROM sessions WHERE seen_at < ?", &sessionsGone},
		{audit, "SELECT count(*) FROM audit WHERE seq < COALESCE((SELECT min(seq) FROM audit WHERE at >= ?), (SELECT max(seq) + 1 FROM audit))", &auditGone},
	} {
		if !one.before.IsZero() && err == nil {
			err = s.db.WithContext(ctx).Raw(one.query, clean(one.before)).Scan(one.into).Error
		}
	}
	return rawsGone, sessionsGone, auditGone, failed(err, "count what has expired")
}

// SweepRaws implements incident.Tx.
func (t *tx) SweepRaws(before time.Time) (int64, error) {
	gone := t.db.Exec("DELETE "+oldRaws, clean(before))
	return gone.RowsAffected, failed(gone.Error, "sweep raws")
}

// DeleteRetrospectives implements incident.Tx.
func (t *tx) DeleteRetrospectives(incidents []incident.ID) error {
	ids := array(clean(incidents))
	digests := "UPDATE outgoing SET subject = '', text = '' WHERE kind = ? AND text <> '' AND EXISTS (SELECT 1 FROM notices n WHERE n.user_id = outgoing.recipient AND " +
		t.dialect.in("n.incident_id") + " AND outgoing.text LIKE '%/incidents/' || n.incident_id || '%')" // the link to each stands there
	if err := t.db.Exec(digests, incident.OutgoingDigest, ids).Error; err != nil {
		return failed(err, "forget what messages said of incidents")
	}
	for _, table := range []string{"retrospectives", "moments", "retro_shares", "retro_comments", "retro_snapshots", "retro_file_parts", "retro_files", "retro_changes", "retro_sections", "retro_readers", "retro_citations", "retros", "notices", "outgoing", "intakes"} {
		if err := t.db.Exec("DELETE FROM "+table+" WHERE "+t.dialect.in("incident_id"), ids).Error; err != nil {
			return failed(err, "delete retrospectives")
		}
	}
	return nil
}
