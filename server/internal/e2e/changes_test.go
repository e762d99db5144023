package e2e

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"hindsight/incident"
)

// changing gives a site made-up changes of checkout up to its newest incident, and a schedule of the team Storefront.
func (s site) changing(t *testing.T) {
	t.Helper()
	checkout, team := incident.NewService("checkout"), incident.NewTeam("Storefront")
	var changes []incident.ChangeEvent
	for i := range 12 {
		c := incident.ChangeEvent{Ref: incident.Ref{Connection: "con_builds", Type: "builds", ExternalID: fmt.Sprint(i)}, Kind: incident.ChangeKinds[i%5],
			Title: fmt.Sprintf("Synthetic build %d of checkout", 400-i), Services: []incident.ServiceUse{{Service: checkout.ID, Name: checkout.Name}}, Environment: "production",
			StartedAt: today.Add(-time.Duration(i*i) * 5 * time.Hour), Result: incident.ChangeResults[i%5], ResultRaw: "UNSTABLE", Revision: "3f8251d", URL: "https://ci.example.com/job/1", Actor: "Responder One"}
		c.ID, c.FinishedAt = c.Ref.ChangeEventID(), c.StartedAt.Add(7*time.Minute)
		changes = append(changes, c)
	}
	ref := incident.Ref{Connection: "con_pager", Type: "shifts", ExternalID: "1"}
	roster := incident.Roster{ID: ref.RosterID(), Ref: ref}
	for i := range 40 {
		x := incident.Shift{Roster: roster.ID, Ref: ref, Schedule: "sch_1", ScheduleName: "Storefront, first line", Team: team.ID, PersonName: []string{"Responder One", "Responder Two"}[i%2],
			From: today.AddDate(0, 0, 3*(i-37)), To: today.AddDate(0, 0, 3*(i-36)), Level: 1, Override: i%5 == 0}
		x.Person = incident.DeriveID("per", x.PersonName)
		x.ID = x.ShiftID()
		roster.Shifts = append(roster.Shifts, x)
	}
	_, err := s.Desk.Store.Update(t.Context(), func(tx incident.Tx) error {
		return errors.Join(tx.PutServices([]incident.Service{{ID: checkout.ID, Name: checkout.Name, Team: team.ID}}), tx.PutTeams([]incident.Team{team}),
			tx.PutConnection(incident.Connection{ID: "con_builds", Source: "jenkins", Name: "Build server", MapVersion: 1}),
			tx.PutConnection(incident.Connection{ID: "con_pager", Source: "pagerduty", Name: "Pager", MapVersion: 1}),
			tx.PutChangeEvents(changes), tx.PutRosters([]incident.Roster{roster}))
	})
	if err != nil {
		t.Fatalf("Update: %v", err)
	}
	if err := s.CatchUp(t.Context()); err != nil {
		t.Fatalf("CatchUp: %v", err)
	}
}

// beforeAnIncident goes from the list of changes to an incident that began soon after one, and back to all that were
// made before it.
func beforeAnIncident(t *testing.T, b browser) {
	s := filled(t)
	s.changing(t)
	inc := incident.Incident{ID: "inc_soon", Title: "Synthetic outage after a build", Status: incident.Resolved, Kind: incident.Real,
		Services: []incident.ServiceUse{{Service: incident.NewService("checkout").ID, Name: "checkout"}}}
	inc.Milestones.Set(incident.Opened, today.Add(-4*time.Hour), incident.ToSecond, incident.FromField, "test", "")
	if _, err := s.Desk.Store.Update(t.Context(), func(tx incident.Tx) error { return tx.PutIncidents([]*incident.Incident{&inc}) }); err != nil {
		t.Fatalf("Update: %v", err)
	}
	if err := s.CatchUp(t.Context()); err != nil {
		t.Fatalf("CatchUp: %v", err)
	}
	p := b.tab(t, s)
	p.signIn("admin", password)
	p.follow(".nav", "Changes")
	p.wantIn("main", "12 changes, newest first")
	p.click("main", "Kind")
	p.follow("main", "Config")
	p.want("the address of changed settings", p.where(), "/changes?kind=config")
	p.wantIn("main", "Synthetic build 399 of checkout")
	// Build 399 was five hours before now, and the incident an hour later.
	p.follow("main .table", "1 incident")
	p.follow("main", "Synthetic outage after a build")
	p.wantIn("main", "1h before it started")
	p.wantIn("main", "On call when it started")
	p.wantIn("main", "as Pager tells")
	p.follow("main", "All 2 in the list of changes")
	p.wantIn("main", "2 changes")
	p.want("the builds of that day", fmt.Sprint(len(p.texts("[data-row]"))), "2")
}
