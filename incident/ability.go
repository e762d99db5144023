package incident

import "slices"

// Ability is one thing that somebody may do here. A role is a set of abilities, and a token has some of those of the
// user that it acts for. Pages and operations of the API name the ability that they need.
type Ability string

const (
	Read       Ability = "read"       // see and export incidents, problems and figures, but for private incidents of others
	Write      Ability = "write"      // change incidents, judge problems, write retrospectives
	Import     Ability = "import"     // connect sources, upload files, map values, mend what was set aside
	Agree      Ability = "agree"      // contracts, calendars, objectives, exclusions, working hours, rates
	Audit      Ability = "audit"      // read and export the audit log
	SeePrivate Ability = "private"    // see every private incident
	Administer Ability = "administer" // users, teams, tokens, settings, retention, erasure
)

// Abilities lists all of them, in the order in which pages show them.
var Abilities = []Ability{Read, Write, Import, Agree, Audit, SeePrivate, Administer}

// abilities of each role.
var abilities = map[Role][]Ability{
	Viewer:  {Read},
	Editor:  {Read, Write, Import},
	Manager: {Read, Write, Import, Agree, Audit},
	Admin:   Abilities,
}

// Abilities returns what the role may do; none for a role that does not exist.
func (r Role) Abilities() []Ability { return slices.Clone(abilities[r]) }

// May reports whether the role has an ability.
func (r Role) May(a Ability) bool { return slices.Contains(abilities[r], a) }
