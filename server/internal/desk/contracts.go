package desk

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// ContractStanding is a contract with how it was kept, the same for pages, API and the command line.
type ContractStanding struct {
	ID       incident.ID       `json:"id"`
	Name     string            `json:"name"`
	Version  int               `json:"version"`
	Contract incident.Contract `json:"contract"`
	Removed  bool              `json:"removed,omitempty"`
	Problem  string            `json:"problem,omitempty" doc:"why it cannot be counted"`
	AsOf     incident.Seq      `json:"as_of" doc:"number of the last change that the figures know"`
	Windows  []Measurement     `json:"windows" doc:"each promise in each compliance window"`
	// Clocks that stand so now, newest first.
	AtRisk      []Clock `json:"at_risk" doc:"running, with three quarters of the time or more used"`
	BreachedNow []Clock `json:"breached_now" doc:"running beyond the promise"`
	Breaches    []Clock `json:"breaches" doc:"every broken promise of the period, those still running included"`
	Apart       []Clock `json:"apart" doc:"neither met nor broken nor running: missing, invalid or canceled, and why"`
	// CountedAt is when the version was replaced or taken back.
	CountedAt *time.Time      `json:"counted_at,omitempty" doc:"of a version that is not in force: it is counted in the calendars as they were then"`
	Versions  []PolicyVersion `json:"versions,omitempty" doc:"newest first"`
}

// Clock is one clock of one incident, with the evidence for how it stands. Times are null when there is none.
type Clock struct {
	Incident        incident.ID `json:"incident"`
	Number          string      `json:"number,omitempty"`
	Title           string      `json:"title"`
	Promise         string      `json:"promise"`
	Version         int         `json:"contract_version,omitempty"`
	State           string      `json:"state" doc:"met, breached, running, at_risk, missing, invalid or canceled"`
	Why             string      `json:"why,omitempty" doc:"why it is missing, invalid or canceled"`
	Running         bool        `json:"running,omitempty"`
	Now             string      `json:"now,omitempty" doc:"of a running one: running, paused or outside_hours"`
	WithinSeconds   float64     `json:"within_seconds,omitempty" doc:"promised; 0: the source does not say"`
	Start           *time.Time  `json:"start"`
	Stop            *time.Time  `json:"stop"`
	Due             *time.Time  `json:"due_at" doc:"when the clock reaches the promise"`
	BreachAt        *time.Time  `json:"breach_at" doc:"last instant at which it is still kept"`
	ElapsedSeconds  float64     `json:"elapsed_seconds" doc:"business time, without pauses"`
	OverSeconds     float64     `json:"over_seconds"`
	Pauses          []Pause     `json:"pauses"`
	Calendar        string      `json:"calendar,omitempty" doc:"empty: every second counts"`
	CalendarVersion int         `json:"calendar_version,omitempty"`
	Excused         bool        `json:"excused,omitempty" doc:"in time because of excluded time alone"`
	ExcusedLate     bool        `json:"excused_after_the_fact,omitempty"`
	SourceSays      string      `json:"source_says,omitempty" doc:"what the source's own clocks of the same goal say"`
}

// Pause is a stretch in which a clock stood still.
type Pause struct {
	From time.Time  `json:"from"`
	To   *time.Time `json:"to" doc:"null: it has not ended"`
	Why  string     `json:"why"`
	Late bool       `json:"excluded_after_the_fact,omitempty"`
}

// ClockOf returns a clock as pages, API and commands show it.
func ClockOf(c analytics.Clock) Clock {
	out := Clock{Incident: c.ID, Number: c.Number, Title: c.Title, Promise: c.Promise.Name, Version: c.Promise.Version, State: string(c.State), Why: c.Why, Running: c.Running, Now: string(c.Now), WithinSeconds: c.Promise.Within.Seconds(),
		Start: pointer(c.Start), Stop: pointer(c.Stop), Due: pointer(c.Due), BreachAt: pointer(c.BreachAt), ElapsedSeconds: c.Elapsed, OverSeconds: c.Over,
		Pauses: []Pause{}, Calendar: c.Calendar, CalendarVersion: c.CalendarVersion, Excused: c.Excused, ExcusedLate: c.ExcusedLate, SourceSays: string(c.Says)}
	for _, p := range c.Pauses {
		out.Pauses = append(out.Pauses, Pause{p.From, pointer(p.To), p.Why, p.Late})
	}
	return out
}

