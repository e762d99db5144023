package store

import (
	"context"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"hindsight/incident"
)

// audienceRow is one of those who may see a private incident.
type audienceRow struct {
	IncidentID incident.ID
	Kind       string // "user" or "team"
	MemberID   incident.ID
}

const audienceUser, audienceTeam = "user", "team"

func insertAudience(db *gorm.DB, incs []*incident.Incident) error {
	var rows []audienceRow
	for _, inc := range incs {
		for _, id := range inc.Audience.Users {
			rows = append(rows, audienceRow{inc.ID, audienceUser, id})
		}
		for _, id := range inc.Audience.Teams {
			rows = append(rows, audienceRow{inc.ID, audienceTeam, id})
		}
	}
	return insert(db, "incident_audience", rows)
}

func loadAudience(r reader, ids []incident.ID, incs map[incident.ID]*incident.Incident) error {
	var rows []audienceRow
	err := r.db.Table("incident_audience").Where(r.dialect.in("incident_id"), array(ids)).Order("incident_id, kind, member_id").Find(&rows).Error
	for _, row := range rows {
		a := &incs[row.IncidentID].Audience
		if row.Kind == audienceUser {
			a.Users = append(a.Users, row.MemberID)
		} else {
			a.Teams = append(a.Teams, row.MemberID)
		}
	}
	return err
}

type membershipRow struct{ TeamID, UserID incident.ID }

// Memberships implements incident.Reader.
func (s *Store) Memberships(ctx context.Context) ([]incident.Membership, error) {
	return newest(s.db.WithContext(ctx).Table("memberships").Order("team_id, user_id"), "", 0, func(r membershipRow) (incident.Membership, error) {
		return incident.Membership{Team: r.TeamID, User: r.UserID}, nil
	})
}

// TeamsOf implements incident.Reader.
func (s *Store) TeamsOf(ctx context.Context, user incident.ID) ([]incident.ID, error) {
	var teams []incident.ID
	err := s.db.WithContext(ctx).Raw("SELECT team_id FROM memberships WHERE user_id = ? ORDER BY team_id", clean(user)).Scan(&teams).Error
	return teams, failed(err, "list teams of user %s", user)
}

// PutMemberships implements incident.Tx.
func (t *tx) PutMemberships(user incident.ID, teams []incident.ID) error {
	user, teams = clean(user), incident.NewAudience(nil, clean(teams)).Teams
	if err := t.recordTeams(user, func([]incident.ID) []incident.ID { return teams }); err != nil {
		return failed(err, "put memberships of user %s", user)
	}
	if err := t.db.Exec("DELETE FROM memberships WHERE user_id = ?", user).Error; err != nil {
		return failed(err, "put memberships of user %s", user)
	}
	var rows []membershipRow
	for _, team := range teams {
		rows = append(rows, membershipRow{team, user})
	}
	return failed(insert(t.db, "memberships", rows), "put memberships of user %s", user)
}

// PutMembership implements incident.Tx.
func (t *tx) PutMembership(m incident.Membership) error {
	m = clean(m)
	err := t.recordTeams(m.User, func(before []incident.ID) []incident.ID {
		return incident.NewAudience(nil, append(slices.Clone(before), m.Team)).Teams
	})
	if err == nil {
		err = insert(t.db.Clauses(clause.OnConflict{DoNothing: true}), "memberships", []membershipRow{{m.Team, m.User}})
	}
	return failed(err, "put user %s into team %s", m.User, m.Team)
}

// DeleteMembership implements incident.Tx.
func (t *tx) DeleteMembership(m incident.Membership) error {
	m = clean(m)
	err := t.recordTeams(m.User, func(before []incident.ID) []incident.ID {
		return slices.DeleteFunc(slices.Clone(before), func(team incident.ID) bool { return team == m.Team })
	})
	if err == nil {
		err = t.db.Exec("DELETE FROM memberships WHERE team_id = ? AND user_id = ?", m.Team, m.User).Error
	}
	return failed(err, "take user %s out of team %s", m.User, m.Team)
}

// teamsOf is what the audit log tells of a user's teams.
type teamsOf struct{ Teams []incident.ID }

// recordTeams notes that the teams of a user become what after makes of those before.
func (t *tx) recordTeams(user incident.ID, after func(before []incident.ID) []incident.ID) error {
	var before []incident.ID
	if err := t.db.Raw("SELECT team_id FROM memberships WHERE user_id = ? ORDER BY team_id", user).Scan(&before).Error; err != nil {
		return err
	}
	object, err := t.userObject("membership", user)
	if err == nil {
		t.record(object, &teamsOf{before}, &teamsOf{after(before)})
	}
	return err
}
