package main

import (
	"encoding/csv"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hindsight/incident"
	"hindsight/server/internal/api"
)

// hostile is a table whose every text tries to become part of a page, a file or an address.
const hostile = `Id,Title,Description,Status,Priority,Service,Team,Tags,Opened,Resolved,Link
"<script>alert(0)</script>","<script>alert(1)</script>","<img src=x onerror=alert(2)> [x](javascript:alert(3)) <script>alert(4)</script>",Resolved,"<script>alert(5)</script>","""><script>alert(6)</script>","<script>alert(7)</script>","<script>alert(8)</script>",2024-03-01 10:00,2024-03-01 11:30,javascript:alert(9)
H-2,"</title><script>alert(10)</script>","</textarea><script>alert(11)</script>",Resolved,P1,"'><script>alert(12)</script>","{{7*7}}","=cmd|' /C calc'!A0",2024-03-02 10:00,2024-03-02 11:30,https://example.org/<script>
H-3,"=HYPERLINK(""https://example.org"")","plain",Resolved,P1,checkout,ops,"+1",2024-03-03 10:00,2024-03-03 11:30,
`

// unescaped finds hostile text that became markup.
var unescaped = regexp.MustCompile(`(?i)<script>alert|<img src=x|href="?javascript:|</title><script`)

// elsewhere are the pages that lead on or are gone, and why; every other one answers with 200 to those who may have it.
var elsewhere = map[string]int{
	"/setup":                        http.StatusNotFound, // there is an administrator
	"/login/code":                   http.StatusSeeOther, // nobody has begun to sign in
	"/login/enrol":                  http.StatusSeeOther,
	"/views/:id":                    http.StatusSeeOther, // the list that it is
	"/login/oidc":                   http.StatusNotFound, // there is no provider here
	"/login/oidc/callback":          http.StatusNotFound,
	"/imports/:id/preview":          http.StatusUnprocessableEntity, // the file of the import is gone
	"/reports/schedules/:id":        http.StatusNotFound,            // those of others are nobody's business; TestSchedulePages opens them
	"/reports/runs/:id":             http.StatusNotFound,
	"/reports/runs/:id/files/:name": http.StatusNotFound,
}

// overNetwork are the pages of sources that are read over the network; files have none.
var overNetwork = []string{"/imports/:id/test", "/imports/:id/words", "/imports/:id/begin", "/imports/:id/webhook"}

// asking adds what makes a page show more than an empty form.
var asking = map[string]string{
	"/problems/:id/incidents": "?figure=rate", "/search": "?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E", "/palette": "?q=alert", "/causes/cases": "?factor=x", "/admin/erase": "?q=alert&person=%3Cscript%3Ealert(1)%3C%2Fscript%3E", "/admin/erase/look": "?person=%3Cscript%3Ealert(1)%3C%2Fscript%3E", "/incidents": "?q=alert",
}

// TestPages asks for every page of the router as everybody: the status is as the ability that it needs has it, the headers are set,
// and no text of an import becomes markup.
func TestPages(t *testing.T) {
	s, visitors, ids := everything(t)
	var found struct {
		Items []struct {
			ID       string              `json:"id"`
			Services []map[string]string `json:"services"`
		} `json:"items"`
	}
	visitors[incident.Editor].getJSON(t, "/api/v1/incidents?limit=3&from=2024-03-01&to=2024-03-03", &found)
	if len(found.Items) != 3 {
		t.Fatalf("%d hostile incidents, want 3", len(found.Items))
	}
	for _, a := range routes(t, s) {
		if a.Method != http.MethodGet || forPrograms(a.Path) {
			continue
		}
		those := maps.Clone(ids)
		if slices.Contains(overNetwork, a.Path) {
			those["connection"] = ids["connections"]
		}
		paths := []string{fill(t, a.Path, those) + asking[a.Path]}
		for _, hostile := range found.Items {
			switch a.Path {
			case "/incidents/:id":
				paths = append(paths, "/incidents/"+hostile.ID)
			case "/services/:id":
				for _, service := range hostile.Services {
					paths = append(paths, "/services/"+service["id"])
				}
			}
		}
		for _, path := range paths {
			for role, v := range visitors {
				got := v.get(t, path)
				if want := statusFor(a, role); got.status != want {
					t.Errorf("GET %s as %q = %d, want %d\n%.300s", path, role, got.status, want, got.body)
				}
				safe(t, path, got)
			}
		}
	}
	for _, path := range []string{"/nowhere", "/incidents/nobody", "/services/nobody", "/problems/nobody", "/imports/nobody", "/imports/runs/nobody", "/imports/new/nobody"} {
		got := visitors[incident.Admin].get(t, path)
		if got.status != http.StatusNotFound {
			t.Errorf("GET %s = %d, want 404", path, got.status)
		}
		safe(t, path, got)
	}
}

