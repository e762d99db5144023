package analytics

import (
	"encoding/json"

	"hindsight/incident"
)

// Terms are the agreements beside an objective that decide what a minute of impact counts.
type Terms struct {
	Weights      incident.ImpactWeights
	Dependencies []incident.Dependencies
	Rates        []incident.CostRate
}

// Terms returns those in force as of the snapshot; a body that cannot be read is as if it were not there.
func (s *Snapshot) Terms() Terms {
	t := Terms{Weights: incident.DefaultWeights(), Dependencies: bodies[incident.Dependencies](s, incident.DependenciesPolicy),
		Rates: bodies[incident.CostRate](s, incident.RatePolicy)}
	for _, w := range bodies[incident.ImpactWeights](s, incident.WeightsPolicy) {
		t.Weights = w
	}
	return t
}

// bodies returns the bodies of the policies of a kind that are as they must be.
func bodies[T interface{ Validate() error }](s *Snapshot, kind incident.PolicyKind) []T {
	var out []T
	for _, p := range s.Policies(kind) {
		var body T
		if json.Unmarshal(p.Body, &body) == nil && body.Validate() == nil {
			out = append(out, body)
		}
	}
	return out
}
