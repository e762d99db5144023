package config

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/auth"
	"hindsight/server/internal/oidc"
)

// signIn is the settings about signing in as they were given, until they are parsed.
type signIn struct {
	scopes, recheck, acr, amr            string
	roles, teams, domains, defaultRole   string
	local, proxies                       string
	userHeader, emailHeader, groupHeader string
}

// signInOptions are the settings about signing in from outside.
func signInOptions() []Option {
	return []Option{
		{Env: "HINDSIGHT_OIDC_ISSUER", Flag: "oidc-issuer", Help: "address of the OpenID Connect provider; empty: no single sign-on",
			field: func(c *Config) *string { return &c.OIDC.Issuer }},
		{Env: "HINDSIGHT_OIDC_NAME", Flag: "oidc-name", Default: "single sign-on", Help: "what the button calls the provider",
			field: func(c *Config) *string { return &c.OIDC.Name }},
		{Env: "HINDSIGHT_OIDC_CLIENT_ID", Flag: "oidc-client-id", Help: "how the provider calls Hindsight",
			field: func(c *Config) *string { return &c.OIDC.ClientID }},
		{Env: "HINDSIGHT_OIDC_CLIENT_SECRET", Help: "the secret that the provider gave with it; empty for a public client", Secret: true,
			field: func(c *Config) *string { return &c.OIDC.ClientSecret }, show: func(c Config) string { return isSet(c.OIDC.ClientSecret) }},
		{Env: "HINDSIGHT_OIDC_SCOPES", Flag: "oidc-scopes", Default: "openid profile email", Help: "scopes to ask for; offline_access lets Hindsight ask again whether a user still may",
			field: func(c *Config) *string { return &c.signIn.scopes }},
		{Env: "HINDSIGHT_OIDC_GROUPS_CLAIM", Flag: "oidc-groups-claim", Default: "groups", Help: "the claim that lists a user's groups",
			field: func(c *Config) *string { return &c.OIDC.GroupsClaim }},
		{Env: "HINDSIGHT_OIDC_ACR", Flag: "oidc-acr", Help: "values of acr, one of which the provider must say of a sign-in, such as phr phrh; empty: any",
			field: func(c *Config) *string { return &c.signIn.acr }},
		{Env: "HINDSIGHT_OIDC_AMR", Flag: "oidc-amr", Help: "methods, one of which the provider must have signed people in with, such as mfa hwk; empty: any",
			field: func(c *Config) *string { return &c.signIn.amr }},
		{Env: "HINDSIGHT_OIDC_RECHECK", Flag: "oidc-recheck", Default: "15m", Help: "how often the provider is asked again, where it gave a refresh token",
			field: func(c *Config) *string { return &c.signIn.recheck }},
		{Env: "HINDSIGHT_SIGN_IN_ROLES", Flag: "sign-in-roles", Help: "roles by group, such as sre=editor; leads=admin",
			field: func(c *Config) *string { return &c.signIn.roles }},
		{Env: "HINDSIGHT_SIGN_IN_TEAMS", Flag: "sign-in-teams", Help: "teams by group, such as payments=Payments; search=Search",
			field: func(c *Config) *string { return &c.signIn.teams }},
		{Env: "HINDSIGHT_SIGN_IN_DOMAINS", Flag: "sign-in-domains", Help: "domains of verified e-mail addresses that may join; empty: any",
			field: func(c *Config) *string { return &c.signIn.domains }},
		{Env: "HINDSIGHT_SIGN_IN_DEFAULT_ROLE", Flag: "sign-in-default-role", Help: "role of those in none of the groups; empty: they may not sign in",
			field: func(c *Config) *string { return &c.signIn.defaultRole }},
		{Env: "HINDSIGHT_LOCAL_SIGN_IN", Flag: "local-sign-in", Default: "everybody", Help: "who may sign in with a password: everybody or administrators",
			field: func(c *Config) *string { return &c.signIn.local }},
		{Env: "HINDSIGHT_TRUSTED_PROXIES", Flag: "trusted-proxies", Help: "addresses of the proxies whose X-Forwarded-For is believed, such as 10.0.0.5; empty: none",
			field: func(c *Config) *string { return &c.signIn.proxies }},
		{Env: "HINDSIGHT_PROXY_USER_HEADER", Flag: "proxy-user-header", Help: "header in which a trusted proxy names the user that it has signed in; empty: no such sign-in",
			field: func(c *Config) *string { return &c.signIn.userHeader }},
		{Env: "HINDSIGHT_PROXY_EMAIL_HEADER", Flag: "proxy-email-header", Help: "header with the user's e-mail address",
			field: func(c *Config) *string { return &c.signIn.emailHeader }},
		{Env: "HINDSIGHT_PROXY_GROUPS_HEADER", Flag: "proxy-groups-header", Help: "header with the user's groups, separated by commas",
			field: func(c *Config) *string { return &c.signIn.groupHeader }},
	}
}

