package web_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

// authenticator is an app that computes codes as RFC 6238 has it, from the text that a page shows.
type authenticator []byte

var (
	shownSecret = regexp.MustCompile(`<code id="factor-secret">([A-Z2-7 ]+)</code>`)
	shownCodes  = regexp.MustCompile(`(?m)^(?:<pre id="codes">)?([a-z2-7]{5}-[a-z2-7]{5})$`)
)

// scan reads the secret off a page.
func (s *importSite) scan(page string) authenticator {
	s.Helper()
	m := shownSecret.FindStringSubmatch(page)
	if m == nil {
		s.Fatalf("the page shows no secret:\n%s", said(page))
	}
	secret, err := base32.StdEncoding.DecodeString(strings.ReplaceAll(m[1], " ", ""))
	if err != nil {
		s.Fatalf("the secret %q: %v", m[1], err)
	}
	if !regexp.MustCompile(`<svg viewBox="0 0 \d+ \d+"[^>]*aria-label="QR code`).MatchString(page) {
		s.Errorf("the page shows no QR code")
	}
	return secret
}

// code is the code of the 30 seconds that are some steps from now.
func (a authenticator) code(steps int64) string {
	mac := hmac.New(sha1.New, a)
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(time.Now().Unix()/30+steps)))
	sum := mac.Sum(nil)
	at := sum[19] & 15
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[at:])&0x7fffffff%1_000_000)
}

// wrong is a code that is none of those near now.
func (a authenticator) wrong() string {
	for _, code := range []string{"000000", "111111", "222222", "333333", "444444", "555555"} {
		if code != a.code(-2) && code != a.code(-1) && code != a.code(0) && code != a.code(1) && code != a.code(2) {
			return code
		}
	}
	panic("five codes cannot be six")
}

// password signs a new browser in as far as the password leads, and returns where it leads.
func (s *importSite) password(name string) string {
	s.Helper()
	s.browser = s.newBrowser()
	_, to := s.post("/login", http.StatusSeeOther, "name", name, "password", password, "next", "/about")
	return to
}

func TestSecondFactor(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Admin)
	s.holds(s.get("/me/factor", http.StatusOK), "the page before", "It is off")
	s.post("/me/factor/begin", http.StatusSeeOther)
	app := s.scan(s.get("/me/factor", http.StatusOK))
	page, _ := s.post("/me/factor/confirm", http.StatusUnprocessableEntity, "code", app.wrong())
	s.holds(page, "a wrong code", "this code is not right")
	page, _ = s.post("/me/factor/confirm", http.StatusOK, "code", app.code(-1))
	var recovery []string
	for _, m := range shownCodes.FindAllStringSubmatch(page, -1) {
		recovery = append(recovery, m[1])
	}
	if len(recovery) != 10 {
		t.Fatalf("%d recovery codes, want 10:\n%s", len(recovery), said(page))
	}
	s.holds(s.get("/me/factor", http.StatusOK), "the page after", "It is on", "10 recovery codes left")

	if to := s.password("admin"); to != "/login/code?next=%2Fabout" {
		t.Fatalf("after the password one is led to %q, want the second step", to)
	}
	if _, to := s.visit("/me"); !strings.HasPrefix(to, "/login?") {
		t.Errorf("the password alone opens /me, or leads to %q", to)
	}
	page, _ = s.post("/login/code", http.StatusUnprocessableEntity, "code", app.wrong())
	s.holds(page, "a wrong code", "this code is not right")
	if _, to := s.post("/login/code", http.StatusSeeOther, "code", app.code(0), "next", "/about"); to != "/about" {
		t.Errorf("the second step leads to %q, want /about", to)
	}
	s.get("/me", http.StatusOK)

	s.password("admin")
	s.post("/login/code", http.StatusUnprocessableEntity, "code", app.code(0)) // used
	s.post("/login/code", http.StatusSeeOther, "code", strings.ToUpper(recovery[0]))
	s.holds(s.get("/me/factor", http.StatusOK), "the page", "9 recovery codes left")
	s.password("admin")
	s.post("/login/code", http.StatusUnprocessableEntity, "code", recovery[0])
	s.post("/login/code", http.StatusSeeOther, "code", recovery[1], "next", "//evil.example")

	page, _ = s.post("/me/factor/off", http.StatusUnprocessableEntity, "password", "not my password", "code", app.code(1))
	s.holds(page, "a wrong password", "this is not your password")
	s.post("/me/factor/off", http.StatusSeeOther, "password", password, "code", app.code(1))
	if to := s.password("admin"); to != "/about" {
		t.Errorf("with the factor off the password leads to %q, want /about", to)
	}
}

// visit gets a page that leads elsewhere.
func (s *importSite) visit(path string) (body, location string) {
	s.Helper()
	req, err := http.NewRequest(http.MethodGet, s.server.URL+path, nil)
	if err != nil {
		s.Fatalf("GET %s: %v", path, err)
	}
	return s.do(req, http.StatusSeeOther)
}

