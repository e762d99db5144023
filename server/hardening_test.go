package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	source "go/token"
	"io/fs"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hindsight/incident"
)

// TestCrossSiteEverywhere: whatever another site makes a browser send with its session is refused, on every route of the router that
// is more than a question, the API's included.
func TestCrossSiteEverywhere(t *testing.T) {
	in := installation{dir: t.TempDir()}
	s := in.serve(t, false, false)
	admin := s.signedIn(t, in, "admin")
	before, asked := feedHead(t, in), 0
	for _, a := range s.app.Access() {
		if a.Method == http.MethodGet {
			continue
		}
		path := strings.NewReplacer(":", "x", "*", "x").Replace(a.Path)
		for _, from := range []http.Header{{"Sec-Fetch-Site": {"cross-site"}}, {"Sec-Fetch-Site": {"same-site"}}, {"Origin": {"https://evil.example"}}, {"Origin": {"null"}}} {
			header := from.Clone()
			header.Set("Content-Type", "application/json")
			asked++
			if got := admin.do(t, a.Method, path, strings.NewReader("{}"), header); got.status != http.StatusForbidden {
				t.Errorf("%s %s with %v = %d, want 403", a.Method, path, from, got.status)
			}
		}
	}
	if asked < 200 || feedHead(t, in) != before {
		t.Errorf("%d requests were made, want 200 or more; the change feed went from %d to %d", asked, before, feedHead(t, in))
	}
}

