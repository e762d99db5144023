package store

import (
	"time"

	"hindsight/incident"
)

// CutAudit implements incident.Tx.
func (t *tx) CutAudit(before time.Time) (int64, error) {
	if err := t.lockFeed(); err != nil {
		return 0, err
	}
	head, err := t.lockAudit()
	if err != nil {
		return 0, err
	}
	var last auditRow
	found := t.db.Table("audit").Where("seq < COALESCE((SELECT min(seq) FROM audit WHERE at >= ?), ?)", clean(before), head.Seq+1).
		Order("seq DESC").Limit(1).Find(&last)
	if found.Error != nil || found.RowsAffected == 0 {
		return 0, failed(found.Error, "find where to cut the audit log")
	}
	cut := cutFacts{Through: last.Seq, Hash: last.Hash, Entries: last.Seq - head.CutSeq, Before: clean(before).Format(time.RFC3339)}
	t.Note(incident.AuditNote{Action: incident.AuditCut, Object: incident.AuditObject{Kind: "audit"},
		Facts: map[string]any{"through": cut.Through, "hash": cut.Hash, "entries": cut.Entries, "before": cut.Before}})
	if err := t.writeNotes(); err != nil { // first, for the log must not end where it is cut
		return 0, err
	}
	if err := t.db.Exec("UPDATE audit_head SET cut_seq = ?, cut_hash = ?", last.Seq, last.Hash).Error; err != nil {
		return 0, failed(err, "cut the audit log")
	}
	for _, table := range []string{"audit_texts", "audit"} {
		if err := t.db.Exec("DELETE FROM "+table+" WHERE seq <= ?", last.Seq).Error; err != nil {
			return 0, failed(err, "cut the audit log")
		}
	}
	return cut.Entries, nil
}

// lockFeed takes the feed's counter before the end of the audit log, for a transaction that cannot leave that to its end.
func (t *tx) lockFeed() error {
	var seq incident.Seq
	return failed(t.db.Raw("SELECT seq FROM feed_head"+t.dialect.lock()).Scan(&seq).Error, "lock the change feed")
}
