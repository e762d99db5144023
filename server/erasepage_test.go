package main

import (
	"database/sql"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"hindsight/incident"
)

// hidden finds a hidden field of a form.
func hidden(t *testing.T, page, name string) string {
	t.Helper()
	m := regexp.MustCompile(`<input type="hidden" name="` + name + `" value="([^"]*)"`).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("the page has no hidden field %s:\n%.2000s", name, page)
	}
	return m[1]
}

// TestErasePage: an administrator finds somebody, sees what would be rewritten, types the name, and a job does it; nothing before that
// rewrites anything. The person is that of TestErase, who is made up.
func TestErasePage(t *testing.T) {
	onBoth(t, func(t *testing.T, in installation) {
		dir := t.TempDir()
		file, mapping := filepath.Join(dir, "incidents.csv"), filepath.Join(dir, "mapping.json")
		for path, text := range map[string]string{file: sheet, mapping: sheetMapping} {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		in.run(t, "import", "table", "--file", file, "--mapping", mapping)
		if got := in.runWith(t, password+"\n", "user", "add", "responder.fortytwo", "--display", madeUp, "--role", "editor"); got.code != 0 {
			t.Fatal(got.err)
		}
		writeOfPerson(t, in)
		before := figures(t, in)
		func() {
			s := in.serve(t, false, true)
			defer s.stop()
			erasesOnPages(t, in, s)
		}()
		in.forgotten(t, "after the erasure on the page")
		if now := figures(t, in); now != before {
			t.Errorf("figures were\n%s\nand are\n%s", before, now)
		}
		in.mustRun(t, "audit", "verify")
	})
}

func erasesOnPages(t *testing.T, in installation, s site) {
	admin := s.signedIn(t, in, "admin")
	says := func(path string, want ...string) response {
		t.Helper()
		got := admin.get(t, path)
		safe(t, path, got)
		text := visibleText(t, got.body)
		for _, w := range want {
			if got.status != http.StatusOK || !strings.Contains(text, w) {
				t.Errorf("GET %s = %d, want %q in\n%.3000s", path, got.status, w, text)
			}
		}
		return got
	}
	refused := func(form url.Values, want string) {
		t.Helper()
		got := admin.post(t, "/admin/erase", form)
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(visibleText(t, got.body), want) {
			t.Errorf("POST /admin/erase %v = %d, want 422 and %q", form, got.status, want)
		}
	}
	says("/admin/erase", "Nobody was erased yet")
	says("/admin/erase?q=nobody+like+this", "Nobody is called like this")
	found := says("/admin/erase?q=FORTYTWO", madeUp, "user, editor", "from ")
	link := regexp.MustCompile(`href="(/admin/erase\?person=usr_[^"]+)"`).FindStringSubmatch(found.body)
	if link == nil {
		t.Fatalf("a search does not lead to the user:\n%.3000s", found.body)
	}
	page := says(link[1], "What erasing "+madeUp+" would rewrite", "Raw records of sources", "responder.fortytwo, editor", "Type the name to confirm")
	person, digest := strings.TrimPrefix(link[1], "/admin/erase?person="), hidden(t, page.body, "digest")
	refused(url.Values{"person": {person}, "digest": {digest}, "confirm": {"somebody else"}}, "that is none of the names; nothing is erased")
	refused(url.Values{"person": {person}, "digest": {digest}, "confirm": {""}}, "that is none of the names; nothing is erased")
	refused(url.Values{"person": {person}, "digest": {"of another look"}, "confirm": {madeUp}}, "who is meant has changed since you looked")
	refused(url.Values{"person": {person}, "confirm": {madeUp}}, "who is meant has changed since you looked")
	refused(url.Values{"person": {""}, "confirm": {""}}, "give a name")
	if self := says("/admin/erase?person=admin&also=The+Boss", "This is you"); strings.Contains(self.body, `name="confirm"`) {
		t.Error("somebody may erase themselves")
	}
	if erasures, err := s.app.Desk.Store.Erasures(t.Context()); err != nil || len(erasures) != 0 {
		t.Fatalf("%d erasures, %v; want none before somebody confirmed", len(erasures), err)
	}
	proof := url.Values{"person": {person}, "digest": {digest}, "confirm": {strings.ToUpper(madeUp)}}
	age(t, s)
	if got := admin.post(t, "/admin/erase", proof); got.status != http.StatusSeeOther || got.header.Get("Location") != "/me/confirm?next="+url.QueryEscape("/admin/erase?person="+person) {
		t.Fatalf("POST /admin/erase an hour after signing in = %d to %q, want to be asked who one is", got.status, got.header.Get("Location"))
	}
	admin.post(t, "/me/confirm", url.Values{"password": {password}, "next": {"/admin/erase"}})
	got := admin.post(t, "/admin/erase", proof)
	if got.status != http.StatusSeeOther || !strings.HasPrefix(got.header.Get("Location"), "/admin/erase/era_") {
		t.Fatalf("POST /admin/erase = %d to %q\n%.2000s", got.status, got.header.Get("Location"), got.body)
	}
	path := got.header.Get("Location")
	says(path, "Erased person ")
	if err := s.app.Settled(t.Context()); err != nil {
		t.Fatal(err)
	}
	says(path, "done", "Raw records of sources", "by admin", "Backups that were made before still hold the person")
	if got := admin.get(t, path+"/progress"); got.header.Get("HX-Refresh") != "true" {
		t.Error("the progress of an erasure that is done does not have the page loaded again")
	}
	report := admin.get(t, path+"/report.json")
	if !strings.Contains(report.body, `"raws": 3`) || !strings.Contains(report.body, `"accounts": 1`) || strings.Contains(strings.ToLower(report.body), word) {
		t.Errorf("the report is %s", report.body)
	}
	if got := says("/admin/erase", "Erased person ", "admin"); strings.Contains(strings.ToLower(got.body), word) {
		t.Error("the list of erasures names the person")
	}
	if got := s.visitor(t).post(t, "/login", url.Values{"name": {"responder.fortytwo"}, "password": {password}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("POST /login of somebody who was erased = %d", got.status)
	}
	says("/admin/audit?kind=erasure", "erased erasure", "finished erasure", "accounts: 1")
	again := admin.post(t, path+"/again", nil)
	if again.status != http.StatusSeeOther {
		t.Fatalf("POST %s/again = %d", path, again.status)
	}
	if err := s.app.Settled(t.Context()); err != nil {
		t.Fatal(err)
	}
	if report := admin.get(t, path+"/report.json"); !strings.Contains(report.body, `"raws": 3`) || strings.Count(report.body, "hindsight erase --again") != 1 {
		t.Errorf("after everything was gone through again the report is %s", report.body)
	}
}

// age makes all sessions an hour old and more.
func age(t *testing.T, s site) {
	t.Helper()
	db := s.app.Desk.Store.(interface{ SQL() *sql.DB }).SQL()
	if _, err := db.ExecContext(t.Context(), "UPDATE sessions SET created_at = '2026-01-01 00:00:00+00:00'"); err != nil {
		t.Fatal(err)
	}
}

// TestHostileNamesAreErased: whatever somebody is called, the page stays a page, and who is so called can be erased.
func TestHostileNamesAreErased(t *testing.T) {
	in := installation{dir: t.TempDir()}
	in.run(t, "import", "table", "--file", write(t, "hostile.csv", []byte(hostile)))
	names := []string{`<script>alert(1)</script>`, `"><img src=x onerror=alert(2)>`, `'; DROP TABLE incidents; --`, `=HYPERLINK("https://example.org")`, "مرحبا بالعالم", "Ro\u200bbert T\u0301", strings.Repeat("long", 400), "{{seven*seven}} {{.}}", "%00%0d%0aSet-Cookie: a=b", `(?i)[a-z]+ \1`}
	s := in.serve(t, false, true)
	admin := s.signedIn(t, in, "admin")
	for i, name := range names {
		address := "hostile" + string(rune('a'+i)) + "@example.org"
		if _, err := s.app.Desk.Store.Update(t.Context(), func(tx incident.Tx) error {
			return tx.PutPeople([]incident.Person{{ID: incident.ID("per_h" + string(rune('a'+i))), Name: name, Email: address}})
		}); err != nil {
			t.Fatal(err)
		}
		path := "/admin/erase?" + url.Values{"q": {name}, "person": {name}, "also": {name + "\nanother\n\n"}}.Encode()
		page := admin.get(t, path)
		safe(t, path, page)
		if page.status != http.StatusOK {
			t.Errorf("GET %s = %d\n%.2000s", path, page.status, visibleText(t, page.body))
			continue
		}
		got := admin.post(t, "/admin/erase", url.Values{"person": {name}, "also": {name + "\nanother"}, "digest": {hidden(t, page.body, "digest")}, "confirm": {name}})
		if got.status != http.StatusSeeOther {
			t.Errorf("POST /admin/erase of %q = %d\n%.2000s", name, got.status, visibleText(t, got.body))
		}
	}
	if err := s.app.Settled(t.Context()); err != nil {
		t.Fatal(err)
	}
	people, err := s.app.Desk.Store.People(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	erased := 0
	for _, p := range people {
		if strings.HasPrefix(string(p.ID), "per_h") && strings.HasPrefix(p.Email, "erased-") {
			erased++
		}
	}
	if erased != len(names) {
		t.Errorf("%d of %d were erased: %+v", erased, len(names), people)
	}
	safe(t, "/admin/erase", admin.get(t, "/admin/erase"))
}
