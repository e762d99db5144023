package frontend

import (
	"time"

	"hindsight/incident"
	"hindsight/reports"
)

// ProblemsPage is the list of recurring problems at /problems. GET parameters: q, state, stage, owner, service, sort.
type ProblemsPage struct {
	Shell
	States  []Choice // suggested, confirmed, rejected
	Query   string   // words in titles
	Keep    []Hidden // parameters that other words carry along
	Facets  []Facet
	Sorts   []Choice
	Order   string // how what to fix first is worked out here, as a sentence
	Costs   bool   // a problem has a cost
	Chips   []Chip
	Clear   string
	Groups  []ProblemGroup // confirmed ones apart from suggested ones
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

// ProblemGroup is the problems that are vouched for in one way.
type ProblemGroup struct {
	ID, Title, Lede string
	Rows            []ProblemRow // the first of Total
	Total           int
}

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

	// What people decided about it; its zero value where that is not shown.
	Management incident.Management
	Returned   int    // incidents since it was resolved
	Year       int    // incidents that count in the last 12 months
	Folded     string // "14 occurrences: 40 alerts in 2 floods"; empty: no floods
	Lost       string // time lost in them; empty: none is known
	LostOf     string // "from 3" when not all of them are measured
	Cost       string // "8,400 to 25,000 EUR"
}

// ProblemPage is one problem at /problems/{id}.
//
// POST /problems/{id}/members/{incident}/remove and …/restore judge a member.
type ProblemPage struct {
	Shell
	Row     ProblemRow
	Why     []string // what its members share, in words, strongest first
	Managed ManagedPart
	Cost    CostPart
	Trend   []Verdict // whether it comes back more seldom
	Purity  []Purity
	Helpers []Helper
	Folded  Folded // alerts of floods that count once
	LeftOut string // "2 incidents are in no number: 1 drill, 1 request"; empty: all are
	Members []MemberRow
	Removed []MemberRow
	Actions []ActionRow
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
	Edited    []EditedPart
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
	Began    time.Time // of Incident; zero: not known
	Age      string    // "open for 34 days", "overdue by 3 days"; empty: not known
	Late     bool
	After    int       // incidents of the problem that began after it was done; -1: not known
	Effect   string    // "3 in the 212 days before it was done, …", and whether that can be told from chance; empty: it is not judged
	Back     time.Time // when the problem came back after somebody said that it worked; zero: it did not
}

// Folded says how the alerts of floods count in the figures of a problem. The zero Folded says nothing.
type Folded struct {
	Text string // "40 alerts in 2 floods count once each: 14 occurrences, 52 incidents in all."
	Path string // the incidents of the last 12 months, each by itself
}
