package analytics

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"hindsight/analytics/calendar"
	"hindsight/incident"
)

// Agreement is a version of a contract with the versions of calendars that it is counted in. It may be used by many
// goroutines.
type Agreement struct {
	ID       incident.ID // of the policy
	Name     string
	Version  int
	Contract incident.Contract
	// Problem says why it cannot be counted: nothing is, then. Empty otherwise.
	Problem string

	calendars map[incident.ID]hours
}

// hours are a calendar made ready, with the version that it was made from.
type hours struct {
	*calendar.Calendar
	name    string
	version int
}

var always = func() hours {
	c, err := calendar.New(incident.Calendar{Always: true})
	if err != nil {
		panic(err)
	}
	return hours{Calendar: c}
}()

// NewAgreement makes a version of a contract ready with versions of calendars, other policies among which are passed over.
// To count as of an earlier time, hand it the versions of then.
func NewAgreement(p incident.Policy, policies []incident.Policy) Agreement {
	a := Agreement{ID: p.ID, Name: p.Name, Version: p.Version, calendars: map[incident.ID]hours{}}
	if err := json.Unmarshal(p.Body, &a.Contract); err != nil {
		a.Problem = fmt.Sprintf("the contract cannot be read: %v", err)
		return a
	}
	if err := a.Contract.Validate(); err != nil {
		a.Problem = fmt.Sprintf("the contract cannot be kept: %v", err)
		return a
	}
	for _, promise := range a.Contract.Promises {
		if err := a.need(promise.Calendar, policies); err != nil {
			a.Problem = fmt.Sprintf("the calendar of %s cannot be used: %v", promise.Name, err)
		}
	}
	return a
}

// need makes a calendar of the policies ready.
func (a *Agreement) need(id incident.ID, policies []incident.Policy) error {
	if _, known := a.calendars[id]; known || id == "" {
		return nil
	}
	i := slices.IndexFunc(policies, func(p incident.Policy) bool {
		return p.ID == id && p.Kind == incident.CalendarPolicy && !p.Removed
	})
	if i < 0 {
		return fmt.Errorf("there is no calendar %s", id)
	}
	var body incident.Calendar
	if err := json.Unmarshal(policies[i].Body, &body); err != nil {
		return err
	}
	if err := body.Validate(); err != nil {
		return err
	}
	c, err := calendar.New(body)
	a.calendars[id] = hours{c, policies[i].Name, policies[i].Version}
	return err
}

// hours returns the calendar of a promise.
func (a *Agreement) hours(p incident.SLAPromise) hours {
	if p.Calendar == "" {
		return always
	}
	return a.calendars[p.Calendar]
}

// term returns the instants between which the contract is in force; zero does not bind.
func (a *Agreement) term() (from, until time.Time) {
	return a.midnight(a.Contract.From), a.midnight(a.Contract.Until)
}

func (a *Agreement) midnight(date string) time.Time {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return time.Time{}
	}
	return startOfDay(day.Year(), day.Month(), day.Day(), a.Contract.Location()).UTC()
}

// agreements makes ready the contracts in force.
func agreements(policies []incident.Policy) (out []Agreement) {
	for _, p := range policies {
		if p.Kind == incident.ContractPolicy && !p.Removed {
			out = append(out, NewAgreement(p, policies))
		}
	}
	return out
}

// Agreements returns the contracts in force as of the snapshot, in the order of the store.
func (s *Snapshot) Agreements() []Agreement { return slices.Clone(s.agreements) }