func isSet(secret string) string {
	if secret == "" {
		return ""
	}
	return "set"
}

// checkSignIn parses the settings about signing in and says which of them do not go together.
func (c *Config) checkSignIn() error {
	s := c.signIn
	var err error
	var field *incident.FieldError
	if c.Joining, err = auth.ParseJoining(s.roles, s.teams, s.domains, s.defaultRole); errors.As(err, &field) {
		setting := map[string]string{"roles": "ROLES", "teams": "TEAMS", "domains": "DOMAINS", "default": "DEFAULT_ROLE"}[field.Field]
		return fmt.Errorf("HINDSIGHT_SIGN_IN_%s: %s", setting, field.Message)
	}
	switch s.local {
	case "", "everybody", "administrators":
		c.OnlyAdminsLocal = s.local == "administrators"
	default:
		return fmt.Errorf("HINDSIGHT_LOCAL_SIGN_IN is %q; it can be everybody or administrators", s.local)
	}
	if err := c.checkOIDC(); err != nil {
		return err
	}
	return c.checkProxies()
}

func (c *Config) checkOIDC() error {
	o, s := &c.OIDC, c.signIn
	if o.Issuer == "" {
		if o.ClientID != "" || o.ClientSecret != "" {
			return fmt.Errorf("HINDSIGHT_OIDC_CLIENT_ID or _CLIENT_SECRET is set without HINDSIGHT_OIDC_ISSUER, the address of the provider")
		}
		c.OIDC = oidc.Settings{}
		return nil
	}
	u, err := url.Parse(o.Issuer)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil || u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return fmt.Errorf("HINDSIGHT_OIDC_ISSUER is %q; it must be the provider's address as it writes it itself, such as https://login.example.com/realms/ours", o.Issuer)
	}
	if o.ClientID == "" {
		return fmt.Errorf("HINDSIGHT_OIDC_CLIENT_ID is empty; the provider gives one when Hindsight is registered there")
	}
	if o.Recheck, err = time.ParseDuration(s.recheck); err != nil || o.Recheck < time.Minute || o.Recheck > 24*time.Hour {
		return fmt.Errorf("HINDSIGHT_OIDC_RECHECK is %q; it can be from 1m to 24h", s.recheck)
	}
	o.Scopes = strings.FieldsFunc(s.scopes, func(r rune) bool { return r == ' ' || r == ',' })
	if !slices.Contains(o.Scopes, "openid") {
		o.Scopes = append([]string{"openid"}, o.Scopes...)
	}
	o.ACR, o.AMR = strings.Fields(s.acr), strings.Fields(s.amr)
	o.WantGroups = len(c.Joining.Roles)+len(c.Joining.Teams) > 0
	return c.checkJoining("HINDSIGHT_OIDC_ISSUER")
}

// checkJoining refuses a way to sign in by which nobody gets in.
func (c *Config) checkJoining(way string) error {
	if len(c.Joining.Roles) == 0 && c.Joining.Default == "" {
		return fmt.Errorf("%s is set, yet nobody could sign in: say in HINDSIGHT_SIGN_IN_ROLES which groups have which role, or in HINDSIGHT_SIGN_IN_DEFAULT_ROLE which role everybody has", way)
	}
	return nil
}

func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

func (c *Config) checkProxies() error {
	s := c.signIn
	trusted, err := parseNetworks("HINDSIGHT_TRUSTED_PROXIES", s.proxies)
	if err != nil {
		return err
	}
	c.Proxies = auth.Proxies{Trusted: trusted, User: s.userHeader, Email: s.emailHeader, GroupsHeader: s.groupHeader}
	for env, header := range map[string]string{"HINDSIGHT_PROXY_USER_HEADER": s.userHeader, "HINDSIGHT_PROXY_EMAIL_HEADER": s.emailHeader, "HINDSIGHT_PROXY_GROUPS_HEADER": s.groupHeader} {
		switch {
		case header == "":
		case len(trusted) == 0:
			return fmt.Errorf("%s is set without HINDSIGHT_TRUSTED_PROXIES: anybody could send it. Name the addresses of the proxies that may", env)
		case strings.Trim(header, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-") != "":
			return fmt.Errorf("%s is %q; it must be the name of a header, such as X-Auth-Request-User", env, header)
		case s.userHeader == "":
			return fmt.Errorf("%s is set without HINDSIGHT_PROXY_USER_HEADER, which names the user", env)
		}
	}
	if s.userHeader == "" {
		return nil
	}
	for _, p := range trusted {
		if p.Bits() == 0 {
			return fmt.Errorf("HINDSIGHT_TRUSTED_PROXIES has %s, which is everybody: with HINDSIGHT_PROXY_USER_HEADER anybody could sign in as anybody", p)
		}
	}
	return c.checkJoining("HINDSIGHT_PROXY_USER_HEADER")
}
