package desk

import (
	"fmt"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/mail"
	"hindsight/server/internal/mail/mailtest"
)

// mailed is a desk with a retrospective and two people, of whom the second is let in to its private incident; its clock says now.
func mailed(t *testing.T, server *mailtest.Server, now *time.Time) (*Desk, incident.ID) {
	t.Helper()
	d, id := summarised(t)
	d.Now = func() time.Time { return *now }
	d.BaseURL = "https://hindsight.example.com"
	d.Mail = mail.New(mail.Settings{Host: server.Host, Port: server.Port, TLS: mail.NoTLS, From: netmail.Address{Address: "hindsight@example.com"}})
	inc, err := d.Store.Incident(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	inc.Title, inc.Private, inc.Audience = "Checkout was slow", true, incident.Audience{Users: []incident.ID{"usr_1", "usr_2"}}
	_, err = d.Store.Update(t.Context(), func(tx incident.Tx) error {
		for i, name := range []string{"one", "two"} {
			u := incident.User{ID: incident.ID(fmt.Sprintf("usr_%d", i+1)), Name: name, Role: incident.Editor, Email: name + "@example.com"}
			if err := tx.PutUser(u); err != nil {
				return err
			}
		}
		return tx.PutIncidents([]*incident.Incident{inc})
	})
	if err != nil {
		t.Fatal(err)
	}
	return d, id
}

// say has the first person write a comment.
func say(t *testing.T, d *Desk, id incident.ID, text string) {
	t.Helper()
	if _, err := d.AddComment(acting(t, "usr_1", "Responder One"), incident.RetroComment{Incident: id, Slug: "summary", Text: text}, whole); err != nil {
		t.Fatal(err)
	}
}

// send has a replica send what is due, twice, and returns all that has arrived since the start.
func send(t *testing.T, d *Desk, server *mailtest.Server) []mailtest.Mail {
	t.Helper()
	for range 2 {
		if err := d.SendMail(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return server.Mails()
}

func states(t *testing.T, d *Desk) (out []string) {
	t.Helper()
	all, err := d.Store.Outgoing(t.Context(), incident.OutgoingFilter{Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range slices.Backward(all) {
		out = append(out, fmt.Sprint(o.State, " ", o.Tries, " ", o.Error))
	}
	return out
}

// TestMailAtOnce: who is mentioned gets one e-mail, of one thread with the others about the incident, that names the section by its title.
func TestMailAtOnce(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	server := mailtest.Start(t, mailtest.Plain)
	d, id := mailed(t, server, &now)
	say(t, d, id, "@two: why?")
	got := send(t, d, server)
	if len(got) != 1 || got[0].To != "two@example.com" {
		t.Fatalf("the mail server got %+v", got)
	}
	for _, want := range []string{"Subject: Checkout was slow\r\n", "References: <incident." + string(id) + "@example.com>\r\n", "Responder One mentions you: Checkout was slow", "\nSummary\r\n",
		"https://hindsight.example.com/incidents/" + string(id) + "/retrospective#com_", "https://hindsight.example.com/me/notices"} {
		if !strings.Contains(strings.ReplaceAll(got[0].Data, "=\r\n", ""), want) {
			t.Errorf("the mail lacks %q:\n%s", want, got[0].Data)
		}
	}
	if strings.Contains(got[0].Data, "why?") {
		t.Errorf("the mail tells what was written:\n%s", got[0].Data)
	}
	if got := states(t, d); !slices.Equal(got, []string{"sent 1 "}) {
		t.Errorf("the log says %q", got)
	}
}

// TestMailFails: a message that was put off is sent later, one that is refused is set aside until somebody sends it again, and what the
// recipient may not see any more, has read or does not want any more is never sent.
func TestMailFails(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	server := mailtest.Start(t, mailtest.Plain)
	d, id := mailed(t, server, &now)
	server.Fail(450, "try later")
	say(t, d, id, "@two: one")
	send(t, d, server)
	if trouble, err := d.MailTrouble(t.Context()); err != nil || !strings.Contains(trouble, "try later") {
		t.Errorf("MailTrouble = %q, %v, want what the server said", trouble, err)
	}
	now = now.Add(time.Minute)
	if got := send(t, d, server); len(got) != 1 {
		t.Errorf("after a minute %d mails arrived, want 1: %q", len(got), states(t, d))
	}
	if trouble, err := d.MailTrouble(t.Context()); err != nil || trouble != "" {
		t.Errorf("MailTrouble = %q, %v, want none", trouble, err)
	}
	now = now.Add(time.Minute)
	server.Fail(550, "no such mailbox")
	say(t, d, id, "@two: two")
	send(t, d, server)
	if got := states(t, d); len(got) != 2 || !strings.HasPrefix(got[1], "failed 1 ") || !strings.Contains(got[1], "no such mailbox") {
		t.Fatalf("the log says %q", got)
	}
	failed, err := d.Store.Outgoing(t.Context(), incident.OutgoingFilter{State: incident.OutgoingFailed, Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Store.Update(t.Context(), func(tx incident.Tx) error { return tx.RetryOutgoing(failed[0].ID, now) }); err != nil {
		t.Fatal(err)
	}
	if got := send(t, d, server); len(got) != 2 {
		t.Errorf("sent again, %d mails arrived, want 2: %q", len(got), states(t, d))
	}

	now = now.Add(time.Minute)
	say(t, d, id, "@two: three")
	if err := d.ReadNotices(t.Context(), "usr_2"); err != nil {
		t.Fatal(err)
	}
	send(t, d, server)
	now = now.Add(time.Minute)
	say(t, d, id, "@two: four")
	choose(t, d, incident.NoticeChoice{User: "usr_2", Ways: map[incident.NoticeKind]incident.NoticeWay{incident.NoticeMention: incident.NoticeApp}})
	send(t, d, server)
	say(t, d, id, "@two: five") // is not even written
	choose(t, d, incident.NoticeChoice{User: "usr_2"})
	now = now.Add(time.Minute)
	say(t, d, id, "@two: six")
	inc, err := d.Store.Incident(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	inc.Audience.Users = []incident.ID{"usr_1"}
	if _, err := d.Store.Update(t.Context(), func(tx incident.Tx) error { return tx.PutIncidents([]*incident.Incident{inc}) }); err != nil {
		t.Fatal(err)
	}
	if got := send(t, d, server); len(got) != 2 {
		t.Errorf("%d mails arrived, want no further one", len(got))
	}
	const gone = "dropped 1 they have read it, or may not see it any more"
	if got := states(t, d)[2:]; !slices.Equal(got, []string{gone, "dropped 1 they chose to be told in the app only", gone}) {
		t.Errorf("the log says %q", got)
	}
}

func choose(t *testing.T, d *Desk, c incident.NoticeChoice) {
	t.Helper()
	if _, err := d.Store.Update(t.Context(), func(tx incident.Tx) error { return tx.PutNoticeChoice(c) }); err != nil {
		t.Fatal(err)
	}
}

// TestMailDaily: what goes once a day comes together at 08:00 where the person is, without what they have read, and not at all when
// nothing is left.
func TestMailDaily(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	server := mailtest.Start(t, mailtest.Plain)
	d, id := mailed(t, server, &now)
	choose(t, d, incident.NoticeChoice{User: "usr_2", Zone: "Asia/Tokyo", Ways: map[incident.NoticeKind]incident.NoticeWay{incident.NoticeMention: incident.NoticeDaily}})
	say(t, d, id, "@two: one")
	now = now.Add(time.Hour)
	say(t, d, id, "@two: two")
	now = time.Date(2026, 3, 2, 22, 59, 0, 0, time.UTC) // 07:59 in Tokyo
	if got := send(t, d, server); len(got) != 0 {
		t.Errorf("before 08:00 %d mails arrived", len(got))
	}
	now = now.Add(time.Minute)
	got := send(t, d, server)
	if len(got) != 1 || !strings.Contains(got[0].Data, "Subject: Hindsight: 2 notices") || strings.Contains(got[0].Data, "References") {
		t.Errorf("at 08:00 there arrived %+v", got)
	}
	say(t, d, id, "@two: three")
	now = now.Add(time.Hour)
	if err := d.ReadNotices(t.Context(), "usr_2"); err != nil {
		t.Fatal(err)
	}
	now = now.Add(24 * time.Hour)
	if got := send(t, d, server); len(got) != 1 {
		t.Errorf("a digest of nothing was sent: %+v", got[1:])
	}
}

// TestMailObeysTheChoiceOfNow: what waits goes the way and at the time that its recipient has chosen by then.
func TestMailObeysTheChoiceOfNow(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	server := mailtest.Start(t, mailtest.Plain)
	d, id := mailed(t, server, &now)
	chosen := func(zone string, way incident.NoticeWay) {
		t.Helper()
		choose(t, d, incident.NoticeChoice{User: "usr_2", Zone: zone, Ways: map[incident.NoticeKind]incident.NoticeWay{incident.NoticeMention: way}})
	}
	at := func(day, hour, minute int) { now = time.Date(2026, 3, day, hour, minute, 0, 0, time.UTC) }
	arrived := 0
	arrives := func(when string, subjects ...string) {
		t.Helper()
		got := send(t, d, server)[arrived:]
		arrived += len(got)
		if len(got) != len(subjects) {
			t.Fatalf("%s %d mails arrived, want %d: %q", when, len(got), len(subjects), states(t, d))
		}
		for i, subject := range subjects {
			if !strings.Contains(got[i].Data, "Subject: "+subject+"\r\n") {
				t.Errorf("%s there arrived, instead of %q:\n%s", when, subject, got[i].Data)
			}
		}
	}
	chosen("Asia/Tokyo", incident.NoticeDaily)
	say(t, d, id, "@two: one")
	chosen("Europe/Berlin", incident.NoticeDaily)
	at(2, 23, 0)
	arrives("at 08:00 in Tokyo, for somebody who went to Berlin,")
	at(3, 7, 0)
	arrives("at 08:00 in Berlin", "Hindsight: 1 notice")

	say(t, d, id, "@two: two")
	chosen("Europe/Berlin", incident.NoticeApp)
	at(4, 7, 0)
	arrives("to somebody who wants no mail any more")

	chosen("Europe/Berlin", incident.NoticeDaily)
	say(t, d, id, "@two: three")
	chosen("Europe/Berlin", incident.NoticeNow)
	at(5, 7, 0)
	arrives("to somebody who wants each at once", "Checkout was slow")

	server.Fail(450, "try later")
	say(t, d, id, "@two: four")
	arrives("while the server puts it off")
	chosen("Europe/Berlin", incident.NoticeDaily)
	at(5, 7, 2)
	arrives("to somebody who wants it once a day")
	at(6, 7, 0)
	arrives("at 08:00 in Berlin", "Hindsight: 1 notice")
}
