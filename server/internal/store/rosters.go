package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"gorm.io/gorm"

	"hindsight/incident"
)

type rosterRow struct {
	ID                incident.ID `gorm:"primaryKey"`
	Seq               incident.Seq
	Digest            string
	ConnectionID      incident.ID
	RefType           string
	ExternalID        string
	Incarnation       int
	ExternalUpdatedAt sql.NullTime
	RawID             incident.ID
	MapVersion        int
	DeletedAt         sql.NullTime
	DeletedReason     string
}

type shiftRow struct {
	RosterID     incident.ID
	Pos          int
	ID           incident.ID
	ScheduleID   incident.ID
	ScheduleRef  string
	ScheduleName string
	TeamID       incident.ID
	PersonID     incident.ID
	PersonName   string
	FromAt       time.Time
	ToAt         sql.NullTime
	Override     bool
	Layer        string
	Level        int
}

func (r rosterRow) ref() incident.Ref {
	return incident.Ref{Connection: r.ConnectionID, Type: r.RefType, ExternalID: r.ExternalID, Incarnation: r.Incarnation}
}

func newRosterRow(r incident.Roster, digest string) rosterRow {
	return rosterRow{r.ID, 0, digest, r.Ref.Connection, r.Ref.Type, r.Ref.ExternalID, r.Ref.Incarnation, null(r.ExternalUpdatedAt),
		r.RawID, r.MapVersion, null(r.DeletedAt), r.DeletedReason}
}

func (r rosterRow) value() *incident.Roster {
	return &incident.Roster{ID: r.ID, Ref: r.ref(), Seq: r.Seq, ExternalUpdatedAt: utc(r.ExternalUpdatedAt),
		RawID: r.RawID, MapVersion: r.MapVersion, DeletedAt: utc(r.DeletedAt), DeletedReason: r.DeletedReason}
}

func newShiftRow(roster incident.ID, pos int, s incident.Shift) shiftRow {
	return shiftRow{roster, pos, s.ID, s.Schedule, s.ScheduleRef, s.ScheduleName, s.Team, s.Person, s.PersonName,
		s.From, null(s.To), s.Override, s.Layer, s.Level}
}

func (r shiftRow) value(ref incident.Ref) incident.Shift {
	return incident.Shift{ID: r.ID, Roster: r.RosterID, Ref: ref, Schedule: r.ScheduleID, ScheduleRef: r.ScheduleRef, ScheduleName: r.ScheduleName,
		Team: r.TeamID, Person: r.PersonID, PersonName: r.PersonName, From: r.FromAt.UTC(), To: utc(r.ToAt),
		Override: r.Override, Layer: r.Layer, Level: r.Level}
}

// Roster implements incident.Reader.
func (s *Store) Roster(ctx context.Context, id incident.ID) (*incident.Roster, error) {
	var found map[incident.ID]*incident.Roster
	err := s.view(ctx, func(r reader) (err error) {
		found, err = r.rosters([]incident.ID{id}, "")
		return err
	})
	if err == nil && found[id] == nil {
		err = incident.ErrNotFound
	}
	return found[id], failed(err, "read roster %s", id)
}

// rosters reads those of ids that are there; lock is the clause that keeps them as they are.
func (r reader) rosters(ids []incident.ID, lock string) (map[incident.ID]*incident.Roster, error) {
	found := make(map[incident.ID]*incident.Roster, len(ids))
	for chunk := range slices.Chunk(ids, batch) {
		var rows []rosterRow
		err := r.db.Raw("SELECT * FROM rosters WHERE "+r.dialect.in("id")+" ORDER BY id"+lock, array(clean(chunk))).Scan(&rows).Error
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			found[row.ID] = row.value()
		}
		var shifts []shiftRow
		err = r.db.Table("shifts").Where(r.dialect.in("roster_id"), array(clean(chunk))).Order("roster_id, pos").Find(&shifts).Error
		if err != nil {
			return nil, err
		}
		for _, row := range shifts {
			if roster := found[row.RosterID]; roster != nil { // nil: another transaction has just added it
				roster.Shifts = append(roster.Shifts, row.value(roster.Ref))
			}
		}
	}
	return found, nil
}

var shiftOrder = order{by: "from_at", arg: moment}

