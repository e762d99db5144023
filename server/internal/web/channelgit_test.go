package web_test

import (
	"net/http"
	"strings"
	"testing"

	"hindsight/incident"
	"hindsight/server/internal/gitfolder/gittest"
)

// TestGitChannel publishes a retrospective, and finds it in a real git repository as it is exported; a second replica and a second try push nothing more.
func TestGitChannel(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Admin)
	repository := gittest.New(t)
	d := s.app.Desk
	d.Hooks.Transport = http.DefaultTransport // loopback is no public address
	form := func(more ...string) []string {
		return append([]string{"name", "Knowledge", "format", "git", "url", repository.URL, "folder", "/docs/postmortems/", "user", gittest.User}, more...)
	}
	s.post("/admin/channels", http.StatusUnprocessableEntity, form("branch", "a..b", "password", gittest.Password)...)
	s.post("/admin/channels", http.StatusUnprocessableEntity, form("folder", ".git/hooks", "branch", "a b")...)
	s.post("/admin/channels", http.StatusSeeOther, form("password", "wr0ng-s3cret")...)
	channels, err := d.Store.Channels(t.Context())
	if err != nil || len(channels) != 1 {
		t.Fatalf("%v, %d channels", err, len(channels))
	}
	at := "/admin/channels/" + string(channels[0].ID)
	s.post(at+"/test", http.StatusSeeOther)
	s.lists("/admin/channels", []string{"The test message was not taken", "does not take this user and password", "Knowledge"}, []string{"wr0ng-s3cret"})

	checkout := incident.NewService("checkout")
	inc := outage(s, checkout)
	hidden := *inc
	hidden.ID, hidden.Number, hidden.Private = "inc_hidden", "INC0009", true
	s.put(func(tx incident.Tx) []error {
		return []error{tx.PutServices([]incident.Service{checkout}), tx.PutIncidents([]*incident.Incident{inc, &hidden})}
	})
	publish := func(id incident.ID) {
		t.Helper()
		ctx := incident.Acting(t.Context(), incident.Actor{Kind: incident.ActorUser, ID: "usr_1", Name: "admin"})
		sight := incident.Sight{All: id == "inc_hidden"}
		if _, _, err := d.BeginRetro(ctx, id, "", sight); err != nil {
			t.Fatal(err)
		}
		now, err := d.Writing(ctx, id, sight)
		if err != nil {
			t.Fatal(err)
		}
		now.Version, now.State, now.Number, now.PublishedAt = now.Version+1, incident.RetroPublished, 1, d.Now().UTC()
		body := now.Body()
		s.put(func(tx incident.Tx) []error {
			_, noticed := tx.AddNotices([]incident.Notice{{ID: "ntc_" + id, User: channels[0].ID, Incident: id, Kind: incident.NoticePublished, Place: "retrospective", By: "admin", At: d.Now().UTC()}})
			return []error{tx.PutRetro(now.Retro), tx.PutRetroSnapshot(incident.RetroSnapshot{ID: "snap_" + id, Incident: id, Why: incident.SnapshotPublished, Number: 1, By: "admin", At: now.PublishedAt, Body: body}),
				noticed,
				tx.AddOutgoing([]incident.Outgoing{{ID: "out_" + id, Kind: incident.OutgoingNotice, Way: incident.OutgoingHook, To: channels[0].ID, Notice: "ntc_" + id, Incident: id, At: d.Now().UTC(), DueAt: d.Now().UTC(), State: incident.OutgoingWaiting}})}
		})
	}
	publish("inc_1")
	publish("inc_hidden")
	send := func() {
		t.Helper()
		if err := d.SendPosts(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	send()
	s.lists("/admin/outbox", []string{"does not take this user and password"}, []string{"wr0ng-s3cret"})

	s.post(at, http.StatusSeeOther, form("password", gittest.Password)...)
	s.post(at+"/test", http.StatusSeeOther)
	s.lists("/admin/channels", []string{"the repository is empty"}, []string{gittest.Password})
	s.put(func(tx incident.Tx) []error {
		return []error{tx.AddOutgoing([]incident.Outgoing{{ID: "out_again", Kind: incident.OutgoingNotice, Way: incident.OutgoingHook, To: channels[0].ID, Notice: "ntc_inc_1", Incident: "inc_1", At: d.Now().UTC(), DueAt: d.Now().UTC(), State: incident.OutgoingWaiting}})}
	})
	send()
	names := strings.Fields(repository.Bare("ls-tree", "-r", "--name-only", "main"))
	if len(names) != 1 || !strings.HasPrefix(names[0], "docs/postmortems/20") || !strings.Contains(names[0], "-inc0001-checkout-b-fails-b-after-a-rollout") || !strings.HasSuffix(names[0], "/retrospective.md") {
		t.Fatalf("the repository holds %q", names)
	}
	exported := s.get("/incidents/inc_1/retrospective/export/retrospective.md", http.StatusOK)
	if got := repository.Bare("show", "main:"+names[0]); got != exported {
		t.Errorf("the file is\n%s\nand the export\n%s", got, exported)
	}
	if got := repository.Bare("log", "--format=%an: %s", "main"); got != "admin: Checkout <b>fails</b> after a rollout (made up), version 1\n" {
		t.Errorf("git log says %q", got)
	}
	s.put(func(tx incident.Tx) []error {
		return []error{tx.AddOutgoing([]incident.Outgoing{{ID: "out_third", Kind: incident.OutgoingNotice, Way: incident.OutgoingHook, To: channels[0].ID, Notice: "ntc_inc_1", Incident: "inc_1", At: d.Now().UTC(), DueAt: d.Now().UTC(), State: incident.OutgoingWaiting}})}
	})
	send()
	if got := repository.Bare("rev-list", "--count", "main"); got != "1\n" {
		t.Errorf("there are %s commits, want 1", got)
	}
	if all := repository.Bare("log", "-p", "main"); strings.Contains(all, "INC0009") || strings.Contains(all, gittest.Password) {
		t.Error("the repository holds what it must not")
	}
	s.lists("/admin/outbox", []string{"Knowledge"}, []string{gittest.Password})

	// Branch and folder are shown, and the folder can be the top again; the password stays.
	s.lists("/admin/channels", []string{"branch main, folder docs/postmortems"}, []string{gittest.Password})
	s.post(at, http.StatusSeeOther, "name", "Knowledge", "format", "git", "branch", "main", "folder", "")
	s.post(at+"/test", http.StatusSeeOther)
	s.lists("/admin/channels", []string{"main is at ", "branch main, at the top"}, nil)
}
