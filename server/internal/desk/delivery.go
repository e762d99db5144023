package desk

import (
	"context"
	"encoding/json"
	"slices"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/server/internal/query"
)

const (
	changePage = 1000
	// maxChanges bounds the change events that one figure is made from.
	maxChanges = 200_000
)

// DeliveryRule returns the rule about deployments in force, and since which version of its policy; 0 is the standard one.
func (d *Desk) DeliveryRule(ctx context.Context) (incident.DeliveryRule, int, error) {
	all, err := d.Store.Policies(ctx)
	i := slices.IndexFunc(all, func(p incident.Policy) bool { return p.ID == incident.DeliveryPolicyID })
	if err != nil || i < 0 {
		return incident.StandardDelivery(), 0, err
	}
	var rule incident.DeliveryRule
	if err := json.Unmarshal(all[i].Body, &rule); err != nil {
		return rule, 0, err
	}
	return rule, all[i].Version, rule.Validate()
}

// SaveDeliveryRule puts a new version of the rule in force, in the name of by. It returns ErrConflict when base is not the version
// in force; 0 is whichever is.
func (d *Desk) SaveDeliveryRule(ctx context.Context, rule incident.DeliveryRule, base int, by, note string) (incident.Seq, error) {
	_, seq, err := d.saveDraft(ctx, policyDraft{ID: incident.DeliveryPolicyID, Kind: incident.DeliveryPolicy, Name: DeliveryName, Body: rule, Base: base, Note: note, By: by})
	return seq, err
}

// Delivery measures deployments and what followed them. It takes the questions of ChangeFilter, and teams, which stand for
// the services that they own. Without a kind of change, deployments are meant. all is false where there were more
// changes than can be read for one figure: the oldest are missing then.
func (d *Desk) Delivery(ctx context.Context, q query.Query, sight incident.Sight) (r analytics.DeliveryReport, all bool, err error) {
	rule, _, err := d.DeliveryRule(ctx)
	if err != nil {
		return r, false, err
	}
	return d.deliveryBy(ctx, rule, q, sight)
}

// deliveryBy is Delivery by a rule that need not be in force.
func (d *Desk) deliveryBy(ctx context.Context, rule incident.DeliveryRule, q query.Query, sight incident.Sight) (r analytics.DeliveryReport, all bool, err error) {
	snapshot := d.Live.Snapshot()
	teams, err := d.TeamIDs(q.Teams, sight)
	if err != nil {
		return r, false, err
	}
	if q.Teams = nil; len(q.ChangeKinds) == 0 {
		q.ChangeKinds = []incident.ChangeKind{incident.ChangeDeploy}
	}
	f, err := d.ChangeFilter(ctx, q, sight)
	if err != nil {
		return r, false, err
	}
	if len(teams) > 0 {
		if f.Services = ownedBy(snapshot.Services(sight), teams, f.Services); len(f.Services) == 0 {
			return r, false, incident.Invalidf("team", "the team owns none of these services, so no deployment can be told to be its own")
		}
	}
	a := analytics.Query{From: q.From, To: q.To, Location: q.Zone, Now: d.Now().UTC(), Services: f.Services, Sight: sight}
	if !f.From.IsZero() {
		f.From = f.From.Add(-rule.Cap())
	}
	f.To = a.Now
	changes, all, err := d.allChanges(ctx, f)
	if err != nil {
		return r, false, err
	}
	return snapshot.Delivery(a, rule, changes), all, nil
}

// ownedBy returns the services of teams, and of those only among some unless there are none.
func ownedBy(services []incident.Service, teams, among []incident.ID) []incident.ID {
	var out []incident.ID
	for _, s := range services {
		if slices.Contains(teams, s.Team) && (len(among) == 0 || slices.Contains(among, s.ID)) {
			out = append(out, s.ID)
		}
	}
	return out
}

func (d *Desk) allChanges(ctx context.Context, f incident.ChangeFilter) ([]incident.ChangeEvent, bool, error) {
	return d.changesUpTo(ctx, f, maxChanges)
}

// changesUpTo returns the newest changes of a filter, about most of them; all is false when there are more.
func (d *Desk) changesUpTo(ctx context.Context, f incident.ChangeFilter, most int) (found []incident.ChangeEvent, all bool, err error) {
	var out []incident.ChangeEvent
	f.Limit, f.After = changePage, ""
	for len(out) < most {
		some, next, err := d.Store.ChangeEvents(ctx, f)
		if err != nil {
			return nil, false, err
		}
		out = append(out, some...)
		if f.After = next; next == "" {
			return out, true, nil
		}
	}
	return out, false, nil
}
