package frontend

import "hindsight/reports"

// NumbersPage shows figures in sections: numbers with their uncertainty, then tables. Delivery (/delivery), load
// (/load), learning (/learning), durations (/durations) and restatements (/restatements) are such pages.
//
// GET parameters: range or from and to, tz, and those of Facets and Chips.
type NumbersPage struct {
	Shell
	Lede     string
	Tabs     []Choice // the pages that belong together; empty: none
	Period   Period
	Problem  string // what is wrong with the question and what would be right; empty: nothing
	Facets   []Facet
	Chips    []Chip
	Clear    string
	Sections []NumbersSection
	Notes    []string // what holds for the whole page: period, what was left out and why
	Exports  []Link
	None     NoNumbers // why Sections is empty
	Define   *DefineDuration
}

func (NumbersPage) template() string { return "numbers" }

// NumbersSection is one part of a NumbersPage.
type NumbersSection struct {
	ID     string // unique on the page
	Title  string
	Lede   string // the answer in a sentence; may be empty
	Stats  []Stat
	Tables []reports.Table // without rows: not shown
	Links  []Link          // ways to what is behind the numbers
	Notes  []string
}

// NoNumbers says why there is nothing to measure, and what would help.
type NoNumbers struct {
	Title, Text string
	Links       []Link
}

// DefineDuration is the form for a new duration, or a new version of one: POST /durations name, span, calendar, note.
type DefineDuration struct {
	Form      Form
	Calendars []Choice
}
