package frontend

import (
	"slices"
	"strings"
	"time"

	"hindsight/incident"
)

// IncidentsPage is the list of incidents at /incidents.
//
// GET parameters: q, sev, status, service (a leading "-" excludes), team, kind, origin, tag,
// connection, range or from and to, sort, after.
type IncidentsPage struct {
	Shell
	Period   Period
	Query    string   // as typed
	Problem  string   // what is wrong with Query and what would be right; empty: nothing
	Keep     []Hidden // parameters that a new search carries along: every filter but q and after
	Facets   []Facet
	Chips    []Chip // filters in force
	Clear    string // path without any filter
	Sorts    []Choice
	Rows     []IncidentRow
	Folded   int    // rows that are folded behind the first one of their flood
	Unfolded bool   // the viewer wants them all
	Refold   string // path of the other of the two
	Total    int    // that match
	// Requests are those of Total that are service requests, and so in no figure; Asked is the list of them.
	Requests int
	Asked    string
	All      int // that exist and the viewer may see
	Older    string
	Newer    string // paths of the neighbour pages; empty: none
	Exports  []Link // "CSV", "JSON"
	Weeks    []Bar  // matching incidents per week or month, oldest first
	Empty    Empty  // when Rows is empty
}

func (IncidentsPage) template() string { return "incidents" }

// Facet is one property to filter by.
type Facet struct {
	Name    string // parameter: "sev"
	Label   string // "Severity"
	Options []Choice
	More    int // further values that exist but are not listed
}

// Chip is one filter in force and the page without it.
type Chip struct {
	Label  string // "Severity: SEV1"
	Remove string
}

// Bar is a count with a page behind it.
type Bar struct {
	Label string // "week of 9 Nov 2026"
	Count int
	Path  string
}

// IncidentRow is one incident in a list.
type IncidentRow struct {
	Incident *incident.Incident
	Services []Link
	Team     string
	Length   incident.Duration // the page's duration; impact or, failing that, opened to resolved
	Retro    string            // state of the retrospective; empty: none
	Source   string            // name of the connection
	Snippets []Snippet         // why a search found it
	Folded   *FoldedAlerts     // nil: nothing is folded behind it
}

// FoldedAlerts is the flood of alerts that an incident of a list stands for.
type FoldedAlerts struct {
	Label string // "+ 41 alerts within 6m"
	Why   string // how they were told to be one event
	Here  []Link // those that the list would show beside it
	All   string // path of all of them; empty: Here has them
}

// Snippet is a passage that a search matched.
type Snippet struct {
	Field string // "summary", "timeline", "factor"
	Text  []Segment
	Path  string // of the passage on the incident's page
}

// Segment is a piece of text that was or was not part of the match.
type Segment struct {
	Text string
	Hit  bool
}

// IncidentPage is one incident at /incidents/{id}.
//
// POST /incidents/{id}/milestones (name, at, reason) states a time; POST /incidents/{id}/edit
// (field, value) changes a field; POST /incidents/{id}/audience (private: true or false, users, teams: names with commas between them,
// shut_out: on) says who may see it; POST /incidents/{id}/same (other: id, number or address) says that this is another
// record of an incident; POST /incidents/{id}/apart says that it is none.
type IncidentPage struct {
	Shell
	Incident   *incident.Incident
	Services   []Link // each affected service, in the incident's order
	Team       Link
	Connection Link // zero for incidents made here
	Durations  []DurationLine
	Events     []incident.TimelineEvent // in time order; private ones only for those who may see them
	Retro      *incident.Retrospective
	RetroFiles Files
	Similar    []SimilarRow // what may be happening again
	// SimilarBefore are those of long ago that Similar does not have.
	SimilarBefore []SimilarRow
	// Suggested is what is probably true that nobody has recorded.
	Suggested []Guess
	// SimilarApart are those that people said another problem is behind.
	SimilarApart []IncidentRow
	Runbooks     IncidentRunbooks
	Factors      []incident.FactorStatement // in force, and behind them rejected ones
	FactorNames  []string                   // what they may be called
	Actions      ActionPart
	// Said is what people said of this incident and others, the newest first.
	Said []SaidRow
	// SimilarTrust says how often such suggestions were right here, a sentence each.
	SimilarTrust []string
	// SimilarNote says why Similar is empty or short: "nothing here is alike enough to suggest".
	SimilarNote string
	Flood       *FloodRow      // of alerts that it is part of, behind its first one; without a path it is that one; nil: none
	Problems    []KnownProblem // that it belongs to
	Clocks      []ClockRow     // of its source, and of the contracts that cover it
	Raw         *RawView
	Related     []Link // parent, duplicate of, merged into
	Twins       Twins
	Seen        WhoSees
	Changes     *NearChanges // nil: no source of changes is connected
	OnCall      *DutyThen    // nil: no source of shifts is connected
	Uncounted   string       // why it stays out of reliability numbers; empty: it counts
	Exports     []Link       // "JSON", "Markdown"
	MayEdit     bool
	Form        Form
}

func (IncidentPage) template() string { return "incident" }

// WhoSees is who may see an incident.
type WhoSees struct {
	Words        string                 // "its team Payments, Responder One and administrators"
	Users, Teams string                 // whom it is shared with, with commas between them
	Names        map[incident.ID]string // of teams that the viewer knows, and of those whom it is shared with
}

// audience writes an audience as Edit has it with names.
func (w WhoSees) audience(text string) string {
	a, err := incident.ParseAudience(text)
	if err != nil {
		return text
	}
	var out []string
	for _, id := range slices.Concat(a.Users, a.Teams) {
		name := w.Names[id]
		if name == "" {
			name = string(id)
		}
		out = append(out, name)
	}
	return strings.Join(out, ", ")
}

