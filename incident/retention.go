package incident

import (
	"reflect"
	"slices"
	"strings"
)

// RetentionPolicy is the kind of the policy whose body is a Retention; there is at most one, RetentionID.
const (
	RetentionPolicy PolicyKind = "retention"
	RetentionID     ID         = "pol_retention"
)

// Retention says how long what is kept. 0 keeps for ever, which is the rule until somebody saves another one. It is applied once a day.
type Retention struct {
	RawDays       int      `json:"raw_days,omitempty"`       // raw records, since they were received
	NoteDays      int      `json:"note_days,omitempty"`      // private notes in timelines, since they were written
	IncidentYears int      `json:"incident_years,omitempty"` // incidents that are over, since they began
	Incidents     Disposal `json:"incidents,omitempty"`      // what happens to those; needed with IncidentYears
	AuditDays     int      `json:"audit_days,omitempty"`     // entries of the audit log
	SessionDays   int      `json:"session_days,omitempty"`   // sessions, since they were last seen
}

// Disposal is what happens to an incident whose time is over.
type Disposal string

const (
	// Strip leaves what figures need: times, states, severity, services, team, kind, tags and classified factors. Words and people go.
	Strip Disposal = "strip"
	// Discard leaves a tombstone without words. Figures of the past change.
	Discard Disposal = "delete"
)

// shortestAudit is how long the audit log is kept at least, in days.
const shortestAudit = 90

// Validate returns ErrInvalid, naming the field, when the rule cannot be kept.
func (r Retention) Validate() error {
	for _, n := range []struct {
		field string
		value int
	}{{"raw_days", r.RawDays}, {"note_days", r.NoteDays}, {"incident_years", r.IncidentYears}, {"audit_days", r.AuditDays}, {"session_days", r.SessionDays}} {
		if n.value < 0 || n.value > 36500 {
			return Invalidf(n.field, "give a number from 1 to 36500, or leave it out to keep for ever")
		}
	}
	if r.AuditDays > 0 && r.AuditDays < shortestAudit {
		return Invalidf("audit_days", "the audit log is kept for %d days at least", shortestAudit)
	}
	if (r.IncidentYears > 0) != (r.Incidents != "") || r.Incidents != "" && !slices.Contains([]Disposal{Strip, Discard}, r.Incidents) {
		return Invalidf("incidents", "say strip or delete together with incident_years, or neither of both")
	}
	return nil
}

// longestGroup is the longest custom value, in bytes, by which figures can be grouped; longer ones are prose.
const longestGroup = 100

// Stripped returns an incident without words and people, with what figures need; already is true when there is nothing to take away.
func (inc *Incident) Stripped() (out *Incident, already bool) {
	bare := *inc
	bare.Title, bare.Description, bare.URL, bare.Format, bare.RawID, bare.DeletedReason = "", "", "", "", "", ""
	bare.People, bare.Links, bare.Custom, bare.Edits = nil, nil, nil, nil
	for _, v := range inc.Custom {
		if len(v.Value) <= longestGroup {
			bare.Custom = append(bare.Custom, v)
		}
	}
	for _, e := range inc.Edits {
		if e.By = ""; e.Field != "title" && !strings.HasPrefix(e.Field, actionField) && !strings.HasPrefix(e.Field, issueField) && !strings.HasPrefix(e.Field, factorField) {
			bare.Edits = append(bare.Edits, e)
		}
	}
	bare.Segments, bare.Factors = slices.Clone(inc.Segments), slices.Clone(inc.Factors)
	bare.Milestones, bare.Actions = slices.Clone(inc.Milestones), slices.Clone(inc.Actions)
	for i := range bare.Segments {
		bare.Segments[i].By = ""
	}
	for i := range bare.Factors {
		bare.Factors[i].Text = ""
	}
	for i := range bare.Milestones {
		bare.Milestones[i].Reason = ""
	}
	for i := range bare.Actions {
		a := &bare.Actions[i]
		a.Title, a.Owner, a.URL, a.Proof, a.Reason = "", "", "", "", ""
	}
	return &bare, reflect.DeepEqual(&bare, inc)
}
