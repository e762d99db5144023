// Package reports defines charts and tables as values: numbers with labels and units, made by pure
// functions of an analytics snapshot and listed in the [Catalog]. It knows no renderer. The page, the JSON
// API, CSV, SVG, PNG and PDF all render the same value, so they cannot disagree.
//
// Start with [Chart]; to add one, write a function of a snapshot and a query and list it in [Catalog].
// [Format] writes numbers for people, everywhere. Renderers live in packages of their own:
// reports/echarts (options for the browser), reports/draw (SVG, PNG and PDF on the server), reports/table (CSV,
// JSON, Markdown), reports/sheet (XLSX). Sample data to try charts on is in reports/reportstest.
package reports

import (
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// Chart is one figure: a question, its answer in words, and the numbers. When only Y has Categories the
// chart lies on its side: X is the value, and Lo and Hi belong to X.
type Chart struct {
	ID     string // "ttr-by-month"; in URLs and file names
	Title  string // the question that it answers
	Answer string // one sentence, from the fixed phrases of analytics where it judges a change
	X, Y   Axis
	Series []Series
	Lines  []Line // targets and annotations
	Empty  string // why there is nothing to draw, naming what was seen and dropped; empty otherwise
	Table  Table  // the same numbers for those who cannot or will not look at the picture
	Source Source
}

// Axis says how to read one direction of a chart.
type Axis struct {
	Label      string
	Unit       Unit
	Log        bool
	Categories []string // when set, coordinates are indices into it
	Min, Max   *float64 // nil: from the data
}

// Unit says what a number counts.
type Unit string

const (
	Count   Unit = "count"
	Seconds Unit = "seconds" // written as a duration: "1h 14m"
	Share   Unit = "share"   // 0 to 1, written in per cent
	Instant Unit = "instant" // Unix seconds, UTC
	Text    Unit = "text"
)

// Shape is how a series is drawn.
type Shape string

const (
	Dots     Shape = "dots"     // one mark per incident
	OpenDots Shape = "open"     // one hollow mark per incident that is not over, in the colour of the series before
	Bars     Shape = "bars"     // from zero
	Steps    Shape = "steps"    // distribution functions; Lo and Hi are a band
	Connect  Shape = "line"     // values over time
	Interval Shape = "interval" // an estimate with its interval: Lo, value, Hi
	Box      Shape = "box"      // Lo, value, Hi are the quartiles
)

// Series is one set of marks.
type Series struct {
	Name   string
	Shape  Shape
	Ghost  bool // the period before, drawn pale and dashed
	Points []Point
}

// Flat reports whether the chart lies on its side, with its categories one below the other.
func (c Chart) Flat() bool { return len(c.Y.Categories) > 0 && len(c.X.Categories) == 0 }

// Point is one mark. Lo and Hi are nil where the shape or the data has none.
type Point struct {
	X, Y   float64
	Lo, Hi *float64
	Label  string // what a reader sees when pointing at it
	Link   string // path of the page behind it; empty: none
}

// Line is a straight line across the chart at a value of one axis.
type Line struct {
	Axis  string // "x" or "y"
	At    float64
	Label string
}

// Source says what the numbers were made from, and is printed with every rendering.
type Source struct {
	From, To time.Time           // the period, half open; zero when unbounded
	Zone     string              // IANA name that periods and days are in
	Filter   string              // the filters in words: "service checkout, severity 1 or 2"; empty: none
	N        int                 // incidents that were counted
	LeftOut  []LeftOut           // incidents that were not, by reason
	Method   string              // "median with 95 % order-statistic interval"
	Metric   string              // id of the definition, an anchor of /help/metrics
	Measures string              // id or span of the duration that Outcomes are about; empty: none is measured
	Outcomes []analytics.Outcome // of the incidents that N counts, as analytics.Snapshot.Cases lists them; empty: all that count
	Counted  bool                // N counts incidents of the selection, so that a list of them can be opened
	Link     string              // path of the list of the incidents that N counts; may be empty
	AsOf     incident.Seq
}

// LeftOut counts incidents that a figure does not include.
type LeftOut struct {
	Reason string // "still open", "no resolution time", "drill"
	N      int
	Link   string // path of the list of them; may be empty
	// Outcome names them for analytics.Snapshot.Cases; empty: it has no list of them.
	Outcome analytics.Outcome
}
