package frontend

import (
	"time"

	"hindsight/incident"
	"hindsight/reports"
)

// ChangesPage is the list of changes at /changes, newest first.
//
// GET parameters: service, kind, source, range or from and to, after.
type ChangesPage struct {
	Shell
	Period    Period
	Tabs      []Choice // the pages about changes
	Problem   string   // what is wrong with the question and what would be right; empty: nothing
	Keep      []Hidden // parameters that naming a further service carries along
	Facets    []Facet  // empty: there is nothing to narrow down
	Chips     []Chip
	Clear     string
	Rows      []ChangeRow
	Older     string
	Newer     string
	Exports   []Link
	Connected []Link // connections that read changes
	Sources   []Link // that tell of changes; shown while none is connected
	MayEdit   bool
	Empty     Empty
}

func (ChangesPage) template() string { return "changes" }

// ChangeRow is one change in a list.
type ChangeRow struct {
	Change   incident.ChangeEvent
	Services []Link // without a path where the viewer may not see the service's page
	Source   string // name of the connection
	Length   incident.Duration
	After    int    // incidents of its services that began within 24 hours after it
	Path     string // list of them; empty: it names no service, so there is nothing to count
	SoFar    bool   // the 24 hours are not over
}

// At returns when the change was made; see incident.ChangeEvent.
func (c ChangeRow) At() time.Time { return c.Change.At() }

// Opens reports whether there is a page to go to from the row.
func (c ChangeRow) Opens() bool {
	return outside(c.Change.URL) != "" || c.Path != "" || len(c.Services) > 0 && c.Services[0].Path != ""
}

// NearChanges is what was changed in an incident's services shortly before it started.
type NearChanges struct {
	Rows  []NearChange // nearest first
	Total int
	More  string // path of the list of all of them
	Note  string // why Rows is empty

	Incident   incident.ID
	Cause      incident.ID // what a person says brought it about; incident.NoChange: none did; empty: nobody says
	CauseBy    string      // who says so
	RejectedBy string      // who said last of a change that it was not the cause
	Elsewhere  bool        // the cause is a change that is not among Rows
	MayEdit    bool
}

// NearChange is a change and how long before an incident's start it was made.
type NearChange struct {
	ChangeRow
	Before   time.Duration
	Stands   string // "suspected", "says nothing", "rejected"; empty: nothing was compared
	Sentence string // what Stands rests on
	Suspect  bool   // more than near in time
	Rejected bool   // a person says that it was not the cause
	Needs    string // why a change of another service is here; empty: it is of a service of the incident
}

// ChangePage is one change at /changes/{id}, with the incidents that began within 24 hours after it.
type ChangePage struct {
	Shell
	Row     ChangeRow
	Laid    []CaseRow  // which a person laid to it
	After   []AfterRow // nearest first
	Total   int
	MayEdit bool
}

func (ChangePage) template() string { return "change" }

// AfterRow is an incident after a change, and how the two stand to each other.
type AfterRow struct {
	CaseRow
	Incident                     incident.ID
	Gap                          reports.Cell // seconds
	Stands, Sentence             string
	Rejected, Confirmed, Suspect bool
}

// OnCallPage is who is on call now and next at /oncall. GET parameters: q.
type OnCallPage struct {
	Shell
	Query     string
	Rows      []DutyRow
	Total     int       // schedules that match
	Until     time.Time // how far ahead the shifts are listed
	Cut       bool      // there are more shifts than were read
	Connected []Link
	Sources   []Link // that tell who is on call; shown while none is connected
	MayEdit   bool
	Empty     Empty
}

func (OnCallPage) template() string { return "oncall" }

// DutyRow is one schedule.
type DutyRow struct {
	Name   string
	Team   Link
	Source Link
	Now    []incident.Shift
	Coming []incident.Shift // the next ones
	More   int              // further ones in the period
}

// DutyThen is who was on call when an incident started.
type DutyThen struct {
	Rows []ShiftRow
	Note string // why Rows is empty
}

// ShiftRow is one shift with whose it is.
type ShiftRow struct {
	Shift  incident.Shift
	Name   string // of the schedule
	Team   string
	Source Link
}