// Shifts implements incident.Reader.
func (s *Store) Shifts(ctx context.Context, f incident.ShiftFilter) (shifts []incident.Shift, next string, err error) {
	const sort = "shifts" // tells its cursors from those of other lists
	f = clean(f)
	if f.Limit <= 0 {
		f.Limit = defaultPage
	}
	behind, err := behind(f.After, sort)
	if err != nil {
		return nil, "", err
	}
	err = s.view(ctx, func(r reader) error {
		var rows []shiftRow
		if err := shiftOrder.apply(r.selectedShifts(f), behind).Limit(f.Limit + 1).Find(&rows).Error; err != nil {
			return err
		}
		if len(rows) > f.Limit {
			rows = rows[:f.Limit]
			end := rows[f.Limit-1]
			next = cursor{sort, end.FromAt.UnixMicro(), end.ID}.String()
		}
		shifts, err = r.wholeShifts(rows)
		return err
	})
	return shifts, next, failed(err, "list shifts")
}

// wholeShifts turns rows into shifts, which take the reference from their rosters.
func (r reader) wholeShifts(rows []shiftRow) ([]incident.Shift, error) {
	ids := make([]incident.ID, len(rows))
	for i, row := range rows {
		ids[i] = row.RosterID
	}
	var rosters []rosterRow
	err := r.db.Table("rosters").Where(r.dialect.in("id"), array(ids)).Find(&rosters).Error
	refs := map[incident.ID]incident.Ref{}
	for _, row := range rosters {
		refs[row.ID] = row.ref()
	}
	shifts := make([]incident.Shift, len(rows))
	for i, row := range rows {
		shifts[i] = row.value(refs[row.RosterID])
	}
	return shifts, err
}

// selectedShifts needs no look at tombstones of rosters, which have no shifts.
func (r reader) selectedShifts(f incident.ShiftFilter) *gorm.DB {
	q := r.db.Table("shifts")
	if len(f.Schedules) > 0 {
		q = q.Where("(schedule_id IN ? OR schedule_ref IN ? OR schedule_name IN ?)", f.Schedules, f.Schedules, f.Schedules)
	}
	if len(f.People) > 0 {
		q = q.Where("(person_id IN ? OR person_name IN ?)", f.People, f.People)
	}
	if len(f.Teams) > 0 {
		q = q.Where(r.dialect.in("team_id"), array(f.Teams))
	}
	if !f.From.IsZero() {
		q = q.Where("(to_at IS NULL OR to_at > ?)", f.From)
	}
	if !f.To.IsZero() {
		q = q.Where("from_at < ?", f.To)
	}
	return q
}

// RostersByID implements incident.Tx. With PostgreSQL, nobody else changes them before the transaction ends.
func (t *tx) RostersByID(ids []incident.ID) (map[incident.ID]*incident.Roster, error) {
	found, err := t.rosters(ids, t.dialect.lock())
	return found, failed(err, "read rosters by id")
}

// PutRosters implements incident.Tx. One that is stored as it is already is no change.
func (t *tx) PutRosters(rs []incident.Roster) error {
	rs = clean(rs)
	for i := range rs {
		rs[i].Seq = 0 // not content
	}
	var changed, gone []incident.ID
	var shifts []shiftRow
	err := putEntities(t, incident.EntityRoster, "rosters", rs,
		func(r incident.Roster) incident.ID { return r.ID },
		func(r incident.Roster, digest string) rosterRow {
			changed = append(changed, r.ID)
			if r.Deleted() {
				gone = append(gone, r.ID)
			}
			for i, s := range r.Shifts {
				shifts = append(shifts, newShiftRow(r.ID, i, s))
			}
			return newRosterRow(r, digest)
		}, func(ids []incident.ID) (map[incident.ID]incident.Roster, error) { return pointedAt(t.rosters(ids, "")) })
	if err != nil || len(changed) == 0 {
		return err
	}
	for _, id := range gone {
		t.touch(incident.EntityRoster, id, true)
	}
	if err := t.db.Exec("DELETE FROM shifts WHERE "+t.dialect.in("roster_id"), array(changed)).Error; err != nil {
		return failed(err, "delete shifts of rosters")
	}
	return failed(insert(t.db, "shifts", shifts), "put shifts")
}