// Compliance answers how an agreement was kept in the period of q.
func Compliance(s *analytics.Snapshot, q analytics.Query, a analytics.Agreement) ContractStanding {
	c := ContractStanding{ID: a.ID, Name: a.Name, Version: a.Version, Contract: a.Contract, Problem: a.Problem, AsOf: s.AsOf(),
		Windows: groups(s.Windows(q, a), ofCompliance), AtRisk: []Clock{}, BreachedNow: []Clock{}, Breaches: []Clock{}, Apart: []Clock{}}
	for _, x := range s.Clocks(q, []analytics.Agreement{a}, analytics.SLABreached, analytics.SLAAtRisk, analytics.SLAMissing, analytics.SLAInvalid, analytics.SLACanceled) {
		switch clock := ClockOf(x); {
		case x.Promise.Stated:
			continue
		case x.Why != "":
			c.Apart = append(c.Apart, clock)
		case x.State == analytics.SLAAtRisk:
			c.AtRisk = append(c.AtRisk, clock)
		default:
			c.Breaches = append(c.Breaches, clock)
			if x.Running {
				c.BreachedNow = append(c.BreachedNow, clock)
			}
		}
	}
	return c
}

// Agreement returns a version of a contract ready to be counted, and all its versions, newest first. Version 0 is the newest; one
// that is not in force is counted in the calendars as they were when it was replaced or taken back.
func (d *Desk) Agreement(ctx context.Context, id incident.ID, version int) (analytics.Agreement, []incident.Policy, error) {
	versions, err := d.Store.PolicyVersions(ctx, id)
	if err != nil {
		return analytics.Agreement{}, nil, err
	}
	i := slices.IndexFunc(versions, func(p incident.Policy) bool { return version == 0 || p.Version == version })
	if i < 0 || versions[i].Kind != incident.ContractPolicy {
		return analytics.Agreement{}, nil, incident.ErrNotFound
	}
	var policies []incident.Policy
	if until := Replaced(versions, versions[i].Version); until.IsZero() {
		policies, err = d.Store.Policies(ctx)
	} else {
		policies, err = d.calendarsAt(ctx, versions[i], until)
	}
	return analytics.NewAgreement(versions[i], policies), versions, err
}

// Replaced returns when a version was replaced or taken back; zero when it is in force.
func Replaced(versions []incident.Policy, version int) time.Time {
	for i, p := range versions {
		switch {
		case p.Version != version:
		case p.Removed:
			return p.SavedAt
		case i > 0:
			return versions[i-1].SavedAt
		}
	}
	return time.Time{}
}

// calendarsAt returns the calendars of a version of a contract as they were at a time; the first version of one that is younger.
func (d *Desk) calendarsAt(ctx context.Context, contract incident.Policy, at time.Time) (out []incident.Policy, err error) {
	for _, id := range calendarsOf(contract) {
		if id == "" {
			continue
		}
		versions, err := d.Store.PolicyVersions(ctx, id)
		if errors.Is(err, incident.ErrNotFound) {
			continue // the agreement says that there is none
		}
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(versions, func(p incident.Policy) bool { return !p.SavedAt.After(at) })
		if i < 0 {
			i = len(versions) - 1
		}
		out = append(out, versions[i])
	}
	return out, nil
}

// Contract returns a version of a contract as it stands in the period of q, with the list of all. Version 0 is the newest.
func (d *Desk) Contract(ctx context.Context, id incident.ID, version int, q analytics.Query) (ContractStanding, error) {
	a, versions, err := d.Agreement(ctx, id, version)
	if err != nil {
		return ContractStanding{}, err
	}
	c := Compliance(d.Live.Snapshot(), q, a)
	for _, v := range versions {
		c.Versions = append(c.Versions, versionOf(v))
	}
	c.Removed, c.CountedAt = versions[0].Removed, pointer(Replaced(versions, a.Version))
	return c, nil
}

// Contracts returns every contract in force as it stands in the period of q, by name.
func Contracts(s *analytics.Snapshot, q analytics.Query) []ContractStanding {
	out := []ContractStanding{}
	for _, a := range s.Agreements() {
		out = append(out, Compliance(s, q, a))
	}
	return out
}

