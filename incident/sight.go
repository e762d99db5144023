package incident

import (
	"fmt"
	"slices"
	"strings"
)

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

// Key names what can be seen: two sights that see the same incidents of any have the same. What is kept for one must be found
// by its key alone.
func (s Sight) Key() string {
	switch {
	case s.All:
		return "all"
	case s.Blind():
		return "none"
	}
	return fmt.Sprintf("%q%q", s.User, s.Teams)
}

// Sees reports whether an incident of a team with an audience may be seen, being private.
func (s Sight) Sees(team ID, a Audience) bool {
	if s.All || s.User != "" && slices.Contains(a.Users, s.User) {
		return true
	}
	return slices.ContainsFunc(s.Teams, func(t ID) bool { return t == team && team != "" || slices.Contains(a.Teams, t) })
}

// NewAudience returns an audience of users and teams, ascending and each once; empty ids are left out.
func NewAudience(users, teams []ID) Audience {
	return Audience{Users: sortedIDs(users), Teams: sortedIDs(teams)}
}

func sortedIDs(ids []ID) []ID {
	var out []ID
	for _, id := range ids {
		if id != "" {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// String returns the audience as Edit reads it: "team:" or "user:" and the id, with commas between them; teams first.
func (a Audience) String() string {
	var out []string
	for _, id := range a.Teams {
		out = append(out, audienceTeam+string(id))
	}
	for _, id := range a.Users {
		out = append(out, audienceUser+string(id))
	}
	return strings.Join(out, ",")
}

const audienceTeam, audienceUser = "team:", "user:"

// ParseAudience reads what Audience.String writes, in any order and with spaces around the commas.
func ParseAudience(text string) (Audience, error) {
	var users, teams []ID
	for word := range strings.SplitSeq(text, ",") {
		word = strings.TrimSpace(word)
		team, isTeam := strings.CutPrefix(word, audienceTeam)
		user, isUser := strings.CutPrefix(word, audienceUser)
		switch {
		case isTeam && team != "":
			teams = append(teams, ID(team))
		case isUser && user != "":
			users = append(users, ID(user))
		case word != "":
			return Audience{}, Invalidf(audienceField, "%q is neither team:ID nor user:ID", word)
		}
	}
	return NewAudience(users, teams), nil
}

// SeenBy reports whether the incident may be seen.
func (inc *Incident) SeenBy(s Sight) bool { return !inc.Private || s.Sees(inc.Team, inc.Audience) }

// within reports that everybody who may see inc may see other, too, whoever belongs to which team.
func (inc *Incident) within(other *Incident) bool {
	if !other.Private {
		return true
	}
	sees := func(team ID) bool {
		return team == "" || team == other.Team || slices.Contains(other.Audience.Teams, team)
	}
	return inc.Private && sees(inc.Team) && !slices.ContainsFunc(inc.Audience.Teams, func(t ID) bool { return !sees(t) }) &&
		!slices.ContainsFunc(inc.Audience.Users, func(u ID) bool { return !slices.Contains(other.Audience.Users, u) })
}

// Membership is a user's place in a team.
type Membership struct{ Team, User ID }
