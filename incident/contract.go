package incident

import (
	"slices"
	"strings"
	"time"
)

// ContractPolicy is the kind of policies whose body is a Contract.
const ContractPolicy PolicyKind = "contract"

// Contract is a service-level agreement: what is promised to whom, how it is counted, and which time does not count.
// An incident falls under it that began ([Incident.StartedAt]) while it was in force.
type Contract struct {
	Customer string `json:"customer,omitempty"` // for people; may be empty
	// Zone is where the days of this contract begin, as an IANA name; empty is UTC.
	Zone string `json:"zone,omitempty"`
	// From is the first day in force and Until the first no longer, as "2026-01-01"; empty does not bind.
	From       string         `json:"from,omitempty"`
	Until      string         `json:"until,omitempty"`
	Window     Window         `json:"window"`
	Promises   []SLAPromise   `json:"promises"`
	Exclusions []SLAExclusion `json:"exclusions,omitempty"`
}

// Window is the stretch of time over which compliance is stated.
type Window struct {
	Every Every `json:"every"`
	Days  int   `json:"days,omitempty"` // of a rolling one
}

// Every is a sort of window.
type Every string

const (
	Month   Every = "month"
	Quarter Every = "quarter"
	Year    Every = "year"
	Rolling Every = "rolling" // the last so many times 24 hours
)

// SLAPromise is one clock of a contract.
type SLAPromise struct {
	Name string `json:"name"` // unique within the contract
	// Span says where the clock starts and stops, as ParseSpan reads it.
	Span          string  `json:"span"`
	WithinSeconds float64 `json:"within_seconds"`
	Goal          float64 `json:"goal"` // share of clocks that must meet it, above 0 and at most 1

	// Only incidents with one of these; empty: all.
	Priorities []string   `json:"priorities,omitempty"` // PriorityRaw, exactly
	Severities []Severity `json:"severities,omitempty"`
	Services   []ID       `json:"services,omitempty"`

	// Statuses, ours or the source's own word, without regard to case: while an incident is in one of PauseIn its
	// clock stands still, and once it comes to one of CancelOn before its clock stops, it has no clock.
	PauseIn  []string `json:"pause_in,omitempty"`
	CancelOn []string `json:"cancel_on,omitempty"`
	Reopen   Reopen   `json:"reopen,omitempty"`
	Calendar ID       `json:"calendar,omitempty"` // of a Calendar policy; empty: every second counts
}

// Reopen says what happens to a clock whose incident comes back after it was over.
type Reopen string

const (
	RunOn  Reopen = ""       // it never stood still: it runs from start to the last stop
	Resume Reopen = "resume" // it stood still while the incident was over
	Reset  Reopen = "reset"  // it begins anew; each run must be in time
)

// SLAExclusion is time that does not count on the clocks of a contract, nor in the availability and the budgets of the services
// that it names: announced maintenance, most often.
type SLAExclusion struct {
	AppliesTo  AppliesTo `json:"applies_to,omitempty"`
	From       time.Time `json:"from"`
	Until      time.Time `json:"until"`
	Services   []ID      `json:"services,omitempty"` // of incidents of one of these; empty: all
	Reason     string    `json:"reason"`
	Approver   string    `json:"approver"`
	ApprovedAt time.Time `json:"approved_at"`
}

// AppliesTo says which figures an exclusion is taken from.
type AppliesTo string

const (
	ToAll          AppliesTo = "" // clocks, availability and error budgets
	ToClocks       AppliesTo = "clocks"
	ToAvailability AppliesTo = "availability" // and error budgets
)

// AfterTheFact reports whether the exclusion was approved when its time had already begun.
func (x SLAExclusion) AfterTheFact() bool { return x.ApprovedAt.After(x.From) }

// Location returns the zone of the contract's days; UTC when it names none or one that is unknown.
func (c Contract) Location() *time.Location {
	loc, err := time.LoadLocation(c.Zone)
	if err != nil {
		return time.UTC
	}
	return loc
}

const longestName = 200