func statusFor(a api.Access, role incident.Role) int {
	switch {
	case a.Needs != "" && role == "":
		return http.StatusSeeOther // to the page where one signs in
	case a.Needs != "" && !role.May(a.Needs):
		return http.StatusForbidden
	case elsewhere[a.Path] != 0:
		return elsewhere[a.Path]
	}
	return http.StatusOK
}

// safe checks the headers of an answer, and that nothing in a page is markup that was imported.
func safe(t *testing.T, path string, got response) {
	t.Helper()
	policy, referrer := "default-src 'self'", "same-origin"
	if strings.HasPrefix(path, "/shared/") {
		policy, referrer = "default-src 'none'", "no-referrer"
	}
	if got.status == http.StatusOK && strings.Contains(path, "/retrospective/files/") {
		policy = "sandbox" // what people upload may do nothing at all
	}
	for name, want := range map[string]string{"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": referrer,
		"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "X-Frame-Options": "DENY"} {
		if value := got.header.Get(name); !strings.Contains(value, want) || strings.Contains(value, "unsafe-") {
			t.Errorf("GET %s has %s %q, want %q", path, name, value, want)
		}
	}
	if got.status >= 500 {
		t.Errorf("GET %s = %d\n%.500s", path, got.status, got.body)
	}
	if strings.HasPrefix(got.header.Get("Content-Type"), "text/html") {
		if at := unescaped.FindStringIndex(got.body); at != nil {
			t.Errorf("GET %s holds live markup of an import: …%s…", path, got.body[max(0, at[0]-100):min(len(got.body), at[1]+60)])
		}
	}
	if strings.HasPrefix(got.header.Get("Content-Type"), "text/csv") {
		rows := csv.NewReader(strings.NewReader(strings.TrimPrefix(got.body, "\ufeff")))
		rows.FieldsPerRecord = -1
		all, err := rows.ReadAll()
		if err != nil {
			t.Errorf("GET %s is no CSV: %v", path, err)
		}
		for _, cell := range slices.Concat(all...) {
			if strings.HasPrefix(cell, "=") || strings.HasPrefix(cell, "+1") {
				t.Errorf("GET %s has a cell that a spreadsheet would run: %s", path, cell)
			}
		}
	}
}

// TestCrossSite: what another site makes a browser send changes nothing.
func TestCrossSite(t *testing.T) {
	in := installation{dir: t.TempDir()}
	s := in.serve(t, false, false)
	admin := s.signedIn(t, in, "admin")
	before := feedHead(t, in)
	for _, from := range []http.Header{{"Sec-Fetch-Site": {"cross-site"}}, {"Sec-Fetch-Site": {"same-site"}}, {"Origin": {"https://evil.example"}}} {
		for _, path := range []string{"/admin/users", "/admin/tokens", "/me/theme", "/logout", "/imports/new/table", "/api/v1/incidents", "/admin/contracts/new"} {
			header := from.Clone()
			header.Set("Content-Type", "application/x-www-form-urlencoded")
			got := admin.do(t, http.MethodPost, path, strings.NewReader("name=mallory&role=admin&password="+url.QueryEscape(password)), header)
			if got.status != http.StatusForbidden {
				t.Errorf("POST %s with %v = %d, want 403", path, from, got.status)
			}
		}
	}
	if users := in.mustRun(t, "user", "list"); strings.Contains(users, "mallory") || feedHead(t, in) != before {
		t.Errorf("requests from another site changed something; the users are now\n%s", users)
	}
	if got := admin.get(t, "/me"); got.status != http.StatusOK {
		t.Errorf("GET /me after a forged logout = %d, want 200", got.status)
	}
}