// SaveContract adds a version of a contract.
func (d *Desk) SaveContract(ctx context.Context, change PolicyChange, c incident.Contract) (incident.Policy, incident.Seq, error) {
	p, _, err := d.proposed(ctx, change, c)
	if err != nil {
		return p, 0, err
	}
	seq, err := d.put(ctx, p)
	return p, seq, err
}

// proposed returns the version that a change would make, and all policies in force.
func (d *Desk) proposed(ctx context.Context, change PolicyChange, c incident.Contract) (incident.Policy, []incident.Policy, error) {
	for i, x := range c.Exclusions {
		c.Exclusions[i].From, c.Exclusions[i].Until, c.Exclusions[i].ApprovedAt = x.From.UTC(), x.Until.UTC(), x.ApprovedAt.UTC()
	}
	if err := c.Validate(); err != nil {
		return incident.Policy{}, nil, err
	}
	p, err := d.policy(ctx, change, incident.ContractPolicy, c)
	if err != nil {
		return p, nil, err
	}
	policies, err := d.Store.Policies(ctx)
	if err != nil {
		return p, nil, err
	}
	if a := analytics.NewAgreement(p, policies); a.Problem != "" {
		return p, nil, incident.Invalidf("promises.calendar", "%s", a.Problem)
	}
	return p, policies, nil
}

// DryRun is what a change would do to figures that are already there.
type DryRun struct {
	AsOf      incident.Seq  `json:"as_of"`
	Sentences []string      `json:"sentences" doc:"in words, one per window that changes; none: no figure changes"`
	Changes   []ClockChange `json:"changes" doc:"clocks that would stand otherwise"`
}

// ClockChange is a clock that would stand otherwise; a state is empty where the promise does not concern the incident.
type ClockChange struct {
	Incident incident.ID `json:"incident"`
	Number   string      `json:"number,omitempty"`
	Title    string      `json:"title"`
	Promise  string      `json:"promise"`
	Before   string      `json:"before"`
	After    string      `json:"after"`
}

func dryRun(s *analytics.Snapshot, q analytics.Query, before, after []analytics.Agreement) DryRun {
	run := s.DryRun(q, before, after)
	out := DryRun{AsOf: s.AsOf(), Sentences: append([]string{}, run.Sentences()...), Changes: []ClockChange{}}
	for _, c := range run.Clocks {
		out.Changes = append(out.Changes, ClockChange{c.ID, c.Number, c.Title, c.Promise, string(c.Before), string(c.After)})
	}
	return out
}

// TryContract says what a change of a contract would do in the period of q, and saves nothing.
func (d *Desk) TryContract(ctx context.Context, change PolicyChange, c incident.Contract, q analytics.Query) (DryRun, error) {
	p, policies, err := d.proposed(ctx, change, c)
	if err != nil {
		return DryRun{}, err
	}
	var before []analytics.Agreement
	if i := slices.IndexFunc(policies, func(o incident.Policy) bool { return o.ID == p.ID }); i >= 0 {
		before = append(before, analytics.NewAgreement(policies[i], policies))
	}
	return dryRun(d.Live.Snapshot(), q, before, []analytics.Agreement{analytics.NewAgreement(p, policies)}), nil
}

// TryCalendar says what a change of a calendar would do to every contract that counts in it, and saves nothing.
func (d *Desk) TryCalendar(ctx context.Context, id incident.ID, c incident.Calendar, q analytics.Query) (DryRun, error) {
	if err := c.Validate(); err != nil {
		return DryRun{}, err
	}
	policies, err := d.Store.Policies(ctx)
	if err != nil {
		return DryRun{}, err
	}
	body, err := json.Marshal(c)
	if err != nil {
		return DryRun{}, err
	}
	changed := slices.Clone(policies)
	for i, p := range changed {
		if p.ID == id && p.Kind == incident.CalendarPolicy {
			changed[i].Body = body
		}
	}
	return dryRun(d.Live.Snapshot(), q, counting(policies, id), counting(changed, id)), nil
}

// counting makes ready the contracts that count in a calendar.
func counting(policies []incident.Policy, calendar incident.ID) (out []analytics.Agreement) {
	for _, p := range policies {
		if p.Kind != incident.ContractPolicy {
			continue
		}
		a := analytics.NewAgreement(p, policies)
		if slices.ContainsFunc(a.Contract.Promises, func(x incident.SLAPromise) bool { return x.Calendar == calendar }) {
			out = append(out, a)
		}
	}
	return out
}
