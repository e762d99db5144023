package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/server/internal/query"
)

// WorkVersions returns the versions of the delivery rule or of hours, newest first; none while the standard is in force.
func (d *Desk) WorkVersions(ctx context.Context, id incident.ID) ([]PolicyVersion, error) {
	versions, err := d.Store.PolicyVersions(ctx, id)
	if errors.Is(err, incident.ErrNotFound) {
		return nil, nil
	}
	return groupsOf(versions, versionOf), err
}

// TryDeliveryRule says in sentences which figures of delivery, over the whole record, a rule would change.
func (d *Desk) TryDeliveryRule(ctx context.Context, rule incident.DeliveryRule, sight incident.Sight) ([]string, error) {
	if err := rule.Validate(); err != nil {
		return nil, err
	}
	q, err := query.ParseChanges(nil, d.Now())
	if err != nil {
		return nil, err
	}
	was, _, err := d.Delivery(ctx, q, sight)
	if err != nil {
		return nil, err
	}
	is, _, err := d.deliveryBy(ctx, rule, q, sight)
	if err != nil {
		return nil, err
	}
	laid := func(r analytics.DeliveryReport) int {
		return r.Total.Of[analytics.SaidByPerson] + r.Total.Of[analytics.NearInTime]
	}
	return turned([]turn{
		{"deployments", was.Total.Deployments, is.Total.Deployments}, {"failed deployments", was.Total.Failed, is.Total.Failed},
		{"incidents that are laid to a deployment", laid(was), laid(is)}, {"incidents that are near a deployment", was.Total.Near, is.Total.Near},
	}), nil
}

// TryTeamHours says in sentences which interruptions, over the whole record, hours would count otherwise. Teams with too few people
// to show are left out.
func (d *Desk) TryTeamHours(ctx context.Context, hours incident.TeamHours, sight incident.Sight) ([]string, error) {
	if err := hours.Validate(); err != nil {
		return nil, err
	}
	q, err := query.Parse(nil, d.Now())
	if err != nil {
		return nil, err
	}
	was, err := d.Load(ctx, q, sight)
	if err != nil {
		return nil, err
	}
	is, err := d.loadBy(ctx, func(team incident.ID) (incident.TeamHours, string, error) {
		now, from, err := d.TeamHours(team)
		if team == hours.Team || hours.Team == "" && from != ofTheTeam {
			return hours, "tried", nil
		}
		return now, from, err
	}, q, sight)
	if err != nil {
		return nil, err
	}
	var out []string
	before := map[incident.ID]analytics.TeamLoad{}
	for _, t := range was.Teams {
		before[t.Team] = t
	}
	for _, t := range is.Teams {
		before := before[t.Team]
		out = append(out, turned([]turn{
			{"interruptions of " + t.Name + " in business hours", before.Business, t.Business}, {"interruptions of " + t.Name + " in off hours", before.Off, t.Off},
			{"interruptions of " + t.Name + " in sleep hours", before.Sleep, t.Sleep}})...)
	}
	return out, nil
}

// ofTheTeam is whose hours are used where a team has its own.
const ofTheTeam = "of the team"

// turn is a number before and after a change.
type turn struct {
	of      string
	was, is int
}

// turned writes the numbers that change: "failed deployments from 3 to 5".
func turned(turns []turn) []string {
	turns = slices.DeleteFunc(turns, func(t turn) bool { return t.was == t.is })
	return groupsOf(turns, func(t turn) string { return fmt.Sprintf("%s from %d to %d", t.of, t.was, t.is) })
}
