package frontend

import (
	"time"

	"hindsight/incident"
)

// ImportsPage is the state of all sources at /imports.
type ImportsPage struct {
	Shell
	Connections []ConnectionRow
	Runs        []RunRow // newest first
	Waiting     int      // dead letters of all connections
	Letters     []LetterRow
	Samples     []SampleSet
	MayEdit     bool
}

func (ImportsPage) template() string { return "imports" }

// ConnectionRow is one connection and its health.
type ConnectionRow struct {
	Connection incident.Connection
	Title      string // of the source: "ServiceNow"
	Incidents  int
	Waiting    int // dead letters
	Changes    int // change events
	Shifts     int // on call
	Last       *incident.Run
	Newest     time.Time // start of its newest incident
	Health     Health
	Says       string // "2 hours without an answer, trying again"
}

// Others says what it gave beside incidents; empty: nothing.
func (r ConnectionRow) Others() []string {
	var out []string
	for _, o := range []struct {
		n    int
		what string
	}{{r.Changes, "change"}, {r.Shifts, "shift"}} {
		if o.n > 0 {
			out = append(out, plural(o.n, o.what))
		}
	}
	return out
}

// Health says whether a source delivers.
type Health string

// The sorts of health.
const (
	Healthy Health = "ok"
	Ailing  Health = "warn"
	Broken  Health = "bad"
	Silent  Health = "none" // no run yet
)

// RunRow is one run in a list.
type RunRow struct {
	Run        incident.Run
	Connection Link
}

// LetterRow is one dead letter.
//
// POST /imports/letters/{id}/retry tries it again, with body when it was repaired by hand;
// POST /imports/letters/{id}/discard resolves it.
type LetterRow struct {
	Letter     incident.DeadLetter
	Connection Link
}

// ConnectionPage is one connection at /imports/{id}.
//
// POST /imports/{id}/runs starts a run; POST /imports/{id}/retry retries all dead letters; POST
// /imports/{id}/name takes name; POST /imports/{id}/follow takes on (yes or no); POST /imports/{id}/pause and /resume; POST /imports/{id}/remove takes
// confirm, which must equal the connection's name.
type ConnectionPage struct {
	Shell
	Row      ConnectionRow
	Source   SourceCard
	Runs     []incident.Run
	Letters  []LetterRow
	Coverage []Coverage
	Records  int    // raw records kept
	Upload   bool   // it reads files that are uploaded
	Continue string // path where setting it up goes on; empty: it is set up
	Fare     *Fare  // nil for a source that files alone are read of
	Versions []MappingRow
	Form     Form
	MayEdit  bool
}

func (ConnectionPage) template() string { return "connection" }

// RunRows returns the runs as rows that name this connection.
func (p ConnectionPage) RunRows() []RunRow {
	rows := make([]RunRow, len(p.Runs))
	for i, r := range p.Runs {
		rows[i] = RunRow{Run: r, Connection: Link{Label: p.Row.Connection.Name}}
	}
	return rows
}

// Fare is how a connection fares that is read over the network, or pushed to.
type Fare struct {
	incident.Health
	Network bool // it is polled
	Follow  bool // by itself
	Hook    bool // its source can push
	Secrets int  // webhook secrets that are good
	// Every and Daily are how often a connection that follows is polled and reconciled.
	Every, Daily time.Duration
}

// Paused reports whether polls wait for a person.
func (f Fare) Paused() bool { return !f.PausedAt.IsZero() }

// MappingRow is a mapping that a connection has or had.
type MappingRow struct {
	Version int
	SavedAt time.Time // zero: not known
	By      string
	Says    string // "4 words, 1 field"
	Now     bool   // it is in force
}

// Coverage says how many incidents of a connection have a fact.
type Coverage struct {
	Label string // "Acknowledged at"
	Have  int
	Of    int
	Note  string // "ServiceNow does not record it"
}

// RunPage is one run at /imports/runs/{id}. While it goes on, its progress is read again from
// /imports/runs/{id}/progress, which answers a RunProgress. POST /imports/runs/{id}/cancel stops it.
type RunPage struct {
	Shell
	Progress   RunProgress
	Connection Link
	Steps      []SetupStep // of the first poll of a connection
	Letters    []LetterRow
	MayEdit    bool
}

func (RunPage) template() string { return "run" }

// RunProgress is the part of a RunPage that changes. It is a page of its own without a frame.
type RunProgress struct {
	Shell
	Run     incident.Run
	Left    time.Duration // estimate; 0: not known
	PerHour int64         // records read in an hour at the pace so far; 0: not known
	Network bool          // it asks a system over the network
	MayEdit bool          // may cancel
}

func (RunProgress) template() string { return "run-progress" }

// LettersPage is the list of dead letters at /imports/letters. GET parameters: connection, stage.
type LettersPage struct {
	Shell
	Letters []LetterRow
	Total   int
	Stages  []Choice
	Exports []Link
	MayEdit bool
	Empty   Empty
}

func (LettersPage) template() string { return "letters" }
