package web_test

import (
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"hindsight/incident"
)

// TestChannelsPage: an administrator makes a channel, whose address is never shown; its test message shows what was answered; and the key of a
// signed one is shown once.
func TestChannelsPage(t *testing.T) {
	s := newImportSite(t, false)
	taken := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		taken++
		if taken > 1 {
			w.WriteHeader(http.StatusForbidden)
		}
		io.WriteString(w, "invalid_token")
	}))
	defer server.Close()
	s.signIn(incident.Admin)
	bad, _ := s.post("/admin/channels", http.StatusUnprocessableEntity, "name", "#retros", "format", "slack", "url", "hooks.example.com/s3cret", "kind", "published")
	s.holds(bad, "a channel without an address", "beginning with https://")
	none, _ := s.post("/admin/channels", http.StatusUnprocessableEntity, "name", "#retros", "format", "slack", "url", server.URL+"/s3cret")
	s.holds(none, "a channel that is told nothing", "choose at least one kind")
	nobodys, _ := s.post("/admin/channels", http.StatusUnprocessableEntity, "name", "#retros", "format", "slack", "url", server.URL+"/s3cret", "kind", "published", "team", "team_gone")
	s.holds(nobodys, "a channel of a team that is gone", "that team is not there any more", "a team that was removed")
	s.post("/admin/channels", http.StatusSeeOther, "name", "#retros", "format", "slack", "url", server.URL+"/s3cret", "kind", "published")
	list := s.get("/admin/channels", http.StatusOK)
	s.holds(list, "the list", "#retros", "127.0.0.1", "incidents of everybody", "Told when a retrospective was published", "Private incidents are told in no channel")
	if strings.Contains(list+bad+none+nobodys, "s3cret") {
		t.Error("an address is shown")
	}
	channel := "/admin/channels/" + regexp.MustCompile(`chl_\w+`).FindString(list)
	s.app.Desk.Hooks.Transport = http.DefaultTransport
	s.post(channel+"/test", http.StatusSeeOther)
	s.holds(s.get("/admin/channels", http.StatusOK), "the list after a test", "The test message was taken: 200 OK invalid_token")
	s.post(channel+"/test", http.StatusSeeOther)
	s.holds(s.get("/admin/channels", http.StatusOK), "the list after a test that failed", "was not taken", "403 Forbidden invalid_token")
	again, _ := s.post("/admin/channels", http.StatusUnprocessableEntity, "name", "#retros", "format", "slack", "url", server.URL, "kind", "due")
	s.holds(again, "a second channel of that name", "there is already a channel called #retros")
	signed, _ := s.post(channel, http.StatusOK, "name", "#retros", "format", "signed", "kind", "due")
	key := regexp.MustCompile(`whsec_[\w+/=]{32}`).FindString(html.UnescapeString(signed))
	if key == "" || strings.Contains(html.UnescapeString(s.get("/admin/channels", http.StatusOK)), key) {
		t.Errorf("the key %q is not shown once", key)
	}
	off := incident.Channel{ID: "chl_off", Name: "#off", Format: incident.ChannelSlack, Team: "team_gone", Secret: []byte("sealed"), CreatedAt: s.app.Desk.Now()}
	if _, err := s.app.Desk.Store.Update(t.Context(), func(tx incident.Tx) error { return tx.PutChannel(off) }); err != nil {
		t.Fatal(err)
	}
	s.holds(s.get("/admin/channels", http.StatusOK), "a channel whose team was removed", "its team was removed. Change whose incidents", "incidents of a team that was removed")
	s.post(channel+"/remove", http.StatusSeeOther)
	s.post(channel+"/test", http.StatusNotFound)
	s.signIn(incident.Manager)
	s.get("/admin/channels", http.StatusForbidden)
}
