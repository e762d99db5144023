package web_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"hindsight/incident"
)

// TestOwnTokens: somebody makes a token for themselves, with no more than they have; it is shown once, and revoked.
func TestOwnTokens(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	bad, _ := s.post("/me/tokens", http.StatusUnprocessableEntity, "name", "export", "ability", "agree", "days", "90")
	s.holds(bad, "a token that is too able", "you cannot give “agree”")
	made, _ := s.post("/me/tokens", http.StatusOK, "name", "export", "ability", "private", "days", "0")
	secret := regexp.MustCompile(`hst_[\w-]{43}`).FindString(made)
	if secret == "" {
		t.Fatalf("no secret is shown: %s", said(made))
	}
	list := s.get("/me/tokens", http.StatusOK)
	s.holds(list, "the list", "export", secret[:8]+"…", "private", "never")
	if strings.Contains(list, secret) {
		t.Error("the secret is shown again")
	}
	id := between(list, `action="/me/tokens/`, `/delete"`)
	s.signIn(incident.Manager)
	s.post("/me/tokens/"+id+"/delete", http.StatusNotFound)
	s.signIn(incident.Admin)
	s.holds(s.get("/admin/tokens", http.StatusOK), "the list of all", "export", "editor")
	s.post("/admin/tokens/"+id+"/delete", http.StatusSeeOther)
}

// TestTeams: a team is made, renamed, and somebody joins it on either page and leaves it.
func TestTeams(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Admin)
	s.post("/admin/teams", http.StatusSeeOther, "name", "Storage")
	again, _ := s.post("/admin/teams", http.StatusUnprocessableEntity, "name", "storage")
	s.holds(again, "a second team of that name", "there is already a team called Storage")
	team := "/admin/teams/" + string(incident.NewTeam("Storage").ID)
	s.post(team, http.StatusSeeOther, "name", "Disks")
	nobody, _ := s.post(team+"/members", http.StatusUnprocessableEntity, "user", "nobody")
	s.holds(nobody, "a member who does not exist", "there is no user with the sign-in name “nobody”")
	s.post(team+"/members", http.StatusSeeOther, "user", "Admin")
	s.holds(s.get("/admin/teams", http.StatusOK), "the teams", "Disks", "renamed here", "take out of Disks")
	u, err := s.app.Desk.Store.UserByName(t.Context(), "admin")
	if err != nil {
		t.Fatal(err)
	}
	s.post(team+"/members/"+string(u.ID)+"/remove", http.StatusSeeOther)
	s.post("/admin/users/"+string(u.ID)+"/teams", http.StatusUnprocessableEntity, "team", "Networks")
	s.post("/admin/users/"+string(u.ID)+"/teams", http.StatusSeeOther, "team", "disks")
	if teams, err := s.app.Desk.Store.TeamsOf(t.Context(), u.ID); err != nil || len(teams) != 1 {
		t.Errorf("the administrator belongs to %v, %v; want the one team", teams, err)
	}
	s.post("/admin/users/"+string(u.ID), http.StatusUnprocessableEntity, "role", "viewer")
}
