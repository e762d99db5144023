package web_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hindsight/incident"
	"hindsight/server/internal/auth"
)

var (
	shownLink = regexp.MustCompile(`<code id="secret">[^<]*(/shared/([A-Za-z0-9_-]{43}))</code>`)
	digest    = regexp.MustCompile(`name="digest" value="([0-9a-f]{64})"`)
)

// outside asks as somebody without an account.
func (s *importSite) outside(path string) (status int, body string, header http.Header) {
	s.Helper()
	got, err := http.Get(s.server.URL + path)
	if err != nil {
		s.Fatal(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		s.Fatal(err)
	}
	return got.StatusCode, string(text), got.Header
}

// seen is the digest of the preview that a page shows.
func (s *importSite) seen(page string) string {
	s.Helper()
	m := digest.FindStringSubmatch(page)
	if m == nil {
		s.Fatalf("the page shows no preview:\n%s", said(page))
	}
	return m[1]
}

// published puts a published retrospective, whose draft goes on.
func (s *importSite) published() {
	s.Helper()
	checkout, tills := incident.NewService("checkout-api"), incident.NewTeam("Till Crew")
	checkout.Alias = []string{"Basket Backend"}
	inc := outage(s, checkout)
	inc.Title, inc.Actions = "Checkout fails", []incident.ActionItem{{Key: "a", Title: "Ask Acme to wait", State: "open"}}
	at := inc.StartedAt()
	sections := []incident.RetroSection{{Incident: inc.ID, Slug: "summary", Place: 1, Title: "Summary", ChangedAt: at, Text: "Responder One rolled checkout-api out to web-01 at 10.1.2.3 for Acme. The Till Crew, now Payments Crew, watch the basket-backend. <!-- hidden --> See [it](/incidents/inc_1)."},
		{Incident: inc.ID, Slug: "timeline", Place: 2, Title: "Timeline", ChangedAt: at}, {Incident: inc.ID, Slug: "actions", Place: 3, Title: "Action items", Text: "We promise web-09.", ChangedAt: at}}
	now := slices.Clone(sections)
	now[0].Text = "A draft that nobody outside reads."
	body := incident.RetroBody{Title: "Checkout <b>failed</b> on web-01", Sections: sections, Milestones: inc.Milestones, Actions: inc.Actions,
		Moments: []incident.Moment{{ID: "mom_1", Incident: inc.ID, At: at, Lane: "key", Title: "Responder took web-01 out", KnownThen: "we thought of the database", ChangedBy: "admin", ChangedAt: at}}}
	s.put(func(tx incident.Tx) []error { return []error{tx.PutTeams([]incident.Team{tills})} })
	admin := incident.Acting(s.T.Context(), incident.Actor{Kind: incident.ActorUser, ID: "usr_1", Name: "admin"})
	if _, _, err := s.app.Desk.RenameTeam(admin, tills.ID, "Payments Crew"); err != nil {
		s.Fatal(err)
	}
	s.put(func(tx incident.Tx) []error {
		return []error{tx.PutServices([]incident.Service{checkout}), tx.PutIncidents([]*incident.Incident{inc}),
			tx.PutRetro(incident.Retro{Incident: inc.ID, Version: 1, Title: "Draft", State: incident.RetroRevised, Number: 2, PublishedAt: at, CreatedAt: at, ChangedAt: at}), tx.PutRetroSections(now),
			tx.PutRetroSnapshot(incident.RetroSnapshot{ID: "snap_1", Incident: inc.ID, Why: incident.SnapshotPublished, Number: 2, At: at, Body: body})}
	})
}

// TestShare goes from a published retrospective to people outside, and back to nothing.
func TestShare(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Admin)
	s.published()
	const at = "/incidents/inc_1/retrospective/share"

	page := s.get(at, http.StatusOK)
	s.lists(at, []string{"For whom", "Timeline", "Action items (not for customers)", "What is masked", "web-01", "it looks like the name of a machine or a site", "[a host]",
		"What they will read", "Checkout <b>failed</b> on [a host]", "The incident commander rolled [a service] out to [a host] at [an address] for Acme. The [a team], now [a team], watch the [a service]. See it."}, []string{"A draft", "web-09", "we thought", "hidden"})
	s.post(at, http.StatusUnprocessableEntity, "do", "make", "chosen", "yes", "profile", "customers", "section", "summary", "digest", s.seen(page))           // for ever
	s.post(at, http.StatusUnprocessableEntity, "do", "make", "chosen", "yes", "profile", "customers", "days", "7", "digest", s.seen(page))                    // without a section
	s.post(at, http.StatusUnprocessableEntity, "do", "make", "chosen", "yes", "profile", "nobody", "section", "summary", "days", "7", "digest", s.seen(page)) // an unknown profile
	if many, _ := s.post(at, http.StatusOK, "do", "preview", "chosen", "yes", "profile", "partners", "section", "summary", "words", strings.Repeat("word\n", 201)); !strings.Contains(many, "give at most 200 words") || !strings.Contains(many, `value="partners" checked`) {
		t.Errorf("too many words are not refused, or what was chosen besides is lost:\n%s", said(many))
	}
	s.post(at, http.StatusConflict, "do", "make", "chosen", "yes", "profile", "whole", "section", "summary", "days", "7", "digest", s.seen(page))                 // not what was seen
	s.post(at, http.StatusUnprocessableEntity, "do", "make", "chosen", "yes", "profile", "customers", "days", "date", "date", "2020-01-01", "section", "summary") // over

	terms := []string{"chosen", "yes", "profile", "customers", "section", "summary", "section", "timeline", "words", "acme\r\n", "keep", "host:web-01", "days", "7"}
	preview, _ := s.post(at, http.StatusOK, append([]string{"do", "preview"}, terms...)...)
	if text := said(preview); !strings.Contains(text, "out to web-01 at [an address] for [left out].") {
		t.Errorf("the preview does not follow the terms:\n%s", text)
	}
	made, _ := s.post(at, http.StatusOK, append([]string{"do", "make", "digest", s.seen(preview)}, terms...)...)
	link := shownLink.FindStringSubmatch(made)
	if link == nil {
		t.Fatalf("no link is shown:\n%s", said(made))
	}
	if strings.Contains(s.get(at, http.StatusOK), link[2]) {
		t.Error("the link is shown a second time")
	}

	status, body, header := s.outside(link[1])
	if status != http.StatusOK {
		t.Fatalf("GET the link = %d", status)
	}
	for _, want := range []string{"Checkout &lt;b&gt;failed&lt;/b&gt; on web-01", "The incident commander rolled [a service] out to web-01 at [an address] for [left out].", "The incident commander took web-01 out", "UTC"} {
		if !strings.Contains(body, want) {
			t.Errorf("people outside do not read %q:\n%s", want, body)
		}
	}
	for _, never := range []string{"Responder", "checkout-api", "basket", "Till", "Crew", "10.1.2.3", "Acme", "promise", "draft", "hidden", "we thought", "admin", "inc_1", "<script", "src="} {
		if strings.Contains(body, never) {
			t.Errorf("people outside read %q:\n%s", never, body)
		}
	}
	for name, want := range map[string]string{"Content-Security-Policy": "default-src 'none'", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "noindex"} {
		if !strings.Contains(header.Get(name), want) {
			t.Errorf("%s is %q", name, header.Get(name))
		}
	}
	if header.Get("Set-Cookie") != "" {
		t.Error("a cookie is set")
	}
	if _, markdown, header := s.outside(link[1] + "/export/retrospective.md"); !strings.Contains(markdown, "# Checkout \\<b\\>failed\\</b\\> on web-01\n") || !strings.Contains(markdown, "## Timeline\n\n- **") || !strings.Contains(markdown, "- Lasted: 1h 30m\n") || !strings.Contains(header.Get("Content-Disposition"), "attachment") || strings.Contains(markdown, "Responder") {
		t.Errorf("the Markdown is %q", markdown)
	}
	if status, file, _ := s.outside(link[1] + "/export/retrospective.html"); status != http.StatusOK || strings.Contains(file, link[2]) {
		t.Errorf("the page that stands alone = %d, or it holds the link", status)
	}
	s.lists(at, []string{"1 link", "✓ open", "by admin", "customers", "version 2", "3 times"}, nil)
	s.lists("/admin/links", []string{"Shared links", "Draft", "INC0001", "3 times", "✓ open"}, nil)

	s.keepsTheToken(link[2])
	s.refreshed(at, link[1])
	s.stops(at, link[1])
}

