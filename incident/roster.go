package incident

import (
	"strconv"
	"time"
)

// Roster is what one record of a source says about who is on call: shifts as they were rendered, not the rules
// that they follow from. A newer version of the record replaces all of them. A source that reads a schedule
// in windows makes a record of each window, so that a later window leaves the shifts of earlier ones alone.
type Roster struct {
	ID     ID // Ref.RosterID
	Ref    Ref
	Seq    Seq     // the change that last touched it
	Shifts []Shift // by From, then by id; empty when nobody is on call

	ExternalUpdatedAt time.Time // the record's, at the source; may be zero
	RawID             ID        // the raw record that it was mapped from
	MapVersion        int       // of the mapping that made it

	DeletedAt     time.Time // tombstone, without shifts; zero while it exists
	DeletedReason string
}

// Deleted reports whether only the tombstone is left.
func (r *Roster) Deleted() bool { return !r.DeletedAt.IsZero() }

// Shift is a stretch of time for which somebody is on call.
type Shift struct {
	ID     ID // derived from roster and content; see ShiftID
	Roster ID
	Ref    Ref // of the record that told it

	Schedule     ID     // derived from the connection and ScheduleRef, or ScheduleName without one
	ScheduleRef  string // the source's id of the schedule; may be empty
	ScheduleName string // as the source writes it; may be empty
	Team         ID     // may be empty

	Person     ID     // may be empty: nobody is on call
	PersonName string // as the source writes it

	From     time.Time
	To       time.Time // zero: no end is known
	Override bool      // somebody stands in for whom the rules would give
	Layer    string    // of the schedule, as the source names it; may be empty
	Level    int       // of escalation, 1 is asked first; 0: the source does not say
}

// ScheduleID derives the id of a connection's schedule from the source's id of it or, where it has none, its name.
func ScheduleID(connection ID, ref, name string) ID {
	if ref == "" {
		return DeriveID("sch", string(connection), "name", Slug(name))
	}
	return DeriveID("sch", string(connection), "ref", ref)
}

// ShiftID derives the id that the same shift gets in every run. Two shifts of one roster that agree in schedule,
// person, times, layer and level are the same one.
func (s *Shift) ShiftID() ID {
	return DeriveID("shift", string(s.Roster), string(s.Schedule), string(s.Person), micros(s.From), micros(s.To),
		s.Layer, strconv.Itoa(s.Level), strconv.FormatBool(s.Override))
}

func micros(t time.Time) string { return strconv.FormatInt(t.UnixMicro(), 10) }

// Validate returns a *FieldError when the shift cannot be: it has no beginning, or it ends before it begins.
func (s *Shift) Validate() error {
	switch {
	case s.From.IsZero():
		return Invalidf("from", "a shift needs the time of its beginning")
	case !s.To.IsZero() && s.To.Before(s.From):
		return Invalidf("to", "the shift ends at %s, before it begins at %s", written(s.To), written(s.From))
	}
	return nil
}

// ShiftFilter selects shifts of rosters that exist. Values of one field are alternatives; different fields
// must all hold. They come in order of From, then of id.
type ShiftFilter struct {
	Schedules []string // ids, the sources' ids, or names, exactly
	People    []string // ids or names, exactly
	Teams     []ID     // that own the schedule

	// Shifts that overlap [From, To); a zero bound does not bind.
	From, To time.Time

	After string // continue behind this cursor, as the last page gave it
	Limit int    // 0: 50
}
