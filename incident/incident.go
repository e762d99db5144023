package incident

import "time"

// Incident is an unplanned disruption, with everything about it that is counted, filtered or drawn.
// What happened during it is its timeline ([TimelineEvent]), what was learnt its [Retrospective].
type Incident struct {
	ID  ID
	Ref Ref // zero for incidents made here
	Seq Seq // the change that last touched it

	Number      string // what people say: "INC0010023"; may be empty
	URL         string // where the source shows it; http or https, or empty
	Title       string
	Description string
	Format      TextFormat // of Description

	Status    Status
	StatusRaw string
	Severity  Severity
	// As the source says them; never dropped, even where Severity was derived from one of them.
	SeverityRaw, PriorityRaw, UrgencyRaw string

	Kind    Kind
	Origin  Origin
	Private bool // visible to its team, its Audience and those who see all; see Sight
	// Audience names who else may see it while it is private. People say so; no source does.
	Audience Audience `json:",omitzero"`

	// ExcludeReason keeps the incident out of reliability numbers and says why; empty counts it.
	ExcludeReason string

	Milestones Milestones
	Segments   []Segment // in time order; empty where the source has no history
	// Reopened counts returns from an over status; nil where the source does not record any history.
	Reopened *int

	Services []ServiceUse
	Team     ID // the owning team; may be empty
	People   []Participation
	Tags     []string // sorted, unique
	Custom   []CustomValue
	Links    []Link
	SLA      []SLACycle // as the source states them
	Factors  []Factor
	Actions  []ActionItem

	Parent, MergedInto, DuplicateOf ID // empty unless known
	// SameAs is the incident that this record is another account of, from another system: that one counts, this one
	// does not. See Unite.
	SameAs       ID
	KnownProblem string // the source's own problem reference; may be empty

	ExternalCreatedAt, ExternalUpdatedAt time.Time // the record's, at the source; may be zero

	RawID      ID  // the raw record that it was mapped from; empty for incidents made here
	MapVersion int // of the mapping that made it
	Edits      []Edit

	DeletedAt     time.Time // tombstone; zero while it exists
	DeletedReason string
}

// TextFormat is the markup of a text.
type TextFormat string

const (
	Plain    TextFormat = "plain"
	Markdown TextFormat = "markdown"
	HTML     TextFormat = "html"
)

// Segment is a stretch of time that the incident spent in one status. To is zero for the last one.
type Segment struct {
	Status    Status
	StatusRaw string
	From, To  time.Time
	By        string // who changed it; may be empty
}

// ServiceUse is a service's part in an incident.
type ServiceUse struct {
	Service ID
	Name    string // as the source writes it
	Role    string // "affected" or "owner"
}

// Participation is a person's part in an incident. From and To may be zero.
type Participation struct {
	Person   ID
	Name     string
	Role     string // assignee, responder, commander, reporter, acknowledger, resolver, author
	From, To time.Time
}

// CustomValue is a field of the source that has no place of its own here.
type CustomValue struct{ Name, Value string }

// Link leads to something outside.
type Link struct {
	Kind  string // postmortem, document, chat, call, ticket, change, runbook, dashboard, same_as
	URL   string // http or https
	Title string
}

// SLACycle is one run of a service-level clock, as the source states it.
type SLACycle struct {
	Goal     string // "response" or "resolution"
	Name     string
	Start    time.Time
	Target   time.Duration // zero when the source does not say
	Stop     time.Time
	Breached *bool // nil when the source does not say
}

// Factor is something that contributed to the incident, or kept it from being worse.
type Factor struct {
	Role     string // trigger, contributing, mitigating, went_well, surprise
	Category string // of the taxonomy; may be empty
	Text     string
	Claimed  bool // a vendor or a document calls it the cause; no person here has confirmed it
}

// Edit is a person's change of one field. Imports never undo it: they change what Was says.
type Edit struct {
	Field string // "title", "severity", "status", "kind", "team", "tags", "private", "audience", "exclude_reason", "same_as", "factor:KEY", "runbook:ID", "action:KEY"
	Value string
	Was   string // what the source says
	By    string
	At    time.Time
}

// Deleted reports whether only the tombstone is left.
func (inc *Incident) Deleted() bool { return !inc.DeletedAt.IsZero() }

// StartedAt returns when the incident began, as far as known: the earliest of impact start and
// detection, else when the record was opened. It places an incident in a period; it is not a
// start of a duration.
func (inc *Incident) StartedAt() time.Time {
	if at := inc.Milestones.Earliest(ImpactStarted, Detected); !at.IsZero() {
		return at
	}
	return inc.Milestones.At(Opened)
}

// Label returns the number, or the id where there is none.
func (inc *Incident) Label() string {
	if inc.Number != "" {
		return inc.Number
	}
	return string(inc.ID)
}

// Uncounted returns why the incident stays out of reliability numbers, or "" when it counts.
// The rules, first match wins: tombstone, kind other than real, canceled, merged, another record of the same
// incident, the stated reason.
func (inc *Incident) Uncounted() string {
	switch {
	case inc.Deleted():
		return "deleted"
	case inc.Kind != Real:
		return string(inc.Kind)
	case inc.Status == Canceled, inc.Status == Merged:
		return string(inc.Status)
	case inc.SameAs != "":
		return "another record of the same incident counts"
	}
	return inc.ExcludeReason
}
