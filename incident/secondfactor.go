package incident

import "time"

// SecondFactor is what somebody proves beside the password: that they hold a device with a secret, from which it computes
// codes by the clock (RFC 6238), or else a list of recovery codes.
type SecondFactor struct {
	User        ID
	Secret      []byte    // sealed, and bound to the user's id; empty after a reset
	CreatedAt   time.Time // when the secret was drawn
	ConfirmedAt time.Time // when a code of it was entered; zero: it does not count yet
	Step        int64     // the number of the 30 seconds of the newest code that was accepted; none up to it is accepted again
	Recovery    RecoveryCodes
	ResetAt     time.Time // when an administrator took the factor away, until its user has been told; zero: nobody did
	ResetBy     string    // who
}

// On reports whether the factor is asked for.
func (f SecondFactor) On() bool { return !f.ConfirmedAt.IsZero() }

// RecoveryCodes are what is stored of the recovery codes that were not used yet: argon2id of each, all with one salt, so
// that a guess costs one computation.
type RecoveryCodes struct {
	Salt   []byte   `json:"salt,omitempty"`
	Hashes [][]byte `json:"hashes,omitempty"`
}
