package web_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

// noon is when the incident of these tests starts.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// put writes entities and waits until pages know of them.
func (s *importSite) put(puts func(tx incident.Tx) []error) {
	s.Helper()
	seq, err := s.app.Desk.Store.Update(s.T.Context(), func(tx incident.Tx) error {
		for _, err := range puts(tx) {
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.Fatalf("Update: %v", err)
	}
	ctx, cancel := context.WithTimeout(s.T.Context(), time.Minute)
	defer cancel()
	if !s.app.Desk.Follow.WaitFor(ctx, seq) {
		s.Fatalf("WaitFor(%d): %v", seq, ctx.Err())
	}
}

func beganAt(id incident.ID, at time.Time, private bool, services ...incident.Service) *incident.Incident {
	inc := &incident.Incident{ID: id, Title: "Synthetic " + string(id), Status: incident.Resolved, Kind: incident.Real, Private: private}
	inc.Milestones.Set(incident.Opened, at, incident.ToSecond, incident.FromField, "test", "")
	for _, x := range services {
		inc.Services = append(inc.Services, incident.ServiceUse{Service: x.ID, Name: x.Name})
	}
	return inc
}

// changeAt makes a change of the connection con_ci, a minute long.
func changeAt(n int, title string, at time.Time, services ...incident.Service) incident.ChangeEvent {
	c := incident.ChangeEvent{Ref: incident.Ref{Connection: "con_ci", Type: "builds", ExternalID: fmt.Sprint(n)}, Kind: incident.ChangeDeploy, Title: title,
		StartedAt: at, FinishedAt: at.Add(time.Minute), Result: incident.ChangeSucceeded, URL: "https://ci.example.com/" + fmt.Sprint(n), Actor: "Responder One"}
	c.ID = c.Ref.ChangeEventID()
	for _, x := range services {
		c.Services = append(c.Services, incident.ServiceUse{Service: x.ID, Name: x.Name})
	}
	return c
}

func ci() incident.Connection {
	return incident.Connection{ID: "con_ci", Source: "jenkins", Name: "Build server", MapVersion: 1}
}

// lists fails unless a page has texts in this order, and none of the others.
func (s *importSite) lists(path string, texts, others []string) string {
	s.Helper()
	body := strings.Join(strings.Fields(said(s.get(path, http.StatusOK))), " ")
	rest := body
	for _, text := range texts {
		_, after, found := strings.Cut(rest, text)
		if !found {
			s.Errorf("GET %s does not say %q behind what comes before it:\n%s", path, text, body)
			return body
		}
		rest = after
	}
	for _, text := range others {
		if strings.Contains(body, text) {
			s.Errorf("GET %s says %q:\n%s", path, text, body)
		}
	}
	return body
}

// TestChanges: the list says what was changed and how many incidents began in the day after it, by the viewer's eyes;
// an incident says what was changed before it.
func TestChanges(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Admin)
	s.lists("/changes", []string{"No source of changes is connected", "Deployments by webhook", "Jenkins"}, []string{"Grafana OnCall"})
	s.lists("/changes?kind=deploy&range=30d", []string{"No source of changes is connected"}, []string{"No change matches"})
	checkout, search, vault := incident.NewService("checkout"), incident.NewService("search"), incident.NewService("vault")
	s.put(func(tx incident.Tx) []error {
		return []error{tx.PutServices([]incident.Service{checkout, search, vault}), tx.PutIncidents([]*incident.Incident{beganAt("inc_1", noon, false, checkout),
			beganAt("inc_2", noon.Add(time.Hour), false, checkout, search), beganAt("inc_3", noon.Add(2*time.Hour), true, vault), beganAt("inc_4", noon, false, search), beganAt("inc_5", noon, false)})}
	})
	s.lists("/incidents/inc_1", nil, []string{"Changes in the 24 hours before"})
	s.lists("/services/checkout", nil, []string{"Latest changes"})
	s.put(func(tx incident.Tx) []error { return []error{tx.PutConnection(ci())} })
	s.lists("/changes", []string{"No change was read yet", "Build server"}, nil)
	s.lists("/incidents/inc_1", []string{"Changes in the 24 hours before", "No change of its services is on record in these 24 hours."}, nil)
	failed := changeAt(2, "Deploy checkout 2", noon.Add(-90*time.Minute), checkout)
	failed.Kind, failed.Result, failed.ResultRaw, failed.FinishedAt = incident.ChangeConfig, incident.ChangeFailed, "rolled_back", time.Time{}
	s.put(func(tx incident.Tx) []error {
		return []error{tx.PutChangeEvents([]incident.ChangeEvent{changeAt(1, "Deploy checkout 1", noon.Add(-24*time.Hour), checkout), failed,
			changeAt(3, "Deploy vault 3", noon.Add(time.Hour), vault, checkout), changeAt(4, "Deploy search 4", noon.Add(-24*time.Hour-time.Second), search)})}
	})

	// From a day to 90 minutes before noon: INC 1 at noon is in both days, INC 2 at 13:00 in the second alone.
	s.lists("/changes", []string{"4 changes, newest first", "Deploy vault 3", "by Responder One Build server", "1m", "succeeded", "2 incidents",
		"Deploy checkout 2", "config", "not known", "failed source: rolled_back", "2 incidents", "Deploy checkout 1", "1 incident", "Deploy search 4", "0 incidents"}, nil)
	s.lists("/changes?service=checkout&kind=deploy", []string{"Service: checkout", "Kind: deploy", "Deploy vault 3", "Deploy checkout 1"}, []string{"Deploy checkout 2", "Deploy search 4"})
	s.lists("/changes?from=2026-03-02&source=jenkins", []string{"Deploy vault 3", "Deploy checkout 2"}, []string{"Deploy checkout 1"})
	s.lists("/changes?service=checkout&service=nowhere", []string{"there is no service called \"nowhere\"", "No change matches"}, []string{"Deploy checkout"})
	s.lists("/changes?q=deploy", []string{"changes can be narrowed down by service, kind, source and period alone"}, nil)
	s.lists("/changes?kind=flag", []string{"No change matches"}, []string{"Deploy checkout"})
	s.get("/changes?kind=real", http.StatusUnprocessableEntity)
	page := s.get("/changes?limit=3", http.StatusOK)
	_, older, _ := strings.Cut(page, `rel="next" href="`)
	older, _, _ = strings.Cut(older, `"`)
	s.lists(strings.ReplaceAll(older, "&amp;", "&"), []string{"1 change on this page", "Deploy search 4"}, []string{"Deploy checkout 1"})
	s.lists("/incidents/inc_1", []string{"All 2 in the list", "Deploy checkout 2", "1h 30m before it started", "failed", "Deploy checkout 1", "1d before it started", "for you to find out"}, []string{"Deploy vault 3", "Deploy search 4"})
	_, all, _ := strings.Cut(s.get("/incidents/inc_1", http.StatusOK), `href="/changes?`)
	all, _, _ = strings.Cut(all, `"`)
	s.lists("/changes?"+strings.ReplaceAll(all, "&amp;", "&"), []string{"2 changes", "Deploy checkout 2", "Deploy checkout 1"}, []string{"Deploy vault 3"})
	s.lists("/incidents/inc_4", []string{"No change of its services is on record"}, []string{"Deploy checkout"})
	s.suspects(failed)
	s.lists("/incidents/inc_5", []string{"It names no service, so no change can be set beside it."}, nil)
	s.lists("/services/checkout", []string{"Latest changes", "Deploy vault 3", "Deploy checkout 2", "Deploy checkout 1"}, []string{"Deploy search 4"})
	s.lists("/palette?q=changes", []string{"Changes"}, nil)

	s.signIn(incident.Viewer)
	page = s.lists("/changes", []string{"Deploy vault 3", "vault", "1 incident", "Deploy checkout 2"}, nil)
	if strings.Contains(s.get("/changes", http.StatusOK), string(vault.ID)) {
		t.Errorf("the list of changes leads a viewer to a service that only a private incident names:\n%s", page)
	}
	s.get("/incidents/inc_3", http.StatusNotFound)
}

// TestOnCall: shifts are shown per schedule, and beside an incident those of its teams at its start.
func TestOnCall(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Viewer)
	s.lists("/oncall", []string{"No source of schedules is connected", "An editor can connect", "Grafana OnCall", "PagerDuty"}, []string{"Jenkins"})
	red, now := incident.NewTeam("red"), time.Now().UTC().Truncate(time.Second)
	started := now.Add(-30 * 24 * time.Hour)
	checkout := incident.NewService("checkout")
	checkout.Team = red.ID
	shift := func(schedule, person string, from, to time.Time, team incident.ID) incident.Shift {
		x := incident.Shift{Roster: "ros_1", Schedule: incident.ScheduleID("con_pager", "", schedule), ScheduleName: schedule, PersonName: person, Team: team, From: from, To: to, Level: 1}
		if x.ID = incident.ID("shift_" + schedule + person); person != "" {
			x.Person = incident.DeriveID("per", person)
		}
		return x
	}
	ref := incident.Ref{Connection: "con_pager", Type: "shifts", ExternalID: "1"}
	roster := incident.Roster{ID: "ros_1", Ref: ref, Shifts: []incident.Shift{
		shift("Red primary", "Responder One", started.Add(-time.Hour), started.Add(time.Hour), red.ID),
		shift("Blue primary", "Responder Four", started.Add(-time.Hour), started.Add(time.Hour), "team_blue"),
		shift("Red primary", "Responder Two", now.Add(-time.Hour), now.Add(time.Hour), red.ID),
		shift("Red primary", "Responder Three", now.Add(time.Hour), now.Add(9*time.Hour), red.ID),
		shift("Blue secondary", "", now.Add(2*time.Hour), time.Time{}, "team_blue"),
		shift("Red primary", "Responder Five", now.Add(15*24*time.Hour), now.Add(16*24*time.Hour), red.ID)}}
	s.put(func(tx incident.Tx) []error {
		return []error{tx.PutTeams([]incident.Team{red}), tx.PutServices([]incident.Service{checkout}),
			tx.PutIncidents([]*incident.Incident{beganAt("inc_1", started, false, checkout), beganAt("inc_2", started.Add(2*time.Hour), false, checkout), beganAt("inc_3", started, false)})}
	})
	s.lists("/incidents/inc_1", nil, []string{"On call when it started"})
	s.put(func(tx incident.Tx) []error {
		return []error{tx.PutConnection(incident.Connection{ID: "con_pager", Source: "pagerduty", Name: "Pager", MapVersion: 1}), tx.PutRosters([]incident.Roster{roster})}
	})
	s.lists("/incidents/inc_1", []string{"On call when it started", "Responder One", "level 1", "Red primary", "red", "as Pager tells"}, []string{"Responder Two", "Responder Four"})
	s.lists("/incidents/inc_2", []string{"Not known: no schedule of its teams has a shift on record"}, []string{"Responder"})
	s.lists("/incidents/inc_3", []string{"neither the incident nor its services name a team"}, []string{"Responder"})
	s.lists("/oncall", []string{"2 schedules", "Blue secondary", "as Pager tells", "nobody that is known", "nobody , level 1", "no end is known",
		"Red primary", "red", "Responder Two", "until", "Responder Three", "from"}, []string{"Responder One", "Responder Four", "Responder Five"})
	s.lists("/oncall?q=RED", []string{"1 schedule", "Red primary"}, []string{"Blue"})
	s.lists("/oncall?q=green", []string{"No schedule matches", "green"}, []string{"Responder"})
	s.lists("/services", []string{"On call"}, nil)
}

