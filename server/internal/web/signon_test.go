package web_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/app"
	"hindsight/server/internal/auth"
	"hindsight/server/internal/config"
	"hindsight/server/internal/oidc"
)

// The provider's only users, and the client that it knows; see ../oidc/testdata/provider.
const (
	theirUser     = "test-user2"
	theirSubject  = "id2"
	theirPassword = "verysecure"
	clientSecret  = "a secret for tests"
)

// built is the program of the test provider, built once.
var built = sync.OnceValues(func() (string, error) {
	dir, err := filepath.Abs("../oidc/testdata/provider")
	if err != nil {
		return "", err
	}
	program := filepath.Join(os.TempDir(), "hindsight-test-provider-"+strconv.Itoa(os.Getpid()))
	cmd := exec.Command("go", "build", "-o", program, ".")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", &exec.Error{Name: string(out), Err: err}
	}
	return program, nil
})

// signOn is a server with single sign-on, and the provider, a process of its own.
type signOn struct {
	*importSite
	issuer string
	ahead  atomic.Int64 // by how much the server's clock is ahead
}

func newSignOn(t *testing.T, change func(*config.Config)) *signOn {
	t.Helper()
	s := &signOn{}
	server := httptest.NewUnstartedServer(nil)
	base := "http://" + server.Listener.Addr().String()
	s.issuer = startProvider(t, base+oidc.CallbackPath)
	data := t.TempDir()
	c := config.Config{Data: data, BaseURL: base, AllowNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")},
		OIDC: oidc.Settings{Name: "Example Login", Issuer: s.issuer, ClientID: "hindsight", ClientSecret: clientSecret,
			Scopes: []string{"openid", "profile", "email", "offline_access"}, GroupsClaim: "groups", WantGroups: true, Recheck: 15 * time.Minute},
		Joining: auth.Joining{Roles: []auth.GroupRole{{Group: "sre", Role: incident.Editor}, {Group: "leads", Role: incident.Admin}},
			Teams: []auth.GroupTeam{{Group: "sre", Team: "Platform"}}, Default: incident.Viewer}}
	if change != nil {
		change(&c)
	}
	now := func() time.Time { return time.Now().Add(time.Duration(s.ahead.Load())) }
	a, err := app.Open(t.Context(), app.Options{Config: c, Parts: app.Found, Version: "test", Now: now, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatalf("app.Open: %v", err)
	}
	if server.Config.Handler, err = a.Handler(); err != nil {
		t.Fatalf("Handler: %v", err)
	}
	server.Start()
	t.Cleanup(func() {
		server.Close()
		if err := a.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	s.importSite = &importSite{T: t, app: a, data: data, server: server}
	s.browser = s.newBrowser()
	s.store(func(tx incident.Tx) error {
		return tx.PutTeams([]incident.Team{incident.NewTeam("Platform"), incident.NewTeam("Payments")})
	})
	return s
}

// startProvider starts the provider for a client that is led back to callback, and returns its issuer.
func startProvider(t *testing.T, callback string) string {
	t.Helper()
	program, err := built()
	if err != nil {
		t.Fatalf("build the provider: %v", err)
	}
	cmd := exec.Command(program, callback)
	cmd.Stderr = t.Output()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cmd.Process.Kill(); err != nil {
			t.Errorf("end the provider: %v", err)
		}
		cmd.Wait() // says that it was killed
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the provider says nothing: %v", err)
	}
	return strings.TrimSpace(line)
}

func (s *signOn) store(f func(incident.Tx) error) {
	s.Helper()
	if _, err := s.app.Desk.Store.Update(context.Background(), f); err != nil {
		s.Fatalf("Update: %v", err)
	}
}

// tell says to the provider what to do from now on.
func (s *signOn) tell(control map[string]any) {
	s.Helper()
	text, err := json.Marshal(control)
	if err != nil {
		s.Fatal(err)
	}
	s.ask("/control", text)
}

func (s *signOn) ask(path string, body []byte) string {
	s.Helper()
	res, err := http.Post(s.issuer+path, "application/json", bytes.NewReader(body))
	if err != nil {
		s.Fatalf("POST %s: %v", path, err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		s.Fatalf("POST %s = %d, %v: %s", path, res.StatusCode, err, text)
	}
	return string(text)
}

var loginID = regexp.MustCompile(`name="id" value="([^"]+)"`)

// at follows an address with the browser, at the provider or here, and returns where the answer leads, or its body.
func (s *signOn) at(address string) (status int, body, to string) {
	s.Helper()
	return s.answer(s.browser.Get(address))
}

func (s *signOn) answer(res *http.Response, err error) (status int, body, to string) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.Fatal(err)
	}
	if to = res.Header.Get("Location"); to != "" {
		next, err := res.Request.URL.Parse(to)
		if err != nil {
			s.Fatal(err)
		}
		to = next.String()
	}
	return res.StatusCode, string(text), to
}

// begin goes to the provider as the button does, and signs in there. It returns where the provider sends the browser back to.
func (s *signOn) begin(path string) (callback string) {
	s.Helper()
	_, page, to := s.at(s.server.URL + path)
	if !strings.HasPrefix(to, s.issuer) {
		s.Fatalf("GET %s leads to %q, want the provider\n%s", path, to, said(page))
	}
	return s.there(to)
}

// there signs in at the provider.
func (s *signOn) there(to string) (callback string) {
	s.Helper()
	_, _, to = s.at(to)
	_, page, _ := s.at(to)
	id := loginID.FindStringSubmatch(page)
	if id == nil {
		s.Fatalf("the provider shows no form to sign in at %s:\n%s", to, page)
	}
	_, page, to = s.answer(s.browser.PostForm(s.issuer+"/login/username", url.Values{"username": {theirUser}, "password": {theirPassword}, "id": {id[1]}}))
	if to == "" {
		s.Fatalf("the provider does not let the user in:\n%s", page)
	}
	_, _, to = s.at(to)
	if !strings.HasPrefix(to, s.server.URL+oidc.CallbackPath) {
		s.Fatalf("the provider leads back to %q", to)
	}
	return to
}

// come signs in through the provider and returns what the answer to the last step was.
func (s *signOn) come() (status int, body, to string) {
	s.Helper()
	return s.at(s.begin("/login/oidc?next=/incidents"))
}

// user is whom the provider's user is here.
func (s *signOn) user() *incident.User {
	s.Helper()
	identity, err := s.app.Desk.Store.Identity(context.Background(), s.issuer, theirSubject)
	if err != nil {
		return nil
	}
	u, err := s.app.Desk.Store.User(context.Background(), identity.User)
	if err != nil {
		s.Fatal(err)
	}
	return u
}

func (s *signOn) teams(u *incident.User) int {
	s.Helper()
	teams, err := s.app.Desk.Store.TeamsOf(context.Background(), u.ID)
	if err != nil {
		s.Fatal(err)
	}
	return len(teams)
}

// in reports whether the browser is signed in.
func (s *signOn) in() bool {
	s.Helper()
	status, _, _ := s.at(s.server.URL + "/me")
	return status == http.StatusOK
}

func groups(names ...string) map[string]any {
	return map[string]any{"claims": map[string]any{"groups": names, "sid": "session-1"}}
}

// TestSignOn: a stranger comes in with the role and team of their groups, and loses them with the groups.
func TestSignOn(t *testing.T) {
	s := newSignOn(t, nil)
	s.app.Desk.Auth.CreateFirst(t.Context(), "admin", "", password)
	s.holds(s.get("/login", http.StatusOK), "the page", "Sign in with Example Login", "Sign in with a password")
	s.tell(groups("sre"))
	if status, page, to := s.come(); status != http.StatusSeeOther || to != s.server.URL+"/incidents" {
		t.Fatalf("signing in = %d to %q, want 303 to /incidents\n%s", status, to, said(page))
	}
	u := s.user()
	if u == nil || u.Name != theirUser || u.Role != incident.Editor || u.Email != "test-user2@zitadel.ch" || u.PasswordHash != "" || s.teams(u) != 1 {
		t.Fatalf("the user is %+v in %d teams, want an editor called %s in one, without a password", u, s.teams(u), theirUser)
	}
	s.holds(s.get("/me", http.StatusOK), "the page", "through single sign-on", "from 127.0.0.1")
	s.tell(groups("other"))
	s.come()
	if now := s.user(); now.ID != u.ID || now.Role != incident.Viewer || s.teams(u) != 0 {
		t.Errorf("after the group was removed the user is %+v in %d teams, want the same one as viewer in none", now, s.teams(u))
	}
	_, page, _ := s.answer(s.browser.PostForm(s.server.URL+"/logout", nil))
	m := regexp.MustCompile(`href="(http[^"]+end_session[^"]*)"`).FindStringSubmatch(page)
	if m == nil || !strings.Contains(m[1], "id_token_hint=") || s.in() {
		t.Errorf("signing out offers %q, want the provider's place to sign out; signed in: %v\n%s", m, s.in(), said(page))
	}
}

// TestGroupsFromUserinfo: what the ID token leaves out is asked for.
func TestGroupsFromUserinfo(t *testing.T) {
	s := newSignOn(t, nil)
	s.tell(map[string]any{"userinfo": map[string]any{"groups": []string{"leads"}}})
	s.come()
	if u := s.user(); u == nil || u.Role != incident.Admin {
		t.Errorf("the user is %+v, want an administrator", u)
	}
	s.tell(map[string]any{"userinfo": map[string]any{"groups": []string{"leads"}, "sub": "somebody else"}})
	if status, page, _ := s.come(); status != http.StatusBadGateway {
		t.Errorf("userinfo about somebody else = %d, want 502\n%s", status, said(page))
	}
}

// TestTokensThatAreNotBelieved: nobody is signed in by a token that is not for this sign-in, and the page says so.
func TestTokensThatAreNotBelieved(t *testing.T) {
	s := newSignOn(t, nil)
	claim := func(name string, value any) map[string]any {
		return map[string]any{"claims": map[string]any{name: value, "groups": []string{"sre"}}}
	}
	hour := func(n int) int64 { return time.Now().Add(time.Duration(n) * time.Hour).Unix() }
	for _, tc := range []struct {
		name    string
		control map[string]any
	}{
		{"nonce of another sign-in", claim("nonce", "x")}, {"no nonce", claim("nonce", nil)}, {"expired", claim("exp", hour(-1))},
		{"from the future", claim("iat", hour(1))}, {"for another client", claim("aud", "other")},
		{"for several, and not for us", claim("aud", []string{"hindsight", "other"})}, {"authorized for another", claim("azp", "other")}, {"of another issuer", claim("iss", "https://example.com")},
		{"about nobody", claim("sub", "")}, {"of another access token", claim("at_hash", "AAAA")},
		{"signed with an unknown key", map[string]any{"unknown": true}},
		{"groups left out", map[string]any{"claims": map[string]any{"_claim_names": map[string]any{"groups": "src1"}, "_claim_sources": map[string]any{"src1": map[string]any{"endpoint": "https://example.com"}}}}},
	} {
		if tc.name == "for several, and not for us" {
			tc.control["claims"].(map[string]any)["azp"] = nil
		}
		s.tell(tc.control)
		status, page, _ := s.come()
		if status != http.StatusBadGateway || !strings.Contains(said(page), "could not be verified") || s.in() {
			t.Errorf("%s = %d, signed in: %v, want 502 and nobody signed in\n%s", tc.name, status, s.in(), said(page))
		}
	}
	if u := s.user(); u != nil {
		t.Errorf("a user was added: %+v", u)
	}
	s.tell(map[string]any{"rotate": true})
	s.tell(groups("sre"))
	if status, page, _ := s.come(); status != http.StatusSeeOther {
		t.Errorf("after the provider changed its keys = %d, want 303\n%s", status, said(page))
	}
}

// TestSignInThereMustBeStrong: where acr or amr are asked for, the provider is asked for acr, and who was signed in otherwise is not let in.
func TestSignInThereMustBeStrong(t *testing.T) {
	s := newSignOn(t, func(c *config.Config) { c.OIDC.ACR, c.OIDC.AMR = []string{"phr", "phrh"}, []string{"mfa", "hwk"} })
	for _, tc := range []struct {
		acr  any
		amr  any
		want int
	}{
		{nil, nil, http.StatusForbidden}, {"phr", nil, http.StatusForbidden}, {nil, []string{"mfa"}, http.StatusForbidden}, {"1", []string{"mfa"}, http.StatusForbidden},
		{"phr phrh", []string{"mfa"}, http.StatusForbidden}, {"phr", []string{"pwd"}, http.StatusForbidden}, {"phrh", []string{"pwd", "hwk"}, http.StatusSeeOther},
	} {
		s.tell(map[string]any{"claims": map[string]any{"acr": tc.acr, "amr": tc.amr, "groups": []string{"sre"}}})
		status, page, _ := s.come()
		if status != tc.want || s.in() != (tc.want == http.StatusSeeOther) || tc.want == http.StatusForbidden && !strings.Contains(said(page), "not strong enough here") {
			t.Errorf("acr %v and amr %v = %d, signed in: %v, want %d\n%s", tc.acr, tc.amr, status, s.in(), tc.want, said(page))
		}
	}
	if _, _, to := s.newBrowserAt("/login/oidc"); !strings.Contains(to, "acr_values=phr+phrh") {
		t.Errorf("the provider is asked at %q, want acr_values", to)
	}
}

// newBrowserAt asks for a page as somebody who is not signed in.
func (s *signOn) newBrowserAt(path string) (status int, body, to string) {
	s.browser = s.newBrowser()
	return s.at(s.server.URL + path)
}

// TestAnswersThatAreNotAwaited: the browser that comes back is the one that went, with the answer to what it asked, once.
func TestAnswersThatAreNotAwaited(t *testing.T) {
	s := newSignOn(t, nil)
	s.tell(groups("sre"))
	change := func(callback, name, value string) string {
		u, err := url.Parse(callback)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		q.Set(name, value)
		u.RawQuery = q.Encode()
		return u.String()
	}
	for _, tc := range []struct {
		name, want string
		status     int
		callback   func(string) string
	}{
		{"another state", "begun in another browser", http.StatusBadRequest, func(c string) string { return change(c, "state", "x") }},
		{"another issuer", "could not be verified", http.StatusBadGateway, func(c string) string { return change(c, "iss", "https://example.com") }},
		{"an unknown code", "did not let you in", http.StatusForbidden, func(c string) string { return change(c, "code", "x") }},
		{"a refusal", "did not let you in: access_denied: <b>no</b>.", http.StatusForbidden, func(c string) string {
			return change(change(c, "error", "access_denied"), "error_description", "<b>no</b>")
		}},
		{"another browser", "begun in another browser", http.StatusBadRequest, func(c string) string { s.browser = s.newBrowser(); return c }},
	} {
		status, page, _ := s.at(tc.callback(s.begin("/login/oidc")))
		if status != tc.status || !strings.Contains(said(page), tc.want) || s.in() {
			t.Errorf("%s = %d, signed in: %v, want %d and %q\n%s", tc.name, status, s.in(), tc.status, tc.want, said(page))
		}
	}
	callback := s.begin("/login/oidc")
	s.at(callback)
	if !s.in() {
		t.Fatal("the answer that is awaited signs nobody in")
	}
	other := s.begin("/login/oidc") // so that this browser has a sign-in under way
	used, err := url.Parse(callback)
	if err != nil {
		t.Fatal(err)
	}
	status, page, _ := s.at(change(other, "code", used.Query().Get("code")))
	if status != http.StatusForbidden {
		t.Errorf("a code a second time = %d, want 403\n%s", status, said(page))
	}
	if _, _, to := s.at(s.server.URL + "/login/oidc?next=//evil.example"); !strings.Contains(to, "code_challenge_method=S256") || strings.Contains(to, "evil") {
		t.Errorf("the way to the provider is %q, want PKCE and no other site in it", to)
	}
}

// TestWhoMayNotJoin: a name that is taken is nobody's for the asking; groups and domains say who may come.
func TestWhoMayNotJoin(t *testing.T) {
	s := newSignOn(t, func(c *config.Config) { c.Joining.Default = "" })
	local, err := s.app.Desk.Auth.CreateUser(t.Context(), theirUser, "", password, incident.Editor)
	if err != nil {
		t.Fatal(err)
	}
	s.tell(groups("none that counts"))
	if status, page, _ := s.come(); status != http.StatusForbidden || !strings.Contains(said(page), "none of your groups may sign in") {
		t.Errorf("without a group = %d\n%s", status, said(page))
	}
	s.tell(groups("leads"))
	if status, page, _ := s.come(); status != http.StatusForbidden || !strings.Contains(said(page), "There is a user called "+theirUser) || s.in() {
		t.Errorf("with a name that is taken = %d\n%s", status, said(page))
	}
	failed, err := s.app.Desk.Store.Audit(t.Context(), incident.AuditFilter{Action: incident.AuditSignInFailed})
	if err != nil || len(failed) < 1 || !strings.Contains(string(failed[0].Facts), `"single sign-on"`) || !strings.Contains(string(failed[0].Facts), `"turned away"`) {
		t.Errorf("the audit log tells of these sign-ins %+v, %v; want that single sign-on turned somebody away", failed, err)
	}
	if u, err := s.app.Desk.Store.User(t.Context(), local.ID); err != nil || u.Role != incident.Editor || s.user() != nil {
		t.Errorf("the local user is %+v, %v, and %+v is linked; want them untouched", u, err, s.user())
	}
	// The local user links the account, having confirmed who they are by signing in just now.
	s.browser = s.newBrowser()
	s.post("/login", http.StatusSeeOther, "name", theirUser, "password", password)
	page, _ := s.post("/me/link", http.StatusOK)
	m := regexp.MustCompile(`href="([^"]+)">Go on to Example Login`).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("the page offers no way to the provider:\n%s", said(page))
	}
	if status, page, to := s.at(s.there(html.UnescapeString(m[1]))); to != s.server.URL+"/me" {
		t.Fatalf("linking = %d to %q\n%s", status, to, said(page))
	}
	if u := s.user(); u == nil || u.ID != local.ID {
		t.Errorf("the account is linked to %+v, want %s", u, local.ID)
	}
	s.browser = s.newBrowser()
	if status, page, _ := s.come(); status != http.StatusSeeOther || !s.in() {
		t.Errorf("signing in with the linked account = %d\n%s", status, said(page))
	}
}

