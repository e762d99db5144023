package incident

import "slices"

// Sight is what somebody may see of private incidents: those of their teams, those shared with them or with one of their
// teams, or all. The zero Sight sees none. It reaches every list, count, figure, file and suggestion.
type Sight struct {
	All   bool
	User  ID   // empty for tokens and visitors
	Teams []ID // that the user belongs to, ascending
}

// Audience is who may see a private incident beside the members of its team and those who see all.
type Audience struct {
	Users, Teams []ID // ascending
}

// Blind reports that no private incident can be seen.
func (s Sight) Blind() bool { return !s.All && s.User == "" && len(s.Teams) == 0 }

// Sees reports whether an incident of a team with an audience may be seen, being private.
func (s Sight) Sees(team ID, a Audience) bool {
	if s.All || s.User != "" && slices.Contains(a.Users, s.User) {
		return true
	}
	return slices.ContainsFunc(s.Teams, func(t ID) bool { return t == team || slices.Contains(a.Teams, t) })
}

// Membership is a user's place in a team.
type Membership struct{ Team, User ID }
