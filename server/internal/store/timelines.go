package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"hindsight/incident"
)

type timelineRow struct {
	IncidentID incident.ID `gorm:"primaryKey"`
	Digest     string
}

type eventRow struct {
	Key        `gorm:"embedded"`
	ID         incident.ID
	At         sql.NullTime
	Kind       incident.EventKind
	Actor      string
	Text       string
	Private    bool
	RawKind    string
	InstantPos int
}

func newEventRow(k Key, e incident.TimelineEvent) eventRow {
	return eventRow{k, e.ID, null(e.At), e.Kind, e.Actor, e.Text, e.Private, e.RawKind, e.Pos}
}

func (r eventRow) value() incident.TimelineEvent {
	return incident.TimelineEvent{ID: r.ID, Incident: r.IncidentID, At: utc(r.At), Kind: r.Kind, Actor: r.Actor,
		Text: r.Text, Private: r.Private, RawKind: r.RawKind, Pos: r.InstantPos}
}

// Timeline implements incident.Reader. An incident without events has an empty timeline.
func (s *Store) Timeline(ctx context.Context, id incident.ID) ([]incident.TimelineEvent, error) {
	var known int64
	err := s.db.WithContext(ctx).Table("incidents").Where("id = ?", id).Count(&known).Error
	if err == nil && known == 0 {
		err = incident.ErrNotFound
	}
	if err != nil {
		return nil, failed(err, "read timeline of %s", id)
	}
	all, err := s.Timelines(ctx, []incident.ID{id})
	return all[id], err
}

// Timelines implements incident.Reader.
func (s *Store) Timelines(ctx context.Context, ids []incident.ID) (map[incident.ID][]incident.TimelineEvent, error) {
	all := map[incident.ID][]incident.TimelineEvent{}
	for chunk := range slices.Chunk(ids, batch) {
		var rows []eventRow
		err := s.db.WithContext(ctx).Table("timeline_events").Where(s.dialect.in("incident_id"), array(clean(chunk))).
			Order("incident_id, pos").Find(&rows).Error
		if err != nil {
			return nil, failed(err, "read timelines")
		}
		for _, r := range rows {
			all[r.IncidentID] = append(all[r.IncidentID], r.value())
		}
	}
	return all, nil
}

// PutTimeline implements incident.Tx. It fails with ErrNotFound when one of the incidents is not stored. A timeline
// that is stored as it is already is no change.
func (t *tx) PutTimeline(events map[incident.ID][]incident.TimelineEvent) error {
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(events)), batch) {
		if err := t.putTimelines(ids, events); err != nil {
			return failed(err, "put timelines")
		}
	}
	return nil
}

func (t *tx) putTimelines(ids []incident.ID, events map[incident.ID][]incident.TimelineEvent) error {
	gone, err := t.tombstones(ids)
	if err != nil {
		return err
	}
	stored, err := t.digests("timelines", "incident_id", ids)
	if err != nil {
		return err
	}
	var changed []incident.ID
	var lines []timelineRow
	var rows []eventRow
	for _, id := range ids {
		line := inOrder(id, events[id])
		d, err := digest(line)
		if err != nil {
			return fmt.Errorf("incident %s: %w", id, err)
		}
		if before, known := stored[id]; before == d || !known && len(line) == 0 {
			continue
		}
		changed = append(changed, id)
		lines = append(lines, timelineRow{id, d})
		for i, e := range line {
			rows = append(rows, newEventRow(Key{id, i}, e))
		}
		t.touch(incident.EntityIncident, id, gone[id])
		if err := t.recordTimeline(id, line); err != nil {
			return err
		}
	}
	if err := t.db.Exec("DELETE FROM timeline_events WHERE "+t.dialect.in("incident_id"), array(changed)).Error; err != nil {
		return err
	}
	if err := upsert(t.db, "timelines", lines, "incident_id"); err != nil {
		return err
	}
	return insert(t.db, "timeline_events", rows)
}

// recordTimeline notes which events somebody adds to a timeline or takes from it.
func (t *tx) recordTimeline(id incident.ID, line []incident.TimelineEvent) error {
	if !t.person() {
		return nil
	}
	var rows []eventRow
	err := t.db.Table("timeline_events").Where("incident_id = ?", id).Order("pos").Find(&rows).Error
	var before, after struct{ Events []incident.TimelineEvent }
	for _, r := range rows {
		before.Events = append(before.Events, r.value())
	}
	after.Events = line
	t.record(incident.AuditObject{Kind: "timeline", ID: id}, &before, &after)
	return err
}

// inOrder returns the cleaned events of an incident in time order.
func inOrder(id incident.ID, events []incident.TimelineEvent) []incident.TimelineEvent {
	events = clean(events)
	for i := range events {
		events[i].Incident = id
	}
	slices.SortStableFunc(events, func(a, b incident.TimelineEvent) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Pos, b.Pos))
	})
	return events
}

// tombstones tells of each incident whether only a tombstone is left, and keeps others from changing it. It
// fails with ErrNotFound when one is not stored.
func (t *tx) tombstones(ids []incident.ID) (map[incident.ID]bool, error) {
	var rows []struct {
		ID   incident.ID
		Gone bool
	}
	err := t.db.Raw("SELECT id, deleted_at IS NOT NULL AS gone FROM incidents WHERE "+t.dialect.in("id")+" ORDER BY id"+t.dialect.lock(),
		array(ids)).Scan(&rows).Error
	gone := make(map[incident.ID]bool, len(rows))
	for _, r := range rows {
		gone[r.ID] = r.Gone
	}
	for _, id := range ids {
		if _, known := gone[id]; !known && err == nil {
			err = fmt.Errorf("incident %s: %w", id, incident.ErrNotFound)
		}
	}
	return gone, err
}