// TestProviderEndsSessions: a logout token ends the sessions that it names; others end none, and say so.
func TestProviderEndsSessions(t *testing.T) {
	s := newSignOn(t, nil)
	s.tell(groups("sre"))
	s.come()
	token := func(typ string, change map[string]any) string {
		claims := map[string]any{"iss": s.issuer, "aud": "hindsight", "iat": time.Now().Unix(), "exp": time.Now().Add(2 * time.Minute).Unix(), "jti": "1", "sid": "session-1",
			"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}}
		for name, value := range change {
			if claims[name] = value; value == nil {
				delete(claims, name)
			}
		}
		text, err := json.Marshal(claims)
		if err != nil {
			t.Fatal(err)
		}
		return s.ask("/control/logout?typ="+url.QueryEscape(typ), text)
	}
	provider := &http.Client{}
	send := func(token string) int {
		res, err := provider.PostForm(s.server.URL+oidc.LogoutPath, url.Values{"logout_token": {token}})
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if got := res.Header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("the answer to a logout token may be kept: Cache-Control is %q", got)
		}
		return res.StatusCode
	}
	for name, bad := range map[string]string{
		"nothing": "", "no token": "x.y.z", "an ID token's nonce": token("", map[string]any{"nonce": "x"}), "no event": token("", map[string]any{"events": map[string]any{}}),
		"about nobody": token("", map[string]any{"sid": nil}), "for another client": token("", map[string]any{"aud": "other"}), "of another issuer": token("", map[string]any{"iss": "https://example.com"}),
		"expired": token("", map[string]any{"exp": time.Now().Add(-time.Hour).Unix()}), "without an end": token("", map[string]any{"exp": nil}), "without an id": token("", map[string]any{"jti": nil}), "another type": token("at+jwt", nil),
		"not signed": "eyJhbGciOiJub25lIn0." + strings.Split(token("", nil), ".")[1] + ".",
	} {
		if status := send(bad); status != http.StatusBadRequest || !s.in() {
			t.Errorf("a logout token with %s = %d, still signed in: %v; want 400 and a session", name, status, s.in())
		}
	}
	if status := send(token("logout+jwt", map[string]any{"sid": "another"})); status != http.StatusOK || !s.in() {
		t.Errorf("a logout token of another session = %d, still signed in: %v", status, s.in())
	}
	if status := send(token("logout+jwt", nil)); status != http.StatusOK || s.in() {
		t.Errorf("a logout token of the session = %d, still signed in: %v", status, s.in())
	}
	s.holds(s.get("/login?next=/incidents", http.StatusOK), "the page", "You were signed out", "Your sign-in at the provider of single sign-on has ended.")
	// What was written is kept.
	page, _ := s.post("/me", http.StatusUnauthorized, "display", "Responder <One>", "zone", "UTC", "password", "never shown")
	s.holds(page, "the page", "what you wrote is kept here", "Responder <One>")
	if strings.Contains(page, "never shown") {
		t.Error("the page shows a password that was sent")
	}
}

