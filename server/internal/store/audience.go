package store

import (
	"context"

	"gorm.io/gorm"

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
	user = clean(user)
	if err := t.db.Exec("DELETE FROM memberships WHERE user_id = ?", user).Error; err != nil {
		return failed(err, "put memberships of user %s", user)
	}
	var rows []membershipRow
	for _, team := range incident.NewAudience(nil, clean(teams)).Teams {
		rows = append(rows, membershipRow{team, user})
	}
	return failed(insert(t.db, "memberships", rows), "put memberships of user %s", user)
}
