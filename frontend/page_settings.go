package frontend

import "hindsight/incident"

// ProfilePage is the viewer's own settings at /me. POST /me takes display, theme, zone, keys=on;
// POST /me/password takes old, new; POST /me/sessions/end signs out everywhere else, and POST
// /me/sessions/{hash}/end one browser; POST /me/link links an account at the provider, POST /me/link/drop (issuer, subject)
// takes that back.
type ProfilePage struct {
	Shell
	Zones    []string // IANA names
	Factor   bool     // a second factor is on
	Sessions []SessionRow
	Provider string              // of single sign-on; empty: there is none
	Links    []incident.Identity // accounts elsewhere that one can sign in with
	GoOn     string              // where the account at the provider is linked; empty: nobody has asked to
	Form     Form
}

// Abilities lists all that there are, for the part of the page that says which the viewer has.
func (ProfilePage) Abilities() []incident.Ability { return incident.Abilities }

func (ProfilePage) template() string { return "profile" }

// SessionRow is one signed-in browser.
type SessionRow struct {
	Session incident.Session
	Current bool
}

// UsersPage is at /admin/users. POST takes name, display, role, password to add a person, or kind=service for a service account;
// POST /admin/users/{id} takes role, disabled=on, and password when it is to be changed; POST /admin/users/{id}/teams takes team, a
// name; POST /admin/users/{id}/link (subject) lets the user sign in through the provider; POST /admin/users/{id}/sessions/end signs
// them out everywhere; POST /admin/users/{id}/factor/reset takes a second factor away; POST /admin/factors takes roles, those that need one.
type UsersPage struct {
	Shell
	Users []incident.User
	Teams []incident.Team                 // that one can belong to, by name
	Of    map[incident.ID][]incident.Team // teams of each user
	Form  Form
	Edit  incident.ID // whose row Form is about; empty: the new user
	// Factors says who has a second factor, and Demanded which roles need one.
	Factors  map[incident.ID]bool
	Demanded []incident.Role
	Provider string // of single sign-on; empty: there is none
}

func (UsersPage) template() string { return "users" }

// NewForm returns the form for a new user, which is empty while another one is at fault.
func (p UsersPage) NewForm() Form {
	if p.Edit != "" {
		return Form{}
	}
	return p.Form
}

// AboutPage is at /about: versions, numbers and licences.
type AboutPage struct {
	Shell
	Version  string
	Commit   string
	Go       string
	Database string // "SQLite 3.54.1, 812 MB"
	Facts    []Pair // "Incidents", "12,345"
	Licences []Licence
}

func (AboutPage) template() string { return "about" }

// Licence is one library that the program contains.
type Licence struct {
	Module, Version, Name string
	URL                   string
}

// KeysPage is the list of keyboard shortcuts at /help/keyboard.
type KeysPage struct{ Shell }

func (KeysPage) template() string { return "keys" }

// MetricsPage says how each number is computed, at /help/metrics.
type MetricsPage struct {
	Shell
	Metrics []MetricHelp
}

func (MetricsPage) template() string { return "metrics" }

// MetricHelp is the definition of one metric.
type MetricHelp struct {
	ID         string // anchor
	Name       string
	Definition string
	Unit       string
	Population string // which incidents count
	Missing    string // what becomes of open and incomplete ones
	Method     string
	Source     string // publication
	SourceURL  string
}
