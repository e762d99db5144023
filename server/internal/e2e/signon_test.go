package e2e

import (
	"bufio"
	"net/netip"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/auth"
	"hindsight/server/internal/config"
	"hindsight/server/internal/oidc"
)

// identityProvider starts the provider of ../oidc/testdata/provider for a client that is led back to callback, and returns its issuer.
func identityProvider(t *testing.T, callback string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "provider")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Dir = absolute(t, "../oidc/testdata/provider")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the provider: %v\n%s", err, out)
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

// singleSignOn goes to the provider by the button, signs in there, comes back to where it wanted to go, and signs out here and there. The
// page for signing in and the one after signing out break no rule of axe-core.
func singleSignOn(t *testing.T, b browser) {
	issuer := ""
	s := openWith(t, time.Now, func(url string) config.Config {
		issuer = identityProvider(t, url+oidc.CallbackPath)
		return config.Config{AllowNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, Joining: auth.Joining{Default: incident.Editor},
			OIDC: oidc.Settings{Name: "Example Login", Issuer: issuer, ClientID: "hindsight", ClientSecret: "a secret for tests", Scopes: []string{"openid", "profile", "email"}, Recheck: 15 * time.Minute}}
	})
	s.user(t, "admin", incident.Admin)
	s.also = strings.TrimSuffix(issuer, "/")
	axe, p := rules(t), b.tab(t, s)
	p.open("/incidents?priority=P1")
	p.accessible(axe)
	p.follow("main", "Sign in with Example Login")
	if !strings.HasPrefix(p.where(), issuer) {
		t.Fatalf("the button leads to %s, want the provider at %s", p.where(), issuer)
	}
	p.fill("#username", "test-user2")
	p.fill("#password", "verysecure")
	p.follow("form", "Login")
	p.want("where signing in leads", p.where(), "/incidents?priority=P1")
	p.open("/me")
	p.wantIn("main", "Example Login", "test-user2")

	p.click(".top", "Account of")
	p.follow(".top", "Sign out")
	p.wantIn("main", "Example Login")
	p.accessible(axe)
	p.open("/me")
	p.wantIn("h1", "Sign in")
}

// accessible holds the page that is open against the rules of axe-core.
func (p *tab) accessible(axe string) {
	p.t.Helper()
	eval[bool](p, axe+";true")
	if got := eval[string](p, audit); got != "" {
		p.t.Errorf("axe finds on %s\n%s", p.where(), got)
	}
}
