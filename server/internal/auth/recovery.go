package auth

import (
	"crypto/rand"
	"crypto/subtle"
	"strings"

	"golang.org/x/crypto/argon2"

	"hindsight/incident"
)

const (
	recoveryCodes = 10
	recoverySize  = 10 // characters of a code: 50 random bits
)

// newRecovery draws recovery codes, and returns them as they are shown this once and as they are stored.
func (g guessing) newRecovery() (shown []string, stored incident.RecoveryCodes) {
	stored.Salt = make([]byte, saltBytes)
	rand.Read(stored.Salt)
	for range recoveryCodes {
		code := strings.ToLower(rand.Text()[:recoverySize]) // base32, which has no 0, 1 or 8 to mistake
		shown = append(shown, code[:recoverySize/2]+"-"+code[recoverySize/2:])
		stored.Hashes = append(stored.Hashes, g.recoveryHash(code, stored.Salt))
	}
	return shown, stored
}

// recoveryHash is argon2id at the cost of a password's.
func (g guessing) recoveryHash(code string, salt []byte) []byte {
	g <- struct{}{}
	defer func() { <-g }()
	return argon2.IDKey([]byte(code), salt, passes, memoryKiB, threads, keyBytes)
}

// isRecovery reports whether a code, as plain returns it, has the form of a recovery code.
func isRecovery(code string) bool { return len(code) == recoverySize }

// plain takes out of a code what people put between its characters.
func plain(code string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' || r == '\t' {
			return -1
		}
		return r
	}, code))
}

// spend takes the code with a hash out of those that are left, and reports whether it was among them.
func spend(left *incident.RecoveryCodes, hash []byte) bool {
	for i, h := range left.Hashes {
		if subtle.ConstantTimeCompare(h, hash) == 1 {
			left.Hashes = append(left.Hashes[:i:i], left.Hashes[i+1:]...)
			return true
		}
	}
	return false
}