// TestRedirectsStayHere: no form leads anywhere else, whatever next says, and next adds no header.
func TestRedirectsStayHere(t *testing.T) {
	in := installation{dir: t.TempDir()}
	s := in.serve(t, false, false)
	admin := s.signedIn(t, in, "admin")
	for _, next := range []string{"//evil.example", "https://evil.example/", `/\evil.example`, `\\evil.example`, "http:evil.example", "javascript:alert(1)", "///evil.example", "/\t/evil.example", " //evil.example",
		"/x\r\nX-Evil: 1", "/%0d%0aX-Evil:%201", "evil.example", "/./\\evil.example", "\x00//evil.example"} {
		for _, path := range []string{"/login", "/me/theme", "/view-as"} {
			got := admin.post(t, path, url.Values{"next": {next}, "name": {"admin"}, "password": {password}, "theme": {"dark"}, "role": {"viewer"}})
			to, err := url.Parse(got.header.Get("Location"))
			if err != nil || to.Host != "" || to.Scheme != "" || strings.HasPrefix(got.header.Get("Location"), "//") || strings.Contains(got.header.Get("Location"), `\`) || got.header.Get("X-Evil") != "" {
				t.Errorf("POST %s with next %q leads to %q (%v)", path, next, got.header.Get("Location"), got.header)
			}
			admin.post(t, "/view-as", url.Values{"role": {""}})
		}
	}
}

// TestHostHeader: what a request says that this host is called gets into no page, address or cookie; links are made from
// HINDSIGHT_BASE_URL.
func TestHostHeader(t *testing.T) {
	s, visitors, ids := everything(t)
	admin := visitors[incident.Admin]
	for _, a := range routes(t, s) {
		if a.Method != http.MethodGet {
			continue
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+fill(t, a.Path, ids), nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = "evil.example"
		req.Header.Set("X-Forwarded-Host", "evil.example")
		req.Header.Set("X-Forwarded-Proto", "gopher")
		got := admin.answer(t, req)
		if text := fmt.Sprint(got.header) + got.body; strings.Contains(text, "evil.example") || strings.Contains(text, "gopher") {
			t.Errorf("GET %s repeats what the request said of the host", a.Path)
		}
	}
}

// outgoing may make connections to the outside themselves; everybody else is given what these make. importers.Guarded refuses private
// networks, and its client redirects to other hosts.
var outgoing = []string{
	"importers/client.go",                    // the one client of sources, over the transport that it is given
	"importers/guard.go",                     // the guarded transport
	"importers/trust.go",                     // a copy of the transport that it is given, which trusts another authority for certificates
	"server/admin.go",                        // doctor --ready, which asks this machine
	"server/internal/hook/hook.go",           // channels, over the guarded transport, see app.Open
	"server/internal/gitfolder/gitfolder.go", // git repositories, over the same
	"server/internal/oidc/provider.go",       // over the guarded transport, see app.Open
}

// TestOutgoingRequests reads the program's source: nothing but what outgoing lists makes an HTTP client, a transport or a connection.
func TestOutgoingRequests(t *testing.T) {
	banned := map[string][]string{"http": {"Client", "Transport", "DefaultClient", "DefaultTransport", "Get", "Head", "Post", "PostForm"},
		"net": {"Dial", "DialTimeout", "Dialer", "DialTCP", "DialUDP"}, "tls": {"Dial", "Dialer"}, "smtp": {"SendMail", "Dial"}}
	found := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (slices.Contains([]string{"node_modules", "bench", "testdata", "importertest", "pgtest", "nosqlite3", ".git"}, d.Name()) || strings.HasSuffix(d.Name(), "test") && strings.Contains(path, "importers")):
			return fs.SkipDir // tests and measurements, which the program does not contain: see TestNobodyImportsTestPackages
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "/gallery/"):
			return nil
		}
		file, err := parser.ParseFile(source.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			pkg, ok := sel.X.(*ast.Ident)
			if !ok || !slices.Contains(banned[pkg.Name], sel.Sel.Name) || pkg.Obj != nil {
				return true
			}
			found++
			if name := filepath.ToSlash(strings.TrimPrefix(path, "../")); !slices.Contains(outgoing, name) && !(sel.Sel.Name == "Client" && isType(file, sel)) {
				t.Errorf("%s uses %s.%s; outgoing requests go through importers.Guarded", name, pkg.Name, sel.Sel.Name)
			}
			return true
		})
		return nil
	})
	if err != nil || found < 3 {
		t.Errorf("%d uses were found, want those of the guarded client: %v", found, err)
	}
}

// isType reports whether http.Client is only named there, as *http.Client in a field or parameter, and none is made.
func isType(file *ast.File, sel *ast.SelectorExpr) bool {
	named := false
	ast.Inspect(file, func(n ast.Node) bool {
		if star, ok := n.(*ast.StarExpr); ok && star.X == sel {
			named = true
		}
		return true
	})
	return named
}

// TestHostileTexts: whatever people write into any field becomes text on every page, and no formula in any file.
func TestHostileTexts(t *testing.T) {
	s, visitors, ids := everything(t)
	admin := visitors[incident.Admin]
	evil := `"><script>alert(1)</script><img src=x onerror=alert(2)>`
	formula := `=HYPERLINK("https://example.org")` + evil
	for _, put := range []struct {
		method, path string
		body         map[string]any
	}{
		{http.MethodPatch, "/api/v1/incidents/" + ids["incidents"], map[string]any{"title": formula, "tags": []string{evil, formula}}},
		{http.MethodPost, "/api/v1/incidents/" + ids["incidents"] + "/factors", map[string]any{"action": "add", "role": "contributing", "text": formula, "category": "cache", "about": evil}},
		{http.MethodPatch, "/api/v1/problems/" + ids["problems"], map[string]any{"workaround": evil + "[x](javascript:alert(3))", "cause": formula, "stage": "known_error", "exit_words": evil, "exit_days": 3, "change": "https://example.com/" + url.PathEscape(evil)}},
		{http.MethodPost, "/api/v1/calendars", map[string]any{"name": formula, "calendar": officeHours, "note": evil}},
		{http.MethodPost, "/api/v1/views", map[string]any{"name": evil, "path": "/incidents?q=" + url.QueryEscape(evil), "shared": true}},
		{http.MethodPost, "/api/v1/slo", map[string]any{"name": formula, "service": "Cloud Platform", "objective": 0.9, "days": 30, "note": evil}},
		{http.MethodPost, "/api/v1/durations", map[string]any{"name": evil, "span": "opened..mitigated"}},
	} {
		if got := admin.send(t, put.method, put.path, put.body); got.status >= 500 {
			t.Errorf("%s %s = %d\n%.300s", put.method, put.path, got.status, got.body)
		}
	}
	contract := contractBody(ids["calendars"])
	contract["name"], contract["note"] = formula, evil
	ids["contracts"] = savedID(t, admin, "/contracts", contract)
	for _, form := range []struct {
		path   string
		values url.Values
	}{
		{"/problems/" + ids["problems"] + "/title", url.Values{"title": {formula}}},
		{"/incidents/" + ids["incidents"] + "/milestones", url.Values{"name": {"opened"}, "at": {"2024-03-01T10:00"}, "reason": {evil}}},
		{"/me", url.Values{"display": {evil}, "zone": {"UTC"}}},
		{"/admin/users", url.Values{"name": {"hostile"}, "display": {formula}, "role": {"viewer"}, "password": {password}}},
		{"/admin/tokens", url.Values{"name": {formula}, "role": {"viewer"}, "days": {"1"}}},
		{"/imports/" + ids["connection"] + "/name", url.Values{"name": {evil}}},
	} {
		if got := admin.post(t, form.path, form.values); got.status >= 500 {
			t.Errorf("POST %s = %d\n%.300s", form.path, got.status, got.body)
		}
		safe(t, form.path, admin.post(t, form.path, form.values)) // and where it is shown again with what is wrong
	}
	if err := s.app.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, a := range routes(t, s) {
		if a.Method == http.MethodGet {
			path := fill(t, a.Path, ids) + asking[a.Path]
			safe(t, path, admin.get(t, path))
		}
	}
}
