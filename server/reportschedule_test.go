package main

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	netmail "net/mail"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/reports/draw"
	"hindsight/server/internal/app"
	"hindsight/server/internal/edition"
	"hindsight/server/internal/gitfolder/gittest"
	"hindsight/server/internal/hook"
	"hindsight/server/internal/mail"
	"hindsight/server/internal/mail/mailtest"
)

// senders are two replicas of an installation with a few incidents, one of them private, whose clock says now; ada and bob may write.
type senders struct {
	replicas [2]*edition.Schedules
	ada, bob incident.User
	first    incident.ID // OPS-1, which everybody sees
	now      time.Time
	mails    *mailtest.Server
	posts    []string
	mu       sync.Mutex
}

func sendReports(t *testing.T, in installation, do func(s *senders)) {
	t.Helper()
	dir := t.TempDir()
	file, mapping := filepath.Join(dir, "incidents.csv"), filepath.Join(dir, "mapping.json")
	for path, text := range map[string]string{file: sheet, mapping: sheetMapping} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	in.run(t, "import", "table", "--file", file, "--mapping", mapping)
	for _, name := range []string{"ada", "bob"} {
		if got := in.runWith(t, "correct horse battery staple\n", "user", "add", name, "--role", "editor"); got.code != 0 {
			t.Fatal(got.err)
		}
	}
	s := &senders{now: time.Date(2026, 4, 1, 5, 59, 0, 0, time.UTC), mails: mailtest.Start(t, mailtest.Plain)}
	in.with(t, func(a *app.App) { s.hide(t, a) })
	engine, err := draw.New()
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	open := func(i int, a *app.App) {
		a.Desk.Now = func() time.Time { return s.now }
		a.Desk.BaseURL, a.Desk.Hooks.Transport = "https://hindsight.example.com", http.DefaultTransport
		a.Desk.Mail = mail.New(mail.Settings{Host: s.mails.Host, Port: s.mails.Port, TLS: mail.NoTLS, From: netmail.Address{Address: "hindsight@example.com"}})
		s.replicas[i] = &edition.Schedules{Desk: a.Desk, Engine: func() (*draw.Engine, error) { return engine, nil }}
	}
	in.with(t, func(a *app.App) {
		in.with(t, func(b *app.App) {
			open(0, a)
			open(1, b)
			do(s)
		})
	})
}

// hide makes OPS-2 private, for ada alone, and looks the people up.
func (s *senders) hide(t *testing.T, a *app.App) {
	t.Helper()
	for name, into := range map[string]*incident.User{"ada": &s.ada, "bob": &s.bob} {
		u, err := a.Desk.Store.UserByName(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		*into = *u
	}
	s.first = find(t, a, "OPS-1").ID
	inc := find(t, a, "OPS-2")
	inc.Private, inc.Audience = true, incident.NewAudience([]incident.ID{s.ada.ID}, nil)
	if _, err := a.Desk.Store.Update(t.Context(), func(tx incident.Tx) error { return tx.PutIncidents([]*incident.Incident{inc}) }); err != nil {
		t.Fatal(err)
	}
}

// step has both replicas at once make what is due and send what waits.
func (s *senders) step(t *testing.T) {
	t.Helper()
	var all sync.WaitGroup
	for _, r := range s.replicas {
		all.Go(func() {
			if err := r.MakeDue(t.Context()); err != nil {
				t.Errorf("MakeDue: %v", err)
			}
		})
	}
	all.Wait()
	for _, r := range s.replicas {
		all.Go(func() {
			if err := errors.Join(r.Desk.SendMail(t.Context()), r.Desk.SendPosts(t.Context())); err != nil {
				t.Errorf("sending: %v", err)
			}
		})
	}
	all.Wait()
}

func (s *senders) keeper() edition.Keeper { return edition.Keeper{User: s.ada.ID, Name: "ada"} }

func (s *senders) save(t *testing.T, change func(*incident.ReportSchedule)) incident.ReportSchedule {
	t.Helper()
	x := incident.ReportSchedule{Name: "Levels", Kind: "sla", Formats: []string{"pdf", "xlsx", "csv"}, Zone: "Europe/Berlin", Every: incident.EveryMonth, On: 1, Minute: 8 * 60, To: []string{"managers@example.org"}}
	change(&x)
	saved, err := s.replicas[0].Save(t.Context(), x, s.keeper())
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

func (s *senders) runs(t *testing.T, of incident.ID, sight incident.Sight) []incident.ReportRun {
	t.Helper()
	all, err := s.replicas[0].Desk.Store.ReportRuns(t.Context(), of, sight, 0, 50)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// channel is one whose posts are kept.
func (s *senders) channel(t *testing.T) incident.ID {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.posts = append(s.posts, string(body))
	}))
	t.Cleanup(server.Close)
	c, _, err := s.replicas[0].Desk.SaveChannel(t.Context(), incident.Channel{Name: "#reports", Format: incident.ChannelSigned, Kinds: []incident.NoticeKind{incident.NoticePublished}}, hook.Target{URL: server.URL + "/secret"})
	if err != nil {
		t.Fatal(err)
	}
	return c.ID
}

