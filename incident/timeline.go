package incident

import "time"

// TimelineEvent is one thing that happened during an incident.
type TimelineEvent struct {
	ID       ID // derived from incident and content, so that a re-import finds it again
	Incident ID
	At       time.Time // UTC
	Kind     EventKind
	Actor    string // name as the source writes it; may be empty
	Text     string
	Private  bool
	RawKind  string // the source's own word
	Pos      int    // order among events of one instant
}

// EventKind says what sort of thing happened.
type EventKind string

const (
	EventCreated      EventKind = "created"
	EventAcknowledged EventKind = "acknowledged"
	EventAssigned     EventKind = "assigned"
	EventEscalated    EventKind = "escalated"
	EventSeverity     EventKind = "severity_changed"
	EventStatus       EventKind = "status_changed"
	EventMitigated    EventKind = "mitigated"
	EventResolved     EventKind = "resolved"
	EventReopened     EventKind = "reopened"
	EventNote         EventKind = "note"
	EventChange       EventKind = "change"
	EventOther        EventKind = "other"
)

// Retrospective is the document that was written about an incident.
// An imported one is read-only here: its source is the folder it came from.
type Retrospective struct {
	Incident ID
	Title    string
	State    string // draft, in_review, approved, published, imported
	Sections []Section
	Authors  []string
}

// Section is one part of a retrospective, in Markdown.
type Section struct {
	Slug  string // "summary", "impact", "timeline", "detection", "factors", "resolution", "lessons", "actions", or of its own heading
	Title string
	Body  string
}
