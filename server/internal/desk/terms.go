package desk

import (
	"context"

	"hindsight/incident"
)

// Names of policies that are made here.
const (
	WeightsName  = "Impact weights"
	DeliveryName = "Deployments and their incidents"
	// RetentionName is the name of the policy that holds how long what is kept.
	RetentionName = "Retention"
	// TaxonomyName is the name of the policy that holds what factors are called.
	TaxonomyName = "Categories of factors"
	// RetroName is the name of the policy that holds the rules for retrospectives.
	RetroName = "Retrospectives"
)

// RateName returns the name of the policy that holds the rate of a service; of the default for "".
func RateName(service string) string {
	if service == "" {
		return "Cost of a minute"
	}
	return "Cost of a minute, " + service
}

// DependenciesName returns the name of the policy that holds what a service needs.
func DependenciesName(service string) string { return "What " + service + " needs" }

// HoursName returns the name of the policy that holds the hours of a team; of all that have none for "".
func HoursName(team string) string {
	if team == "" {
		return "Hours of all teams"
	}
	return "Hours of " + team
}

// SaveWeights stores how much an incident of each severity counts.
func (d *Desk) SaveWeights(ctx context.Context, w incident.ImpactWeights, note, by string) (incident.Seq, error) {
	_, seq, err := d.saveDraft(ctx, policyDraft{ID: incident.WeightsID, Kind: incident.WeightsPolicy, Name: WeightsName, Body: w, Note: note, By: by})
	return seq, err
}

// SaveRate stores what a minute without a service costs; service is a name or id, or empty for the default. removed takes the
// rate back.
func (d *Desk) SaveRate(ctx context.Context, r incident.CostRate, service string, removed bool, note, by string, sight incident.Sight) (incident.Seq, error) {
	name := RateName("")
	if service != "" {
		ids, err := names{d.Live.Snapshot(), sight}.services("service", []string{service})
		if err != nil {
			return 0, err
		}
		r.Service = ids[0]
		name = RateName(d.Live.Snapshot().Name(r.Service))
	}
	_, seq, err := d.saveDraft(ctx, policyDraft{ID: incident.RateID(r.Service), Kind: incident.RatePolicy, Name: name, Body: r, Removed: removed, Note: note, By: by})
	return seq, err
}

// NeedNames is a group of needed services by name or id.
type NeedNames struct {
	Any      bool     `json:"any,omitempty" doc:"one of them is enough; false: each is needed"`
	Services []string `json:"services" doc:"names or ids"`
}

// SaveDependencies stores what a service needs; without groups it takes them back.
func (d *Desk) SaveDependencies(ctx context.Context, service string, groups []NeedNames, note, by string, sight incident.Sight) (incident.Seq, error) {
	known := names{d.Live.Snapshot(), sight}
	ids, err := known.services("service", []string{service})
	if err != nil {
		return 0, err
	}
	deps := incident.Dependencies{Service: ids[0]}
	for _, g := range groups {
		needed, err := known.services("needs", g.Services)
		if err != nil {
			return 0, err
		}
		deps.Needs = append(deps.Needs, incident.Needs{Any: g.Any, Services: needed})
	}
	all := []incident.Dependencies{deps}
	removed, had := len(groups) == 0, false
	for _, other := range d.Live.Snapshot().Terms().Dependencies {
		if other.Service != deps.Service {
			all = append(all, other)
		} else if removed {
			deps, had = other, true
		}
	}
	if removed && !had {
		return 0, nil // there is nothing to take back
	}
	if found := incident.CyclicDependencies(all); found != "" {
		return 0, incident.Invalidf("needs", "%s would need itself through other services", d.Live.Snapshot().Name(found))
	}
	_, seq, err := d.saveDraft(ctx, policyDraft{ID: incident.DependenciesID(deps.Service), Kind: incident.DependenciesPolicy,
		Name: DependenciesName(d.Live.Snapshot().Name(deps.Service)), Body: deps, Removed: removed, Note: note, By: by})
	return seq, err
}