// EditRow is a person's change of a field.
type EditRow struct {
	incident.Edit
	First bool // of its field: Was is what the source says
	Back  bool // it can be taken back: Was is written as a field's value is
}

// Edited returns the changes of fields, in the order in which they were made.
func (p IncidentPage) Edited() []EditRow {
	var out []EditRow
	first := map[string]bool{}
	for i, e := range p.Incident.Edits {
		newest := !slices.ContainsFunc(p.Incident.Edits[i+1:], func(later incident.Edit) bool { return later.Field == e.Field })
		plain := slices.Contains([]string{"title", "severity", "status", "kind", "tags", "private", "exclude_reason"}, e.Field)
		if e.Field == "audience" {
			e.Value, e.Was = p.Seen.audience(e.Value), p.Seen.audience(e.Was)
		}
		row := EditRow{Edit: e, First: !first[e.Field], Back: newest && plain && p.MayEdit && (e.Field != "title" || e.Was != "")}
		if strings.HasPrefix(e.Field, "factor:") {
			row.Field, row.Value, row.Was = "factor", incident.FactorWords(e.Value), incident.FactorWords(e.Was)
			if row.Value == row.Was { // it was only moved in the outline
				continue
			}
		}
		if strings.HasPrefix(e.Field, "runbook:") {
			row.Field, row.Value, row.Was = "runbook", incident.RunbookWords(e.Value), incident.RunbookWords(e.Was)
		}
		if strings.HasPrefix(e.Field, "action:") {
			row.Field, row.Value, row.Was = "action item", incident.ActionWords(e.Value), incident.ActionWords(e.Was)
		}
		if strings.HasPrefix(e.Field, "issue:") {
			row.Field, row.Value, row.Was = "linked issue", incident.IssueWords(e.Value), incident.IssueWords(e.Was)
		}
		out = append(out, row)
		first[e.Field] = true
	}
	return out
}

// Twins are the other records of one incident.
type Twins struct {
	Counts *IncidentRow  // the record that counts instead of this one; nil: this one does, or there is no other
	Also   []IncidentRow // records that do not count, because this one does
	Taken  []string      // milestones that this one has taken over: "mitigated, from INC-7"
}

// Any reports whether there is another record.
func (t Twins) Any() bool { return t.Counts != nil || len(t.Also) > 0 }

// Milestones returns one line per milestone, known or not, in the order in which they normally happen.
func (p IncidentPage) Milestones() []MilestoneLine {
	var lines []MilestoneLine
	for _, name := range incident.MilestoneNames {
		line := MilestoneLine{Name: name}
		line.Now, line.Known = p.Incident.Milestones.Current(name)
		for _, m := range p.Incident.Milestones {
			if m.Name == name && (!line.Known || m != line.Now) {
				line.Others = append(line.Others, m)
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// EventDays returns the events by day in the viewer's zone, in the order given.
func (p IncidentPage) EventDays() []EventDay {
	var days []EventDay
	for _, e := range p.Events {
		if n := len(days); n == 0 || p.Date(days[n-1].Day) != p.Date(e.At) {
			days = append(days, EventDay{Day: e.At})
		}
		days[len(days)-1].Events = append(days[len(days)-1].Events, e)
	}
	return days
}

// MilestoneLine is what is known about one milestone.
type MilestoneLine struct {
	Name   incident.MilestoneName
	Now    incident.Milestone // the statement in force
	Known  bool
	Others []incident.Milestone // outranked or empty statements
}

// EventDay is the events of one day.
type EventDay struct {
	Day    time.Time
	Events []incident.TimelineEvent
}

// DurationLine is one duration of an incident with where its ends come from.
type DurationLine struct {
	Label  string // "Time to acknowledge"
	Span   incident.Span
	Value  incident.Duration
	Why    string // why there is none or it is not counted, in words; may be empty
	Metric string // anchor of /help/metrics
}

// Guess is what is probably true of an incident, and how often such guesses are right.
type Guess struct{ Name, Value, Note string }

// SimilarRow is an earlier incident that looks alike, and why.
type SimilarRow struct {
	IncidentRow
	Score    float64 // 0 to 1
	Strength string  // "strong", "fair" or "faint"
	Said     bool    // a person said that one problem is behind both
	Reasons  []string
	Fix      string   // what ended it, in its own words; may be empty
	Helped   []string // who worked on it
	// Known is the problem with a workaround that it belongs to; nil: none.
	Known *KnownProblem
}

// Workaround is the part of Problems that has one.
func (p IncidentPage) Workaround() []KnownProblem {
	return slices.DeleteFunc(slices.Clone(p.Problems), func(k KnownProblem) bool { return k.Workaround == "" })
}

// SLAState says how a promise stands.
type SLAState string

// The states of a promise.
const (
	Met      SLAState = "met"
	AtRisk   SLAState = "at-risk"
	Breached SLAState = "breached"
	TooFew   SLAState = "too-few" // not enough data, or not known
	NoGoal   SLAState = "no-goal" // nobody said which share must be kept, so there is nothing to judge by
)

// RawView is the record that an incident was made of.
type RawView struct {
	ID         incident.ID
	Type       string
	ExternalID string
	ReceivedAt time.Time
	Origin     string
	Hash       string
	Body       string // as received; JSON is indented for reading
	Cut        bool   // Body is only the beginning
	Download   string // path of the whole record
	MapVersion int
	Fields     []MappedField
	Warnings   []incident.Warning
}

// MappedField says what a field of the record became.
type MappedField struct {
	Theirs string
	Value  string
	Ours   string
}

// SaidRow is a step in what people said of the incident and another one.
type SaidRow struct {
	Other Link
	Words string // "said that one problem is behind both"
	By    string
	At    time.Time
}
