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
	Collections []Collection
	// Check refuses a mapping, or settings together, that cannot work; nil: none of them can be wrong.
	Check func(Config) error
}

// Field is one setting of a source; it drives the form, the command's --set and the docs.
type Field struct {
	Name     string
	Label    string
	Help     string
	Default  string
	Options  []string // the only values allowed, when not empty
	Required bool
	Secret   bool
	Check    func(value string) error // refuses what cannot work; nil: any text can
}

// Collection is one sort of record of a source.
type Collection struct {
	Name string // "incidents"
	// Read yields pages of records behind cursor; only Read may touch network, files or clock. An error
	// ends the run; what cannot be read as a record is a Reject in its page, and the rest goes on.
	Read func(ctx context.Context, in Input, cursor Cursor) iter.Seq2[Page, error]
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
	Since, Until time.Time // zero: no bound
	Now          time.Time
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
	Next    Cursor
	Total   int64 // records to expect in all; 0 when unknown
}

// Record is one record as the source gave it.
type Record struct {
	ExternalID string
	Body       []byte
	Place      string // "events.csv, row 17"
	Gone       bool
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
}

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
