package frontend

import "hindsight/incident"

// RolesPage is at /admin/roles: what each role may do, how many have it, and a way to look at the product as one of them by
// POST /view-as with role and next.
type RolesPage struct {
	Shell
	Columns []RoleColumn
	Rows    []AbilityRow
}

func (RolesPage) template() string { return "roles" }

// RoleColumn is one role.
type RoleColumn struct {
	Role   incident.Role
	Users  int // that may sign in
	Barred int // that may not

}

// AbilityRow is one ability and which roles have it, in the order of the columns.
type AbilityRow struct {
	Ability incident.Ability
	Has     []bool
}

// AbilityRows returns the matrix of abilities and roles.
func AbilityRows() []AbilityRow {
	rows := make([]AbilityRow, len(incident.Abilities))
	for i, a := range incident.Abilities {
		rows[i].Ability = a
		for _, r := range incident.Roles {
			rows[i].Has = append(rows[i].Has, r.May(a))
		}
	}
	return rows
}
