// Package auth decides who a request comes from: local users with passwords, browser sessions, and API
// tokens. What a role may do is incident.Role's business; which page needs which role, the pages'. Start
// with Service.
package auth

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"hindsight/incident"
)

// The cost of one guess: 19 MiB, two passes, as the OWASP Password Storage Cheat Sheet advises for
// argon2id.
const (
	memoryKiB = 19 * 1024
	passes    = 2
	threads   = 1
	saltBytes = 16
	keyBytes  = 32
)

// Shortest password, in characters. NIST SP 800-63B, section 5.1.1.2, advises against rules of composition, and to
// refuse what is commonly used and what names the user.
const minPassword = 12

// CheckPassword returns an ErrInvalid that says what would be right, or nil. It is asked when a password is chosen, never
// when one is used.
func CheckPassword(password, name string) error {
	switch n := utf8.RuneCountInString(password); {
	case n < minPassword:
		return incident.Invalidf("password", "use at least %d characters; a few unrelated words do well", minPassword)
	case len(password) > 1024:
		return incident.Invalidf("password", "use at most 1,024 bytes")
	case strings.EqualFold(password, strings.Repeat(name, n/max(1, len(name)))), names(password, name):
		return incident.Invalidf("password", "use something without the user name")
	case commonest(password):
		return incident.Invalidf("password", "this is one of the passwords that are guessed first; use something else, such as a few unrelated words")
	}
	return nil
}

// guessing bounds how many hashes are computed at once, so that a flood of sign-ins exhausts
// neither memory nor the processors.
type guessing chan struct{}

func newGuessing() guessing { return make(guessing, runtime.NumCPU()) }

func (g guessing) hash(password string) string {
	g <- struct{}{}
	defer func() { <-g }()
	salt := make([]byte, saltBytes)
	rand.Read(salt)
	key := argon2.IDKey([]byte(password), salt, passes, memoryKiB, threads, keyBytes)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memoryKiB, passes, threads,
		b64.EncodeToString(salt), b64.EncodeToString(key))
}

// matches reports whether password is the one that hash was made from, in time that does not depend on
// where they differ. A hash that it cannot read matches nothing.
func (g guessing) matches(hash, password string) bool {
	var version, m, t, p int
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &m, &t, &p); err != nil || m < 8 || m > 1<<20 || t < 1 || t > 16 || p < 1 || p > 16 {
		return false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(want) == 0 {
		return false
	}
	g <- struct{}{}
	defer func() { <-g }()
	got := argon2.IDKey([]byte(password), salt, uint32(t), uint32(m), uint8(p), uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1
}
