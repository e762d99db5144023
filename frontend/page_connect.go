package frontend

import (
	"time"

	"hindsight/incident"
)

// This file holds the steps of connecting a source over the network, each at a path of its own below the connection,
// so that they can be left and come back to.

// SetupStep is a step of setting a connection up.
type SetupStep struct {
	Label string
	Path  string // empty: it cannot be gone to yet
	Done  bool
	Now   bool
}

// Problem says why a source could not be read, and what to do about it.
type Problem struct {
	Text   string // what happened, in the words of who found it
	Advice string // what to do; may be empty
}

// SettingsPage is the first step for a connection that exists, at /imports/{id}/settings. It posts set.*, and forget
// with the name of each secret to take back.
type SettingsPage struct {
	Shell
	Connection incident.Connection
	Source     SourceCard
	Steps      []SetupStep // empty once it is set up
	Form       Form
}

func (SettingsPage) template() string { return "settings" }

// TestPage is the second step at /imports/{id}/test: what the credentials reach. It is found out anew at every view.
type TestPage struct {
	Shell
	Connection incident.Connection
	Source     SourceCard
	Steps      []SetupStep
	Identity   string
	Reach      []string
	Notes      []string
	Problem    *Problem // nil: the source answered
}

func (TestPage) template() string { return "test" }

// WordsPage is the third step at /imports/{id}/words: what the source's words mean. It posts w.N.field, w.N.word and
// w.N.to for each row, and field.NAME. Before the first poll the mapping is saved; later a forecast comes first.
type WordsPage struct {
	Shell
	Connection incident.Connection
	Source     SourceCard
	Steps      []SetupStep
	Groups     []WordGroup
	Fields     []FieldName // empty: the source has no fields that people can name
	Read       int         // records in which the words were looked for
	Stored     bool        // they are the ones kept here, not read just now
	Cut        bool        // only some of them
	Problem    *Problem    // why no records could be looked at; words can be changed nevertheless
	Form       Form
}

func (WordsPage) template() string { return "words" }

// Unknown counts the words that mean nothing yet.
func (p WordsPage) Unknown() int {
	n := 0
	for _, g := range p.Groups {
		for _, w := range g.Rows {
			if w.Count > 0 && w.Means == "" && w.To == "" {
				n++
			}
		}
	}
	return n
}

// WordGroup is the words of one field.
type WordGroup struct {
	Field   string // "status"
	Label   string // "Statuses"
	Rows    []WordRow
	Options []Choice // what a word can mean; empty: it is a name, which is typed
	More    int      // further words that are not listed
}

// WordRow is one word of the source.
type WordRow struct {
	N     int    // of its form fields
	Word  string // empty: a row for a word that was not met yet
	Count int    // records that have it; 0: none that were looked at
	Means string // what it means by itself; empty: nothing
	To    string // what the mapping says it means; empty: nothing
}

// FieldName says in which of the source's own fields something stands.
type FieldName struct {
	Name     string // "mitigated"
	Declared string // where it is looked for by itself; may be empty
	Value    string // what the mapping says
}

// BeginPage is the last step at /imports/{id}/begin: from when on to read, and whether to go on by itself. It posts
// since, a date in the viewer's zone, begin=1 and follow to /imports/{id}/runs; GET with since and follow estimates anew. Later it reads again from a date.
type BeginPage struct {
	Shell
	Connection incident.Connection
	Source     SourceCard
	Steps      []SetupStep // empty: it is set up, and reads again
	Since      string
	Follow     bool
	Every      time.Duration // between two polls
	Estimate   *Estimate     // nil: it is set up already
	Form       Form
}

// Estimate says beforehand what reading takes.
type Estimate struct {
	Summary string // "About 12,400 records: about 130 requests, 2 to 4 hours"
	Reasons []string
}

func (BeginPage) template() string { return "begin" }

// WebhookPage is at /imports/{id}/webhook: how the source is told to push. POST /imports/{id}/webhook makes a secret,
// POST /imports/{id}/webhook/drop ends the older one of two.
type WebhookPage struct {
	Shell
	Connection incident.Connection
	Source     SourceCard
	Steps      []SetupStep // of a source that pushes and cannot be asked
	Address    string
	Setup      string // Markdown
	Secret     string // in clear, shown this once
	Secrets    int    // that are good
	// OlderUsed is when the older of two last proved a delivery; zero: not since the newer one was made.
	OlderUsed time.Time
	Health    incident.Health
	MayEdit   bool
}

func (WebhookPage) template() string { return "webhook" }

// ForecastPage is what mapping the stored records again would change, at /imports/{id}/forecast. It posts what it was
// made for to /imports/{id}/remap: mapping, or version, or neither, and zone.
type ForecastPage struct {
	Shell
	Connection incident.Connection
	Source     SourceCard
	Read       int64 // records that were looked at
	Kept       int64 // records that there are
	Cut        bool  // the time did not suffice for all: the newest were looked at
	Changed    int64
	Made       int64
	Dead       int64
	Fields     []FieldCount // of the incidents that change
	Figures    []FigureMove
	Carry      []Hidden
	Version    int // that would come back; 0: none
}

func (ForecastPage) template() string { return "forecast" }

// FieldCount is in how many incidents a field changes.
type FieldCount struct {
	Field string
	Count int
}

// FigureMove is a figure before and after.
type FigureMove struct {
	Title, Period string
	Before, After string // "41m", or why there is none
	N             int    // incidents behind it afterwards
}