// TestScheduledReports: a report is made when it is due, by one of two replicas, about the month before, as its owner sees it, and everybody gets it once;
// what was sent is kept byte for byte.
func TestScheduledReports(t *testing.T) {
	onBoth(t, func(t *testing.T, in installation) {
		sendReports(t, in, func(s *senders) {
			mine := s.save(t, func(x *incident.ReportSchedule) {})
			git := gittest.New(t)
			folder, _, err := s.replicas[0].Desk.SaveChannel(t.Context(), incident.Channel{Name: "files", Format: incident.ChannelGit, Kinds: []incident.NoticeKind{incident.NoticePublished}},
				hook.Target{URL: git.URL, Folder: "reports", User: gittest.User, Key: gittest.Password})
			if err != nil {
				t.Fatal(err)
			}
			outside := s.save(t, func(x *incident.ReportSchedule) {
				x.Name, x.To, x.Channels, x.Formats = "For all", nil, []incident.ID{s.channel(t), folder.ID}, []string{"md"}
			})
			if s.step(t); len(s.mails.Mails())+len(s.posts) > 0 {
				t.Fatal("a report was sent before its time")
			}
			s.mails.Fail(450, "try later")
			s.now = s.now.Add(time.Minute)
			s.step(t)
			s.step(t)
			s.now = s.now.Add(2 * time.Minute)
			s.step(t)
			owner := incident.Sight{User: s.ada.ID}
			runs := s.runs(t, mine.ID, owner)
			if len(runs) != 1 || runs[0].Outcome != incident.ReportSent || !runs[0].Private || len(runs[0].Files) != 3 || !runs[0].From.Equal(time.Date(2026, 2, 28, 23, 0, 0, 0, time.UTC)) {
				t.Fatalf("runs %+v", runs)
			}
			if others := s.runs(t, mine.ID, incident.Sight{User: s.bob.ID}); len(others) > 0 {
				t.Errorf("bob may read %+v", others)
			}
			got := s.mails.Mails()
			if len(got) != 1 || got[0].To != "managers@example.org" {
				t.Fatalf("the mail server got %d mails", len(got))
			}
			text, files := openMail(t, got[0].Data)
			for _, want := range []string{"1 Mar 2026 – 31 Mar 2026 (Europe/Berlin)", "https://hindsight.example.com/reports/runs/" + string(runs[0].ID), "ada has this report sent to you"} {
				if !strings.Contains(text, want) {
					t.Errorf("the mail lacks %q:\n%s", want, text)
				}
			}
			for _, f := range runs[0].Files {
				kept, err := s.replicas[1].Desk.Store.ReportFile(t.Context(), runs[0].ID, f.Name, owner)
				if err != nil || len(kept.Body) == 0 || !bytes.Equal(kept.Body, files[f.Name]) {
					t.Errorf("%s: %d bytes were sent, %d are kept (%v)", f.Name, len(files[f.Name]), len(kept.Body), err)
				}
			}
			if !strings.Contains(string(files["sla-2026-03-01-2026-03-31.csv"]), "ada, with the private incidents that this reader may see") {
				t.Error("the report does not say for whom it was made")
			}
			public := s.runs(t, outside.ID, incident.Sight{})
			if len(public) != 1 || public[0].Private || len(s.posts) != 1 || !strings.Contains(s.posts[0], `"type":"notice.report"`) || !strings.Contains(s.posts[0], "/reports/runs/"+string(public[0].ID)) {
				t.Errorf("a channel got %q of %+v, want one report without private incidents", s.posts, public)
			}
			if there := git.Bare("ls-tree", "-r", "--name-only", "main"); !strings.HasPrefix(there, "reports/sla-2026-04-01-") || !strings.HasSuffix(there, "/sla-2026-03-01-2026-03-31.md\n") {
				t.Errorf("the repository has %q", there)
			}
			if now, err := s.replicas[0].Get(t.Context(), mine.ID, s.keeper()); err != nil || !now.NextAt.Equal(time.Date(2026, 5, 1, 6, 0, 0, 0, time.UTC)) {
				t.Errorf("it is due next at %s (%v)", now.NextAt, err)
			}
		})
	})
}

