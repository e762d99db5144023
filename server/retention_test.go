package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/incident/incidenttest"
	"hindsight/server/internal/app"
	"hindsight/server/internal/config"
	"hindsight/server/internal/desk"
)

// agingSheet has a matter that is long over, one that is over, one that goes on, and a row that cannot be read. It is made up.
const agingSheet = `ref,what,details,who,opened,fixed
OLD-1,Disks were full,They filled up,Responder One,2015-03-01T09:00:00Z,2015-03-01T10:00:00Z
NEW-1,Mail delayed,It was slow,Responder One,2026-03-02T09:00:00Z,2026-03-02T12:00:00Z
OPEN-1,Checkout fails,It goes on,Responder One,2026-03-03T09:00:00Z,
BAD-1,Broken row,It has no time,Responder One,yesterday,
`

// later opens the program some days from now.
func (in installation) later(t *testing.T, days int) *app.App {
	t.Helper()
	a, err := app.Open(t.Context(), app.Options{Config: config.Config{Data: in.dir, DatabaseURL: in.url, BaseURL: "http://127.0.0.1"}, Parts: app.Found, Version: "test",
		Now: func() time.Time { return time.Now().AddDate(0, 0, days) }, Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	return a
}

// aging fills an installation with the sheet, a private and a public note on NEW-1, and documents on OLD-1 and NEW-1.
func aging(t *testing.T, in installation) {
	t.Helper()
	dir := t.TempDir()
	file, mapping := filepath.Join(dir, "incidents.csv"), filepath.Join(dir, "mapping.json")
	for path, text := range map[string]string{file: agingSheet, mapping: sheetMapping} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	in.run(t, "import", "table", "--file", file, "--mapping", mapping)
	in.with(t, func(a *app.App) {
		old, fresh := find(t, a, "OLD-1"), find(t, a, "NEW-1")
		if _, err := a.Desk.Store.Update(t.Context(), func(tx incident.Tx) error {
			var err error
			for _, inc := range []*incident.Incident{old, fresh} {
				retro := incidenttest.Retro()
				retro.Incident = inc.ID
				err = errors.Join(err, tx.PutRetrospectives([]incident.Retrospective{{Incident: inc.ID, Title: "What we learnt"}}), tx.PutRetro(retro),
					tx.PutRetroSections([]incident.RetroSection{{Incident: inc.ID, Slug: "summary", Title: "Summary", ChangedAt: retro.ChangedAt}}))
			}
			note := func(id incident.ID, private bool) incident.TimelineEvent {
				return incident.TimelineEvent{ID: id, At: time.Now(), Kind: incident.EventKind("note"), Actor: "Responder One", Text: "Looks", Private: private}
			}
			return errors.Join(err, tx.PutTimeline(map[incident.ID][]incident.TimelineEvent{fresh.ID: {note("evt_private", true), note("evt_public", false)}}))
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func find(t *testing.T, a *app.App, external string) *incident.Incident {
	t.Helper()
	inc, err := a.Desk.Store.FindIncident(t.Context(), "table", external)
	if err != nil {
		t.Fatalf("FindIncident(%s): %v", external, err)
	}
	return inc
}

// raws returns the external ids of the raw records that are kept.
func raws(t *testing.T, a *app.App) string {
	t.Helper()
	conns, err := a.Desk.Store.Connections(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, c := range conns {
		for raw, err := range a.Desk.Store.LatestRaws(t.Context(), c.ID) {
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, raw.ExternalID)
		}
	}
	return strings.Join(ids, " ")
}

// TestRetention: what the rules name goes, and nothing else; figures stay when incidents are stripped; the audit log says what went.
func TestRetention(t *testing.T) {
	onBoth(t, func(t *testing.T, in installation) {
		aging(t, in)
		before := figures(t, in)
		func() {
			a := in.later(t, 800)
			defer a.Close()
			keeps(t, a)
		}()
		if now := figures(t, in); now != before {
			t.Errorf("figures were\n%s\nand are\n%s", before, now)
		}
		in.mustRun(t, "audit", "verify")
		a := in.later(t, 800)
		defer a.Close()
		if _, err := a.Desk.Retain(t.Context(), incident.Retention{IncidentYears: 7, Incidents: incident.Discard}, true); err != nil {
			t.Fatal(err)
		}
		if inc := find(t, a, "OLD-1"); inc.DeletedAt.IsZero() || inc.Title != "" {
			t.Errorf("an incident that the rules delete is %+v", inc)
		}
	})
}

func keeps(t *testing.T, a *app.App) {
	ctx := incident.Acting(t.Context(), incident.Actor{Kind: incident.ActorSystem, ID: "sweep"})
	retain := func(rule incident.Retention, write bool, want desk.Kept) {
		t.Helper()
		if got, err := a.Desk.Retain(ctx, rule, write); err != nil || got != want {
			t.Errorf("Retain(%+v, %v) = %+v, %v; want %+v", rule, write, got, err, want)
		}
	}
	all := raws(t, a)
	if n := len(strings.Fields(all)); n != 4 {
		t.Fatalf("%d raw records, want 4: %s", n, all)
	}
	rule := incident.Retention{RawDays: 400, NoteDays: 90, IncidentYears: 7, Incidents: incident.Strip}
	want := desk.Kept{Raws: 2, Notes: 1, Incidents: 1}
	retain(incident.Retention{}, true, desk.Kept{})
	retain(incident.Retention{RawDays: 900, NoteDays: 900, IncidentYears: 50, Incidents: incident.Strip}, true, desk.Kept{})
	retain(rule, false, want)
	if got := raws(t, a); got != all {
		t.Errorf("after a look %q are kept, want %q", got, all)
	}
	retain(rule, true, want)
	retain(rule, true, desk.Kept{})
	if got := raws(t, a); strings.Contains(got, "OLD-1") || strings.Contains(got, "NEW-1") || len(strings.Fields(got)) != 2 {
		t.Errorf("%q are kept, want those of the matter that goes on and of the row that waits", got)
	}
	old, fresh := find(t, a, "OLD-1"), find(t, a, "NEW-1")
	if old.Title != "" || old.Description != "" || len(old.People) != 0 || !old.DeletedAt.IsZero() || fresh.Title != "Mail delayed" {
		t.Errorf("the old incident is %+v and the new one %q; want words and people of the old one alone gone", old, fresh.Title)
	}
	documents, err := a.Desk.Store.Retrospectives(ctx, []incident.ID{old.ID, fresh.ID})
	_, written := a.Desk.Store.Retro(ctx, old.ID)
	_, kept := a.Desk.Store.Retro(ctx, fresh.ID)
	if _, there := documents[old.ID]; err != nil || there || len(documents) != 1 || !errors.Is(written, incident.ErrNotFound) || kept != nil {
		t.Errorf("documents are %+v, %v; those written here: %v and %v; want that of the new incident alone", documents, err, written, kept)
	}
	lines, err := a.Desk.Store.Timelines(ctx, []incident.ID{fresh.ID})
	if events := lines[fresh.ID]; err != nil || len(events) != 1 || events[0].Private {
		t.Errorf("the timeline is %+v, %v; want the public note alone", events, err)
	}
	entries, err := a.Desk.Store.Audit(ctx, incident.AuditFilter{ObjectKind: "retention"})
	if err != nil || len(entries) != 1 || entries[0].Actor.ID != "sweep" || !strings.Contains(string(entries[0].Facts), `"raw_records":2`) {
		t.Errorf("the audit log says %+v, %v; want one entry of the job with two raw records", entries, err)
	}
	keptOnceADay(ctx, t, a, rule)
}

// keptOnceADay: rules are kept to once a day, and what that took away is remembered.
func keptOnceADay(ctx context.Context, t *testing.T, a *app.App, rule incident.Retention) {
	if err := a.Desk.KeepToRetention(ctx); err != nil {
		t.Fatal(err)
	}
	if last, err := a.Desk.LastRetention(ctx); err != nil || !last.At.IsZero() {
		t.Errorf("without rules they were kept to at %s, %v", last.At, err)
	}
	if _, err := a.Desk.SaveRetention(ctx, rule, 0, "admin", ""); err != nil {
		t.Fatal(err)
	}
	var times []time.Time
	for range 2 {
		if err := a.Desk.KeepToRetention(ctx); err != nil {
			t.Fatal(err)
		}
		last, err := a.Desk.LastRetention(ctx)
		if err != nil || last.At.IsZero() || last.Kept != (desk.Kept{}) {
			t.Errorf("LastRetention = %+v, %v; want today, and that nothing went", last, err)
		}
		times = append(times, last.At)
	}
	if !times[0].Equal(times[1]) {
		t.Errorf("the rules were kept to at %v on one day, want once", times)
	}
}

// TestRetentionPage: rules are tried, saved, saved against somebody else's version, and taken back.
func TestRetentionPage(t *testing.T) {
	onBoth(t, func(t *testing.T, in installation) {
		aging(t, in)
		s := newSite(t, in.later(t, 800))
		admin := s.signedIn(t, in, "admin")
		says := func(got response, status int, want ...string) response {
			t.Helper()
			safe(t, "/admin/retention", got)
			text := visibleText(t, got.body)
			for _, w := range want {
				if got.status != status || !strings.Contains(text, w) {
					t.Errorf("the answer is %d, want %d and %q in\n%.3000s", got.status, status, w, text)
				}
			}
			return got
		}
		send := func(action, version, raws, why string) response {
			return admin.post(t, "/admin/retention", url.Values{"action": {action}, "version": {version}, "raw_days": {raws}, "note_days": {"90"}, "incident_years": {"7"}, "incidents": {"strip"}, "note": {why}})
		}
		page := admin.get(t, "/admin/retention")
		says(page, http.StatusOK, "Everything is kept for ever", "Nobody has saved a rule")
		says(send("try", "0", "400", ""), http.StatusOK, "What the rules below would take away", "Those of matters that are over go 400 days after they were received 2", "They go 90 days after they were written 1", "7 years after they began; figures stay 1")
		says(admin.get(t, "/admin/retention"), http.StatusOK, "Everything is kept for ever")
		says(send("try", "0", "soon", ""), http.StatusUnprocessableEntity, `"soon" is not a number from 1 up`)
		says(admin.post(t, "/admin/retention", url.Values{"action": {"save"}, "version": {"0"}, "audit_days": {"5"}}), http.StatusUnprocessableEntity, "the audit log is kept for 90 days at least")
		says(admin.post(t, "/admin/retention", url.Values{"action": {"save"}, "version": {"0"}, "incident_years": {"5"}}), http.StatusUnprocessableEntity, "say strip or delete together with incident_years")
		if got := send("save", "0", "400", "<script>alert(1)</script>"); got.status != http.StatusSeeOther {
			t.Fatalf("POST /admin/retention = %d\n%.2000s", got.status, visibleText(t, got.body))
		}
		says(admin.get(t, "/admin/retention"), http.StatusOK, "Those of matters that are over go 400 days after they were received 2", "They were not kept to yet", "by admin", "<script>alert(1)</script>")
		says(send("save", "0", "500", ""), http.StatusUnprocessableEntity, "Another version was saved meanwhile, and yours was not")
		if got := send("save", "1", "500", ""); got.status != http.StatusSeeOther {
			t.Fatalf("POST /admin/retention with the newest version = %d", got.status)
		}
		says(send("save", "1", "600", ""), http.StatusUnprocessableEntity, "Another version was saved meanwhile")
		if err := s.app.Desk.KeepToRetention(t.Context()); err != nil {
			t.Fatal(err)
		}
		says(admin.get(t, "/admin/retention"), http.StatusOK, "500 days after they were received 0", "2 raw records, 1 private note, 1 incident.", "every time that something went")
		says(admin.get(t, "/admin/audit?kind=retention"), http.StatusOK, "raw records: 2")
		age(t, s)
		got := send("save", "2", "600", "later")
		if want := "/me/confirm?next=" + url.QueryEscape("/admin/retention?incident_years=7&incidents=strip&note=later&note_days=90&raw_days=600"); got.status != http.StatusSeeOther || got.header.Get("Location") != want {
			t.Errorf("saving long after signing in = %d to %q, want %q", got.status, got.header.Get("Location"), want)
		}
		if page := admin.get(t, "/admin/retention?raw_days=600&note=later"); !strings.Contains(page.body, `value="600"`) || !strings.Contains(page.body, `value="later"`) {
			t.Error("what was about to be saved is not in the form any more")
		}
		admin.post(t, "/me/confirm", url.Values{"password": {password}, "next": {"/admin/retention"}})
		if got := admin.post(t, "/admin/retention/remove", nil); got.status != http.StatusSeeOther {
			t.Fatalf("POST /admin/retention/remove = %d", got.status)
		}
		says(admin.get(t, "/admin/retention"), http.StatusOK, "Everything is kept for ever", "the last one was taken back", "taken back")
		says(send("save", "0", "600", ""), http.StatusUnprocessableEntity, "Another version was saved meanwhile")
		if got := admin.get(t, "/admin/retention/look?raw_days=-1"); got.status != http.StatusUnprocessableEntity {
			t.Errorf("a look at rules that cannot be = %d", got.status)
		}
		for _, role := range []string{"viewer", "editor", "manager"} {
			if got := s.signedIn(t, in, role).get(t, "/admin/retention"); got.status != http.StatusForbidden {
				t.Errorf("GET /admin/retention as %s = %d", role, got.status)
			}
		}
	})
}
