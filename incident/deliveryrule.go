package incident

import (
	"slices"
	"strings"
	"time"
)

// DeliveryPolicy is the kind of the policy whose body is a DeliveryRule. There is one, with the id DeliveryPolicyID.
const (
	DeliveryPolicy   PolicyKind = "delivery"
	DeliveryPolicyID ID         = "pol_delivery"
)

// DeliveryRule says which changes count as deployments, and how long after one an incident may begin to be laid at
// its door.
type DeliveryRule struct {
	// CapMinutes is the longest time from a deployment to the start of an incident that is attributed to it without
	// a person's word, in minutes.
	CapMinutes int `json:"cap_minutes"`
	// Environments are the names, in any case, of where users are. A change that names none counts, too.
	Environments []string `json:"environments"`
}

// StandardDelivery is the rule in force until somebody saves another one.
//
// The cap is four hours. With one deployment a day, an incident that has nothing to do with it falls within four hours
// after it in one of six cases, within 24 hours in every case, so a cap of a day says nothing about whoever
// deploys daily. Four hours still cover a fault that shows itself only under the load of the same shift.
func StandardDelivery() DeliveryRule {
	return DeliveryRule{CapMinutes: 4 * 60, Environments: []string{"production", "prod", "prd", "live"}}
}

// Cap returns CapMinutes as a duration.
func (r DeliveryRule) Cap() time.Duration { return time.Duration(r.CapMinutes) * time.Minute }

// Validate returns ErrInvalid when the cap is below a minute or above a week, or an environment has no name.
func (r DeliveryRule) Validate() error {
	if r.CapMinutes < 1 || r.CapMinutes > 7*24*60 {
		return Invalidf("cap_minutes", "%d is not from 1 to %d minutes (a week)", r.CapMinutes, 7*24*60)
	}
	if len(r.Environments) == 0 || slices.ContainsFunc(r.Environments, func(e string) bool { return strings.TrimSpace(e) == "" }) {
		return Invalidf("environments", "name at least one environment, and none without a name")
	}
	return nil
}

// NotDeployed returns why a change is no deployment to users, or "" when it is one. The rules, first match wins: it was
// called off, it has not ended, it went to an environment that the rule does not name.
func (r DeliveryRule) NotDeployed(c *ChangeEvent) string {
	switch {
	case c.Result == ChangeCanceled:
		return "canceled"
	case c.Result == ChangeRunning:
		return "planned or running"
	case c.Environment != "" && !slices.ContainsFunc(r.Environments, func(e string) bool { return strings.EqualFold(e, c.Environment) }):
		return "another environment than " + strings.Join(r.Environments, ", ")
	}
	return ""
}