// TestScheduledReportsThatAreNotSent: what says the same is not sent again, what cannot be made says why, and what its owner may not have any more ends.
func TestScheduledReportsThatAreNotSent(t *testing.T) {
	sendReports(t, installation{dir: t.TempDir()}, func(s *senders) {
		daily := func(x *incident.ReportSchedule) {
			x.Every, x.On, x.Formats, x.OnlyChanged = incident.EveryDay, 0, []string{"md"}, true
		}
		same := s.save(t, daily)
		s.now = time.Date(2026, 4, 1, 6, 0, 0, 0, time.UTC)
		s.step(t)
		s.now = s.now.Add(72 * time.Hour) // no server ran for three days
		s.step(t)
		all := incident.Sight{All: true}
		if runs := s.runs(t, same.ID, all); len(runs) != 2 || runs[0].Outcome != incident.ReportUnchanged || len(runs[0].Files) > 0 || len(s.mails.Mails()) != 1 {
			t.Errorf("runs %+v, %d mails", runs, len(s.mails.Mails()))
		}
		if _, err := s.replicas[0].RunNow(t.Context(), same.ID, s.keeper()); err != nil {
			t.Fatal(err)
		}
		if s.step(t); len(s.mails.Mails()) != 2 {
			t.Errorf("a report that was asked for was not sent")
		}
		if _, err := s.replicas[0].Get(t.Context(), same.ID, edition.Keeper{User: s.bob.ID}); !errors.Is(err, incident.ErrNotFound) {
			t.Errorf("bob may open it: %v", err)
		}
		for field, change := range map[string]func(*incident.ReportSchedule){
			"kind":    func(x *incident.ReportSchedule) { x.Kind = "none" },
			"format":  func(x *incident.ReportSchedule) { x.Formats = []string{"docx"} },
			"service": func(x *incident.ReportSchedule) { x.Question = "service=none" },
			"channel": func(x *incident.ReportSchedule) { x.Channels = []incident.ID{"chl_none"} },
		} {
			x := same
			x.ID = ""
			change(&x)
			var invalid *incident.FieldError
			if _, err := s.replicas[0].Save(t.Context(), x, s.keeper()); !errors.As(err, &invalid) || invalid.Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}

		u := s.ada
		u.Disabled = true
		if _, err := s.replicas[0].Desk.Store.Update(t.Context(), func(tx incident.Tx) error { return tx.PutUser(u) }); err != nil {
			t.Fatal(err)
		}
		s.now = s.now.Add(24 * time.Hour)
		s.step(t)
		stopped, err := s.replicas[0].Desk.Store.ReportSchedule(t.Context(), same.ID)
		if err != nil || !stopped.Paused || stopped.Stopped != "the account of its owner is closed" || s.runs(t, same.ID, all)[0].Outcome != incident.ReportFailed || len(s.mails.Mails()) != 2 {
			t.Errorf("after its owner left it is %+v (%v), and %d mails were sent", stopped, err, len(s.mails.Mails()))
		}
		if err := s.replicas[0].Remove(t.Context(), same.ID, edition.Keeper{All: true}); err != nil || len(s.runs(t, same.ID, all)) > 0 {
			t.Errorf("Remove: %v", err)
		}
	})
}

