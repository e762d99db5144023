package incident

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"
)

// Connection is a configured source: which system, with which settings and which mapping.
type Connection struct {
	ID       ID
	Source   string            // name of the importer: "table", "servicenow", …
	Name     string            // what people call it; unique
	Settings map[string]string // no secrets; those live encrypted in Secret
	Secret   []byte
	Mapping  json.RawMessage // the saved mapping, in the source's own shape; may be empty
	// MapVersion counts the changes of Mapping, from 1.
	MapVersion int
	Sample     bool   // bundled public data; removable in one click
	Exclude    string // reason that keeps all its incidents out of reliability numbers; usually empty
	Follow     bool   // polled and reconciled by itself
	CreatedAt  time.Time
}

// MappingVersion is a mapping that a connection has, or had.
type MappingVersion struct {
	Connection ID
	Version    int // Connection.MapVersion from which on it was in force
	Mapping    json.RawMessage
	SavedAt    time.Time // zero: before versions were kept
	By         string
}

// Raw is a record as its source gave it. It is stored before anything is made of it and kept, so that a
// changed mapping replays history without the source.
type Raw struct {
	ID         ID // derived from Connection, Type, ExternalID and Hash
	Connection ID
	Type       string // the collection: "incidents"
	ExternalID string
	Hash       string // SHA-256 of Body, hex
	Body       []byte
	ReceivedAt time.Time
	Via        string // as a Run's; push: a delivery carried it; fetch: it was asked for since a delivery spoke of it
	Origin     string // where in the source: "events.csv:17", "incidents.json?page=2"
	Gone       bool   // the source says that the record was deleted
	Latest     bool   // no newer version of the same record is stored
}

// Identify fills in what follows from a version's content. A deletion is a version of its own, even when it carries the record's
// last content.
func (r *Raw) Identify() {
	h := sha256.New()
	h.Write(r.Body)
	if r.Gone {
		h.Write([]byte("\x00gone"))
	}
	r.Hash = hex.EncodeToString(h.Sum(nil))
	r.ID = r.VersionID()
}

// VersionID returns the id that follows from what the record is called and its hash.
func (r *Raw) VersionID() ID {
	return DeriveID("raw", string(r.Connection), r.Type, r.ExternalID, r.Hash)
}

// DeadLetter is a record that could not be mapped, or a line that could not be read as one.
// It waits, with its raw text, for a better mapping or a person.
type DeadLetter struct {
	ID         ID
	Connection ID
	Run        ID
	Type       string
	ExternalID string // may be empty when the record could not be read at all
	RawID      ID     // may be empty likewise
	Stage      string // read, map, store
	Place      string // file, row and column: "incidents.csv, row 17, column opened_at"
	Reason     string // what is wrong and what would be right
	Body       string // the raw text, cut at 64 KiB
	FirstSeen  time.Time
	Count      int
	ResolvedAt time.Time // zero while it waits
}

// Tally counts what is kept of a connection.
type Tally struct {
	Records int // raw records, the newest version of each
	Waiting int // dead letters
	Changes int // change events that exist
	Shifts  int // of rosters that exist
}

// RunLock is the setting that transactions about the runs of a connection write first, so that they follow one another.
func RunLock(connection ID) string { return "import.lock." + string(connection) }

// IssuesSeen is the setting that holds when the issues that a connection looks at were seen last, as JSON.
func IssuesSeen(connection ID) string { return "issues.seen." + string(connection) }

// OlderSecretUsed is the setting that holds when the older of two secrets last proved a delivery to a connection, as RFC 3339;
// empty: not since the newer one was made.
func OlderSecretUsed(connection ID) string { return "hook.older." + string(connection) }

// Run is one pass of an import, with its progress while it goes on.
type Run struct {
	ID         ID
	Connection ID
	State      RunState
	Via        string // file, poll, reconcile, push, remap, retry, sample
	DryRun     bool
	StartedAt  time.Time
	Heartbeat  time.Time
	FinishedAt time.Time
	Total      int64 // records to expect; -1 when unknown
	Read       int64 // records seen
	New        int64
	Changed    int64
	Unchanged  int64
	Dead       int64
	Cursor     []byte // where to go on; the source's own shape
	Warnings   []Warning
	Message    string    // the outcome in words, or the error
	By         string    // who started it
	Upload     string    // name of the uploaded file in the uploads folder; may be empty
	Since      time.Time // what a poll was asked for; zero: no bound
	Until      time.Time
	ResumesAt  time.Time // when a queued run goes on that its source has sent away; zero otherwise
	Requests   int64     // sent to the source
}

// RunState is where a run stands.
type RunState string

const (
	RunQueued   RunState = "queued"
	RunRunning  RunState = "running"
	RunOK       RunState = "ok"
	RunPartial  RunState = "partial" // done, with dead letters
	RunFailed   RunState = "failed"
	RunCanceled RunState = "canceled"
)

// Done reports whether the run has ended.
func (s RunState) Done() bool { return s != RunQueued && s != RunRunning }

// Warning counts one sort of oddity that did not stop a record: an unknown priority, a guessed zone.
type Warning struct {
	Field   string
	Value   string
	Message string
	Count   int64
}
