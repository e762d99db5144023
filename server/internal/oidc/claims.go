package oidc

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
)

// Claims is what the provider says of somebody. Issuer and Subject together are who it is; all else may change, and may
// be given to somebody else.
type Claims struct {
	Issuer, Subject string
	Session         string // sid, of Back-Channel Logout; empty: the provider did not say
	Name            string // preferred_username
	Display         string
	Email           string
	Verified        bool // the provider says that the address is theirs
	Groups          []string
	GroupsKnown     bool // whether it said anything of groups

	nonce string
	acr   string   // the class of the sign-in there (Core 1.0, section 2)
	amr   []string // its methods, as RFC 8176 names them
}

// strong refuses a sign-in that was weaker than is asked for: ErrWeak.
func (p *Provider) strong(c *Claims) error {
	if len(p.ACR) > 0 && !slices.Contains(p.ACR, c.acr) {
		return fmt.Errorf("oidc: %w: acr is %q, want one of %q", ErrWeak, c.acr, p.ACR)
	}
	if len(p.AMR) > 0 && !slices.ContainsFunc(c.amr, func(m string) bool { return slices.Contains(p.AMR, m) }) {
		return fmt.Errorf("oidc: %w: amr is %q, want one of %q", ErrWeak, c.amr, p.AMR)
	}
	return nil
}

// maxGroups bounds what one sign-in makes us compare.
const maxGroups = 5000

func (p *Provider) asks(scope string) bool { return slices.Contains(p.Scopes, scope) }

// read takes from an ID token what we use.
func (p *Provider) read(id *oidc.IDToken) (*Claims, error) {
	var all map[string]json.RawMessage
	if err := id.Claims(&all); err != nil {
		return nil, fmt.Errorf("oidc: %w: %w", ErrToken, err)
	}
	azp := text(all["azp"])
	if azp != "" && azp != p.ClientID || azp == "" && len(id.Audience) > 1 {
		return nil, fmt.Errorf("oidc: %w: the ID token is for %q (azp), want %q", ErrToken, azp, p.ClientID)
	}
	if id.Subject == "" || len(id.Subject) > 255 || strings.ContainsFunc(id.Subject, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0xfffd }) {
		return nil, fmt.Errorf("oidc: %w: the ID token names nobody (sub)", ErrToken)
	}
	c := &Claims{Issuer: p.Issuer, Subject: id.Subject, Session: text(all["sid"]), nonce: id.Nonce, acr: text(all["acr"]), amr: list(all["amr"])}
	return c, c.take(all, p.GroupsClaim)
}

// add completes claims by userinfo.
func (c *Claims) add(info *oidc.UserInfo, groups string) error {
	var all map[string]json.RawMessage
	if err := info.Claims(&all); err != nil {
		return fmt.Errorf("oidc: %w: %w", ErrToken, err)
	}
	return c.take(all, groups)
}

// take reads claims that are not there yet (Core 1.0, section 5.1).
func (c *Claims) take(all map[string]json.RawMessage, groups string) error {
	set := func(into *string, claim string) {
		if *into == "" {
			*into = text(all[claim])
		}
	}
	set(&c.Name, "preferred_username")
	set(&c.Display, "name")
	if c.Email == "" {
		c.Email = strings.ToLower(text(all["email"]))
		verified := strings.Trim(string(all["email_verified"]), `"`) // some providers write it as a string
		c.Verified = c.Email != "" && verified == "true"
	}
	if c.GroupsKnown || groups == "" {
		return nil
	}
	if claim, ok := find(all, groups); ok {
		c.Groups, c.GroupsKnown = list(claim), true
	}
	if len(c.Groups) > maxGroups {
		return fmt.Errorf("oidc: %w: %d groups are too many; let the provider name only those that matter here", ErrToken, len(c.Groups))
	}
	return c.notElsewhere(all, groups)
}

// notElsewhere refuses a user whose groups the provider left out because they are too many, as Entra ID does beyond 200:
// taken for none, they would cost the user their role.
func (c *Claims) notElsewhere(all map[string]json.RawMessage, groups string) error {
	var names map[string]json.RawMessage
	if json.Unmarshal(all["_claim_names"], &names) != nil {
		return nil
	}
	if _, left := names[groups]; left && !c.GroupsKnown {
		return fmt.Errorf("oidc: %w: the user is in more groups than the provider puts into a token; let it name only the groups that are assigned to Hindsight, or use its roles", ErrToken)
	}
	return nil
}

// find looks up a claim by its name or, when there is none of that name, by a path into objects.
func find(all map[string]json.RawMessage, name string) (json.RawMessage, bool) {
	if claim, ok := all[name]; ok {
		return claim, true
	}
	first, rest, more := strings.Cut(name, ".")
	if !more {
		return nil, false
	}
	var inner map[string]json.RawMessage
	if json.Unmarshal(all[first], &inner) != nil {
		return nil, false
	}
	return find(inner, rest)
}

// list reads a list of texts, one text, or the names of an object.
func list(claim json.RawMessage) []string {
	var several []string
	if json.Unmarshal(claim, &several) == nil {
		return several
	}
	if one := text(claim); one != "" {
		return []string{one}
	}
	var named map[string]json.RawMessage
	if json.Unmarshal(claim, &named) == nil {
		return slices.Sorted(maps.Keys(named))
	}
	return nil
}

func text(claim json.RawMessage) string {
	var s string
	if json.Unmarshal(claim, &s) != nil {
		return ""
	}
	return s
}
