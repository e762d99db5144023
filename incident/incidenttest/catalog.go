package incidenttest

import (
	"testing"

	"hindsight/incident"
)

func testCatalog(t *testing.T, s incident.Store) {
	ctx := t.Context()
	api, web, batch := incident.NewService("API"), incident.NewService("web"), incident.NewService("Batch")
	api.Alias, api.Tier, api.Team = []string{"api-gateway", "'quoted'"}, 1, "team_1"
	red, blue := incident.NewTeam("red"), incident.NewTeam("Blue")
	update(t, s, func(tx incident.Tx) error {
		if err := tx.PutServices([]incident.Service{web, api, batch, web}); err != nil {
			return err
		}
		if err := tx.PutTeams([]incident.Team{red, blue}); err != nil {
			return err
		}
		return tx.PutPeople([]incident.Person{{ID: "per_1", Connection: "con_sample", ExternalID: "7", Name: "Operator", Email: "operator@example.com"}})
	})
	equal(t, "Services by name", check(s.Services(ctx))(t, "Services"), []incident.Service{api, batch, web})
	equal(t, "Teams by name", check(s.Teams(ctx))(t, "Teams"), []incident.Team{blue, red})
	equal(t, "People", check(s.People(ctx))(t, "People"), []incident.Person{{ID: "per_1", Connection: "con_sample", ExternalID: "7", Name: "Operator", Email: "operator@example.com"}})

	web.Tier, red.Name = 3, "Crimson"
	update(t, s, func(tx incident.Tx) error {
		if err := tx.PutServices([]incident.Service{web}); err != nil {
			return err
		}
		return tx.PutTeams([]incident.Team{red})
	})
	equal(t, "Services after an update", check(s.Services(ctx))(t, "Services"), []incident.Service{api, batch, web})
	equal(t, "Teams after an update", check(s.Teams(ctx))(t, "Teams"), []incident.Team{blue, red})

	blue.Name, blue.Renamed = "Azure", true
	update(t, s, func(tx incident.Tx) error { return tx.PutTeams([]incident.Team{blue}) })
	update(t, s, func(tx incident.Tx) error { return tx.PutTeams([]incident.Team{incident.NewTeam("Blue")}) })
	equal(t, "Teams after a source said again what a person renamed", check(s.Teams(ctx))(t, "Teams"), []incident.Team{blue, red})
}

func testProblems(t *testing.T, s incident.Store) {
	ctx := t.Context()
	member := func(id incident.ID, removed bool) incident.ProblemMember {
		return incident.ProblemMember{Incident: id, Score: 0.1 + 0.2, Reasons: []string{"shares \"timeout\""}, Removed: removed}
	}
	small := incident.Problem{ID: "prb_small", Title: "Disk full", State: incident.Suggested, Basis: "text", At: Epoch(),
		Members: []incident.ProblemMember{member("inc_1", false), member("inc_2", true), member("inc_3", true)}}
	large := incident.Problem{ID: "prb_large", Title: "Timeouts", State: incident.Confirmed, Terms: []string{"timeout", "checkout"}, Basis: "source",
		By: "operator", At: Epoch(), Members: []incident.ProblemMember{member("inc_4", false), member("inc_5", false)}}
	write := func(ps ...incident.Problem) incident.Seq {
		return update(t, s, func(tx incident.Tx) error { return tx.PutProblems(ps) })
	}
	seq := write(small, large)
	small.Seq, large.Seq = seq, seq
	equal(t, "Problems, most members first", check(s.Problems(ctx))(t, "Problems"), []incident.Problem{large, small})
	equal(t, "Problem", check(s.Problem(ctx, small.ID))(t, "Problem"), &small)
	equal(t, "number of a put without change", write(small, large), 0)

	var found map[incident.ID]incident.Problem
	update(t, s, func(tx incident.Tx) (err error) {
		found, err = tx.ProblemsByID([]incident.ID{large.ID, "prb_none"})
		return err
	})
	equal(t, "ProblemsByID", found, map[incident.ID]incident.Problem{large.ID: large})
	update(t, s, func(tx incident.Tx) (err error) {
		found, err = tx.ProblemsByID(nil)
		return err
	})
	equal(t, "ProblemsByID of none", found, map[incident.ID]incident.Problem{})

	small.State, small.Members = incident.Rejected, small.Members[:1]
	small.Seq = write(small)
	equal(t, "Problem after an update", check(s.Problem(ctx, small.ID))(t, "Problem"), &small)

	gone := update(t, s, func(tx incident.Tx) error { return tx.DeleteProblems([]incident.ID{large.ID, "prb_none"}) })
	_, err := s.Problem(ctx, large.ID)
	fails(t, "Problem after DeleteProblems", err, incident.ErrNotFound)
	equal(t, "Changes by DeleteProblems", check(s.Changes(ctx, gone-1, 10))(t, "Changes"),
		[]incident.Change{{Seq: gone, Kind: incident.EntityProblem, ID: large.ID, Gone: true}})
}
