package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

// TestLoadAndLearning: the load of a team is shown from five people on and without any name; what came of incidents is
// counted, and an overdue item leads to its incident.
func TestLoadAndLearning(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Manager)
	s.lists("/load", []string{"No incident of a team"}, nil)
	s.lists("/learning", []string{"No incident in this period"}, nil)
	red, blue := incident.NewTeam("Red"), incident.NewTeam("Blue")
	busy := beganAt("inc_1", noon, false)
	busy.Team = red.ID
	for _, name := range []string{"One", "Two", "Three", "Four", "Five"} {
		busy.People = append(busy.People, incident.Participation{Name: "Responder " + name, Role: "responder"})
	}
	night := beganAt("inc_2", noon.Add(11*time.Hour), false) // 23:00
	night.Team = red.ID
	night.Actions = []incident.ActionItem{{Title: "Bigger disks", State: "open", Due: noon.Add(time.Hour)}, {Title: "Alert", State: "done"}}
	lonely := beganAt("inc_3", noon, false)
	lonely.Team, lonely.People = blue.ID, []incident.Participation{{Name: "Responder Six", Role: "assignee"}}
	s.put(func(tx incident.Tx) []error {
		return []error{tx.PutTeams([]incident.Team{red, blue}), tx.PutIncidents([]*incident.Incident{busy, night, lonely, beganAt("inc_4", noon, false)}),
			tx.PutRetrospectives([]incident.Retrospective{{Incident: "inc_1", Title: "What happened", State: "published"}})}
	})
	const days = "?from=2026-03-01&to=2026-03-10"
	body := s.lists("/load"+days, []string{"Blue", "Too few people to show without naming them", "Red", "2 interruptions of 5 people in 2 incidents: 1 in business hours, 0 in off hours, 1 in sleep hours.",
		"In sleep hours", "50.0 %", "Hours standard", "sleep 22:00-08:00", "in UTC", "Left out: 1 incident that fell to no team"}, []string{"Responder"})
	if link := `href="/cases/load.teamless?from=2026-03-01&amp;to=2026-03-10"`; !strings.Contains(s.get("/load"+days, http.StatusOK), link) {
		t.Errorf("the load of no team does not lead to its incidents by %s", link)
	}
	if n := strings.Count(body, "interruptions of"); n != 1 {
		t.Errorf("the load of %d teams is shown, want that of one:\n%s", n, body)
	}
	s.lists("/load?range=all", []string{"2 interruptions of 5 people in 2 incidents", "the record falls silent after 2 Mar 2026: the period ends there"}, nil)
	s.lists("/learning"+days, []string{"Of 4 incidents", "With a retrospective: 1", "25.0 %", "With action items: 1", "2 action items: 1 done, 1 overdue", "no source says when an action item was done",
		"Bigger disks", "Synthetic inc_2", "1 action item done, and nobody says when", "0 of 4 incidents were of a problem", "4 incidents of no problem that a person confirmed"}, nil)
	for _, tc := range []struct {
		figure          string
		wanted, missing []string
	}{
		{"load.sleep." + string(red.ID), []string{"Interruptions in sleep hours, Red", "Counted: 1 incident", "Synthetic inc_2", "1 of 1", "In the whole, not in the number: 1 incident", "0 of 1"}, []string{"Synthetic inc_3", "Responder"}},
		{"load.sleep." + string(blue.ID), []string{"Counted: 0 incidents", "None."}, []string{"Synthetic"}},
		{"load.escalated." + string(red.ID), []string{"Counted: 0 incidents", "Left out: 2 incidents", "its source never tells of escalations"}, nil},
		{"load.teamless", []string{"Fell to no team", "Counted: 1 incident", "Synthetic inc_4"}, []string{"Synthetic inc_1", "Synthetic inc_3"}},
		{"learning.step0", []string{"With a retrospective", "Counted: 1 incident", "In the whole, not in the number: 3 incidents"}, nil},
		{"learning.actions", []string{"Counted: 1 action item", "Alert", "In the whole, not in the number: 1 action item", "Bigger disks", "overdue"}, nil},
		{"learning.repeats", []string{"Counted: 0 incidents", "In the whole, not in the number: 4 incidents", "of no known problem"}, nil},
	} {
		s.lists("/cases/"+tc.figure+days, tc.wanted, tc.missing)
	}
	for _, none := range []string{"nothing", "load.sleep", "load.sleep.team_nobody", "load.teamless." + string(red.ID), "learning.step0.team", "delivery."} {
		s.get("/cases/"+none, http.StatusNotFound)
	}
	night.Actions[0].Created = noon
	night.Actions[1].Created, night.Actions[1].Due, night.Actions[1].Done = noon, noon.Add(48*time.Hour), noon.Add(24*time.Hour)
	s.put(func(tx incident.Tx) []error { return []error{tx.PutIncidents([]*incident.Incident{night})} })
	s.lists("/learning"+days, []string{"Done in time", "50.0 %", "Median age when done"}, []string{"nobody says when"})
	s.lists("/incidents/inc_2", []string{"since " + noon.Format("2 Jan 2006"), "done " + noon.Add(24*time.Hour).Format("2 Jan 2006")}, nil)
	for path, want := range map[string]string{"/api/v1/load" + days: `"sleep_hours":1`, "/api/v1/learning" + days: `"action_items_done":1`} {
		if body := s.get(path, http.StatusOK); !strings.Contains(body, want) {
			t.Errorf("GET %s does not say %s:\n%s", path, want, body)
		}
	}
}

