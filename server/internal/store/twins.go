package store

import "hindsight/incident"

// Twins implements incident.Tx. Both directions of both ties are read from indexes.
func (t *tx) Twins(ids []incident.ID) ([]incident.ID, error) {
	in, list := t.dialect.in, array(clean(ids))
	var twins []incident.ID
	err := t.db.Raw(`
		SELECT i.id FROM links l JOIN incidents i ON i.url = l.url AND i.url <> '' WHERE l.kind = 'same_as' AND `+in("l.incident_id")+`
		UNION ALL SELECT l.incident_id FROM incidents i JOIN links l ON l.url = i.url AND l.kind = 'same_as' WHERE i.url <> '' AND `+in("i.id")+`
		UNION ALL SELECT same_as FROM incidents WHERE same_as <> '' AND `+in("id")+`
		UNION ALL SELECT id FROM incidents WHERE same_as <> '' AND `+in("same_as"), list, list, list, list).Scan(&twins).Error
	return twins, failed(err, "read records of the same incidents")
}