// TestReportsThatCannotBeMade: what breaks while a report is made is tried six times and then said, and what was made already is not made again.
func TestReportsThatCannotBeMade(t *testing.T) {
	sendReports(t, installation{dir: t.TempDir()}, func(s *senders) {
		r, all := s.replicas[0], incident.Sight{All: true}
		mine := s.save(t, func(x *incident.ReportSchedule) {
			x.Every, x.On, x.Formats = incident.EveryDay, 0, []string{"md"}
		})
		engine := r.Engine
		r.Engine = func() (*draw.Engine, error) { panic("it breaks") }
		due := mine.NextAt
		for s.now = due; s.now.Before(due.Add(50 * time.Minute)); s.now = s.now.Add(10 * time.Minute) {
			if err := r.MakeDue(t.Context()); err == nil || len(s.runs(t, mine.ID, all)) > 0 {
				t.Fatalf("at %s: %v, %d runs", s.now, err, len(s.runs(t, mine.ID, all)))
			}
		}
		if err := r.MakeDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		runs := s.runs(t, mine.ID, all)
		if len(runs) != 1 || runs[0].Outcome != incident.ReportFailed || !strings.Contains(runs[0].Reason, "broke off") || len(s.mails.Mails()) > 0 {
			t.Fatalf("after six tries: %+v", runs)
		}

		r.Engine = engine
		next, err := r.Get(t.Context(), mine.ID, s.keeper())
		if err != nil || !next.NextAt.Equal(due.Add(24*time.Hour)) || next.Tries != 0 {
			t.Fatalf("it is due next at %s, after %d tries (%v)", next.NextAt, next.Tries, err)
		}
		there := incident.ReportRun{ID: incident.ReportRunID(mine.ID, next.NextAt), Schedule: mine.ID, At: s.now, From: due, To: due, DueAt: next.NextAt, Outcome: incident.ReportSent}
		if _, err := r.Desk.Store.Update(t.Context(), func(tx incident.Tx) error { return tx.PutReportRun(there) }); err != nil {
			t.Fatal(err)
		}
		s.now = next.NextAt
		s.step(t)
		if x, err := r.Get(t.Context(), mine.ID, s.keeper()); err != nil || !x.NextAt.Equal(due.Add(48*time.Hour)) || len(s.runs(t, mine.ID, all)) != 2 || len(s.mails.Mails()) > 0 {
			t.Errorf("with a run that was there it is due at %s (%v), and %d mails were sent", x.NextAt, err, len(s.mails.Mails()))
		}

		var invalid *incident.FieldError
		if _, err := r.RunNow(t.Context(), mine.ID, s.keeper()); err != nil {
			t.Fatal(err)
		}
		if _, err := r.RunNow(t.Context(), mine.ID, s.keeper()); !errors.As(err, &invalid) || !strings.Contains(invalid.Message, "in a minute") {
			t.Errorf("asked for twice in a minute: %v", err)
		}
		s.now = s.now.Add(time.Minute)
		made, err := r.RunNow(t.Context(), mine.ID, s.keeper())
		if err != nil {
			t.Fatal(err)
		}
		ctx := incident.Acting(t.Context(), incident.Actor{Kind: incident.ActorUser, ID: s.ada.ID, Name: "ada"})
		if _, err := r.Desk.ReportFile(ctx, made.ID, made.Files[0].Name, incident.Sight{User: s.ada.ID}); err != nil {
			t.Fatal(err)
		}
		noted, err := r.Desk.Store.Audit(t.Context(), incident.AuditFilter{ObjectKind: "report run", Object: made.ID, Limit: 9})
		if err != nil || len(noted) != 2 {
			t.Errorf("the audit log has %+v (%v), want that it was sent and taken away", noted, err)
		}
	})
}

