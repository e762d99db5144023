package frontend

import "hindsight/reports"

// CausesPage is what to fix first across services, at /causes: factors that recur, services that fail together, and changes that
// failures follow.
//
// GET parameters: those of figures.
type CausesPage struct {
	Shell
	Tabs    []Choice
	Period  Period
	Problem string // what is wrong with the question and what would be right; empty: nothing
	Facets  []Facet
	Chips   []Chip
	Clear   string
	Exports []Link
	First   []Finding // what stands out, most telling first
	Nothing string    // why First is empty

	Factors  FactorTable
	Together CoFailure
	Changes  ChangesBefore
	Floods   FloodList
	Notes    []string // what holds for the whole page
}

func (CausesPage) template() string { return "causes" }

// Finding is one thing that stands out, with its evidence behind Path.
type Finding struct {
	Kind string // "coupling", "factor", "change"
	Text string
	Path string
	Link string // label of Path
}

// FloodList is alerts that are one event.
type FloodList struct {
	Lede  string
	Rows  []FloodRow // newest first
	Total int
	Note  string    // which time was looked through; empty: all of the period
	None  NoNumbers // why there is no row
}

// FloodRow is one flood behind the incident that leads it.
type FloodRow struct {
	CaseRow
	Sentence string
	All      string // path of all incidents of that time
}

// FactorTable is factors by service and period. Rows of services follow the row of their factor.
type FactorTable struct {
	Lede    string
	Periods []string
	Rows    []FactorRow
	Undated bool   // a row has incidents without a date
	Claims  string // path of the work list of claimed factors
	Notes   []string
	None    NoNumbers // why there is no row
}

// FactorRow is a factor, or one of its services.
type FactorRow struct {
	Name      string
	Service   bool // the row is of a service
	Total     CountCell
	Confirmed int
	Claimed   int
	Cells     []CountCell // a cell for each period
	Undated   CountCell
}

// CountCell is a count with the page of what it counts; without a path it opens nothing.
type CountCell struct {
	N    int
	Path string
}

// CoFailure is which services fail together.
type CoFailure struct {
	Lede   string
	Matrix Matrix
	Pairs  reports.Table
	Notes  []string
	Links  []Link
	None   NoNumbers // why there is no pair
}

// Matrix is services against services, the lower half, in an order in which neighbours fail together.
type Matrix struct {
	Services []Link // rows and columns
	Rows     [][]MatrixCell
	Note     string // which services are shown; may be empty
}

// MatrixCell is a pair of services, or on the diagonal a service alone. Level goes from 0, no shade, to 4.
type MatrixCell struct {
	N, Level int
	Self     bool
	Path     string // what it counts
	Sentence string
}

// ChangesBefore is what changes before failures say, service by service.
type ChangesBefore struct {
	Lede  string
	Table reports.Table
	Notes []string
	None  NoNumbers // why there is no row
}

// PairPage lists what is behind a cell of CausesPage, at /causes/cases. GET parameters: those of the page, and a and b, or factor
// and undated.
type PairPage struct {
	Shell
	Name     string
	Sentence string
	Anchor   string // of /help/metrics
	Period   string
	Chips    []Chip
	One      []CaseRow // incidents, each by itself
	OneTitle string    // empty: there is no such list
	Apart    []PairRow // incidents that began close to each other
	Total    [2]int    // of One and Apart, also those that are not shown
	Links    []Link    // what can be done about it
}

func (PairPage) template() string { return "pair" }

// PairRow is two incidents; Gap is how long the later one began after the earlier one.
type PairRow struct {
	Earlier, Later CaseRow
	Gap            reports.Cell // seconds
}
