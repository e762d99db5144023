package frontend

import (
	"time"

	"hindsight/incident"
)

// SearchPage is the results at /search. GET parameters: q, kind, after.
type SearchPage struct {
	Shell
	Query   string
	Problem string // what is wrong with Query and what would be right; empty: nothing
	Kinds   []Choice
	Groups  []HitGroup
	Total   int
	Took    time.Duration
	Older   string
	Figures []Figure // of the incidents that were found
	Exports []Link   // of their list
	Hints   []Link   // other queries worth trying
	Goes    []Link   // queries that go on where this one ends
}

func (SearchPage) template() string { return "search" }

// HitGroup is the hits of one kind.
type HitGroup struct {
	Label  string // "Incidents"
	Graded bool   // its hits are incidents, and so have a severity or lack one
	Total  int
	More   string // path of all of them
	Hits   []Hit
}

// Hit is one thing that was found.
type Hit struct {
	Title    []Segment
	Path     string
	Severity incident.Severity
	Meta     []string // "12 Nov 2026", "checkout"
	At       time.Time
	Snippets []Snippet
}

// Palette is the answer to /palette?q=, drawn as the options of a list box without a frame.
type Palette struct {
	Shell
	Groups []PaletteGroup
}

func (Palette) template() string { return "palette" }

// PaletteGroup is a labelled group of options.
type PaletteGroup struct {
	Label string
	Items []PaletteItem
}

// PaletteItem is one option.
type PaletteItem struct {
	Label string
	Meta  string
	Path  string
	Keys  string // "g i"; may be empty
}
