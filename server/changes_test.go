package main

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/incident/incidenttest"
)

// TestChangesAndShifts: changes near an incident are listed with their distance, and not those of a private one.
func TestChangesAndShifts(t *testing.T) {
	in := installation{dir: t.TempDir()}
	s := in.serve(t, false, false)
	hour := func(n int) time.Time { return incidenttest.Epoch().Add(time.Duration(n) * time.Hour) }
	checkout := incident.NewService("checkout")
	change := func(n int, title string, at time.Time, service incident.Service) incident.ChangeEvent {
		return incidenttest.ChangeEvent(n, func(c *incident.ChangeEvent) {
			c.Title, c.StartedAt, c.FinishedAt = title, at, time.Time{}
			c.Services = []incident.ServiceUse{{Service: service.ID, Name: service.Name}}
		})
	}
	began := func(at time.Time, private bool) func(*incident.Incident) {
		return func(i *incident.Incident) {
			i.Milestones, i.Private = incidenttest.Milestones(at), private
			i.Services = []incident.ServiceUse{{Service: checkout.ID, Name: checkout.Name}}
		}
	}
	red := func(i *incident.Incident) { i.Team = incident.NewTeam("red").ID }
	open, hidden := incidenttest.Incident(1, began(hour(30), false), red), incidenttest.Incident(2, began(hour(30), true))
	_, err := s.app.Desk.Store.Update(t.Context(), func(tx incident.Tx) error {
		if err := tx.PutServices([]incident.Service{checkout, incident.NewService("search")}); err != nil {
			return err
		}
		if err := tx.PutIncidents([]*incident.Incident{open, hidden}); err != nil {
			return err
		}
		if err := tx.PutRosters([]incident.Roster{incidenttest.Roster(0)}); err != nil {
			return err
		}
		if err := errors.Join(tx.PutTeams([]incident.Team{incident.NewTeam("red")}), tx.PutConnection(incident.Connection{ID: "con_sample", Source: "jenkins", Name: "Builds"})); err != nil {
			return err
		}
		return tx.PutChangeEvents([]incident.ChangeEvent{
			change(0, "too early", hour(6).Add(-time.Second), checkout), change(1, "a day before", hour(6), checkout),
			change(2, "soon before", hour(30).Add(-90*time.Second), checkout), change(3, "afterwards", hour(30).Add(time.Second), checkout),
			change(4, "elsewhere", hour(29), incident.NewService("search"))})
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.app.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	viewer := s.withToken(t, in, "viewer")
	var near struct {
		Items []struct {
			Change        struct{ Title string }
			MinutesBefore float64 `json:"minutes_before"`
		}
	}
	viewer.getJSON(t, "/api/v1/incidents/"+string(open.ID)+"/changes", &near)
	if got := fmt.Sprint(near.Items); got != "[{{a day before} 1440} {{soon before} 1.5}]" {
		t.Errorf("changes of the incident = %s, want those of its service in the day before, with minutes", got)
	}
	if got := viewer.get(t, "/api/v1/incidents/"+string(hidden.ID)+"/changes"); got.status != http.StatusNotFound {
		t.Errorf("changes of a private incident as viewer = %d, want 404", got.status)
	}
	// The one incident that a viewer may see began 24 hours after one change and 90 seconds after another.
	var list struct {
		Items []struct {
			After int `json:"incidents_within_24h"`
		}
	}
	viewer.getJSON(t, "/api/v1/changes?service=checkout", &list)
	if got := fmt.Sprint(list.Items); got != "[{0} {1} {1} {0}]" {
		t.Errorf("incidents within 24 hours after changes = %s, want one after those of the day before it", got)
	}
	// The incident began on the second day of the schedule of its team.
	if got := told(t, viewer, "/incidents/"+string(open.ID)+"/oncall"); got != "Responder Two" {
		t.Errorf("on call when the incident began: %q, want Responder Two", got)
	}
	if got := viewer.get(t, "/api/v1/incidents/"+string(hidden.ID)+"/oncall"); got.status != http.StatusNotFound {
		t.Errorf("who was on call at a private incident as viewer = %d, want 404", got.status)
	}
	for path, want := range map[string]string{
		"/changes": "afterwards, soon before, elsewhere, a day before, too early", "/changes?service=Checkout&limit=2": "afterwards, soon before",
		"/changes?kind=deploy&kind=infra": "elsewhere, too early", "/changes?from=2025-01-07T14:00:00Z": "afterwards, soon before, elsewhere",
		"/changes?source=Builds&kind=config": "a day before", "/changes?source=jenkins&to=2025-01-06T15:00:00Z": "too early", "/shifts?team=Red&to=2025-01-06": "Responder One",
		"/changes?to=2025-01-05": "", "/shifts?schedule=Primary&from=2025-01-07T12:00:00Z&to=2025-01-08T12:00:00Z": "Responder Two, Responder One",
		"/shifts?person=Responder+Two": "Responder Two", "/shifts?schedule=none": "",
	} {
		if got := told(t, viewer, path); got != want {
			t.Errorf("GET %s = %q, want %q", path, got, want)
		}
	}
	for _, path := range []string{"/changes?kind=real", "/changes?service=nowhere", "/changes?service=-checkout", "/changes?from=soon", "/changes?source=nothing", "/shifts?team=blue", "/shifts?after=x", "/shifts?limit=501"} {
		if got := viewer.get(t, "/api/v1"+path); got.status != http.StatusUnprocessableEntity {
			t.Errorf("GET %s = %d, want 422", path, got.status)
		}
	}
}

// told returns the titles of changes or the people of shifts in a list.
func told(t *testing.T, v visitor, path string) string {
	t.Helper()
	var list struct {
		Items []struct {
			Title  string
			Person struct{ Name string }
		}
	}
	v.getJSON(t, "/api/v1"+path, &list)
	var out []string
	for _, x := range list.Items {
		out = append(out, x.Title+x.Person.Name)
	}
	return strings.Join(out, ", ")
}