// TestProviderIsAskedAgain: whom the provider does not vouch for any more is signed out, and groups count at once.
func TestProviderIsAskedAgain(t *testing.T) {
	s := newSignOn(t, nil)
	s.tell(groups("sre"))
	s.come()
	s.ahead.Add(int64(16 * time.Minute))
	s.tell(map[string]any{"down": true})
	if !s.in() {
		t.Error("a provider that does not answer ends a session")
	}
	s.ahead.Add(int64(16 * time.Minute))
	s.tell(groups("sre"))
	if !s.in() {
		t.Error("a provider that vouches again ends a session")
	}
	// Who came so proves again who they are at the provider, too.
	s.holds(s.get("/me/confirm?next=/me", http.StatusOK), "the page", "Sign in again with Example Login")
	if _, _, to := s.at(s.server.URL + "/login/oidc?again=yes&next=/me"); !strings.Contains(to, "prompt=login") {
		t.Errorf("the way to the provider is %q, want it to ask for the password again", to)
	}
	s.tell(map[string]any{"refuse": true})
	if !s.in() {
		t.Error("the provider is asked again before it is time to")
	}
	s.ahead.Add(int64(16 * time.Minute))
	if s.in() {
		t.Error("a user whom the provider refuses is still signed in")
	}
	s.holds(s.get("/login", http.StatusOK), "the page", "does not confirm your account any more")
}

