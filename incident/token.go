package incident

import (
	"slices"
	"time"
)

// Token lets a program use the API on behalf of its owner, with those of its abilities that the owner has now. Hash is the
// SHA-256 of the secret, which is shown once.
type Token struct {
	ID        ID
	Name      string    // what it is for
	Hash      string    // unique
	Prefix    string    // how the secret begins, to recognise it by: "hst_aB3d"; empty for those of earlier versions
	Owner     ID        // user or service account that it acts for; empty for those of earlier versions, which act for nobody
	Abilities []Ability // in the order of Abilities
	CreatedBy ID        // empty: the command line
	CreatedAt time.Time
	ExpiresAt time.Time // zero: it does not expire
	UsedAt    time.Time // written down every few minutes
	UsedFrom  string    // address of that use
}

// Effective returns what the token may do now: those of its abilities that its owner's role has. owner is nil for a token
// that acts for nobody.
func (t Token) Effective(owner *User) []Ability {
	if owner == nil {
		return slices.Clone(t.Abilities)
	}
	return slices.DeleteFunc(slices.Clone(t.Abilities), func(a Ability) bool { return !owner.Role.May(a) })
}

// Sees reports whether the token sees any private incident. It sees those that its owner sees if SeePrivate is among its
// abilities, whether the owner sees all or only those of their teams, and none otherwise.
func (t Token) Sees() bool { return slices.Contains(t.Abilities, SeePrivate) }

// FeedsOnly reports whether the token opens the feed of retrospectives and nothing else. Only such a token may stand in an address, which
// feed readers keep, show and send on to others.
func (t Token) FeedsOnly() bool {
	return slices.Contains(t.Abilities, Feed) && !slices.ContainsFunc(t.Abilities, func(a Ability) bool { return a != Feed && a != SeePrivate })
}

// SortAbilities returns those that exist, each once, in the order of Abilities.
func SortAbilities(some []Ability) []Ability {
	return slices.DeleteFunc(slices.Clone(Abilities), func(a Ability) bool { return !slices.Contains(some, a) })
}
