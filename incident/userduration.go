package incident

import "slices"

// DurationPolicy is the kind of policies whose body is a UserDuration.
const DurationPolicy PolicyKind = "duration"

// UserDuration is a duration that people here want measured: from the earliest known of some milestones to the earliest
// known of others. The name of its policy is its name, and the slug of that is its id as a metric.
type UserDuration struct {
	From     []MilestoneName `json:"from"`
	To       []MilestoneName `json:"to"`
	Calendar ID              `json:"calendar,omitempty"` // of the policy in whose business time it is counted; empty: wall clock
}

// DurationPolicyID returns the id of the policy that a duration's name stands for.
func DurationPolicyID(name string) ID { return nameID("dur", name) }

// Span returns the ends of the duration.
func (d UserDuration) Span() Span { return Span{From: d.From, To: d.To} }

// Validate returns ErrInvalid when an end names no milestone, or one that is none.
func (d UserDuration) Validate() error {
	for _, end := range []struct {
		field string
		names []MilestoneName
	}{{"from", d.From}, {"to", d.To}} {
		if len(end.names) == 0 {
			return Invalidf(end.field, "name at least one milestone; there are %s", join(MilestoneNames))
		}
		for _, name := range end.names {
			if !slices.Contains(MilestoneNames, name) {
				return Invalidf(end.field, "%q is not a milestone; there are %s", name, join(MilestoneNames))
			}
		}
	}
	return nil
}
