package incident

import "time"

// Session is a browser that is or was signed in. Hash is the SHA-256 of the cookie's secret, which is stored nowhere.
type Session struct {
	Hash      string
	User      ID
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time
	Agent     string // the browser's name for itself
	Address   string // where it was last seen from
	// What a provider of single sign-on said when it vouched for the user; empty for sessions by password.
	Issuer, Subject string
	ProviderSession string    // the claim sid; empty: the provider did not say
	CheckedAt       time.Time // when the provider last vouched for the user
	Grant           []byte    // sealed; what it takes to ask the provider again
	EndedAt         time.Time // zero: it goes on
	Ending          Ending
}

// Ending says why a session is over.
type Ending string

// The endings. What is over by itself, for its age or for want of visits, is not written down.
const (
	SignedOut       Ending = "signed_out"       // in this browser
	EndedElsewhere  Ending = "elsewhere"        // by the same user in another browser
	EndedByAdmin    Ending = "administrator"    // by an administrator
	PasswordChanged Ending = "password_changed" // and this browser was not the one where it happened
	RoleChanged     Ending = "role_changed"
	FactorChanged   Ending = "factor_changed" // a second factor was added or taken away
	UserDisabled    Ending = "disabled"
	ProviderEnded   Ending = "provider_ended"   // the provider of single sign-on said that it is over
	ProviderRefused Ending = "provider_refused" // the provider does not vouch for the user any more
	Replaced        Ending = "replaced"         // by another session in the same browser
)

// Identity says that whom an issuer calls by a subject is a user here. Issuers are the addresses of providers of
// OpenID Connect, and the words that ByProxy and BySCIM are. Subjects are compared byte by byte.
type Identity struct {
	Issuer, Subject string
	User            ID
	Email           string // as the issuer last said
	CreatedAt       time.Time
	SeenAt          time.Time // of the last sign-in; zero: none yet
}

// Issuers that are no addresses.
const (
	ByProxy = "proxy" // a trusted proxy names the user in a header
	BySCIM  = "scim"  // the subject is the externalId of RFC 7643, section 3.1
)