// TestSession: the flags of the cookie, how it ends, and that set-up works once.
func TestSession(t *testing.T) {
	for _, tc := range []struct{ name, baseURL, cookie, flags string }{
		{"http", "http://127.0.0.1", "hindsight_session", "HttpOnly; SameSite=Lax"},
		{"https", "https://hindsight.example.com", "__Host-hindsight_session", "HttpOnly; Secure; SameSite=Lax"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in := installation{dir: t.TempDir()}
			a, err := in.open(t, false, tc.baseURL)
			if err != nil {
				t.Fatal(err)
			}
			s := newSite(t, a)
			v := s.visitor(t)
			if got := v.get(t, "/"); got.status != http.StatusSeeOther || got.header.Get("Location") != "/setup" {
				t.Errorf("GET / without users = %d to %q, want 303 to /setup", got.status, got.header.Get("Location"))
			}
			weak := v.post(t, "/setup", url.Values{"name": {"ann"}, "password": {"short"}})
			got := v.post(t, "/setup", url.Values{"name": {"ann"}, "display": {"A"}, "password": {password}})
			if weak.status != http.StatusUnprocessableEntity || got.status != http.StatusSeeOther {
				t.Errorf("POST /setup = %d with a weak password, %d with a good one, want 422 and 303", weak.status, got.status)
			}
			cookies := got.header.Values("Set-Cookie")
			i := slices.IndexFunc(cookies, func(c string) bool { return strings.HasPrefix(c, tc.cookie+"=") })
			if i < 0 || !strings.Contains(cookies[i], "Path=/; ") || !strings.HasSuffix(cookies[i], tc.flags) {
				t.Errorf("POST /setup sets %q, want %s with %s", cookies, tc.cookie, tc.flags)
			}
			if again := s.visitor(t).post(t, "/setup", url.Values{"name": {"eve"}, "password": {password}}); again.status != http.StatusNotFound {
				t.Errorf("POST /setup a second time = %d, want 404", again.status)
			}
			if hsts := got.header.Get("Strict-Transport-Security"); (hsts != "") != (tc.name == "https") {
				t.Errorf("Strict-Transport-Security over %s is %q", tc.name, hsts)
			}
		})
	}
	in := installation{dir: t.TempDir()}
	s := in.serve(t, false, false)
	v := s.signedIn(t, in, "viewer")
	if got := v.post(t, "/login", url.Values{"name": {"viewer"}, "password": {password}, "next": {"//evil.example"}}); got.header.Get("Location") != "/" {
		t.Errorf("POST /login with a foreign next leads to %q, want /", got.header.Get("Location"))
	}
	kept := v.client.Jar.Cookies(must(url.Parse(s.URL)))
	if got := v.post(t, "/logout", nil); got.status != http.StatusSeeOther {
		t.Errorf("POST /logout = %d, want 303", got.status)
	}
	v.client.Jar.SetCookies(must(url.Parse(s.URL)), kept)
	if got := v.get(t, "/me"); got.status != http.StatusSeeOther {
		t.Errorf("GET /me with the cookie of an ended session = %d, want 303 to sign in", got.status)
	}
}

func must[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}

// TestDemoIsReadOnly: visitors look around in every role and change nothing.
func TestDemoIsReadOnly(t *testing.T) {
	in := installation{dir: t.TempDir()}
	in.mustRun(t, "import", "markdown", "--dir", "internal/demo/data/moj-incidents", "--set", "service=Cloud Platform")
	s := in.serve(t, true, false)
	v := s.visitor(t)
	if got := v.post(t, "/view-as", url.Values{"role": {"admin"}}); got.status != http.StatusSeeOther {
		t.Fatalf("POST /view-as = %d, want 303", got.status)
	}
	before := feedHead(t, in)
	for _, path := range []string{"/", "/incidents", "/problems", "/services", "/sla", "/imports", "/admin/users", "/about", "/healthz", "/api/v1/services"} {
		if got := v.get(t, path); got.status != http.StatusOK {
			t.Errorf("GET %s = %d, want 200", path, got.status)
		}
		if got := v.do(t, http.MethodHead, path, nil, nil); got.status != http.StatusOK || got.body != "" {
			t.Errorf("HEAD %s = %d with %d bytes, want 200 and the header alone", path, got.status, len(got.body))
		}
	}
	for _, path := range []string{"/setup", "/admin/users", "/admin/tokens", "/admin/contracts/new", "/imports/new/table", "/me/password", "/setup/sample/remove"} {
		if got := v.post(t, path, url.Values{"name": {"mallory"}, "password": {password}, "role": {"admin"}}); got.status != http.StatusForbidden && got.status != http.StatusNotFound {
			t.Errorf("POST %s in the demonstration = %d, want 403\n%.300s", path, got.status, got.body)
		}
	}
	if got := v.send(t, http.MethodPost, "/api/v1/incidents", map[string]any{"title": "x"}); got.status != http.StatusForbidden {
		t.Errorf("POST /api/v1/incidents in the demonstration = %d, want 403", got.status)
	}
	if users := in.mustRun(t, "user", "list"); strings.Contains(users, "mallory") || feedHead(t, in) != before {
		t.Errorf("the demonstration was changed; its users are\n%s", users)
	}
}
