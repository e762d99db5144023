package config

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"hindsight/incident"
)

func TestSignInSettings(t *testing.T) {
	c, err := load(t, []string{"--oidc-client-id", "hindsight"}, map[string]string{"HINDSIGHT_OIDC_ISSUER": "https://login.example.com", "HINDSIGHT_OIDC_CLIENT_SECRET": "never shown",
		"HINDSIGHT_OIDC_SCOPES": "email,groups", "HINDSIGHT_SIGN_IN_ROLES": "sre=editor", "HINDSIGHT_LOCAL_SIGN_IN": "administrators",
		"HINDSIGHT_TRUSTED_PROXIES": "10.0.0.5,10.1.0.0/16"})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(c.OIDC.Scopes, []string{"openid", "email", "groups"}) || !c.OIDC.WantGroups || c.Joining.Role([]string{"sre"}) != incident.Editor || !c.OnlyAdminsLocal || len(c.Proxies.Trusted) != 2 {
		t.Errorf("Load = %+v", c)
	}
	var out strings.Builder
	c.Dump(&out)
	for _, want := range []string{"HINDSIGHT_OIDC_CLIENT_SECRET=set\n", "HINDSIGHT_OIDC_CLIENT_ID=hindsight\n", "HINDSIGHT_SIGN_IN_ROLES=sre=editor\n"} {
		if !strings.Contains(out.String(), want) || strings.Contains(out.String(), "never shown") {
			t.Errorf("Dump lacks %q, or shows the secret:\n%s", want, &out)
		}
	}
}

func TestMistakesAboutSigningIn(t *testing.T) {
	provider := map[string]string{"HINDSIGHT_OIDC_ISSUER": "https://login.example.com", "HINDSIGHT_OIDC_CLIENT_ID": "hindsight", "HINDSIGHT_SIGN_IN_DEFAULT_ROLE": "viewer"}
	proxy := map[string]string{"HINDSIGHT_TRUSTED_PROXIES": "10.0.0.5", "HINDSIGHT_PROXY_USER_HEADER": "X-User", "HINDSIGHT_SIGN_IN_DEFAULT_ROLE": "viewer"}
	for _, tc := range []struct {
		base             map[string]string
		env, value, want string
	}{
		{provider, "HINDSIGHT_OIDC_ISSUER", "http://login.example.com", "such as https://"}, {provider, "HINDSIGHT_OIDC_ISSUER", "", "without HINDSIGHT_OIDC_ISSUER"},
		{provider, "HINDSIGHT_OIDC_CLIENT_ID", "", "HINDSIGHT_OIDC_CLIENT_ID is empty"}, {provider, "HINDSIGHT_OIDC_RECHECK", "1s", "from 1m to 24h"},
		{provider, "HINDSIGHT_SIGN_IN_DEFAULT_ROLE", "", "nobody could sign in"}, {provider, "HINDSIGHT_SIGN_IN_ROLES", "sre", "HINDSIGHT_SIGN_IN_ROLES"},
		{provider, "HINDSIGHT_LOCAL_SIGN_IN", "nobody", "everybody or administrators"},
		{proxy, "HINDSIGHT_TRUSTED_PROXIES", "", "anybody could send it"}, {proxy, "HINDSIGHT_TRUSTED_PROXIES", "0.0.0.0/0", "which is everybody"}, {proxy, "HINDSIGHT_TRUSTED_PROXIES", "proxy", "HINDSIGHT_TRUSTED_PROXIES"},
		{proxy, "HINDSIGHT_PROXY_USER_HEADER", "X User", "the name of a header"}, {proxy, "HINDSIGHT_SIGN_IN_DEFAULT_ROLE", "", "nobody could sign in"},
		{nil, "HINDSIGHT_PROXY_EMAIL_HEADER", "X-Email", "without HINDSIGHT_TRUSTED_PROXIES"},
	} {
		env := maps.Clone(tc.base)
		if env == nil {
			env = map[string]string{}
		}
		if _, err := load(t, nil, env); err != nil && tc.base != nil {
			t.Fatalf("Load without a mistake: %v", err)
		}
		env[tc.env] = tc.value
		if _, err := load(t, nil, env); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("Load with %s=%q: error %v, want one with %q", tc.env, tc.value, err, tc.want)
		}
	}
}
