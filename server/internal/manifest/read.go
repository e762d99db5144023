package manifest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"hindsight/incident"
)

// body reads the body of a policy by its id; nil when there is none in force.
func body[B any](s *state, id incident.ID) (*B, error) {
	p, ok := s.policies[id]
	if !ok {
		return nil, nil
	}
	var b B
	if err := json.Unmarshal(p.Body, &b); err != nil {
		return nil, fmt.Errorf("manifest: read %s %q: %w", p.Kind, p.Name, err)
	}
	return &b, nil
}

func (s *state) serviceSpec(v incident.Service) (ServiceSpec, error) {
	spec := ServiceSpec{Tier: v.Tier, Aliases: v.Alias}
	for _, t := range s.teams {
		if t.ID == v.Team {
			spec.Team = t.Name
		}
	}
	needs, err := body[incident.Dependencies](s, incident.DependenciesID(v.ID))
	if err != nil {
		return spec, err
	}
	if needs != nil {
		for _, n := range needs.Needs {
			spec.Needs = append(spec.Needs, NeedsSpec{n.Any, s.serviceNames(n.Services)})
		}
	}
	rate, err := body[incident.CostRate](s, incident.RateID(v.ID))
	if rate != nil {
		cost := costSpec(*rate)
		spec.Cost = &cost
	}
	return spec, err
}

func (s *state) teamSpec(t incident.Team) (TeamSpec, error) {
	spec := TeamSpec{Members: s.membersOf(t.ID)}
	hours, err := body[incident.TeamHours](s, incident.TeamHoursID(t.ID))
	if hours != nil {
		h := hoursSpec(*hours)
		spec.Hours = &h
	}
	return spec, err
}

// membersOf returns the names of a team's members, in order; nil when there are none.
func (s *state) membersOf(team incident.ID) []string {
	var out []string
	for _, u := range s.users { // by name
		if slices.Contains(s.members, incident.Membership{Team: team, User: u.ID}) {
			out = append(out, u.Name)
		}
	}
	slices.Sort(out)
	return out
}

func costSpec(r incident.CostRate) CostSpec { return CostSpec{r.Low, r.High, r.Currency, r.Reason} }

func (c CostSpec) rate(service incident.ID) incident.CostRate {
	return incident.CostRate{Service: service, Low: c.Low, High: c.High, Currency: c.Currency, Reason: c.Reason}
}

func hoursSpec(h incident.TeamHours) HoursSpec {
	return HoursSpec{h.Zone, weekSpec(h.Business), h.Sleep}
}

func (h HoursSpec) hours(team incident.ID) incident.TeamHours {
	return incident.TeamHours{Team: team, Zone: h.Zone, Business: h.Business.days(), Sleep: h.Sleep}
}

func weekSpec(days [7][]incident.Hour) WeekSpec {
	return WeekSpec{Sunday: days[0], Monday: days[1], Tuesday: days[2], Wednesday: days[3], Thursday: days[4], Friday: days[5], Saturday: days[6]}
}

// days returns the week by time.Weekday, with a list for every day, so that its JSON has no null.
func (w WeekSpec) days() [7][]incident.Hour {
	days := [7][]incident.Hour{w.Sunday, w.Monday, w.Tuesday, w.Wednesday, w.Thursday, w.Friday, w.Saturday}
	for i := range days {
		if days[i] == nil {
			days[i] = []incident.Hour{}
		}
	}
	return days
}

func calendarSpec(c incident.Calendar) CalendarSpec {
	spec := CalendarSpec{Always: c.Always, Zone: c.Zone, Weekly: weekSpec(c.Weekly)}
	for _, d := range c.Days {
		spec.Days = append(spec.Days, DaySpec(d))
	}
	return spec
}

func (c CalendarSpec) calendar() incident.Calendar {
	out := incident.Calendar{Always: c.Always, Zone: c.Zone, Weekly: c.Weekly.days()}
	for _, d := range c.Days {
		out.Days = append(out.Days, incident.Day(d))
	}
	return out
}

func (s *state) contractSpec(c incident.Contract) ContractSpec {
	spec := ContractSpec{Customer: c.Customer, Zone: c.Zone, From: c.From, Until: c.Until, Window: WindowSpec(c.Window)}
	for _, p := range c.Promises {
		promise := PromiseSpec{Name: p.Name, Span: p.Span, Within: lengthOf(p.WithinSeconds), Goal: p.Goal, Priorities: p.Priorities,
			Services: s.serviceNames(p.Services), PauseIn: p.PauseIn, CancelOn: p.CancelOn, Reopen: p.Reopen, Calendar: s.policyName(p.Calendar)}
		for _, severity := range p.Severities {
			promise.Severities = append(promise.Severities, Severity(severity))
		}
		spec.Promises = append(spec.Promises, promise)
	}
	for _, x := range c.Exclusions {
		spec.Exclusions = append(spec.Exclusions, ExclusionSpec{x.AppliesTo, x.From.UTC(), x.Until.UTC(), s.serviceNames(x.Services), x.Reason, x.Approver, x.ApprovedAt.UTC()})
	}
	return spec
}

func objectiveSpec(o incident.Objective, service string) ObjectiveSpec {
	return ObjectiveSpec{service, o.Target, ObjectiveWindowSpec(o.Window), o.Weighted, o.Owner, o.Review, o.Description}
}

// connectionSpec names a variable of the environment for each secret that there is.
func (s *state) connectionSpec(c incident.Connection) (ConnectionSpec, error) {
	spec := ConnectionSpec{Source: c.Source, Settings: c.Settings, Exclude: c.Exclude, Follow: c.Follow}
	if len(c.Secret) == 0 {
		return spec, nil
	}
	held, err := s.desk.SecretNames(c)
	for _, name := range held.Settings {
		if spec.Secrets == nil {
			spec.Secrets = map[string]SecretSpec{}
		}
		spec.Secrets[name] = SecretSpec{secretEnv(c.Name, name)}
	}
	return spec, err
}

// secretEnv is the environment variable that an export names for a secret.
func secretEnv(connection, setting string) string {
	words := strings.ToUpper(incident.Slug(connection + " " + setting))
	return "HINDSIGHT_SECRET_" + strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, words)
}

// mappingSpec reads the mapping of a connection.
func mappingSpec(c incident.Connection) (MappingSpec, error) {
	if len(c.Mapping) == 0 {
		return nil, nil
	}
	dec := json.NewDecoder(bytes.NewReader(c.Mapping))
	dec.UseNumber()
	var out map[string]any
	if err := dec.Decode(&out); err != nil {
		return nil, fmt.Errorf("manifest: read the mapping of connection %q: %w", c.Name, err)
	}
	return numbered(out).(map[string]any), nil
}

// numbered replaces the numbers of JSON by integers where they are whole.
func numbered(v any) any {
	switch x := v.(type) {
	case map[string]any:
		for name := range x {
			x[name] = numbered(x[name])
		}
	case []any:
		for i := range x {
			x[i] = numbered(x[i])
		}
	case json.Number:
		if n, err := x.Int64(); err == nil && n == int64(int(n)) {
			return int(n)
		}
		f, err := x.Float64()
		if err != nil || math.IsInf(f, 0) {
			return x.String()
		}
		return f
	}
	return v
}
