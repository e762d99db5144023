package web_test

import (
	"encoding/xml"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/auth"
)

// TestHeard: who reads what was published is counted, once, and nobody else is; links and factors that were taken up count where they stand.
func TestHeard(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Admin)
	s.published()
	const at = "/incidents/inc_1/retrospective"
	store := s.app.Desk.Store
	retro, err := store.Retro(t.Context(), "inc_1")
	if err != nil {
		t.Fatal(err)
	}
	retro.Version, retro.CreatedBy, retro.ChangedBy = retro.Version+1, "admin", "admin"
	s.put(func(tx incident.Tx) []error { return []error{tx.PutRetro(*retro)} })

	s.lists(at, []string{"Too new to tell who reads it"}, []string{"cited in", "reused in"}) // by who wrote it
	s.signIn(incident.Viewer)
	req, err := http.NewRequest(http.MethodGet, s.server.URL+at, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Sec-Purpose", "prefetch")
	s.do(req, http.StatusOK)
	s.get(at+"/export/retrospective.md", http.StatusOK)
	s.get("/api/v1/incidents/inc_1/retrospective/details", http.StatusOK)
	s.lists(at+"/heard", []string{"Nobody yet, but it is too new to tell"}, nil)
	s.lists(at, []string{"Read by one person"}, nil)
	s.get(at, http.StatusOK)
	s.lists(at, []string{"Read by one person"}, nil)
	s.signIn(incident.Editor)
	s.lists(at, []string{"Read by 2 people"}, []string{"cited in", "reused in"})
	rows := func(query string) string { return s.get("/api/v1/retrospectives"+query, http.StatusOK) }
	if got := rows("?read=most"); !strings.Contains(got, `"heard":{"readers":2,"readers_90_days":2,"unread":false,"cited":0,"reused":0}`) {
		t.Errorf("the API tells %s", got)
	}
	if got := rows("?read=never"); !strings.Contains(got, `"total":0`) {
		t.Errorf("the API lists as never read %s", got)
	}
	s.get("/api/v1/retrospectives?read=always", http.StatusUnprocessableEntity)

	now := s.app.Desk.Now().UTC()
	other := &incident.Incident{ID: "inc_2", Number: "INC0002", Title: "Search <i>fails</i>, too", Status: incident.Resolved, Severity: incident.Sev2, Kind: incident.Real, Origin: incident.OriginManual}
	other.Milestones.Set(incident.Opened, now.AddDate(0, 0, -40), incident.ToSecond, incident.FromField, "test", "opened")
	old := incident.Retro{Incident: "inc_2", Version: 1, Title: "Search", State: incident.RetroPublished, Number: 1, PublishedAt: now.AddDate(0, 0, -30), CreatedAt: now, CreatedBy: "admin", ChangedAt: now}
	s.put(func(tx incident.Tx) []error {
		return []error{tx.PutIncidents([]*incident.Incident{other}), tx.PutRetro(old), tx.PutReading(incident.Retrospective{Incident: "inc_2", Title: "Search",
			Sections: []incident.Section{{Slug: "summary", Title: "Summary", Body: "As [before](/incidents/inc_1/retrospective#section-summary)."}}}, now)}
	})
	s.post("/incidents/inc_2/factors", http.StatusUnprocessableEntity, "action", "add", "role", "contributing", "text", "a cold cache", "from", "inc_nothing", "back", "/incidents/inc_2/retrospective/factors")
	s.post("/incidents/inc_2/factors", http.StatusSeeOther, "action", "add", "role", "contributing", "text", "a cold cache", "from", "inc_1", "back", "/incidents/inc_2/retrospective/factors")
	s.lists(at, []string{"Read by 2 people", "cited in 1", "reused in 1"}, nil)
	s.lists(at+"/heard", []string{"By 2 people", "Cited 1", "Search <i>fails</i>, too", "INC0002", "Reused 1", "INC0002"}, nil)
	s.lists("/retrospectives?read=never", []string{"Readers", "Never read , remove this filter", "Search", "never read"}, []string{"Draft"})
	s.lists("/retrospectives?read=most", []string{"Draft", "2 read it, 1 cite it, 1 reuse it", "Search", "never read"}, nil)
	s.get("/retrospectives?team=nobody", http.StatusUnprocessableEntity)

	other.Private, other.Edits = true, s.incidentOf("inc_2").Edits
	s.put(func(tx incident.Tx) []error { return []error{tx.PutIncidents([]*incident.Incident{other})} })
	s.lists(at, []string{"Read by 2 people"}, []string{"cited in", "reused in"})
	s.lists(at+"/heard", []string{"No other retrospective"}, []string{"fails, too", "fails</i>", "INC0002"})

	if _, err := s.app.Desk.Auth.CreateUser(t.Context(), "reader.three", "", password, incident.Viewer); err != nil {
		t.Fatal(err)
	}
	s.password("reader.three") // who is then erased
	s.lists(at, []string{"Read by 3 people"}, nil)
	who, err := s.app.Desk.Subject(t.Context(), "reader.three", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.app.Desk.BeginErase(t.Context(), who, "command line", false); err != nil {
		t.Fatal(err)
	}
	reach, err := store.RetroReach(t.Context(), incident.Sight{}, "inc_1")
	if err != nil || reach["inc_1"].Readers != 3 || reach["inc_1"].Lately != 2 {
		t.Errorf("after the erasure: %+v, %v", reach["inc_1"], err)
	}
}

func (s *importSite) incidentOf(id incident.ID) *incident.Incident {
	s.Helper()
	inc, err := s.app.Desk.Store.Incident(s.T.Context(), id)
	if err != nil {
		s.Fatal(err)
	}
	return inc
}

// feedOf are the parts of a feed that RFC 4287 asks for, read by a reader of XML that knows nothing of how it was written.
type feedOf struct {
	XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string   `xml:"http://www.w3.org/2005/Atom id"`
	Title   string   `xml:"http://www.w3.org/2005/Atom title"`
	Updated string   `xml:"http://www.w3.org/2005/Atom updated"`
	Author  string   `xml:"http://www.w3.org/2005/Atom author>name"`
	Links   []struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"`
	} `xml:"http://www.w3.org/2005/Atom link"`
	Entries []struct {
		ID      string `xml:"id"`
		Title   string `xml:"title"`
		Updated string `xml:"updated"`
		Author  string `xml:"author>name"`
		Summary string `xml:"summary"`
		Link    struct {
			Href string `xml:"href,attr"`
		} `xml:"link"`
	} `xml:"http://www.w3.org/2005/Atom entry"`
}

