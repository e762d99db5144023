package main

import (
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hindsight/incident"
)

// hostile is a table whose every text tries to become part of a page, a file or an address.
const hostile = `Id,Title,Description,Status,Priority,Service,Team,Tags,Opened,Resolved,Link
"<script>alert(0)</script>","<script>alert(1)</script>","<img src=x onerror=alert(2)> [x](javascript:alert(3)) <script>alert(4)</script>",Resolved,"<script>alert(5)</script>","""><script>alert(6)</script>","<script>alert(7)</script>","<script>alert(8)</script>",2024-03-01 10:00,2024-03-01 11:30,javascript:alert(9)
H-2,"</title><script>alert(10)</script>","</textarea><script>alert(11)</script>",Resolved,P1,"'><script>alert(12)</script>","{{7*7}}","=cmd|' /C calc'!A0",2024-03-02 10:00,2024-03-02 11:30,https://example.org/<script>
H-3,"=HYPERLINK(""https://example.org"")","plain",Resolved,P1,checkout,ops,"+1",2024-03-03 10:00,2024-03-03 11:30,
`

// page is one row of the route table as the outside sees it. {name} stands for something that exists.
type page struct {
	path  string
	needs incident.Role // empty: everybody
}

// pages lists every page that is read with GET; TestEveryPageIsListed compares it with the route table.
func pages() []page {
	return []page{
		{"/", incident.Viewer}, {"/incidents", incident.Viewer}, {"/incidents?q=alert", incident.Viewer}, {"/incidents/export.csv", incident.Viewer},
		{"/incidents/export.json", incident.Viewer}, {"/incidents/{incidents}", incident.Viewer}, {"/incidents/{incidents}/raw", incident.Editor},
		{"/services", incident.Viewer}, {"/services/{services}", incident.Viewer}, {"/problems", incident.Viewer}, {"/problems/export.csv", incident.Viewer}, {"/problems/export.json", incident.Viewer}, {"/problems/{problems}", incident.Viewer}, {"/problems/{problems}/incidents?figure=rate", incident.Viewer},
		{"/sla", incident.Viewer}, {"/sla/export.csv", incident.Viewer}, {"/sla/export.json", incident.Viewer}, {"/sla/breaches.csv", incident.Viewer},
		{"/search", incident.Viewer}, {"/search?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E", incident.Viewer}, {"/palette?q=alert", incident.Viewer},
		{"/imports", incident.Viewer}, {"/imports/new", incident.Editor}, {"/imports/new/table", incident.Editor}, {"/imports/{connection}", incident.Viewer},
		{"/imports/{connection}/forecast", incident.Editor}, {"/imports/{connection}/settings", incident.Editor},
		{"/imports/runs/{imports}", incident.Viewer}, {"/imports/runs/{imports}/progress", incident.Viewer}, {"/imports/letters", incident.Editor},
		{"/imports/letters.csv", incident.Editor}, {"/me", incident.Viewer}, {"/admin/users", incident.Admin}, {"/admin/tokens", incident.Admin},
		{"/me/factor", incident.Viewer}, {"/me/confirm", incident.Viewer}, {"/about", incident.Viewer}, {"/help/keyboard", incident.Viewer}, {"/help/metrics", incident.Viewer},
		{"/cases", incident.Viewer}, {"/cases/{figure}", incident.Viewer}, {"/changes", incident.Viewer}, {"/delivery", incident.Viewer}, {"/load", incident.Viewer}, {"/learning", incident.Viewer},
		{"/causes", incident.Viewer}, {"/causes/cases?factor=x", incident.Viewer}, {"/causes/factors.csv", incident.Viewer}, {"/causes/together.csv", incident.Viewer}, {"/causes/changes.csv", incident.Viewer},
		{"/durations", incident.Viewer}, {"/restatements", incident.Viewer}, {"/oncall", incident.Viewer}, {"/slo", incident.Viewer}, {"/slo/new", incident.Editor},
		{"/slo/terms", incident.Viewer}, {"/slo/{slo}", incident.Viewer}, {"/slo/{slo}/edit", incident.Editor}, {"/contracts/{contracts}", incident.Viewer},
		{"/admin/contracts/{contracts}", incident.Editor}, {"/admin/contracts/new", incident.Editor}, {"/admin/calendars", incident.Editor},
		{"/admin/delivery", incident.Editor}, {"/admin/hours", incident.Editor}, {"/admin/hours/{hours}", incident.Editor}, {"/admin/calendars/{calendars}", incident.Editor}, {"/admin/calendars/new", incident.Editor},
		{"/setup/start", incident.Viewer}, {"/login", ""}, {"/healthz", ""}, {"/readyz", ""}, {"/metrics", ""}, {"/api/openapi.json", ""},
	}
}

