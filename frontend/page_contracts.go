package frontend

import (
	"time"

	"hindsight/incident"
)

// ContractPage is a contract at /contracts/{id}: how it is kept, with the evidence. GET parameters: version; and promise,
// window, state and why, which choose the clocks behind a number. POST /admin/contracts/{id}/remove takes it back.
type ContractPage struct {
	Shell
	ID       incident.ID
	Name     string
	Version  int
	Customer string
	Terms    []string // what it promises, in words
	Excluded []string // which time does not count, and who approved that
	Problem  string   // why it cannot be counted; empty: it can
	// CountedAt is when the version was replaced or taken back: calendars count as they were then. Zero: it is in force.
	CountedAt time.Time
	Windows   []ContractWindow
	Chosen    *ChosenClocks // nil: the address chooses none
	AtRisk    []ClockRow
	Breaches  []ClockRow // newest first, those still running included
	More      int        // breaches that are not listed
	Versions  []VersionRow
	Removed   bool
	MayEdit   bool
}

func (ContractPage) template() string { return "contract" }

// ContractCard is a contract on the page of compliance.
type ContractCard struct {
	Name, Customer, Path string
	Version              int
	Problem              string
	Windows              []ContractWindow // the newest of each promise
	AtRisk, BreachedNow  int
}

// ChosenClocks are the clocks behind a number of a window.
type ChosenClocks struct {
	Title string // "Resolution, 2026-Q3, canceled"
	Rows  []ClockRow
	More  int // that are not listed
}

// ClocksApart counts clocks that are neither met nor broken nor run, for one reason.
type ClocksApart struct {
	State, Reason string // "canceled", "canceled by status Void"
	N             int
}

// ContractWindow is a promise in a compliance window.
type ContractWindow struct {
	Path                 string // to which &state= is added for the clocks behind a number; empty: nothing is opened
	Canceled             int
	Missing, Invalid     int
	Apart                []ClocksApart
	Promise, Label       string
	Partial              bool // the window is not over, or seen in part alone
	Met, Breached        int
	Running, AtRisk      int
	Excused, ExcusedLate int
	Goal                 float64
	Lo, Hi               *float64
	State                SLAState
}

// ClockRow is a clock of an incident with its evidence.
type ClockRow struct {
	Incident         incident.ID
	Number, Title    string
	Promise          string
	Contract         Link          // that the promise is of; zero: the source states it
	State            string        // "met", "breached", "running", "at risk", "paused", "missing", "invalid", "canceled"
	Why              string        // it is missing, invalid or canceled; else empty
	Within           time.Duration // zero: the source does not say
	Running          bool
	Start, Stop, Due time.Time // zero: none
	Elapsed, Over    time.Duration
	Evidence         []string // pauses, calendar, what the source says
}

// VersionRow is a version of a policy.
type VersionRow struct {
	Version     int
	At          time.Time
	By, Note    string
	Path        string // of the page as of this version; empty: there is none
	On, Removed bool
}

// CalendarsPage lists the calendars of business time at /admin/calendars. POST /admin/calendars/{id}/remove takes one back.
type CalendarsPage struct {
	Shell
	Rows []CalendarRow
}

func (CalendarsPage) template() string { return "calendars" }

// CalendarRow is a calendar in words.
type CalendarRow struct {
	ID      incident.ID
	Name    string
	Version int
	Zone    string
	Hours   string // "Mon 09:00-17:00, …"; empty: every second counts
	Days    int    // with hours of their own
}

// HoursPage lists the hours of teams at /admin/hours.
type HoursPage struct {
	Shell
	Rows []HoursRow
}

func (HoursPage) template() string { return "hours" }

// HoursRow is a team's hours in words.
type HoursRow struct {
	Path, Name, Hours string
	From              string // whose they are: "of the team", "of all teams", "standard"
}

// PolicyPage is the editor of a contract or calendar at /admin/contracts/{id} and /admin/calendars/{id}, where id may be "new", of the
// delivery rule at /admin/delivery, and of hours at /admin/hours/{team}, where team may be "all".
// POST takes the inputs, version, and action: try, save, or holidays, which takes file and adds the days that it holds to the form.
type PolicyPage struct {
	Shell
	Heading   string
	Lede      string
	Action    string // where it is posted to
	Back      string
	Remove    string // where it is taken back by POST; empty: it cannot be from here
	Version   int
	Groups    []InputGroup
	Upload    bool // takes a file of holidays
	Tried     bool
	Sentences []string
	Changes   []ChangeOfClock
	More      int // changes that are not listed
	Versions  []VersionRow
	Form      Form
}

func (PolicyPage) template() string { return "policy" }

// InputGroup is a part of a form.
type InputGroup struct {
	Title, Hint string
	Inputs      []Input
}

// ChangeOfClock is a clock that would stand otherwise.
type ChangeOfClock struct {
	Incident               incident.ID
	Number, Title, Promise string
	Before, After          string
}