// TestReportsThatMayNotGoAnyMore: a report that waits to be sent is asked about anew: whether its schedule still names the recipient, whether its owner still
// may have it, and whether it is older than three days or tells of what became private.
func TestReportsThatMayNotGoAnyMore(t *testing.T) {
	sendReports(t, installation{dir: t.TempDir()}, func(s *senders) {
		d := s.replicas[0].Desk
		update := func(f func(tx incident.Tx) error) {
			t.Helper()
			if _, err := d.Store.Update(t.Context(), f); err != nil {
				t.Fatal(err)
			}
		}
		for _, tc := range []struct {
			want   string
			change func(x incident.ReportSchedule) (back func())
		}{
			{"sent ", func(incident.ReportSchedule) func() { return func() {} }},
			{"sent ", func(incident.ReportSchedule) func() { // without its files
				s.mails.Fail(552, "the message is too large")
				return func() {
					all := s.mails.Mails()
					if text, files := openMail(t, all[len(all)-1].Data); len(files) > 0 || !strings.Contains(text, "did not take its files") {
						t.Errorf("a mail that was too large was sent as %q, with %d files", text, len(files))
					}
				}
			}},
			{"dropped its schedule does not name this recipient any more", func(x incident.ReportSchedule) func() {
				x.To = []string{"others@example.org"}
				if _, err := s.replicas[0].Save(t.Context(), x, s.keeper()); err != nil {
					t.Fatal(err)
				}
				return func() {}
			}},
			{"dropped its owner may not send reports any more", func(incident.ReportSchedule) func() {
				u := s.ada
				u.Role = incident.Viewer
				update(func(tx incident.Tx) error { return tx.PutUser(u) })
				return func() { update(func(tx incident.Tx) error { return tx.PutUser(s.ada) }) }
			}},
			{"dropped it tells of private incidents that its owner may not see any more, or that have become private", func(incident.ReportSchedule) func() {
				update(func(tx incident.Tx) error {
					return errors.Join(tx.PutTeams([]incident.Team{{ID: "team_1", Name: "Payments"}}), tx.PutMemberships(s.ada.ID, []incident.ID{"team_1"}))
				})
				return func() { update(func(tx incident.Tx) error { return tx.PutMemberships(s.ada.ID, nil) }) }
			}},
			{"dropped it is days old; have the report made again", func(x incident.ReportSchedule) func() {
				s.mails.Fail(550, "no such mailbox")
				if err := d.SendMail(t.Context()); err != nil {
					t.Fatal(err)
				}
				s.now = s.now.Add(73 * time.Hour)
				failed, err := d.Store.Outgoing(t.Context(), incident.OutgoingFilter{State: incident.OutgoingFailed, Limit: 1})
				if err != nil || len(failed) != 1 {
					t.Fatal(failed, err)
				}
				update(func(tx incident.Tx) error { return tx.RetryOutgoing(failed[0].ID, s.now) })
				return func() {}
			}},
		} {
			before := len(s.mails.Mails())
			x := s.save(t, func(x *incident.ReportSchedule) { x.Formats = []string{"md"} })
			if _, err := s.replicas[0].RunNow(t.Context(), x.ID, s.keeper()); err != nil {
				t.Fatal(err)
			}
			back := tc.change(x)
			if err := d.SendMail(t.Context()); err != nil {
				t.Fatal(err)
			}
			back()
			all, err := d.Store.Outgoing(t.Context(), incident.OutgoingFilter{Limit: 1})
			if err != nil || len(all) != 1 {
				t.Fatal(all, err)
			}
			if got := string(all[0].State) + " " + all[0].Error; got != tc.want || (len(s.mails.Mails()) > before) != strings.HasPrefix(tc.want, "sent") {
				t.Errorf("%q, and %d mails more; want %q", got, len(s.mails.Mails())-before, tc.want)
			}
			s.now = s.now.Add(time.Minute)
		}

		public := s.save(t, func(x *incident.ReportSchedule) {
			x.To, x.Channels, x.Formats = nil, []incident.ID{s.channel(t)}, []string{"md"}
		})
		run, err := s.replicas[0].RunNow(t.Context(), public.ID, s.keeper())
		if err != nil || run.Private {
			t.Fatal(run, err)
		}
		inc, err := d.Store.Incident(t.Context(), s.first)
		if err != nil {
			t.Fatal(err)
		}
		inc.Private = true
		update(func(tx incident.Tx) error { return tx.PutIncidents([]*incident.Incident{inc}) })
		if err := d.SendPosts(t.Context()); err != nil || len(s.posts) > 0 {
			t.Errorf("a report of what became private was posted: %q (%v)", s.posts, err)
		}
		if _, err := d.Store.ReportRun(t.Context(), run.ID, incident.Sight{User: s.bob.ID}); !errors.Is(err, incident.ErrNotFound) {
			t.Errorf("everybody still opens it: %v", err)
		}
	})
}