func TestSecondStepNeedsTheFirst(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Admin)
	s.browser = s.newBrowser()
	for _, path := range []string{"/login/code", "/login/enrol"} {
		if _, to := s.visit(path); !strings.HasPrefix(to, "/login?next=") {
			t.Errorf("GET %s without a first step leads to %q", path, to)
		}
		if _, to := s.post(path, http.StatusSeeOther, "code", "123456"); !strings.HasPrefix(to, "/login?next=") {
			t.Errorf("POST %s without a first step leads to %q", path, to)
		}
	}
}

// TestDemandedAndReset: whose role needs a second factor sets it up at sign-in, and is told when an administrator took it away.
func TestDemandedAndReset(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	s.signIn(incident.Admin)
	admin := s.browser
	page, _ := s.post("/admin/factors", http.StatusUnprocessableEntity, "roles", "admin")
	s.holds(page, "demanding of oneself", "set up your own second factor first")
	s.post("/admin/factors", http.StatusSeeOther, "roles", "editor")
	if to := s.password("editor"); to != "/login/enrol?next=%2Fabout" {
		t.Fatalf("an editor is led to %q, want to set a factor up", to)
	}
	if _, to := s.visit("/me"); !strings.HasPrefix(to, "/login?") {
		t.Errorf("without the factor /me opens, or leads to %q", to)
	}
	app := s.scan(s.get("/login/enrol?next=/about", http.StatusOK))
	page, _ = s.post("/login/enrol", http.StatusUnprocessableEntity, "code", app.wrong(), "next", "/about")
	if again := s.scan(page); string(again) != string(app) {
		t.Error("a wrong code changes the secret")
	}
	page, _ = s.post("/login/enrol", http.StatusOK, "code", app.code(0), "next", "/about")
	if n := len(shownCodes.FindAllString(page, -1)); n != 10 || !strings.Contains(page, `href="/about"`) {
		t.Errorf("%d recovery codes after setting up, want 10, and a way to /about", n)
	}
	s.get("/me", http.StatusOK)

	editor, err := s.app.Desk.Store.UserByName(context.Background(), "editor")
	if err != nil {
		t.Fatal(err)
	}
	theirs := s.browser
	s.browser = admin
	s.holds(s.get("/admin/users", http.StatusOK), "the list of users", "Reset second factor")
	s.post("/admin/users/"+string(editor.ID)+"/factor/reset", http.StatusSeeOther)
	s.browser = theirs
	s.visit("/me") // signed out
	if to := s.password("editor"); to != "/login/enrol?next=%2Fabout" {
		t.Fatalf("after the reset an editor is led to %q", to)
	}
	app = s.scan(s.get("/login/enrol", http.StatusOK))
	s.post("/login/enrol", http.StatusOK, "code", app.code(0))
	s.holds(s.get("/about", http.StatusOK), "the first page after the reset", "Your second factor was reset by admin on ")
}

// TestConfirmItIsYou: an old session makes no token before its user has proved again who they are.
func TestConfirmItIsYou(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Admin)
	ctx := context.Background()
	store := s.app.Desk.Store
	admin, err := store.UserByName(ctx, "admin")
	if err != nil {
		t.Fatal(err)
	}
	sessions, err := store.Sessions(ctx, admin.ID)
	if err != nil || len(sessions) != 1 {
		t.Fatalf("%d sessions, %v", len(sessions), err)
	}
	sessions[0].CreatedAt = sessions[0].CreatedAt.Add(-11 * time.Minute)
	if _, err := store.Update(ctx, func(tx incident.Tx) error { return tx.PutSession(sessions[0]) }); err != nil {
		t.Fatal(err)
	}
	for path, page := range map[string]string{"/admin/tokens": "%2Fadmin%2Ftokens", "/me/tokens": "%2Fme%2Ftokens", "/admin/users": "%2Fadmin%2Fusers", "/admin/users/" + string(admin.ID): "%2Fadmin%2Fusers",
		"/admin/factors": "%2Fadmin%2Fusers", "/me/factor/begin": "%2Fme%2Ffactor", "/me/factor/recovery": "%2Fme%2Ffactor"} {
		if _, to := s.post(path, http.StatusSeeOther, "name", "export", "role", "admin", "days", "1"); to != "/me/confirm?next="+page {
			t.Errorf("POST %s in an old session leads to %q", path, to)
		}
	}
	if tokens, err := store.Tokens(ctx); err != nil || len(tokens) != 0 {
		t.Errorf("an old session made %d tokens, %v", len(tokens), err)
	}
	s.holds(s.get("/me/confirm?next=/admin/tokens", http.StatusOK), "the page", "Confirm that it is you", "Nothing was changed yet.")
	page, _ := s.post("/me/confirm", http.StatusUnprocessableEntity, "password", "not my password", "next", "/admin/tokens")
	s.holds(page, "a wrong password", "this is not your password")
	if _, to := s.post("/me/confirm", http.StatusSeeOther, "password", password, "next", "/admin/tokens"); to != "/admin/tokens" {
		t.Errorf("the confirmation leads to %q", to)
	}
	s.post("/admin/tokens", http.StatusOK, "name", "export", "ability", "read", "days", "1")
	if old, err := store.Session(ctx, sessions[0].Hash); err != nil || old.EndedAt.IsZero() {
		t.Error("the session kept its secret over the confirmation")
	}
}