// keepsTheToken looks for a token in everything that is kept.
func (s *importSite) keepsTheToken(token string) {
	s.Helper()
	store := s.app.Desk.Store
	shares, err := store.RetroShares(s.T.Context(), "inc_1", incident.Sight{All: true})
	if err != nil || len(shares) != 1 || shares[0].Hash != auth.Hash(token) {
		s.Fatalf("%v, %+v", err, shares)
	}
	entries, err := store.Audit(s.T.Context(), incident.AuditFilter{Limit: 1000})
	if err != nil {
		s.Fatal(err)
	}
	text, err := json.Marshal(entries)
	if err != nil {
		s.Fatal(err)
	}
	for _, never := range []string{token, auth.Hash(token), "acme", "host:web-01", "[left out]"} {
		if strings.Contains(string(text), never) {
			s.Errorf("the audit log holds %q", never)
		}
	}
	if !strings.Contains(string(text), string(shares[0].ID)) {
		s.Error("the audit log does not say that a link was made")
	}
}

// refreshed: what is published later is shown once a person lets it be.
func (s *importSite) refreshed(at, link string) {
	s.Helper()
	s.put(func(tx incident.Tx) []error {
		now := s.app.Desk.Now().UTC()
		return []error{tx.PutRetro(incident.Retro{Incident: "inc_1", Version: 2, Title: "Newer", State: incident.RetroPublished, Number: 3, PublishedAt: now, CreatedAt: now, ChangedAt: now}),
			tx.PutRetroSnapshot(incident.RetroSnapshot{ID: "snap_2", Incident: "inc_1", Why: incident.SnapshotPublished, Number: 3, At: now, Body: incident.RetroBody{Title: "Newer",
				Sections: []incident.RetroSection{{Slug: "summary", Title: "Summary", Text: "What is newer, by Acme."}}}})}
	})
	if _, body, _ := s.outside(link); strings.Contains(body, "newer") {
		s.Error("a link shows what nobody let it show")
	}
	s.lists(at, []string{"version 2, not the newest"}, nil)
	shares, err := s.app.Desk.Store.RetroShares(s.T.Context(), "inc_1", incident.Sight{All: true})
	if err != nil {
		s.Fatal(err)
	}
	id := string(shares[0].ID)
	page := s.get(at+"?link="+id, http.StatusOK)
	s.post(at, http.StatusSeeOther, "do", "refresh", "link", id, "chosen", "yes", "profile", "customers", "section", "summary", "words", "acme", "keep", "host:web-01", "digest", s.seen(page))
	if _, body, _ := s.outside(link); !strings.Contains(body, "What is newer, by [left out].") {
		s.Errorf("the link does not show what it was let show:\n%s", body)
	}
}

