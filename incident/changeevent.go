package incident

import (
	"slices"
	"time"
)

// ChangeEvent is something that was changed in what services run on: a deployment, a setting, a flag, a
// release, work on the infrastructure. It says what was done and when. That an incident began soon afterwards
// is closeness in time, not a cause.
//
// It is not a [Change], which is an entry of the change feed.
type ChangeEvent struct {
	ID  ID // Ref.ChangeEventID
	Ref Ref
	Seq Seq // the change of the feed that last touched it

	Kind        ChangeKind
	Number      string       // what people say: "CHG0030002"; may be empty
	Services    []ServiceUse // those that were changed; their Role is empty
	Environment string       // as the source writes it: "production"; may be empty
	Title       string

	StartedAt, FinishedAt time.Time // one of them may be zero, not both

	Result    ChangeResult
	ResultRaw string // as the source says it; never dropped
	Revision  string // commit, version or reference that was rolled out; may be empty
	URL       string // where the source shows it; http or https, or empty
	Actor     string // who or what did it, as the source writes it; may be empty

	ExternalCreatedAt, ExternalUpdatedAt time.Time // the record's, at the source; may be zero

	RawID      ID  // the raw record that it was mapped from
	MapVersion int // of the mapping that made it

	DeletedAt     time.Time // tombstone; zero while it exists
	DeletedReason string
}

// ChangeKind says what sort of thing was changed.
type ChangeKind string

const (
	ChangeDeploy  ChangeKind = "deploy"  // code was rolled out
	ChangeConfig  ChangeKind = "config"  // a setting was changed
	ChangeFlag    ChangeKind = "flag"    // a feature was switched
	ChangeRelease ChangeKind = "release" // a version was published
	ChangeInfra   ChangeKind = "infra"   // work on machines, networks, databases
)

// ChangeKinds lists all kinds.
var ChangeKinds = []ChangeKind{ChangeDeploy, ChangeConfig, ChangeFlag, ChangeRelease, ChangeInfra}

// ChangeResult says how a change ended.
type ChangeResult string

const (
	ChangeSucceeded     ChangeResult = "succeeded"
	ChangeFailed        ChangeResult = "failed"
	ChangeCanceled      ChangeResult = "canceled"
	ChangeRunning       ChangeResult = "running" // or yet to begin
	ChangeResultUnknown ChangeResult = "unknown" // the source does not say, or says something that no map knows
)

// ChangeResults lists all results.
var ChangeResults = []ChangeResult{ChangeSucceeded, ChangeFailed, ChangeCanceled, ChangeRunning, ChangeResultUnknown}

// At returns when the change was made, as far as known: its start, else its finish. It places the change
// in a period.
func (c *ChangeEvent) At() time.Time {
	if c.StartedAt.IsZero() {
		return c.FinishedAt
	}
	return c.StartedAt
}

// Deleted reports whether only the tombstone is left.
func (c *ChangeEvent) Deleted() bool { return !c.DeletedAt.IsZero() }

// Validate returns a *FieldError when the change cannot be: it has no time at all, it finished before it
// started, or its kind or result is none of the known ones.
func (c *ChangeEvent) Validate() error {
	switch {
	case c.At().IsZero():
		return Invalidf("started_at", "a change needs the time of its start or its finish")
	case !c.FinishedAt.IsZero() && c.FinishedAt.Before(c.StartedAt):
		return Invalidf("finished_at", "the change finishes at %s, before it starts at %s", written(c.FinishedAt), written(c.StartedAt))
	case !slices.Contains(ChangeKinds, c.Kind):
		return Invalidf("kind", "%q is not a kind of change", c.Kind)
	case !slices.Contains(ChangeResults, c.Result):
		return Invalidf("result", "%q is not a result of a change", c.Result)
	}
	return nil
}

func written(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// ChangeFilter selects change events that exist. Values of one field are alternatives; different fields
// must all hold. They come newest first, by At, then by id.
type ChangeFilter struct {
	Services    []ID
	Kinds       []ChangeKind
	Connections []ID

	// From ≤ At < To; a zero bound does not bind.
	From, To time.Time

	After string // continue behind this cursor, as the last page gave it
	Limit int    // 0: 50
}
