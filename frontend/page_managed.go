package frontend

import (
	"cmp"
	"strconv"
	"time"

	"hindsight/incident"
)

// ManagedPart is what people decided to do about a problem, and how far that is.
//
// POST /problems/{id}/manage takes version, stage, owner, workaround, cause, exit_words, exit_days, change and resolved_at (a date).
type ManagedPart struct {
	incident.Management
	Lacks    []string // what a known error still lacks
	Exit     ExitPart
	Returned string // "came back on 5 Nov 2026, 12 days after it was resolved, and 2 times since"; empty: it did not
	Behind   string // path of the incidents since it was resolved
	Owned    string // path of the owner's problems
	Link     ChangeLink
	Owners   []string // names that the form offers
	// Meanwhile is what somebody else changed while the form was open; with By and At of Management.
	Meanwhile []incident.FieldChange
}

// ExitPart is how far a problem is from its exit criterion.
type ExitPart struct {
	incident.Exit
	Sentence string // "23 of 60 days without an incident, last on 5 Nov 2026"; empty: nothing measurable is asked for
	Note     string // why that proves nothing; may be empty
	Path     string // of the incidents that it is measured by
}

// Bar is the part of the days that have passed, 0 to 100.
func (e ExitPart) Bar() int { return min(100, 100*e.Days/max(1, e.Asked)) }

// ChangeLink is the change that removes a problem.
type ChangeLink struct {
	Title string // or its address
	Note  string // "deploy, 3 Nov 2026, succeeded"; may be empty
	URL   string // outside; may be empty
}

// Purity is what the incidents of a problem have in common in one respect.
type Purity struct {
	By    string // "service"
	Note  string // "Of 7 incidents that name one; 2 name none."
	Parts []PurityPart
	More  int // values that are not listed
}

// PurityPart is one value and how many incidents have it.
type PurityPart struct {
	Label string
	N, Of int
	Share string // "71 % (95 % interval 36 % to 92 %)"; empty: too few
	Path  string // of the incidents
}

// Helper is somebody who worked on incidents of a problem.
type Helper struct {
	Link
	N, Of int
}

// CostPart is what a problem cost in the last 12 months.
type CostPart struct {
	Amounts []string // "8,400 to 25,000 EUR", by currency
	Parts   []Pair   // by service: name, how it is worked out
	Note    string   // why there is none, or what is not in it
	Path    string   // of the incidents
}

// KnownProblem is a problem that an incident belongs to.
type KnownProblem struct {
	Link
	State      incident.ProblemState
	Stage      incident.Stage
	Owner      string
	Workaround string // Markdown; of a confirmed problem only
}

// EditedPart is how an edit of a problem looks in its history.
type EditedPart struct {
	incident.FieldChange
	Long bool // a text, shown as a whole when asked for
}

// ResolvedOn writes the day for a form's field.
func (m ManagedPart) ResolvedOn(zone *time.Location) string {
	if m.ResolvedAt.IsZero() {
		return ""
	}
	return m.ResolvedAt.In(zone).Format("2006-01-02")
}

// ChangeValue writes the change for a form's field.
func (m ManagedPart) ChangeValue() string { return cmp.Or(string(m.Change), m.ChangeURL) }

// DaysValue writes the days of the criterion for a form's field.
func (m ManagedPart) DaysValue() string {
	if m.ExitDays == 0 {
		return ""
	}
	return strconv.Itoa(m.ExitDays)
}

// managedField is what people call a field of incident.FieldChange.
func managedField(name string) string {
	labels := map[string]string{"exit_words": "Done with when", "exit_days": "Days asked for", "resolved_at": "Resolved on"}
	return cmp.Or(labels[name], capital(name))
}