// TestTeamHours: hours are tried before they are saved, count from then on, and can be taken back; those who may not edit cannot.
func TestTeamHours(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Manager)
	red := incident.NewTeam("Red")
	late := beganAt("inc_1", noon.Add(7*time.Hour), false) // 19:00: off hours of the standard
	late.Team = red.ID
	for _, name := range []string{"One", "Two", "Three", "Four", "Five"} {
		late.People = append(late.People, incident.Participation{Name: "Responder " + name, Role: "responder"})
	}
	s.put(func(tx incident.Tx) []error {
		return []error{tx.PutTeams([]incident.Team{red}), tx.PutIncidents([]*incident.Incident{late})}
	})
	path := "/admin/hours/" + string(red.ID)
	s.lists("/admin/hours", []string{"All teams without hours of their own", "standard", "Red", "sleep 22:00-08:00"}, nil)
	s.lists(path, []string{"Hours of Red", "Business hours", "See what it would change"}, []string{"Take back"})
	form := []string{"zone", "Europe/Berlin", "sleep", "23:00-07:00", "w1", "12:00-21:00", "w2", "12:00-21:00", "w3", "12:00-21:00", "w4", "12:00-21:00", "w5", "12:00-21:00", "w6", "12:00-21:00", "w0", "12:00-21:00", "note", "late shift"}
	if body, _ := s.post(path, http.StatusOK, append(form, "action", "try")...); !strings.Contains(body, "interruptions of Red in business hours from 0 to 1") || !strings.Contains(body, "interruptions of Red in off hours from 1 to 0") {
		t.Errorf("trying hours does not say what changes:\n%s", body)
	}
	s.lists("/load", []string{"0 in business hours, 1 in off hours"}, nil)
	if body, _ := s.post(path, http.StatusUnprocessableEntity, "zone", "Nowhere/City", "sleep", "late", "action", "save"); !strings.Contains(body, "is not of the form 22:00-08:00") {
		t.Errorf("wrong hours are not explained:\n%s", body)
	}
	s.post(path, http.StatusSeeOther, append(form, "action", "save")...)
	s.lists("/load", []string{"1 in business hours, 0 in off hours", "Hours of the team", "in Europe/Berlin"}, nil)
	s.lists(path, []string{"Take back", "late shift"}, nil)
	s.post(path, http.StatusUnprocessableEntity, append(form, "action", "save", "version", "7")...)
	s.post(path+"/remove", http.StatusSeeOther)
	s.lists("/load", []string{"0 in business hours, 1 in off hours", "Hours standard"}, nil)
	s.signIn(incident.Viewer)
	s.get(path, http.StatusForbidden)
}
