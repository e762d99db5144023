package api

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"hindsight/incident"
)

// Viewer is who asks and what they may do. The zero Viewer is somebody who is not signed in.
type Viewer struct {
	Name      string        // of the user or token
	Role      incident.Role // empty for tokens
	User      incident.ID   // whom a token acts for; empty for visitors of the demonstration, and people who look at the product as a role
	Teams     []incident.ID // that the user belongs to, ascending
	Abilities []incident.Ability
	ReadOnly  bool // nothing can be changed: in the demonstration, and while looking as a role
	Blind     bool // sees no private incident whatever its owner sees: a token without SeePrivate
}

// As returns somebody with a role and all that it may do.
func As(name string, role incident.Role, user incident.ID) Viewer {
	return Viewer{Name: name, Role: role, User: user, Abilities: role.Abilities()}
}

// Known reports whether the viewer is signed in, has a token, or visits the demonstration.
func (v Viewer) Known() bool { return v.Name != "" }

// May reports whether the viewer has an ability. While nothing can be changed, they may still look at what it is about.
func (v Viewer) May(a incident.Ability) bool { return slices.Contains(v.Abilities, a) }

// MayChange reports whether the viewer may change what an ability is about.
func (v Viewer) MayChange(a incident.Ability) bool { return v.May(a) && !v.ReadOnly }

// Sight is what the viewer sees of private incidents.
func (v Viewer) Sight() incident.Sight {
	if v.Blind {
		return incident.Sight{}
	}
	return incident.Sight{All: v.May(incident.SeePrivate), User: v.User, Teams: v.Teams}
}

// Access is one route and what it needs. Pages, the API and the hooks list theirs; a test asks for every one as every role.
type Access struct {
	Method, Path string           // as the router has them: /incidents/:id
	Needs        incident.Ability // empty: nobody has to be signed in
}

// Refusals of Check.
var (
	ErrUnknown  = errors.New("nobody is signed in")
	ErrReadOnly = errors.New("nothing can be changed here")
)

// DeniedError says that the viewer is known and lacks an ability.
type DeniedError struct {
	Needs incident.Ability
	Role  incident.Role // of the viewer; empty: a token
}

// Error says which ability is missing, what it is, and who has it.
func (e *DeniedError) Error() string {
	who := "this token does not have it"
	if e.Role != "" {
		who = "you are " + string(e.Role)
	}
	return fmt.Sprintf("this needs the ability “%s” (%s), which %s; %s", e.Needs, e.Needs.Says(), holders(e.Needs.Roles()), who)
}

// holders writes who has an ability: "managers and admins have".
func holders(roles []incident.Role) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r) + "s"
	}
	if n := len(names); n > 1 {
		names = []string{strings.Join(names[:n-1], ", ") + " and " + names[n-1]}
	}
	return strings.Join(names, "") + " have"
}

// Check is the one place where access is decided: whether the viewer may do what needs an ability, or what needs none. changes
// says that it is more than looking. Errors: ErrUnknown, *DeniedError, ErrReadOnly.
func (v Viewer) Check(needs incident.Ability, changes bool) error {
	switch {
	case needs != "" && !v.Known():
		return ErrUnknown
	case needs != "" && !v.May(needs):
		return &DeniedError{needs, v.Role}
	case changes && v.ReadOnly:
		return ErrReadOnly
	}
	return nil
}