// TestProviderIsDown: the page says so, and who has a password signs in.
func TestProviderIsDown(t *testing.T) {
	s := newSignOn(t, func(c *config.Config) { c.OnlyAdminsLocal = true })
	s.tell(map[string]any{"down": true})
	if status, page, _ := s.at(s.server.URL + "/login/oidc"); status != http.StatusBadGateway || !strings.Contains(said(page), "Example Login does not answer at present") {
		t.Errorf("with the provider down = %d\n%s", status, said(page))
	}
	for role, status := range map[incident.Role]int{incident.Admin: http.StatusSeeOther, incident.Editor: http.StatusUnprocessableEntity} {
		if _, err := s.app.Desk.Auth.CreateUser(t.Context(), string(role), "", password, role); err != nil {
			t.Fatal(err)
		}
		s.browser = s.newBrowser()
		page, _ := s.post("/login", status, "name", string(role), "password", password)
		if role == incident.Editor {
			s.holds(page, "the page", "Passwords are for administrators here")
		}
	}
	closed := newSignOn(t, func(c *config.Config) { c.AllowNetworks = nil })
	if status, page, _ := closed.at(closed.server.URL + "/login/oidc"); status != http.StatusBadGateway || !strings.Contains(said(page), "HINDSIGHT_ALLOW_NETWORKS") {
		t.Errorf("with a provider in a network that is not allowed = %d\n%s", status, said(page))
	}
}
