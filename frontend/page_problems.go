package frontend

import (
	"time"

	"hindsight/incident"
	"hindsight/reports"
)

// ProblemsPage is the list of recurring problems at /problems. GET parameters: state, service, q,
// range, from, to, sort.
type ProblemsPage struct {
	Shell
	Period  Period
	States  []Choice // suggested, confirmed, rejected
	Sorts   []Choice
	Chips   []Chip
	Clear   string
	Rows    []ProblemRow
	Total   int
	Figures []Figure // the Pareto of problems
	Trust   string   // how often people found suggestions right here, as a sentence
	Single  int      // incidents that belong to no problem
	Needs   int      // incidents that grouping needs before it suggests anything
	Have    int
	Exports []Link
	MayEdit bool
	Empty   Empty
}

func (ProblemsPage) template() string { return "problems" }

// ProblemRow is one problem in a list.
//
// POST /problems/{id}/verdict takes verdict=confirm|reject|reopen and back; POST
// /problems/{id}/title takes title.
type ProblemRow struct {
	Problem  incident.Problem
	Count    int // members that the viewer may see and that were not removed
	First    time.Time
	Last     time.Time
	Impact   incident.Duration // sum of the members' recorded durations
	Measured int               // members that Impact sums
	Services []Link
	Spark    Spark
	Open     int // open actions
	Overdue  int
}

// ProblemPage is one problem at /problems/{id}.
//
// POST /problems/{id}/members/{incident}/remove and …/restore judge a member.
type ProblemPage struct {
	Shell
	Row     ProblemRow
	Why     []string // what its members share, in words, strongest first
	Members []MemberRow
	Removed []MemberRow
	Actions []ActionRow
	Factors []FactorCount
	Stats   []Stat
	Figures []Figure
	Source  reports.Source
	Exports []Link
	MayEdit bool
	Form    Form
	History []HistoryRow // newest first
	Merge   []Choice     // problems that it can be merged with
}

// HistoryRow is one step of a problem's history.
//
// POST /problems/{id}/undo takes event, …/merge takes other, …/split takes incidents and part, the title of what is split off.
type HistoryRow struct {
	At        time.Time
	By        string // empty: the machine
	Text      string // "gained, 71 % alike"
	Incident  Link   // that it is about; may be empty
	TakenBack bool
	Undo      int64 // number of the step if it can be taken back now; else 0
}

func (ProblemPage) template() string { return "problem" }

// MemberRow is one incident of a problem.
type MemberRow struct {
	IncidentRow
	Score   float64
	Reasons []string
}

// ActionRow is one promised action of an incident.
type ActionRow struct {
	Action   incident.ActionItem
	Incident Link
	After    int // incidents of the problem that began after it was done; -1: not known
}

// FactorCount says how many incidents name a factor.
type FactorCount struct {
	Text  string
	Count int
	Of    int
}
