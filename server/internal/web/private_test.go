package web_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

// TestPrivateStaysPrivate: nothing that only a private incident says reaches a viewer, on any page or in the API.
func TestPrivateStaysPrivate(t *testing.T) {
	s := newImportSite(t, false)
	opened := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	service, team := incident.NewService("Zebrafinch"), incident.NewTeam("Zebrafinch keepers")
	made := func(id incident.ID, private bool) *incident.Incident {
		inc := &incident.Incident{ID: id, Title: "Disk full", Status: incident.Resolved, Kind: incident.Real, Private: private, MergedInto: "inc_private"}
		inc.Milestones.Set(incident.Opened, opened, incident.ToSecond, incident.FromField, "test", "")
		if private {
			inc.Title, inc.Team, inc.MergedInto = "Zebrafinch escaped", team.ID, ""
			inc.Services = []incident.ServiceUse{{Service: service.ID, Name: service.Name}}
		}
		return inc
	}
	problem := incident.Problem{ID: "prb_1", Title: "zebrafinch, disk", State: incident.Suggested, Basis: "text",
		Members: []incident.ProblemMember{{Incident: "inc_public"}, {Incident: "inc_private"}}}
	run := incident.Run{ID: "run_1", Connection: "con_1", State: incident.RunOK, Warnings: []incident.Warning{{Field: "priority", Value: "Zebrafinch", Count: 1}}}
	roster := incident.Roster{ID: "ros_1", Ref: incident.Ref{Connection: "con_1", Type: "shifts", ExternalID: "1"}, Shifts: []incident.Shift{
		{ID: "shift_1", Roster: "ros_1", Schedule: "sch_1", ScheduleName: "First line", Team: team.ID, From: time.Now().Add(-time.Hour)}}}
	seq, err := s.app.Desk.Store.Update(t.Context(), func(tx incident.Tx) error {
		for _, put := range []func() error{
			func() error { return tx.PutServices([]incident.Service{service}) },
			func() error { return tx.PutTeams([]incident.Team{team}) },
			func() error {
				return tx.PutIncidents([]*incident.Incident{made("inc_public", false), made("inc_private", true)})
			},
			func() error { return tx.PutProblems([]incident.Problem{problem}) },
			func() error {
				return tx.PutConnection(incident.Connection{ID: "con_1", Source: "table", Name: "tickets", MapVersion: 1})
			},
			func() error { return tx.PutRun(run) },
			func() error { return tx.PutRosters([]incident.Roster{roster}) },
		} {
			if err := put(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("Update: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if !s.app.Desk.Follow.WaitFor(ctx, seq) {
		t.Fatalf("WaitFor(%d): %v", seq, ctx.Err())
	}

	pages := []struct {
		path    string
		viewer  int // status
		admin   int
		telling string // what an administrator reads there
	}{
		{"/search?q=zebrafinch", 200, 200, "Zebrafinch"},
		{"/palette?q=zebrafinch", 200, 200, "Zebrafinch"},
		{"/services/" + string(service.ID), 404, 200, "Zebrafinch"},
		{"/services/zebrafinch", 404, 200, "Zebrafinch"},
		{"/problems", 200, 200, "zebrafinch"},
		{"/problems/prb_1", 404, 200, "zebrafinch"},
		{"/incidents/inc_private", 404, 200, "Zebrafinch"},
		{"/incidents/inc_public", 200, 200, "inc_private"},
		{"/about", 200, 200, "Recurring problems 1"},
		{"/oncall", 200, 200, "First line Zebrafinch keepers"},
		{"/api/v1/shifts?team=Zebrafinch+keepers", 422, 200, "First line"},
		{"/api/v1/services", 200, 200, "Zebrafinch"},
		{"/api/v1/services/zebrafinch", 404, 200, "Zebrafinch"},
		{"/api/v1/incidents?service=zebrafinch", 422, 200, "Zebrafinch"},
		{"/api/v1/incidents?team=" + string(team.ID), 422, 200, "Zebrafinch"},
		{"/api/v1/problems", 200, 200, "zebrafinch"},
		{"/api/v1/imports", 200, 200, "Zebrafinch"},
		{"/api/v1/imports/run_1", 200, 200, "Zebrafinch"},
		{"/api/v1/measurements?metric=count&group_by=service", 200, 200, "Zebrafinch"},
		{"/api/v1/charts/ttr-by-service.csv", 200, 200, ""},
		{"/incidents/export.csv", 200, 200, "Zebrafinch"},
		{"/incidents?service=" + string(service.ID), 200, 200, "Service: Zebrafinch"},
		{"/incidents?team=" + string(team.ID), 200, 200, "Team: Zebrafinch keepers"},
		{"/problems?service=" + string(service.ID), 422, 200, "Service: Zebrafinch"},
	}
	s.signIn(incident.Viewer)
	for _, p := range pages {
		body := s.get(p.path, p.viewer)
		// What the viewer asked for stands in the answer; what they did not know does not.
		for _, secret := range []string{"Zebrafinch", "zebrafinch, disk", "inc_private"} {
			if strings.Contains(body, secret) && !strings.Contains(p.path, secret) {
				t.Errorf("GET %s tells a viewer of %q:\n%s", p.path, secret, said(body))
			}
		}
		if p.path == "/about" && !strings.Contains(said(body), "Incidents  1 ") {
			t.Errorf("GET /about counts private incidents for a viewer: %s", said(body))
		}
	}
	s.signIn(incident.Admin)
	for _, p := range pages {
		if body := s.get(p.path, p.admin); !strings.Contains(body, p.telling) && !strings.Contains(strings.Join(strings.Fields(said(body)), " "), p.telling) {
			t.Errorf("GET %s does not tell an administrator of %q:\n%s", p.path, p.telling, said(body))
		}
	}
}
