package frontend

import "hindsight/incident"

// TeamsPage is at /admin/teams. POST takes name to make one; POST /admin/teams/{id} takes name; POST
// /admin/teams/{id}/members takes user, a sign-in name; POST /admin/teams/{id}/members/{user}/remove takes none.
type TeamsPage struct {
	Shell
	Query string
	Teams []TeamRow
	Total int             // that match; len(Teams) may be less
	Users []incident.User // who can be added
	Form  Form
	Edit  incident.ID // whose row Form is about; empty: the new team
}

func (TeamsPage) template() string { return "teams" }

// NewForm returns the form for a new team, which is empty while another one is at fault.
func (p TeamsPage) NewForm() Form {
	if p.Edit != "" {
		return Form{}
	}
	return p.Form
}

// RowForm returns what was sent about a team, if it was this one.
func (p TeamsPage) RowForm(id incident.ID) Form {
	if p.Edit == id {
		return p.Form
	}
	return Form{}
}

// TeamRow is one team and who belongs to it.
type TeamRow struct {
	Team    incident.Team
	Members []incident.User
}
