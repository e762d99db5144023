package frontend

import (
	"time"

	"hindsight/incident"
	"hindsight/reports"
)

// ServicesPage is the list of services at /services. GET parameters: q, range, from, to, cmp, sort.
type ServicesPage struct {
	Shell
	Period  Period
	Query   string
	Keep    []Hidden // parameters that a new search carries along
	Chips   []Chip
	Clear   string
	Sorts   []Choice
	Rows    []ServiceRow
	Total   int
	Figures []Figure // what fails most, what fails together
	Scan    Scan     // which of them changed
	Exports []Link
	Empty   Empty
}

func (ServicesPage) template() string { return "services" }

// ServiceRow is one service in a list, measured over the page's period.
type ServiceRow struct {
	Service  incident.Service
	Team     string
	Count    int
	Was      *int // in the period compared with
	Open     int
	Median   reports.Cell // seconds to resolve
	P90      reports.Cell // seconds to resolve
	Marks    []Mark       // what changed by more than the number of questions explains
	Spark    Spark
	Problems int
}

// ServicePage is one service at /services/{id}: is it getting better?
type ServicePage struct {
	Shell
	Service  incident.Service
	Team     Link
	Period   Period
	Verdicts []Verdict // how often, how long, how much
	Stats    []Stat
	Panels   []Panel // one question each
	Figures  []Figure
	Table    reports.Table // the numbers of the page by period
	Problems []ProblemRow
	Recent   []IncidentRow
	List     string      // path of the list of its incidents
	Changes  []ChangeRow // the newest of the period
	Starts   string      // how far the median moves when starts are wrong; empty: there is none
	AllMade  string      // path of the list of its changes; empty: no source of changes is connected
	Exports  []Link
	Empty    Empty

	Reliability *ReliabilityPart // nil: not measured
}

func (ServicePage) template() string { return "service" }

// SLAPage is compliance at /sla. GET parameters: range, from, to, service, priority; print=1.
type SLAPage struct {
	Shell
	Period    Period
	Facets    []Facet
	Chips     []Chip
	Clear     string
	Counts    SLACounts
	Labels    []string // of the columns: "Jul 2026"
	Own       []SLARow // targets and contracts defined here
	Stated    []SLARow // clocks as the sources state them
	Contracts []ContractCard
	Breaches  []BreachRow
	Figures   []Figure
	Source    reports.Source
	Exports   []Link
	Print     bool // show everything unfolded
	Empty     Empty
	MayEdit   bool
}

func (SLAPage) template() string { return "sla" }

// SLARow is one objective over the periods of the page.
type SLARow struct {
	Name   string
	Scope  string // "priority 1 - Critical, service checkout"; empty: all
	Within time.Duration
	Goal   float64 // 0 to 1; 0: none is set
	Total  SLACell
	Lo, Hi *float64 // interval of the share, 0 to 1
	Cells  []SLACell
	State  SLAState
	Open   int // still running
	Left   []reports.LeftOut
	Path   string // list of its incidents
}

// SLACell is one objective in one period.
type SLACell struct {
	Met, N int
	State  SLAState
	Path   string
}

// BreachRow is one missed promise.
type BreachRow struct {
	IncidentRow
	Objective string
	Taken     incident.Duration
	Within    time.Duration
}