// suspects judges a change before inc_1: beside it stands what chance has to do with it, a person says that it was not the
// cause, takes that back, and the page of the change tells the same.
func (s *importSite) suspects(change incident.ChangeEvent) {
	s.Helper()
	id, path := string(change.ID), "/changes/"+string(change.ID)
	s.lists("/incidents/inc_1", []string{"Deploy checkout 2", "too few incidents to tell", "A change within 2h before 0 of 0 failures", "It brought this about", "It did not"}, nil)
	s.post("/incidents/inc_1/edit", http.StatusSeeOther, "field", "not_caused_by", "value", id)
	s.post("/incidents/inc_1/edit", http.StatusUnprocessableEntity, "field", "not_caused_by", "value", "che_nothing")
	s.lists("/incidents/inc_1", []string{"Deploy checkout 2", "rejected", "It did not bring this about", "Take back that it did not"}, nil)
	s.lists(path, []string{"Deploy checkout 2", "failed", "Within 24 hours after it", "2 incidents began", "Synthetic inc_1", "1h 30m after it", "rejected", "Synthetic inc_2", "too few incidents"}, []string{"inc_3", "A person laid to it"})
	if body := s.get("/api/v1/incidents/inc_1/changes", http.StatusOK); !strings.Contains(body, `"stands":"rejected"`) {
		s.Errorf("the API does not say that the change is rejected:\n%s", body)
	}
	s.post("/incidents/inc_1/edit", http.StatusSeeOther, "field", "not_caused_by", "value", "-"+id)
	s.lists("/incidents/inc_1", []string{"Deploy checkout 2", "too few incidents to tell"}, []string{"rejected"})
	s.post("/incidents/inc_1/edit", http.StatusSeeOther, "field", "caused_by", "value", id)
	s.lists(path, []string{"A person laid to it: 1 incident", "Synthetic inc_1", "confirmed", "Take back what was said"}, nil)
	s.post("/incidents/inc_1/edit", http.StatusSeeOther, "field", "caused_by", "value", "")
	s.get("/changes/che_nothing", http.StatusNotFound)
}
