package web

import (
	"slices"

	"hindsight/frontend"
	"hindsight/incident"
)

// rolesPage shows what each role may do, and how many have it.
func (s *Server) rolesPage(r *request) (answer, error) {
	users, err := s.Store.Users(r.Request.Context())
	if err != nil {
		return answer{}, err
	}
	page := frontend.RolesPage{Shell: r.shell("Roles", frontend.NavSettings), Rows: frontend.AbilityRows()}
	for _, role := range incident.Roles {
		page.Columns = append(page.Columns, frontend.RoleColumn{Role: role})
	}
	for _, u := range users {
		if i := slices.Index(incident.Roles, u.Role); i >= 0 {
			count(&page.Columns[i], u)
		}
	}
	return show(page)
}

func count(c *frontend.RoleColumn, u incident.User) {
	if u.Disabled {
		c.Barred++
	} else {
		c.Users++
	}
}