// TestFeed: a feed reader, which cannot sign in, reads with a token that opens nothing else.
func TestFeed(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Admin)
	s.published()
	admin, err := s.app.Desk.Store.UserByName(t.Context(), "admin")
	if err != nil {
		t.Fatal(err)
	}
	token := func(abilities ...incident.Ability) string {
		secret, _, err := s.app.Desk.Auth.CreateToken(t.Context(), auth.NewToken{Name: "feeds", Owner: *admin, Abilities: abilities, Lasts: time.Hour, Grants: incident.Abilities})
		if err != nil {
			t.Fatal(err)
		}
		return secret
	}
	const path = "/api/v1/retrospectives.atom"
	narrow := token(incident.Feed)
	ask := func(query string, headers ...string) (*http.Response, string) {
		t.Helper()
		req, err := http.NewRequest(http.MethodGet, s.server.URL+path+query, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(headers); i += 2 {
			req.Header.Set(headers[i], headers[i+1])
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res, string(body)
	}
	read := func(query string) feedOf {
		t.Helper()
		res, body := ask(query)
		if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "application/atom+xml; charset=utf-8" {
			t.Fatalf("GET %s = %d %s\n%s", query, res.StatusCode, res.Header.Get("Content-Type"), body)
		}
		var f feedOf
		if err := xml.Unmarshal([]byte(body), &f); err != nil {
			t.Fatalf("%v in\n%s", err, body)
		}
		return f
	}

	f := read("?token=" + narrow)
	if f.ID == "" || f.Title == "" || f.Author == "" || len(f.Links) == 0 || f.Links[0].Rel != "self" || !strings.HasSuffix(f.Links[0].Href, path) || strings.Contains(f.ID+f.Links[0].Href, narrow) {
		t.Errorf("the feed is %+v", f)
	}
	at := s.incidentOf("inc_1").StartedAt().UTC().Format(time.RFC3339)
	if len(f.Entries) != 1 || f.Updated != at {
		t.Fatalf("the feed has %d entries, as of %s, want one of %s", len(f.Entries), f.Updated, at)
	}
	e := f.Entries[0]
	if e.Title != "Checkout <b>failed</b> on web-01" || e.Updated != at || !strings.HasSuffix(e.ID, "/incidents/inc_1/retrospective") || e.Link.Href != e.ID || e.Author == "" || !strings.HasPrefix(e.Summary, "Responder One rolled checkout-api") || strings.Contains(e.Summary, "draft") {
		t.Errorf("the entry is %+v", e)
	}

	res, body := ask("?token=" + narrow)
	for name, value := range map[string]string{"If-None-Match": res.Header.Get("ETag"), "If-Modified-Since": res.Header.Get("Last-Modified")} {
		if again, rest := ask("?token="+narrow, name, value); value == "" || again.StatusCode != http.StatusNotModified || rest != "" {
			t.Errorf("with %s %q: %d %q", name, value, again.StatusCode, rest)
		}
	}
	if strings.Contains(body, narrow) || strings.Contains(body, "<b>") {
		t.Errorf("the feed holds what it must not:\n%s", body)
	}
	for what, x := range map[string]struct {
		query  string
		status int
	}{
		"no token":              {"", http.StatusUnauthorized},
		"an unknown token":      {"?token=hst_" + strings.Repeat("x", 43), http.StatusUnauthorized},
		"a token that can more": {"?token=" + token(incident.Read, incident.Feed), http.StatusForbidden},
		"a token without it":    {"?token=" + token(incident.Read), http.StatusForbidden},
		"an unknown team":       {"?team=nobody&token=" + narrow, http.StatusUnprocessableEntity},
	} {
		if res, body := ask(x.query); res.StatusCode != x.status {
			t.Errorf("%s: %d, want %d: %s", what, res.StatusCode, x.status, body)
		}
	}
	if res, _ := ask("", "Authorization", "Bearer "+token(incident.Read)); res.StatusCode != http.StatusOK {
		t.Errorf("with a header: %d", res.StatusCode)
	}
	req, _ := http.NewRequest(http.MethodGet, s.server.URL+"/api/v1/incidents", nil)
	req.Header.Set("Authorization", "Bearer "+narrow)
	if res, err := http.DefaultClient.Do(req); err != nil || res.StatusCode != http.StatusForbidden {
		t.Errorf("the token of the feed opens something else: %v %v", res, err)
	}
	if f := read("?service=checkout-api&token=" + narrow); len(f.Entries) != 1 || f.ID == read("?token="+narrow).ID {
		t.Errorf("narrowed down: %+v", f)
	}
	s.lists("/retrospectives", []string{"Feed of published ones"}, nil)

	hidden := s.incidentOf("inc_1")
	hidden.Private = true
	s.put(func(tx incident.Tx) []error { return []error{tx.PutIncidents([]*incident.Incident{hidden})} })
	if f := read("?token=" + narrow); len(f.Entries) != 0 || f.Updated == "" {
		t.Errorf("of a private incident it tells %+v", f)
	}
	if f := read("?token=" + token(incident.Feed, incident.SeePrivate)); len(f.Entries) != 1 {
		t.Errorf("with the ability private: %+v", f)
	}
}