// Validate returns ErrInvalid, naming the field, when the contract cannot be kept.
func (c Contract) Validate() error {
	if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "Local" {
		return Invalidf("zone", "%q is not a time zone; write one such as Europe/Berlin", c.Zone)
	}
	if err := c.validateTerm(); err != nil {
		return err
	}
	if err := c.Window.validate(); err != nil {
		return err
	}
	if len(c.Promises) == 0 {
		return Invalidf("promises", "a contract promises something; add at least one promise")
	}
	seen := map[string]bool{}
	for _, p := range c.Promises {
		if err := p.validate(); err != nil {
			return err
		}
		if seen[p.Name] {
			return Invalidf("promises", "%q is there twice; give each promise a name of its own", p.Name)
		}
		seen[p.Name] = true
	}
	for _, x := range c.Exclusions {
		if err := x.validate(); err != nil {
			return err
		}
	}
	return nil
}

func (c Contract) validateTerm() error {
	for _, d := range []struct{ field, date string }{{"from", c.From}, {"until", c.Until}} {
		if _, err := time.Parse(time.DateOnly, d.date); d.date != "" && err != nil {
			return Invalidf(d.field, "%q is not a date; write one such as 2026-01-31", d.date)
		}
	}
	if c.From != "" && c.Until != "" && c.Until <= c.From {
		return Invalidf("until", "the contract ends before it is in force")
	}
	return nil
}

func (w Window) validate() error {
	switch {
	case w.Every == Rolling && (w.Days < 1 || w.Days > 3660):
		return Invalidf("window", "give a rolling window 1 to 3660 days")
	case !slices.Contains([]Every{Month, Quarter, Year, Rolling}, w.Every):
		return Invalidf("window", "%q is not known; there are month, quarter, year and rolling", w.Every)
	}
	return nil
}

func (p SLAPromise) validate() error {
	field := func(name string) string { return "promises." + name }
	if strings.TrimSpace(p.Name) == "" || len(p.Name) > longestName {
		return Invalidf(field("name"), "give 1 to %d characters", longestName)
	}
	if _, err := ParseSpan(p.Span); err != nil {
		return Invalidf(field("span"), "%q: say from which moment to which, as in opened..resolved", p.Span)
	}
	// Written with a negation, for NaN is in no range.
	if !(p.WithinSeconds >= 1 && p.WithinSeconds <= 10*365*24*3600) {
		return Invalidf(field("within"), "%s: give a time from 1 second to 10 years", p.Name)
	}
	if !(p.Goal > 0 && p.Goal <= 1) {
		return Invalidf(field("goal"), "%s: give the share that must be met, above 0 and at most 1", p.Name)
	}
	if i := slices.IndexFunc(p.Severities, func(s Severity) bool { return !s.Valid() }); i >= 0 {
		return Invalidf(field("severities"), "%d is no severity; they run from 1 to 5, and 0 is unset", p.Severities[i])
	}
	if slices.ContainsFunc(slices.Concat(p.PauseIn, p.CancelOn), func(s string) bool { return strings.TrimSpace(s) == "" }) {
		return Invalidf(field("pause_in"), "%s: a status is empty", p.Name)
	}
	if !slices.Contains([]Reopen{RunOn, Resume, Reset}, p.Reopen) {
		return Invalidf(field("reopen"), "%q is not known; there are resume and reset, and nothing for a clock that runs on", p.Reopen)
	}
	return nil
}

func (x SLAExclusion) validate() error {
	switch {
	case x.From.IsZero() || !x.From.Before(x.Until):
		return Invalidf("exclusions.until", "an exclusion ends behind its beginning; give both")
	case strings.TrimSpace(x.Reason) == "":
		return Invalidf("exclusions.reason", "say why this time does not count")
	case strings.TrimSpace(x.Approver) == "":
		return Invalidf("exclusions.approver", "say who approved it")
	case x.ApprovedAt.IsZero():
		return Invalidf("exclusions.approved_at", "say when it was approved")
	case !slices.Contains([]AppliesTo{ToAll, ToClocks, ToAvailability}, x.AppliesTo):
		return Invalidf("exclusions.applies_to", "%q is not known; there are clocks and availability, and nothing for both", x.AppliesTo)
	}
	return nil
}
