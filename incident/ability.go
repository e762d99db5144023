package incident

import "slices"

// Ability is one thing that somebody may do here. A role is a set of abilities, and a token has some of those of the
// user that it acts for. Pages and operations of the API name the ability that they need.
type Ability string

const (
	Read       Ability = "read"       // see and export incidents, problems and figures, but for private incidents of others
	Feed       Ability = "feed"       // read the feed of published retrospectives; see [Token.FeedsOnly]
	Write      Ability = "write"      // change incidents, judge problems, write retrospectives
	Import     Ability = "import"     // connect sources, upload files, map values, mend what was set aside
	Agree      Ability = "agree"      // contracts, calendars, objectives, exclusions, working hours, rates
	Audit      Ability = "audit"      // read and export the audit log
	SeePrivate Ability = "private"    // see every private incident
	Administer Ability = "administer" // users, teams, tokens, settings, retention, erasure
)

// Abilities lists all of them, in the order in which pages show them.
var Abilities = []Ability{Read, Feed, Write, Import, Agree, Audit, SeePrivate, Administer}

// says is what each ability lets one do, as pages and refusals say it.
var says = map[Ability]string{
	Read:       "see and export incidents, problems and figures, but for private incidents of others",
	Feed:       "read the feed of published retrospectives by an address that holds the token, which has no other ability then",
	Write:      "change incidents, judge problems, define durations, write retrospectives",
	Import:     "connect sources, upload files, map values, see raw records, mend what was set aside",
	Agree:      "change contracts, calendars, objectives, working hours, the delivery rule, weights and rates",
	Audit:      "read and export the audit log",
	SeePrivate: "see every private incident",
	Administer: "manage users, teams and tokens, and remove what a connection brought",
}

// Says returns what the ability lets one do, as the end of a sentence: "change incidents, judge problems"; empty for an
// ability that does not exist.
func (a Ability) Says() string { return says[a] }

// Roles returns the roles that have the ability, from the least to the most able.
func (a Ability) Roles() []Role {
	return slices.DeleteFunc(slices.Clone(Roles), func(r Role) bool { return !r.May(a) })
}

// abilities of each role.
var abilities = map[Role][]Ability{
	Viewer:  {Read, Feed},
	Editor:  {Read, Feed, Write, Import},
	Manager: {Read, Feed, Write, Import, Agree, Audit},
	Admin:   Abilities,
}

// Abilities returns what the role may do; none for a role that does not exist.
func (r Role) Abilities() []Ability { return slices.Clone(abilities[r]) }

// May reports whether the role has an ability.
func (r Role) May(a Ability) bool { return slices.Contains(abilities[r], a) }

// Known reports whether there is such a role.
func (r Role) Known() bool { return slices.Contains(Roles, r) }
