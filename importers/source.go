// Package importers turns records of other systems into incidents.
//
// A [Source] is a value: its name, its settings, and one or more collections. A [Collection] has a
// function that reads records (from the network or a file) and a pure function, Map, that turns one record
// into a [Draft]. Everything else (storing raw records first, cursors, retries, dead letters,
// progress, resolving names to services and teams) is done once, for all sources, by the runner in
// server/internal/jobs.
package importers

import (
	"context"
	"encoding/json"
	"io"
	"iter"
	"net/url"
	"time"

	"hindsight/incident"
)

// Source describes how to read one upstream system. All that an operator or a developer must know
// about it is in this value; it holds no state.
type Source struct {
	Name        string // "servicenow": names the command's argument, settings and stored connections
	Title       string // "ServiceNow"
	Summary     string // one sentence for the gallery of sources: what it reads
	Docs        string // URL of the description that the mapping was written from
	Origin      incident.Origin
	File        bool     // reads an uploaded file or a folder
	Accept      []string // file name endings that it reads: ".csv", ".xlsx"
	Settings    []Field
	Missing     []string // what this source cannot know: "mitigation time"
	Permission  string   // the smallest permission at the source that suffices, in its own terms
	Collections []Collection
	// Changes reports whether a connection reads change events as it is set up; nil: the system tells of none.
	Changes func(Config) bool
	// Shifts says that the system tells who is on call.
	Shifts bool
	// Runbooks says that the system keeps runbooks.
	Runbooks bool
	// API says how to speak to the system; nil: it is read from files alone.
	API *API
	// Probe proves that the credentials work and says as whom, and what they reach. It changes nothing there.
	Probe func(ctx context.Context, in Input) (Scope, error)
	// Hook reads what the system pushes; nil: it pushes nothing.
	Hook *Hook
	// Tracker looks at issues that action items link to; nil: there is no way to.
	Tracker *Tracker
	// Words is what the system's words mean unless a connection's mapping says otherwise; see Config.Words.
	// It lists every documented word, so that people can see and change what each stands for.
	Words Words
	// Check refuses a mapping, or settings together, that cannot work; nil: none of them can be wrong.
	Check func(Config) error
}

// AlwaysChanges is Source.Changes of a system of which change events are read however it is set up.
func AlwaysChanges(Config) bool { return true }

// Field is one setting of a source; it drives the form, the command's --set and the docs.
type Field struct {
	Name     string
	Label    string
	Help     string
	Default  string
	Options  []string // the only values allowed, when not empty
	Required bool
	Secret   bool
	Lines    bool                     // it has several lines, such as a certificate
	Check    func(value string) error // refuses what cannot work; nil: any text can
}

// Collection is one sort of record of a source.
type Collection struct {
	Name string // "incidents"
	// Read yields pages of records behind cursor; only Read may touch network, files or clock. An error
	// ends the run; what cannot be read as a record is a Reject in its page, and the rest goes on.
	Read func(ctx context.Context, in Input, cursor Cursor) iter.Seq2[Page, error]
	// List says how the records are walked through over the network; nil: they come from files, pushes or
	// Fetch alone. A collection may have both Read and List.
	List *Listing
	// Count returns how many records a walk over in.Since to in.Until would give, for a request or a few; nil: the
	// source does not say how many there are.
	Count func(ctx context.Context, in Input) (int64, error)
	// Follow tells what changed since, where List cannot: once List has come to its end, polls walk Follow
	// from there on instead. Nil: polls go on with List.
	Follow *Listing
	// Fetch returns records by external id: those that changed, were pushed as a hint, or are held as open. An id
	// that is not there any more is left out. FetchEach makes one from a function for a single id.
	// The incidents of a collection that has Fetch carry its Name as Ref.Type.
	Fetch func(ctx context.Context, in Input, ids []string) ([]Record, error)
	// Census returns the external ids of all records that there are, in any order, where that is cheap: what is
	// missing from them was deleted. It gives a page at a time, and the token of the next; empty: the first, or the end.
	Census func(ctx context.Context, in Input, token string) (ids []string, next string, err error)
	// Hides says that the source answers alike for what was deleted and for what may not be seen any more: a record
	// that Fetch leaves out is kept then, and a push alone says that it is gone.
	Hides bool
	// Map turns one stored record into a draft. It is pure: the same record, settings and mapping give the
	// same draft, for ever. A *MapError says what is wrong with the record.
	Map func(raw incident.Raw, cfg Config) (Draft, error)
	// Combine merges a newly read version into the stored one, for logs of which each export may hold
	// a part. It must be commutative, associative and idempotent. Nil: the new version replaces the old.
	Combine func(stored, read []byte) ([]byte, error)
}