// stops: whatever the reason is that a link opens nothing, it looks the same.
func (s *importSite) stops(at, link string) {
	s.Helper()
	_, unknown, _ := s.outside("/shared/" + strings.Repeat("x", 43))
	if !strings.Contains(unknown, "This link does not open anything (any more)") {
		s.Errorf("an unknown link shows %s", unknown)
	}
	shut := func(why string) {
		s.Helper()
		if status, body, header := s.outside(link); status != http.StatusNotFound || body != unknown || header.Get("Set-Cookie") != "" {
			s.Errorf("the link that is %s = %d\n%s", why, status, body)
		}
		if status, _, _ := s.outside(link + "/export/retrospective.md"); status != http.StatusNotFound {
			s.Errorf("the file of the link that is %s = %d", why, status)
		}
	}
	hide := func(private bool) {
		inc, err := s.app.Desk.Store.Incident(s.T.Context(), "inc_1")
		if err != nil {
			s.Fatal(err)
		}
		inc.Private = private
		s.put(func(tx incident.Tx) []error { return []error{tx.PutIncidents([]*incident.Incident{inc})} })
	}
	hide(true)
	shut("to a private incident")
	s.lists(at, []string{"It cannot be shared", "This incident is private"}, []string{"Make the link"})
	s.post(at, http.StatusUnprocessableEntity, "do", "make", "chosen", "yes", "profile", "customers", "section", "summary", "days", "7")
	reads := func() []incident.AuditEntry {
		entries, err := s.app.Desk.Store.Audit(s.T.Context(), incident.AuditFilter{Action: incident.AuditRead})
		if err != nil {
			s.Fatal(err)
		}
		return entries
	}
	before := len(reads())
	s.lists("/admin/links", []string{"INC0001", "private, opens nothing"}, nil)
	if now := reads(); len(now) != before+1 || !strings.Contains(string(now[0].Facts), "inc_1") {
		s.Errorf("the list of links left %d entries, the last of them %s", len(now)-before, now[0].Facts)
	}
	hide(false)
	if status, _, _ := s.outside(link); status != http.StatusOK {
		s.Errorf("the link to an incident that is public again = %d", status)
	}
	shares, err := s.app.Desk.Store.RetroShares(s.T.Context(), "inc_1", incident.Sight{All: true})
	if err != nil || len(shares) != 1 {
		s.Fatalf("%v, %d links", err, len(shares))
	}
	s.post(at+"/"+string(shares[0].ID)+"/revoke", http.StatusSeeOther)
	shut("revoked")
	s.lists(at, []string{"✕ revoked", "by admin"}, []string{"Revoke the link"})
	s.put(func(tx incident.Tx) []error { return []error{tx.DeleteRetrospectives([]incident.ID{"inc_1"})} })
	shut("of a retrospective that is gone")
	if _, err := s.app.Desk.Store.RetroShare(s.T.Context(), shares[0].ID); !errors.Is(err, incident.ErrNotFound) {
		s.Errorf("the link outlives its retrospective: %v", err)
	}
}
