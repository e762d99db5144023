package web_test

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

// TestProcessKept holds incidents against the rules that were in force when they were over: two against the standard, which wants a publication within 5 days
// and an approval, and the later ones against a version that wants all within 10 days with a summary.
func TestProcessKept(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Viewer)
	const path = "/retrospectives/process"
	s.lists(path, []string{"The rules asked for nothing"}, nil)

	red, blue, checkout := incident.NewTeam("Red"), incident.NewTeam("Blue"), incident.NewService("checkout")
	own := incident.RetroProcess{Templates: []incident.RetroTemplate{{Name: "Note", Sections: []incident.TemplateSection{{Slug: "summary", Title: "Summary"}}}},
		Rules: []incident.RetroRule{{Name: "Everything", Required: true, Template: "Note", Days: 10, Gates: []string{"summary"}}}}
	rules, err := json.Marshal(own)
	if err != nil {
		t.Fatal(err)
	}
	over := func(id incident.ID, at time.Time, team incident.ID, private bool) *incident.Incident {
		inc := beganAt(id, at, private, checkout)
		inc.Severity, inc.Team = incident.Sev1, team
		inc.Milestones.Set(incident.ResolvedAt, at.Add(time.Hour), incident.ToSecond, incident.FromField, "test", "")
		return inc
	}
	later := noon.AddDate(0, 0, 23) // 25 Mar 2026
	first := over("inc_first", noon, red.ID, false)
	first.Milestones.Set(incident.ImpactStarted, noon, incident.ToSecond, incident.FromField, "test", "")
	first.Factors = []incident.Factor{{Role: "contributing", Text: "No canary"}}
	document := func(id incident.ID) incident.Retrospective {
		return incident.Retrospective{Incident: id, Title: "What happened", State: "published", Sections: []incident.Section{{Slug: "summary", Title: "Summary", Body: "It broke."}}}
	}
	written := func(id incident.ID, state incident.RetroState, published time.Time) incident.Retro {
		r := incident.Retro{Incident: id, Version: 1, Title: "What happened", Template: "Note", State: state, PublishedAt: published, CreatedAt: published, ChangedAt: later}
		if !published.IsZero() {
			r.Number = 1
		}
		return r
	}
	approved, none := written("inc_first", incident.RetroPublished, noon.AddDate(0, 0, 3)), written("inc_none", incident.RetroNotRequired, time.Time{})
	approved.Reviews = []incident.RetroReview{{Name: "Reviewer One", AskedAt: noon, Answer: incident.ReviewApproved, At: noon}}
	none.Reason, none.CreatedAt = "It was a drill in all but name", later
	s.put(func(tx incident.Tx) []error {
		return []error{tx.PutTeams([]incident.Team{red, blue}), tx.PutServices([]incident.Service{checkout}),
			tx.PutIncidents([]*incident.Incident{first, over("inc_forgotten", noon, red.ID, false), over("inc_slow", later, blue.ID, false), over("inc_none", later, blue.ID, false), over("inc_told", later, "", false),
				over("inc_fresh", s.app.Desk.Now().Add(-24*time.Hour), blue.ID, false), over("inc_secret", later, red.ID, true)}),
			tx.PutPolicy(incident.Policy{ID: incident.RetroPolicyID, Version: 1, Kind: incident.RetroPolicy, Name: "Retrospectives", Body: rules, SavedAt: noon.AddDate(0, 0, 18)}),
			tx.PutRetro(approved), tx.PutRetro(written("inc_slow", incident.RetroPublished, later.AddDate(0, 0, 16))), tx.PutRetro(none),
			tx.PutReading(document("inc_first"), later), tx.PutReading(document("inc_slow"), later), tx.PutRetrospectives([]incident.Retrospective{document("inc_told")})}
	})

	s.lists(path, []string{"6 incidents needed a retrospective", "Begun, or decided that none is needed: 4 of 5", "80.0 %", "37.6 %", "96.4 %", "n = 5", // Wilson, 4 of 5
		"Says when the impact began and ended: 1 of 2", "too few to tell", "Has a summary: 3 of 4", "Names a contributing factor: 1 of 2", "Approved by as many as the rule asks for: 1 of 2", "Published in time: 1 of 3",
		"4 incidents held against version 1 of the rules, since 20 Mar 2026", "2 incidents held against the standard rules", "Published in time: 1 still in time, 1 of which nobody can tell",
		"Late now", "Red", "published in time", "1", "7 Mar 2026", "By rule", "Everything", "4", "Severe", "2", "1 of 2, too few to tell", "By team", "Blue", "3", "Red", "2", "No team", "1", "By service", "checkout", "6"}, []string{"Reviewer One", "inc_secret"})
	s.lists(path+"?team=Blue", []string{"3 incidents needed a retrospective", "Begun, or decided that none is needed: 2 of 2", "Nothing is late"}, []string{"Severe"})
	s.lists(path+"?from=2026-03-01&to=2026-03-10", []string{"2 incidents needed a retrospective", "2 incidents held against the standard rules"}, []string{"Everything"})

	for _, tc := range []struct {
		figure         string
		wanted, others []string
	}{
		{"process.begun", []string{"Begun, or decided that none is needed", "Counted: 4 incidents", "In the whole, not in the number: 1 incident", "inc_forgotten", "still to be done, since 7 Mar 2026", "Left out: 1 incident", "inc_fresh", "still in time"}, []string{"inc_secret"}},
		{"process.in_time.team~" + string(blue.ID), []string{"Published in time, Blue", "Counted: 0 incidents", "inc_slow", "done after 4 Apr 2026"}, []string{"inc_first"}},
		{"process.in_time.rule~severe", []string{"Published in time, Severe", "Counted: 1 incident", "inc_first"}, []string{"inc_slow"}},
		{"process.in_time.team~none", []string{"No team", "Left out: 1 incident", "inc_told", "nobody says"}, nil},
	} {
		s.lists("/cases/"+tc.figure, tc.wanted, tc.others)
		if page := s.get(path, http.StatusOK); !strings.Contains(page, `href="/cases/`+tc.figure+`"`) {
			t.Errorf("the report does not lead to %s", tc.figure)
		}
	}
	for _, none := range []string{"process.", "process.dance", "process.begun.team~team_nobody", "process.approved.rule~everything"} {
		s.get("/cases/"+none, http.StatusNotFound)
	}

	rows, err := csv.NewReader(strings.NewReader(s.get(path+".csv", http.StatusOK))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]string{}
	for _, row := range rows {
		at[row[0]+" "+row[1]+" "+row[2]] = strings.Join(row[6:12], " ")
	}
	for of, want := range map[string]string{"all All published in time": "1 3 1 1 1 1", "rule Severe published in time": "1 2 0 1 0 0", "team Blue published in time": "0 1 1 0 1 0", "service checkout has a summary": "3 4 0 1 1 0"} {
		if got := at[of]; got != want {
			t.Errorf("the file says of %q %q, want %q", of, got, want)
		}
	}
	var got struct {
		Needed, Have int
		Missing      []string `json:"missing_incident_ids"`
		Groups       []struct{ By, Name string }
	}
	if err := json.Unmarshal([]byte(s.get("/api/v1/retrospectives/compliance?range=all", http.StatusOK)), &got); err != nil {
		t.Fatal(err)
	}
	if got.Needed != 6 || got.Have != 4 || strings.Join(got.Missing, " ") != "inc_forgotten inc_fresh" || len(got.Groups) != 7 {
		t.Errorf("the API says %+v, want 6 needed, 4 had, two missing, and 7 groups", got)
	}
	s.lists("/retrospectives", []string{"0 of 1 incidents of the last 90 days", "How the rules are kept"}, nil)
}

