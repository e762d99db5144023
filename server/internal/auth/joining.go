package auth

import (
	"slices"
	"strings"

	"hindsight/incident"
)

// Joining says who of those that a provider or a proxy vouches for may sign in, and as what. The zero Joining lets
// nobody in.
type Joining struct {
	Roles   []GroupRole   // of several groups of a user the ablest role counts
	Default incident.Role // of those in none of these groups; empty: they may not sign in
	Teams   []GroupTeam
	Domains []string // of e-mail addresses, lower case; empty: any
}

// GroupRole gives the members of a group a role. Groups are compared byte by byte, as the provider writes them.
type GroupRole struct {
	Group string
	Role  incident.Role
}

// GroupTeam makes the members of a group members of a team, which is named as its page names it; case does not matter.
type GroupTeam struct{ Group, Team string }

// Role returns the ablest role that groups give, else the default; empty: they may not sign in.
func (j Joining) Role(groups []string) incident.Role {
	best := j.Default
	found := false
	for _, g := range j.Roles {
		if slices.Contains(groups, g.Group) && (!found || slices.Index(incident.Roles, g.Role) > slices.Index(incident.Roles, best)) {
			best, found = g.Role, true
		}
	}
	return best
}

// roleOf is the role of a user who comes again. Where no group gives a role, the one that administrators gave stays.
func (j Joining) roleOf(u incident.User, groups []string) incident.Role {
	if len(j.Roles) == 0 && u.Role != "" {
		return u.Role
	}
	return j.Role(groups)
}

// Belongs returns the teams that groups lead into, and those that they do not. Teams of neither are none of the
// provider's business.
func (j Joining) Belongs(groups []string) (in, out []string) {
	for _, t := range j.Teams {
		team := strings.ToLower(t.Team)
		if slices.Contains(groups, t.Group) && !slices.Contains(in, team) {
			in = append(in, team)
		}
	}
	for _, t := range j.Teams {
		if team := strings.ToLower(t.Team); !slices.Contains(in, team) && !slices.Contains(out, team) {
			out = append(out, team)
		}
	}
	return in, out
}

// Admits reports whether an e-mail address may join. Where domains count, an address that the provider did not verify
// counts for none.
func (j Joining) Admits(email string, verified bool) bool {
	if len(j.Domains) == 0 {
		return true
	}
	_, domain, ok := cutLast(strings.ToLower(email), "@")
	return ok && verified && slices.Contains(j.Domains, domain)
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// ParseJoining reads the settings of those names, where lists are separated by semicolons or line ends, for groups may
// have commas in them, and a group is separated from what it gives by the last equals sign. Errors name the setting
// by the word in front: roles, teams, domains or default.
func ParseJoining(roles, teams, domains, def string) (j Joining, err error) {
	for group, word := range pairs(roles) {
		role := incident.Role(strings.ToLower(word))
		if group == "" || !slices.Contains(incident.Roles, role) {
			return j, incident.Invalidf("roles", "%q is not a group and a role, such as sre=editor; the roles are viewer, editor, manager and admin", group+"="+word)
		}
		j.Roles = append(j.Roles, GroupRole{group, role})
	}
	for group, team := range pairs(teams) {
		if group == "" || team == "" {
			return j, incident.Invalidf("teams", "%q is not a group and a team, such as payments=Payments", group+"="+team)
		}
		j.Teams = append(j.Teams, GroupTeam{group, team})
	}
	for word := range strings.FieldsFuncSeq(domains, func(r rune) bool { return strings.ContainsRune(" ,;\n\t", r) }) {
		if strings.Contains(word, "@") || !strings.Contains(word, ".") {
			return j, incident.Invalidf("domains", "%q is not a domain such as example.com", word)
		}
		j.Domains = append(j.Domains, strings.ToLower(word))
	}
	if j.Default = incident.Role(strings.ToLower(def)); def != "" && !slices.Contains(incident.Roles, j.Default) {
		return j, incident.Invalidf("default", "%q is not a role; there are viewer, editor, manager and admin", def)
	}
	return j, nil
}

// pairs splits "a=b; c=d" at the last equals sign of each.
func pairs(text string) func(yield func(string, string) bool) {
	return func(yield func(string, string) bool) {
		for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ';' || r == '\n' }) {
			if word = strings.TrimSpace(word); word == "" {
				continue
			}
			before, after, _ := cutLast(word, "=")
			if !yield(strings.TrimSpace(before), strings.TrimSpace(after)) {
				return
			}
		}
	}
}
