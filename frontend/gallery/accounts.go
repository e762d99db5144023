package gallery

import (
	"fmt"
	"time"

	"hindsight/frontend"
	"hindsight/incident"
)

func (w world) users() frontend.UsersPage {
	p := frontend.UsersPage{Shell: w.on("Users", frontend.NavSettings, "/admin/users")}
	for i := range w.rows {
		u := incident.User{ID: number("usr", i), Name: fmt.Sprintf("user-%d", i), Display: w.say(fmt.Sprintf("User %d", i)), Role: incident.Roles[i%4], Disabled: i%4 == 3, CreatedAt: w.shell.Now.AddDate(0, -i, 0)}
		u.Service = i%5 == 4
		if i%2 == 0 {
			u.SeenAt = w.shell.Now.Add(-time.Duration(i) * time.Hour)
		}
		p.Users = append(p.Users, u)
		p.Teams = append(p.Teams, incident.Team{ID: number("team", i), Name: w.say(fmt.Sprintf("Team %d", i))})
	}
	p.Of = map[incident.ID][]incident.Team{p.Users[0].ID: p.Teams[:3], p.Users[1].ID: p.Teams[:1]}
	return p
}

func (w world) roles() frontend.RolesPage {
	p := frontend.RolesPage{Shell: w.on("Roles", frontend.NavSettings, "/admin/roles"), Rows: frontend.AbilityRows()}
	for i, r := range incident.Roles {
		p.Columns = append(p.Columns, frontend.RoleColumn{Role: r, Users: 400 / (1 + 10*i), Barred: i % 2})
	}
	return p
}

func (w world) tokens() frontend.TokensPage {
	token := func(n int, t incident.Token) incident.Token {
		t.ID, t.Prefix, t.Owner, t.CreatedAt = number("tok", n), "hst_aB3d", "usr_1", w.shell.Now.AddDate(0, -2, 0)
		return t
	}
	ends := w.shell.Now.AddDate(0, 1, 0)
	return frontend.TokensPage{Shell: w.on("API tokens", frontend.NavSettings, "/admin/tokens"), Grants: incident.Abilities,
		Owners: []frontend.Choice{{Value: "usr_1", Label: "yourself, admin"}, {Value: "usr_9", Label: w.say("deploys") + ", editor"}}, Tokens: []frontend.TokenRow{
			{Token: token(1, incident.Token{Name: w.say("nightly export"), ExpiresAt: ends, UsedAt: w.shell.Now.Add(-time.Hour), UsedFrom: "192.0.2.17"}), Owner: w.say("deploys"), Service: true, Kept: []incident.Ability{incident.Read, incident.SeePrivate}, By: "admin"},
			{Token: token(2, incident.Token{Name: "dashboard"}), Owner: "admin", Kept: []incident.Ability{incident.Read}, Lost: []incident.Ability{incident.Write, incident.Import}, By: "admin"},
			{Token: token(3, incident.Token{Name: "gone", ExpiresAt: w.shell.Now.AddDate(0, 0, -3)}), Owner: "admin", Kept: []incident.Ability{incident.Read}, Expired: true, By: "admin"},
			{Token: token(4, incident.Token{Name: "left", ExpiresAt: ends}), Owner: "somebody", Kept: []incident.Ability{incident.Read}, Barred: true, By: "somebody"},
			{Token: token(5, incident.Token{Name: "old"}), Kept: []incident.Ability{incident.Read}, By: "the command line"}}}
}

func (w world) teams() frontend.TeamsPage {
	users := w.users()
	p := frontend.TeamsPage{Shell: w.on("Teams", frontend.NavSettings, "/admin/teams"), Users: users.Users, Total: 3 * w.rows}
	for i, t := range users.Teams {
		t.Renamed = i%3 == 1
		p.Teams = append(p.Teams, frontend.TeamRow{Team: t, Members: users.Users[:i%4]})
	}
	return p
}
