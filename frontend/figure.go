package frontend

import (
	"encoding/json"
	"html/template"

	"hindsight/reports"
)

// Figure is a chart on a page. Its data table is always there; the picture is drawn from Option by the
// browser.
type Figure struct {
	Chart   reports.Chart
	Option  json.RawMessage // from reports/echarts with the theme Browser; empty: only Chart.Table is shown
	Picture template.HTML   // instead of Option, in a file without scripts: an svg element
	Size    FigureSize
	Exports []Link // "CSV", "SVG", "PNG", "PDF", "JSON": paths that carry the filters of the page
}

// FigureSize is how much room a figure reserves, so that nothing moves when it is drawn.
type FigureSize string

// The sizes of a figure: 220, 320 and 440 CSS pixels high.
const (
	Small  FigureSize = "s"
	Medium FigureSize = "m"
	Large  FigureSize = "l"
)

// Stat is one number with its comparison and the words that judge it.
type Stat struct {
	Label   string // "Incidents", "To resolve, median"
	Unit    reports.Unit
	Value   reports.Cell // missing cells show their note
	Was     *reports.Cell
	Lo, Hi  *float64 // interval of Value, in Unit
	N       int      // incidents behind it
	Verdict Verdict
	Metric  string // anchor of /help/metrics
	Path    string // page behind the number; may be empty
}

// Verdict is a judgement in the fixed phrases of analytics.
type Verdict struct {
	Question string // "How often?"
	State    VerdictState
	Phrase   string // "Probably better."; empty: no judgement
	Detail   string // "1.9 a month (90 % interval 1.1 to 3.0), was 3.3"
	N, WasN  int
	Metric   string // anchor of /help/metrics
	Path     string // page behind the numbers; may be empty
}

// VerdictState is the direction of a verdict.
type VerdictState string

// The directions of a verdict. Unclear is a result like the others.
const (
	Better  VerdictState = "better"
	Worse   VerdictState = "worse"
	Same    VerdictState = "same"
	Unclear VerdictState = "unclear"
)

// Spark is a row of counts of equal periods, oldest first, drawn as small bars.
type Spark struct {
	Counts []int
	Label  string // for those who do not see it: "incidents per month, December 2025 to November 2026"
}