// unescaped finds hostile text that became markup.
var unescaped = regexp.MustCompile(`(?i)<script>alert|<img src=x|href="?javascript:|</title><script`)

// TestPages asks for every page as everybody: the status is the role's, the headers are set, and no text of an import
// becomes markup.
func TestPages(t *testing.T) {
	in := installation{dir: t.TempDir()}
	in.run(t, "import", "table", "--file", write(t, "hostile.csv", []byte(hostile)), "--name", "<script>alert(13)</script>")
	in.mustRun(t, "import", "markdown", "--dir", "internal/demo/data/moj-incidents", "--set", "service=Cloud Platform")
	in.run(t, "import", "table", "--file", "testdata/bad.csv", "--name", "bad")
	in.mustRun(t, "problems")
	s := in.serve(t, false, false)
	visitors := map[incident.Role]visitor{"": s.visitor(t)}
	for _, role := range incident.Roles {
		visitors[role] = s.signedIn(t, in, string(role))
	}
	ids := someIDs(t, visitors[incident.Editor])
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
	all := pages()
	for _, hostile := range found.Items {
		all = append(all, page{"/incidents/" + hostile.ID, incident.Viewer})
		for _, service := range hostile.Services {
			all = append(all, page{"/services/" + service["id"], incident.Viewer})
		}
	}
	for _, p := range all {
		for role, v := range visitors {
			path := p.path
			for name, id := range ids {
				path = strings.ReplaceAll(path, "{"+name+"}", id)
			}
			got := v.get(t, path)
			if want := statusFor(p, role); got.status != want {
				t.Errorf("GET %s as %q = %d, want %d\n%.300s", path, role, got.status, want, got.body)
			}
			safe(t, path, got)
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

// TestEveryPageIsListed reads the route table, so that no new page escapes TestPages. The steps of an unfinished
// import lead back when their file is gone, and there is no change here; package web tests them.
func TestEveryPageIsListed(t *testing.T) {
	listed := map[string]bool{"/imports/:/map": true, "/imports/:/preview": true, "/setup": true, "/help/metrics": true, "/changes/:": true}
	for _, step := range []string{"test", "words", "begin", "webhook"} { // of sources over the network, likewise
		listed["/imports/:/"+step] = true
	}
	for _, p := range pages() {
		path, _, _ := strings.Cut(p.path, "?")
		listed[regexp.MustCompile(`\{\w+\}`).ReplaceAllString(path, ":")] = true
	}
	listed["/imports/new/:"] = true // table, in TestPages
	n := 0
	for _, file := range []string{"internal/web/routes.go", "internal/web/imports.go"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\tget\("([^"]+)"`).FindAllStringSubmatch(string(text), -1) {
			n++
			if path := regexp.MustCompile(`:\w+`).ReplaceAllString(m[1], ":"); !listed[path] {
				t.Errorf("%s has the page %s, which no test asks for", file, m[1])
			}
		}
	}
	if n < 30 {
		t.Errorf("%d pages found in the route table, want 30 or more", n)
	}
}

func statusFor(p page, role incident.Role) int {
	switch {
	case p.needs == "" || role.Can(p.needs):
		return http.StatusOK
	case role == "":
		return http.StatusSeeOther // to the page where one signs in
	}
	return http.StatusForbidden
}

// safe checks the headers of an answer, and that nothing in a page is markup that was imported.
func safe(t *testing.T, path string, got response) {
	t.Helper()
	for name, want := range map[string]string{"Content-Security-Policy": "default-src 'self'", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
		"Cross-Origin-Opener-Policy": "same-origin"} {
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
	if strings.HasSuffix(path, ".csv") {
		for line := range strings.Lines(got.body) {
			for _, cell := range strings.Split(strings.TrimPrefix(line, "\ufeff"), ",") {
				if cell = strings.TrimPrefix(cell, `"`); strings.HasPrefix(cell, "=") || strings.HasPrefix(cell, "+1") {
					t.Errorf("GET %s has a cell that a spreadsheet would run: %s", path, line)
				}
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
	if got := v.post(t, "/login/demo", url.Values{"role": {"admin"}}); got.status != http.StatusSeeOther {
		t.Fatalf("POST /login/demo = %d, want 303", got.status)
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
