package incident

import (
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// ReportSchedule is a report that is made again and again, about the period that went before, and sent to people and channels.
type ReportSchedule struct {
	ID       ID
	Version  int
	Name     string
	Kind     string   // of the report: "sla"
	Question string   // filters in canonical order, without a period: "service=checkout&team=payments"
	Formats  []string // of the files: "pdf", "xlsx"
	Zone     string   // IANA name of the zone that its times and periods are in
	Every    ReportEvery
	// On is the day of the week, 1 for Monday to 7, or the day of the month (of a quarter: of its first month), 1 to 31: the last one where the month
	// is shorter. Daily ones have none.
	On     int
	Minute int // of the day at which it is made, by the clock of Zone: 0 to 1439
	// OnlyChanged leaves out the sending when it says the same as the one before.
	OnlyChanged bool
	To          []string // addresses of e-mail
	Channels    []ID
	Owner       ID // the user who made it: it says what they may see, or with channels what everybody may
	Paused      bool
	Stopped     string // why it was paused by itself; empty
	SavedAt     time.Time
	SavedBy     string
	NextAt      time.Time // when it is due; it stays so while it is paused
	Tries       int       // how often the one that is due was begun
	Digest      string    // of what it said last; empty: nothing since it was saved
}

// ReportEvery is how often a report is made, and how long the period is that it covers.
type ReportEvery string

const (
	EveryDay     ReportEvery = "day"
	EveryWeek    ReportEvery = "week" // from Monday on, as ISO 8601 has it
	EveryMonth   ReportEvery = "month"
	EveryQuarter ReportEvery = "quarter" // from January, April, July and October on
)

// ReportEverys lists them.
var ReportEverys = []ReportEvery{EveryDay, EveryWeek, EveryMonth, EveryQuarter}

const (
	longestScheduleName = 80   // characters
	longestQuestion     = 4000 // bytes
	mostRecipients      = 20
)

// Validate returns ErrInvalid, naming the field. Which kinds and formats there are it does not know.
func (s ReportSchedule) Validate() error {
	switch {
	case strings.TrimSpace(s.Name) == "" || utf8.RuneCountInString(s.Name) > longestScheduleName:
		return Invalidf("name", "give a name of at most %d characters", longestScheduleName)
	case len(s.Question) > longestQuestion:
		return Invalidf("question", "there are too many filters")
	case len(s.Formats) == 0:
		return Invalidf("format", "choose at least one format")
	case !slices.Contains(ReportEverys, s.Every):
		return Invalidf("every", "choose one of %v", ReportEverys)
	case s.Every == EveryDay && s.On != 0:
		return Invalidf("on", "a daily report is made on each day; leave the day out")
	case s.Every == EveryWeek && (s.On < 1 || s.On > 7):
		return Invalidf("on", "give the day of the week, 1 for Monday to 7 for Sunday")
	case s.Every != EveryDay && s.Every != EveryWeek && (s.On < 1 || s.On > 31):
		return Invalidf("on", "give the day of the month, 1 to 31; in a shorter month it is the last one")
	case s.Minute < 0 || s.Minute >= 24*60:
		return Invalidf("at", "give a time of day such as 08:00")
	case len(s.To)+len(s.Channels) == 0:
		return Invalidf("to", "give an address of e-mail or choose a channel")
	case len(s.To)+len(s.Channels) > mostRecipients:
		return Invalidf("to", "give at most %d recipients; an address can be that of a list", mostRecipients)
	}
	if _, err := time.LoadLocation(s.Zone); err != nil || s.Zone == "" || s.Zone == "Local" {
		return Invalidf("tz", "%q is not a time zone such as Europe/Berlin", s.Zone)
	}
	for i, to := range s.To {
		if a, err := mail.ParseAddress(to); err != nil || a.Address != to || a.Name != "" {
			return Invalidf("to", "%q is not an address of e-mail", to)
		}
		if slices.ContainsFunc(s.To[:i], func(other string) bool { return strings.EqualFold(other, to) }) {
			return Invalidf("to", "%s is there twice", to)
		}
	}
	return nil
}

// Location returns the zone of a schedule; UTC where it names none that is known.
func (s ReportSchedule) Location() *time.Location {
	zone, err := time.LoadLocation(s.Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// Next returns the first instant after a time at which the report is due. A time of day that the clocks jump over is the first instant behind the
// jump; one that they show twice is the first of the two. The zero time: never, for On and Every do not fit together.
func (s ReportSchedule) Next(after time.Time) time.Time {
	zone := s.Location()
	y, m, d := after.In(zone).Date()
	for n := -1; n < 200; n++ {
		day := time.Date(y, m, d+n, 0, 0, 0, 0, time.UTC)
		if !s.fallsOn(day) {
			continue
		}
		if at := wall(day, s.Minute, zone); at.After(after) {
			return at.UTC()
		}
	}
	return time.Time{}
}

// fallsOn reports whether the report is made on a day, which is given in UTC.
func (s ReportSchedule) fallsOn(day time.Time) bool {
	lastOfMonth := time.Date(day.Year(), day.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
	switch s.Every {
	case EveryDay:
		return true
	case EveryWeek:
		return weekday(day) == s.On
	case EveryMonth:
		return day.Day() == min(s.On, lastOfMonth)
	case EveryQuarter:
		return day.Month()%3 == 1 && day.Day() == min(s.On, lastOfMonth)
	}
	return false
}

// weekday is 1 for Monday to 7 for Sunday.
func weekday(day time.Time) int { return (int(day.Weekday())+6)%7 + 1 }

// Covers returns the period that a report which is due at a time covers: the last whole day, week, month or quarter before it in the zone of the
// schedule, half open.
func (s ReportSchedule) Covers(due time.Time) (from, to time.Time) {
	zone := s.Location()
	y, m, d := due.In(zone).Date()
	begin := func(y int, m time.Month, d int) time.Time {
		return wall(time.Date(y, m, d, 0, 0, 0, 0, time.UTC), 0, zone).UTC()
	}
	switch s.Every {
	case EveryWeek:
		monday := d - weekday(time.Date(y, m, d, 0, 0, 0, 0, time.UTC)) + 1
		return begin(y, m, monday-7), begin(y, m, monday)
	case EveryMonth:
		return begin(y, m-1, 1), begin(y, m, 1)
	case EveryQuarter:
		first := m - (m-1)%3
		return begin(y, first-3, 1), begin(y, first, 1)
	}
	return begin(y, m, d-1), begin(y, m, d)
}

// wall returns when the clocks of a zone show a minute of a day: the first time, where they do so twice, and the first instant behind the jump, where
// they jump over it. (time.Date leaves open which it returns.)
func wall(day time.Time, minute int, zone *time.Location) time.Time {
	t := time.Date(day.Year(), day.Month(), day.Day(), 0, minute, 0, 0, zone)
	start, end := t.ZoneBounds()
	want := time.Date(day.Year(), day.Month(), day.Day(), 0, minute, 0, 0, time.UTC)
	shown := func(t time.Time) time.Time {
		y, m, d := t.Date()
		return time.Date(y, m, d, t.Hour(), t.Minute(), 0, 0, time.UTC)
	}
	switch {
	case shown(t).Before(want): // as the clocks went before the jump
		return end
	case shown(t).After(want): // as they went behind it
		return start
	case start.IsZero():
		return t
	}
	_, now := t.Zone()
	_, before := start.Add(-time.Second).Zone()
	if first := t.Add(time.Duration(now-before) * time.Second); first.Before(start) && shown(first).Equal(want) {
		return first
	}
	return t
}

// ReportRun is one making of a scheduled report: what was said, and what was sent.
type ReportRun struct {
	ID       ID // follows from the schedule and DueAt, so that each is made once
	Schedule ID
	Kind     string
	DueAt    time.Time // zero: somebody asked for it, at At
	From, To time.Time // the period that it covers, half open
	At       time.Time // that the report took for now
	AsOf     Seq
	Digest   string // of what the report says, without its stamp
	Outcome  ReportOutcome
	Reason   string   // why it failed or stopped; empty
	Private  bool     // it may tell of private incidents: see ReadBy
	Owner    ID       // of the schedule, then
	Sight    string   // Sight.Key of what it may tell; empty where an incident became private since, and where it is not known
	Title    string   // of the report
	About    string   // period and filter in words
	Summary  []string // its sentences
	Files    []ReportFile
}

// Audited is a run as the audit log names it.
func (r ReportRun) Audited() AuditObject {
	return AuditObject{Kind: "report run", ID: r.ID, Name: r.Title}
}

// ReportRunID is the id of the run of a schedule that is due at a time.
func ReportRunID(schedule ID, due time.Time) ID {
	return DeriveID("rpr", string(schedule), due.UTC().Format(time.RFC3339))
}

// ReportOutcome is what became of a run.
type ReportOutcome string

const (
	ReportSent      ReportOutcome = "sent"      // its messages are in the outbox, which says what became of each
	ReportUnchanged ReportOutcome = "unchanged" // not sent, for it says what the one before said
	ReportFailed    ReportOutcome = "failed"    // it could not be made
)

// ReportFile is a file as it was sent.
type ReportFile struct {
	Name string
	Type string // media type
	Size int64  // bytes
	Body []byte // empty where files are listed
}

// ReadBy reports whether somebody may read a run and its files: what may tell of private incidents those who see all of them, and its owner as long as
// they see what they saw when it was made.
func (r ReportRun) ReadBy(sight Sight) bool {
	return !r.Private || sight.All || sight.User != "" && sight.User == r.Owner && sight.Key() == r.Sight
}
