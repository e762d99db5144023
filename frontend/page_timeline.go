package frontend

import (
	"strconv"
	"time"

	"hindsight/incident"
)

// TimelinePage is the timeline builder at /incidents/{id}/retrospective/timeline: what was imported on one side, what people tell of it on the
// other.
//
// GET parameters: q, source, person, kind, from, to and page narrow the events; about and account begin a new moment at a time or as
// another account; move, at and reason show what moving a milestone would change. POST /incidents/{id}/retrospective/timeline (action: add,
// group, rest, accept, remove or restore, with the fields of MomentForm) changes the narrative, and so does POST
// /incidents/{id}/retrospective/timeline/{moment}.
type TimelinePage struct {
	Shell
	Incident *incident.Incident
	Begun    bool // a retrospective is written here
	MayEdit  bool
	Linked   []Link // other records of the incident, and its parts

	Query                   string
	Sources, Persons, Kinds []Choice // to narrow by; empty: there is nothing to choose
	Chips                   []Chip
	Bars                    []Bar // events over time; each narrows to its stretch
	BarsFrom, BarsTo        time.Time
	Events                  []EventRow
	Total, Matching         int // events that the viewer may read, and those that match
	Newer, Older            string
	Lanes                   []MomentLaneRows
	Milestones              []MilestoneRow
	Gaps                    []GapRow
	Suggested               []SuggestedMoment
	Removed                 []MomentRow
	Preview                 *MilestonePreview
	New                     MomentForm
	Form                    Form
	Edit                    incident.ID // the moment that Form is about; empty: a new one
	Told                    Narrative
}

func (TimelinePage) template() string { return "timeline" }

// EventRow is an imported event.
type EventRow struct {
	incident.TimelineEvent
	Source  string
	Of      Link   // another incident that it is of; zero: the page's own
	Narrow  bool   // not everybody who sees the incident may read it
	Told    []Link // the moments that rest on it
	Heading bool   // it is the first of its day
}

// MomentLaneRows is the moments of one lane.
type MomentLaneRows struct {
	Lane incident.MomentLane
	Rows []MomentRow
}

// MomentRow is a moment with what it rests on and other accounts of it.
type MomentRow struct {
	incident.Moment
	Evidence []EventRow
	Gone     int // events that no source tells any more
	Accounts []MomentRow
	Form     MomentForm
	Said     *RowSaid // nil: it is not commented on here
}

// MomentForm is what the form of a moment says at first.
type MomentForm struct {
	Form
	ID        incident.ID // empty: of a new one
	Version   int
	Moment    incident.Moment
	Evidence  []EventRow
	AccountOf Link // zero: it is no other account
	Bases     []Hidden
	Meanwhile []incident.FieldChange // what somebody else changed
	Open      bool
}

// MilestoneRow is one of the times that figures are made from.
type MilestoneRow struct {
	MilestoneLine
	Feeds string // which durations begin or end with it
}

// GapRow is a stretch of which nothing is recorded.
type GapRow struct {
	incident.Gap
	Tell string // path that begins a moment in it; empty for those who may not write
}

// SuggestedMoment is a moment that the record seems to tell.
type SuggestedMoment struct {
	Key    string
	Moment incident.Moment
	Reason string
}

// MilestonePreview is what moving a milestone would change.
type MilestonePreview struct {
	Name   incident.MilestoneName
	Was    incident.Milestone
	Known  bool // Was is stated
	At     time.Time
	Input  string // as it was typed
	Reason string
	Rows   []DurationMove
	Error  string // why it cannot be; then there are no rows
}

// DurationMove is a duration before and after.
type DurationMove struct {
	Title, Metric string
	Before, After incident.Duration
}

// Narrative is what people tell of an incident, for reading. Rows are in time order.
type Narrative struct {
	Incident incident.ID
	Rows     []NarrativeRow
}

// NarrativeRow is a moment, a milestone or a gap.
type NarrativeRow struct {
	At        time.Time
	Heading   bool // it is the first of its day
	Moment    *MomentRow
	Milestone *incident.Milestone
	Gap       *incident.Gap
}

// aboutChoices are what the form offers for how far a time may be off.
var aboutChoices = []time.Duration{0, time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 12 * time.Hour}

// Abouts are the choices of how far the time may be off, in minutes, with the moment's own among them.
func (f MomentForm) Abouts() []Choice {
	own := f.Value("about", "")
	chosen := int(f.Moment.About.Minutes())
	var out []Choice
	found := false
	add := func(d time.Duration) {
		minutes := strconv.Itoa(int(d.Minutes()))
		c := Choice{Value: minutes, Label: "give or take " + incident.FormatDuration(d), On: own == minutes || own == "" && int(d.Minutes()) == chosen}
		if d == 0 {
			c.Label = "exactly"
		}
		found = found || c.On
		out = append(out, c)
	}
	for _, d := range aboutChoices {
		add(d)
	}
	if !found && own == "" {
		add(f.Moment.About)
	}
	return out
}

// RetroTimelinePath returns the timeline builder of an incident.
func RetroTimelinePath(id incident.ID) string { return IncidentPath(id) + "/retrospective/timeline" }

// Asks reports whether the box of an open question is checked.
func (f MomentForm) Asks() bool {
	if f.Values == nil {
		return f.Moment.Question
	}
	return f.Has("question", "on")
}

// Choosable are the moments that an event can be evidence of.
func (p TimelinePage) Choosable() []MomentRow {
	var out []MomentRow
	for _, lane := range p.Lanes {
		for _, m := range lane.Rows {
			out = append(append(out, m), m.Accounts...)
		}
	}
	return out
}

// Forms returns the forms of all moments that are told.
func (p TimelinePage) Forms() []*MomentForm {
	var out []*MomentForm
	for _, lane := range p.Lanes {
		for i := range lane.Rows {
			out = append(out, &lane.Rows[i].Form)
			for j := range lane.Rows[i].Accounts {
				out = append(out, &lane.Rows[i].Accounts[j].Form)
			}
		}
	}
	return out
}
