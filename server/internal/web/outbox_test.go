package web_test

import (
	"net/http"
	"strings"
	"testing"

	"hindsight/incident"
	"hindsight/server/internal/mail"
)

// TestNoticesOutside: people choose what they get where mail is configured, and read otherwise that it is not; administrators enter addresses,
// read what was sent, and have what was set aside sent again.
func TestNoticesOutside(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Admin)
	s.holds(s.get("/me/notices", http.StatusOK), "the choice without mail", "No mail server is connected")
	s.holds(s.get("/admin/outbox", http.StatusOK), "the outbox without mail", "HINDSIGHT_SMTP_HOST")
	s.app.Desk.Mail = mail.New(mail.Settings{Host: "smtp.example.com", Port: 587})
	s.holds(s.get("/me/notices", http.StatusOK), "the choice of somebody without an address", "No address of yours is known")

	me, err := s.app.Desk.Store.UserByName(t.Context(), "admin")
	if err != nil {
		t.Fatal(err)
	}
	bad, _ := s.post("/admin/users/"+string(me.ID), http.StatusUnprocessableEntity, "role", "admin", "email", "Ada <ada@example.com>")
	s.holds(bad, "an address that is none", "is not an address such as")
	s.post("/admin/users/"+string(me.ID), http.StatusSeeOther, "role", "admin", "email", "Ada@example.com")
	wrong, _ := s.post("/me/notices", http.StatusUnprocessableEntity, "zone", "Berlin", "mention", "daily")
	s.holds(wrong, "a zone that is none", "is not a time zone such as Europe/Berlin")
	s.post("/me/notices", http.StatusUnprocessableEntity, "zone", "UTC", "mention", "pigeon")
	s.post("/me/notices", http.StatusSeeOther, "zone", "Europe/Berlin", "mention", "app")
	for _, want := range []string{"ada@example.com", `name="zone" list="zones" autocomplete="off" required value="Europe/Berlin"`, `name="mention"><option value="now">by e-mail at once</option><option value="daily">in the e-mail of the day</option><option value="app" selected>`,
		`name="review"><option value="now" selected>`, `name="reply"><option value="now">by e-mail at once</option><option value="daily" selected>`} {
		if got := s.get("/me/notices", http.StatusOK); !strings.Contains(got, want) {
			t.Errorf("the choice does not hold %s", want)
		}
	}

	_, err = s.app.Desk.Store.Update(t.Context(), func(tx incident.Tx) error {
		if err := tx.AddOutgoing([]incident.Outgoing{{ID: "out_1", Kind: incident.OutgoingNotice, Way: incident.OutgoingMail, To: me.ID, At: s.app.Desk.Now(), DueAt: s.app.Desk.Now()}}); err != nil {
			return err
		}
		claimed, err := tx.ClaimOutgoing(incident.OutgoingMail, s.app.Desk.Now(), s.app.Desk.Now())
		if err != nil {
			return err
		}
		o := claimed.Failed(s.app.Desk.Now(), "550 <no> such mailbox", true)
		o.Subject, o.Text = "Checkout was slow", "Somebody mentions you"
		return tx.SettleOutgoing(o)
	})
	if err != nil {
		t.Fatal(err)
	}
	s.holds(s.get("/admin/outbox?state=failed", http.StatusOK), "the outbox", "Checkout was slow", "Somebody mentions you", "550 <no> such mailbox", "set aside", "smtp.example.com:587")
	s.post("/admin/outbox/out_1/again", http.StatusSeeOther)
	s.post("/admin/outbox/out_1/again", http.StatusConflict)
	if waiting := s.get("/admin/outbox?state=waiting", http.StatusOK); !strings.Contains(waiting, "Checkout was slow") {
		t.Error("what is sent again does not wait")
	}
	s.get("/admin/outbox?state=lost", http.StatusUnprocessableEntity)
	s.signIn(incident.Manager)
	s.get("/admin/outbox", http.StatusForbidden)
}
