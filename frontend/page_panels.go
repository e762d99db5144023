package frontend

import (
	"time"

	"hindsight/incident"
	"hindsight/reports"
)

// Panel is one question about a service with its figures.
type Panel struct {
	ID, Title, Lead string
	Figures         []Figure
	Heat            *Heat
	Programme       *Programme
	Checks          []Check  // further tests of the question, shown on demand; may be empty
	FoldedTitle     string   // of the figures that are shown on demand
	Folded          []Figure // may be empty
}

// Check is another test of a panel's question, or the same one with something held constant.
type Check struct {
	Name, Sentence string
	N              string // "60 incidents"
	Metric         string // anchor of /help/metrics
}

// Programme is the form that takes when work on reliability began: GET programme.
type Programme struct {
	Action string // path of the page
	Keep   []Hidden
	Begin  time.Time // zero: it is not stated
}

// Heat is incidents by weekday and hour. Without Shaded the numbers stand without colour, for they cannot be told from
// chance.
type Heat struct {
	Hours  []string
	Rows   []HeatRow
	Shaded bool
}

// HeatRow is one weekday.
type HeatRow struct {
	Day   string
	Cells []HeatCell
}

// HeatCell is one hour of a weekday. Level goes from 0, no shade, to 4.
type HeatCell struct{ N, Level int }

// Scan is what a look at all services found.
type Scan struct {
	Looked, Tests, Marked, TooFew, Uncovered int
	Periods                                  string // which were compared
	Missing                                  string // why nothing was compared; empty: something was
	Services                                 []ScanRow
}

// ScanRow is one service that changed.
type ScanRow struct {
	Name, Path string
	Marks      []Mark
}

// Mark is one change of a service.
type Mark struct {
	Question string // "How often"
	State    VerdictState
	Text     string  // "1.97 times, 95 % interval 0.86 to 4.28"
	Q        float64 // expected share of false findings among marks as clear as this
}

// CasesPage lists the incidents behind a number at /cases. GET parameters: those of lists, metric, outcome, reason.
type CasesPage struct {
	Shell
	Metric, Anchor string // what is measured; empty: nothing
	Outcomes       string // which of them, in words; empty: all that count
	Reason         string // why they were left out; empty: whatever the reason
	Period         string
	Chips          []Chip
	Rows           []CaseRow
	Total          int
	Seen           string // at which step incidents dropped out, when there is none
}

func (CasesPage) template() string { return "cases" }

// MembersPage lists what a figure of the pages about load, learning and delivery counts, at /cases/{figure}. GET parameters: those of
// that page.
type MembersPage struct {
	Shell
	Name   string // "Escalated"
	Whose  string // the team's name; empty: no team's in particular
	Anchor string // of /help/metrics
	Noun   string // what is listed: "incident", "action item", "deployment"
	Period string
	Chips  []Chip
	Groups []MemberGroup
	Note   string // what is missing from the list; may be empty
}

func (MembersPage) template() string { return "members" }

// MemberGroup is what stands in a figure in one way: counted, in the whole alone, or left out.
type MemberGroup struct {
	ID, Title string
	Rows      []CaseRow // Took is not used; Reason says how often a row counts, or why it does not
	Total     int
}

// CaseRow is one incident behind a number.
type CaseRow struct {
	Path, Number, Title string
	Severity            incident.Severity
	StartedAt           time.Time
	Services            string
	Took                reports.Cell // seconds
	Reason              string
}
