package incident

import (
	"net/url"
	"strings"
	"time"
)

// Runbook is a document that says what to do when something happens, as a team keeps it. That an incident's record links to a runbook, or that a
// person says it was used, is a [RunbookUse].
type Runbook struct {
	ID  ID // Ref.RunbookID
	Ref Ref
	Seq Seq // the change of the feed that last touched it

	Title    string   // on one line; never empty
	URL      string   // where people read it; http or https, or empty
	Body     string   // Markdown, without front matter
	Services []string // that it is about, by name
	Tags     []string // sorted, unique

	RawID      ID  // the raw record that it was mapped from
	MapVersion int // of the mapping that made it

	DeletedAt     time.Time // tombstone; zero while it exists
	DeletedReason string
}

// RunbookID is ID for a record that is a runbook.
func (r Ref) RunbookID() ID { return r.derive("rbk") }

// Deleted reports whether only the tombstone is left.
func (r *Runbook) Deleted() bool { return !r.DeletedAt.IsZero() }

// Validate returns a *FieldError when there is nothing to read in it.
func (r *Runbook) Validate() error {
	if strings.TrimSpace(r.Body) == "" && r.URL == "" {
		return Invalidf("body", "a runbook needs a text, or the address of one")
	}
	return nil
}

// LinkedRunbookID derives the id of a runbook that is known by its address alone. Addresses that lead to the same page have the same id.
func LinkedRunbookID(address string) ID { return DeriveID("rbk", "url", normalAddress(address)) }

// normalAddress writes an http or https address in one way: without scheme, the scheme's port, a slash at the end, an empty query or fragment, and the parameters by
// which campaigns are counted (utm_…); host in small letters, parameters in order. A fragment stays, for many runbooks may stand on one page.
func normalAddress(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" {
		return strings.TrimSpace(address)
	}
	host := strings.ToLower(u.Host)
	host = strings.TrimSuffix(strings.TrimSuffix(host, ":443"), ":80")
	query := u.Query()
	for name := range query {
		if strings.HasPrefix(name, "utm_") {
			query.Del(name)
		}
	}
	out := host + strings.TrimSuffix(u.EscapedPath(), "/")
	if text := query.Encode(); text != "" {
		out += "?" + text
	}
	if u.Fragment != "" {
		out += "#" + u.EscapedFragment()
	}
	return out
}

// AddressName is what a runbook is called of which only the address is known: host and path.
func AddressName(address string) string {
	name, err := url.PathUnescape(normalAddress(address))
	if err != nil {
		return normalAddress(address)
	}
	return name
}
