package incident

import "slices"

// WeightsPolicy is the kind of the policy whose body is ImpactWeights; there is at most one, WeightsID.
const (
	WeightsPolicy PolicyKind = "impact_weights"
	WeightsID     ID         = "pol_impact_weights"
)

// ImpactWeights says what share of a service is taken to be lost while an incident of a severity has impact. It is a
// convention that people agree on, not a measurement.
type ImpactWeights struct {
	// Shares holds one share, 0 to 1, for each of "SEV1" to "SEV5" and "unset".
	Shares map[string]float64 `json:"shares"`
	// Sum adds up what incidents at one time take, to 1 at most; false: the worst of them counts.
	Sum bool `json:"sum,omitempty"`
}

// DefaultWeights are in force until somebody saves others: the worst counts in full, and so does one whose severity nobody
// said, so that silence never improves a number.
func DefaultWeights() ImpactWeights {
	return ImpactWeights{Shares: map[string]float64{"SEV1": 1, "SEV2": 0.5, "SEV3": 0.25, "SEV4": 0.1, "SEV5": 0, "unset": 1}}
}

// Of returns the share of a severity.
func (w ImpactWeights) Of(s Severity) float64 { return w.Shares[s.String()] }

// WeightedSeverities lists the severities that need a share, the worst first.
func WeightedSeverities() []Severity { return []Severity{Sev1, Sev2, Sev3, Sev4, Sev5, SevUnknown} }

// Validate returns ErrInvalid, naming the severity, unless every severity has a share from 0 to 1.
func (w ImpactWeights) Validate() error {
	var known []string
	for _, s := range WeightedSeverities() {
		known = append(known, s.String())
		if share, ok := w.Shares[s.String()]; !ok || !(share >= 0 && share <= 1) {
			return Invalidf(s.String(), "give %s a share from 0 to 1", s)
		}
	}
	for name := range w.Shares {
		if !slices.Contains(known, name) {
			return Invalidf("shares", "%q is no severity; there are %v", name, known)
		}
	}
	return nil
}
