package store

import (
	"context"
	"encoding/json"
	"slices"

	"hindsight/incident"
)

type retrospectiveRow struct {
	IncidentID incident.ID `gorm:"primaryKey"`
	Digest     string
	Title      string
	State      string
	Sections   []incident.Section `gorm:"serializer:json"`
	Authors    []string           `gorm:"serializer:json"`
}

// Retrospective implements incident.Reader.
func (s *Store) Retrospective(ctx context.Context, id incident.ID) (*incident.Retrospective, error) {
	found, err := s.Retrospectives(ctx, []incident.ID{id})
	if r, ok := found[id]; ok || err != nil {
		return &r, err
	}
	return nil, failed(incident.ErrNotFound, "read retrospective of %s", id)
}

// ImportedRetrospective implements incident.Reader.
func (s *Store) ImportedRetrospective(ctx context.Context, id incident.ID) (*incident.Retrospective, error) {
	var r retrospectiveRow
	if err := s.db.WithContext(ctx).Table("retrospectives").Where("incident_id = ?", id).Take(&r).Error; err != nil {
		return nil, failed(err, "read retrospective of %s", id)
	}
	v := r.value()
	return &v, nil
}

func (r retrospectiveRow) value() incident.Retrospective {
	return incident.Retrospective{Incident: r.IncidentID, Title: r.Title, State: r.State, Sections: r.Sections, Authors: r.Authors}
}

// Retrospectives implements incident.Reader.
func (s *Store) Retrospectives(ctx context.Context, ids []incident.ID) (map[incident.ID]incident.Retrospective, error) {
	found := map[incident.ID]incident.Retrospective{}
	for some := range slices.Chunk(ids, 1000) {
		var rows []retrospectiveRow
		if err := s.db.WithContext(ctx).Table("retrospectives").Where("incident_id IN ?", some).Find(&rows).Error; err != nil {
			return nil, failed(err, "read retrospectives of %d incidents", len(ids))
		}
		for _, r := range rows {
			found[r.IncidentID] = r.value()
		}
		if err := s.readings(ctx, some, found); err != nil {
			return nil, failed(err, "read retrospectives of %d incidents", len(ids))
		}
	}
	return found, nil
}

// readings puts the reading copies of those that are written here in the place of imported ones.
func (s *Store) readings(ctx context.Context, ids []incident.ID, into map[incident.ID]incident.Retrospective) error {
	var rows []retroRow
	err := s.db.WithContext(ctx).Table("retros").Select("incident_id, reading").Where("reading IS NOT NULL AND incident_id IN ?", ids).Find(&rows).Error
	for _, r := range rows {
		var v incident.Retrospective
		if err == nil {
			err = json.Unmarshal([]byte(r.Reading.String), &v)
		}
		into[r.IncidentID] = clean(v)
	}
	return err
}

// PutRetrospectives implements incident.Tx. It fails with ErrNotFound when one of the incidents is not
// stored. A retrospective is part of its incident: the feed names the incident.
func (t *tx) PutRetrospectives(rs []incident.Retrospective) error {
	rs = last(clean(rs), func(r incident.Retrospective) incident.ID { return r.Incident })
	ids := make([]incident.ID, len(rs))
	for i, r := range rs {
		ids[i] = r.Incident
	}
	gone, err := t.tombstones(ids)
	if err != nil {
		return failed(err, "put retrospectives")
	}
	stored, err := t.digests("retrospectives", "incident_id", ids)
	if err != nil {
		return failed(err, "put retrospectives")
	}
	var rows []retrospectiveRow
	for _, r := range rs {
		d, err := digest(r)
		if err != nil {
			return failed(err, "put retrospective of %s", r.Incident)
		}
		if stored[r.Incident] == d {
			continue
		}
		rows = append(rows, retrospectiveRow{r.Incident, d, r.Title, r.State, r.Sections, r.Authors})
		t.touch(incident.EntityIncident, r.Incident, gone[r.Incident])
		if t.person() {
			before, err := held(t, "retrospectives", "incident_id", string(r.Incident), func(r retrospectiveRow) (incident.Retrospective, error) { return r.value(), nil })
			if err != nil {
				return failed(err, "put retrospective of %s", r.Incident)
			}
			t.record(incident.AuditObject{Kind: "retrospective", ID: r.Incident, Name: r.Title}, before, &r)
		}
	}
	return failed(upsert(t.db, "retrospectives", rows, "incident_id"), "put retrospectives")
}
