package frontend

// ReportsPage lists the reports that are ready, at /reports.
type ReportsPage struct {
	Shell
	Rows []ReportRow
}

func (ReportsPage) template() string { return "reports" }

// ReportRow is a sort of report.
type ReportRow struct {
	Title, Path string
	Reader      string // for whom: "managers"
	About       string // what it answers, in a sentence
	Period      string // the usual one: "Last quarter"
	Exports     []Link // files of it, about the usual period
}

// ReportPage is one report at /reports/{kind}. GET parameters: period and filters, as everywhere.
type ReportPage struct {
	Shell
	Report  Report
	Period  Period
	Facets  []Facet
	Chips   []Chip
	Exports []Link // the first is the one that people send on
	Regular string // path of the page where it is scheduled
}

func (ReportPage) template() string { return "report" }