// Config is what a connection tells its source.
type Config struct {
	Connection incident.ID
	Settings   map[string]string
	Mapping    json.RawMessage
	MapVersion int
}

// Setting returns the value of a setting, or the default that the source declares.
func (c Config) Setting(s Source, name string) string {
	if v := c.Settings[name]; v != "" {
		return v
	}
	for _, f := range s.Settings {
		if f.Name == name {
			return f.Default
		}
	}
	return ""
}

// Input is what Read reads from.
type Input struct {
	Config
	Files        []File
	Client       *Client   // for sources with an API
	Since, Until time.Time // zero: no bound
	Now          time.Time
}

// Get asks for path below the connection's address, or for an absolute address there, and decodes the answer. See Client.Do.
func (in Input) Get(ctx context.Context, path string, query url.Values, answer any) error {
	a, err := in.Client.Get(ctx, path, query)
	if err != nil {
		return err
	}
	return a.JSON(answer)
}

// File is one file of an upload or a folder.
type File struct {
	Name string // path below the folder, with slashes
	Size int64  // -1 when unknown
	Open func() (io.ReadCloser, error)
}

// Cursor is where to go on reading, in the collection's own shape; nil is the beginning.
type Cursor []byte

// Page is a batch of records that are stored in one transaction together with Next.
type Page struct {
	Records []Record
	Rejects []Reject
	Touched []string // external ids of records that changed: Fetch them
	Next    Cursor
	Total   int64     // records to expect in all; 0 when unknown
	Through time.Time // all before this instant was read; zero when the walk does not go by time
}

// Record is one record as the source gave it.
type Record struct {
	ExternalID string
	Body       []byte
	Place      string // "events.csv, row 17"
	Gone       bool
	// At is the time by which its listing walks: of the last change, or of creation. Zero for files.
	At time.Time
	// Asked is the id that was fetched when the source answered with another record: the two were merged there.
	Asked string
}

// Reject is something that could not be read as a record.
type Reject struct {
	ExternalID string // empty when not even that could be read
	Place      string // file, row and column
	Reason     string
	Body       string // the raw text, as far as it could be read
}

// Draft is what a record says, in the domain's words. Names stand for services, teams and people; the
// runner finds or makes the entities.
type Draft struct {
	// Incident carries neither ID nor Ref.Connection; the runner fills both in.
	Incident      incident.Incident
	Team          string // name of the owning team; may be empty
	Timeline      []incident.TimelineEvent
	Retrospective *incident.Retrospective
	Warnings      []incident.Warning

	// Change is what a record says that is no incident but a change event: nothing is made of Incident and what
	// belongs to it then. It carries neither ID nor Ref.Connection, and its services have names alone.
	Change *incident.ChangeEvent
	// Roster is Change for a record that tells who is on call. Its shifts carry the source's ids of schedule and
	// person, where there are any, in ScheduleRef and Person; Team owns them. A roster without shifts takes
	// back those that an earlier version of the record told.
	Roster *incident.Roster
	// Runbook is Change for a record that is a runbook.
	Runbook *incident.Runbook
}

// Incidental reports whether the record is an incident, as nearly all are, and none of the others.
func (d *Draft) Incidental() bool { return d.Change == nil && d.Roster == nil && d.Runbook == nil }

// Warn notes an oddity that does not stop the record.
func (d *Draft) Warn(field, value, message string) {
	d.Warnings = append(d.Warnings, incident.Warning{Field: field, Value: value, Message: message, Count: 1})
}

// MapError says why a record cannot become an incident and what would be right.
type MapError struct {
	Field  string // column or path in the record
	Value  string
	Reason string
}

func (e *MapError) Error() string {
	if e.Field == "" {
		return e.Reason
	}
	return e.Field + ": " + e.Reason
}
