package frontend

import "hindsight/incident"

// TokensPage lists the viewer's own tokens at /me/tokens, and everybody's at /admin/tokens. POST takes name, ability (repeated), days (0:
// it does not expire), and at /admin/tokens owner; POST {path}/{id}/delete revokes one.
type TokensPage struct {
	Shell
	Mine   bool
	Tokens []TokenRow
	Owners []Choice           // whom a new one may act for; empty: the viewer
	Grants []incident.Ability // that the viewer may give
	Secret string             // of the token just made, shown this once; empty: none
	Form   Form
}

func (TokensPage) template() string { return "tokens" }

// Action is the path that the page's forms are sent to.
func (p TokensPage) Action() string {
	if p.Mine {
		return "/me/tokens"
	}
	return "/admin/tokens"
}

// Lives are how long a token may last, in days.
func (TokensPage) Lives() []Choice {
	return []Choice{{Value: "30", Label: "30 days"}, {Value: "90", Label: "90 days"}, {Value: "365", Label: "a year"}, {Value: "0", Label: "it does not expire"}}
}

// TokenRow is one token, whom it acts for, and who made it.
type TokenRow struct {
	Token   incident.Token
	Kept    []incident.Ability // that it has now
	Lost    []incident.Ability // that its owner does not have any more
	Owner   string             // empty: nobody, a token of an earlier version
	Service bool               // the owner is a service account
	Barred  bool               // the owner may not sign in any more, and the token does not work
	Expired bool
	By      string
}

// Works reports whether the token can be used.
func (r TokenRow) Works() bool { return !r.Barred && !r.Expired }