// TestProcessWithoutDays: where a rule gives no days nothing is late, and what has to stand in a retrospective stands nowhere while there is none.
func TestProcessWithoutDays(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Viewer)
	checkout := incident.NewService("checkout")
	rules, err := json.Marshal(incident.RetroProcess{Templates: []incident.RetroTemplate{{Name: "Note", Sections: []incident.TemplateSection{{Slug: "summary", Title: "Summary"}}}},
		Rules: []incident.RetroRule{{Name: "Everything", Required: true, Template: "Note", Gates: []string{"actions"}}}})
	if err != nil {
		t.Fatal(err)
	}
	inc := beganAt("inc_1", noon, false, checkout)
	inc.Milestones.Set(incident.ResolvedAt, noon.Add(time.Hour), incident.ToSecond, incident.FromField, "test", "")
	s.put(func(tx incident.Tx) []error {
		return []error{tx.PutServices([]incident.Service{checkout}), tx.PutIncidents([]*incident.Incident{inc}),
			tx.PutPolicy(incident.Policy{ID: incident.RetroPolicyID, Version: 1, Kind: incident.RetroPolicy, Name: "Retrospectives", Body: rules, SavedAt: noon.AddDate(0, 0, -1)})}
	})
	s.lists("/retrospectives/process", []string{"1 incident needed a retrospective", "1 still in time", "Nothing is late"}, []string{"1 of 1"})
}