// openMail returns the plain text of a message, and its files by name.
func openMail(t *testing.T, data string) (text string, files map[string][]byte) {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	files = map[string][]byte{}
	var read func(kind string, body io.Reader, name string, encoding string)
	read = func(kind string, body io.Reader, name string, encoding string) {
		media, params, err := mime.ParseMediaType(kind)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(media, "multipart/") {
			for parts := multipart.NewReader(body, params["boundary"]); ; {
				p, err := parts.NextPart() // which reads quoted-printable
				if err == io.EOF {
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				read(p.Header.Get("Content-Type"), p, p.FileName(), p.Header.Get("Content-Transfer-Encoding"))
			}
		}
		if encoding == "base64" {
			body = base64.NewDecoder(base64.StdEncoding, body)
		}
		content, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		if name != "" {
			files[name] = content
		} else if media == "text/plain" {
			text = string(content)
		}
	}
	read(m.Header.Get("Content-Type"), m.Body, "", "")
	return text, files
}

// TestSchedulePages: who may write schedules a report by a form, sends it at once, and opens what was kept; others do not see it.
func TestSchedulePages(t *testing.T) {
	in := installation{dir: t.TempDir()}
	in.run(t, "import", "table", "--file", write(t, "incidents.csv", []byte(sheet)), "--mapping", write(t, "mapping.json", []byte(sheetMapping)))
	s := in.serve(t, false, false)
	editor, viewer := s.signedIn(t, in, "editor"), s.signedIn(t, in, "viewer")
	channel := incident.Channel{ID: "chl_1", Name: "#reports", Format: incident.ChannelSlack, Kinds: []incident.NoticeKind{incident.NoticePublished}, Secret: []byte("sealed"), CreatedAt: time.Now().UTC()}
	if _, err := s.app.Desk.Store.Update(t.Context(), func(tx incident.Tx) error { return tx.PutChannel(channel) }); err != nil {
		t.Fatal(err)
	}
	form := func(change func(url.Values)) url.Values {
		v := url.Values{"name": {"Levels <b>"}, "kind": {"sla"}, "format": {"csv", "xlsx"}, "every": {"month"}, "on": {"31"}, "at": {"08:00"}, "tz": {"Europe/Berlin"}, "channel": {"chl_1"}, "version": {"0"}}
		change(v)
		return v
	}
	for _, tc := range []struct {
		want   string
		change func(url.Values)
	}{
		{"give a time of day", func(v url.Values) { v.Set("at", "25:00") }},
		{"sends no e-mail", func(v url.Values) { v.Set("to", "managers@example.com") }},
		{"is not a time zone", func(v url.Values) { v.Set("tz", "Berlin") }},
		{"there is no service called", func(v url.Values) { v.Set("question", "service=none") }},
	} {
		if got := editor.post(t, "/reports/schedules", form(tc.change)); got.status != 422 || !strings.Contains(got.body, tc.want) || !strings.Contains(got.body, "Levels &lt;b&gt;") {
			t.Errorf("a form that should say %q: %d", tc.want, got.status)
		}
	}
	if got := editor.get(t, "/reports/schedules?report=sla&kind=drill&range=7d"); !strings.Contains(got.body, `value="kind=drill"`) {
		t.Errorf("the filters of a report that is to be sent regularly: %d", got.status)
	}
	editor.post(t, "/reports/schedules", form(func(url.Values) {}))
	all, err := s.app.Desk.Store.ReportSchedules(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	path := "/reports/schedules/" + string(all[0].ID)
	if got := editor.get(t, path); got.status != 200 || !strings.Contains(got.body, "each month on day 31 at 08:00 (Europe/Berlin)") || strings.Contains(got.body, "<b>Levels") {
		t.Errorf("GET %s = %d", path, got.status)
	}
	if got := viewer.get(t, path); got.status != 404 {
		t.Errorf("somebody else opens it: %d", got.status)
	}
	if got := viewer.get(t, "/reports/schedules"); got.status != 200 || strings.Contains(got.body, "Levels") {
		t.Errorf("somebody else sees it listed: %d", got.status)
	}
	editor.post(t, path+"/run", nil)
	runs, err := s.app.Desk.Store.ReportRuns(t.Context(), all[0].ID, incident.Sight{}, 0, 9)
	if err != nil || len(runs) != 1 || len(runs[0].Files) != 2 {
		t.Fatal(runs, err)
	}
	run := "/reports/runs/" + string(runs[0].ID)
	for _, v := range []visitor{editor, viewer} { // it was made for everybody
		if got := v.get(t, run); got.status != 200 || !strings.Contains(got.body, runs[0].Files[0].Name) {
			t.Errorf("GET %s = %d", run, got.status)
		}
		if got := v.get(t, run+"/files/"+runs[0].Files[0].Name); got.status != 200 || !strings.Contains(got.body, "table,") {
			t.Errorf("the file that was kept: %d %.80s", got.status, got.body)
		}
	}
	editor.post(t, path+"/pause", url.Values{"paused": {"true"}})
	if got := editor.get(t, "/reports/schedules"); !strings.Contains(got.body, "paused") {
		t.Error("it is not said that it is paused")
	}
	editor.post(t, path, form(func(v url.Values) { v.Set("name", "Levels, renamed"); v.Set("version", "2") }))
	if got := editor.get(t, path); !strings.Contains(got.body, "Levels, renamed") || !strings.Contains(got.body, "Go on") {
		t.Errorf("a schedule that was changed while it is paused is not paused: %d", got.status)
	}
	if got := editor.post(t, path, form(func(v url.Values) { v.Set("at", "25:00"); v.Set("version", "2") })); !strings.Contains(got.body, `name="version" value="2"`) {
		t.Errorf("a form with a slip forgets which version it changes: %d", got.status)
	}
	editor.post(t, path+"/remove", nil)
	if got := editor.get(t, run); got.status != 404 {
		t.Errorf("what was kept of a schedule that is removed: %d", got.status)
	}
}
