package auth

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Codes are those of RFC 6238 with its defaults, the only ones that every authenticator app knows: HMAC-SHA-1, 30 seconds
// from the Unix epoch, 6 digits. One step before and one behind the clock's is accepted, as section 5.2 of it advises.
const (
	stepSeconds = 30
	skew        = 1
	digits      = 6
	secretSize  = 20 // bytes: what RFC 4226 recommends in its requirement R6
)

// hotp returns the code of a counter, as section 5.3 of RFC 4226 has it.
func hotp(secret []byte, counter uint64) string {
	mac := hmac.New(sha1.New, secret)
	mac.Write(binary.BigEndian.AppendUint64(nil, counter))
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 0xf
	n := binary.BigEndian.Uint32(sum[offset:]) & 0x7fffffff
	return fmt.Sprintf("%0*d", digits, n%1_000_000)
}

// stepAt is the number of the 30 seconds that t is in.
func stepAt(t time.Time) int64 { return t.Unix() / stepSeconds }

// matchCode returns the step near now whose code this is. Steps up to last were used and do not match again; ok is
// false when none does. How long it takes does not depend on the code.
func matchCode(secret []byte, code string, now time.Time, last int64) (step int64, ok bool) {
	at := stepAt(now)
	for s := max(at-skew, last+1); s <= at+skew; s++ {
		if subtle.ConstantTimeCompare([]byte(hotp(secret, uint64(s))), []byte(code)) == 1 {
			step, ok = s, true
		}
	}
	return step, ok
}

var base32Text = base32.StdEncoding.WithPadding(base32.NoPadding)

// keyURI is what an authenticator app reads from a QR code: the "Key Uri Format" of the Google Authenticator wiki.
func keyURI(issuer, account string, secret []byte) string {
	q := url.Values{"secret": {base32Text.EncodeToString(secret)}, "issuer": {issuer}, "algorithm": {"SHA1"},
		"digits": {fmt.Sprint(digits)}, "period": {fmt.Sprint(stepSeconds)}}
	// Apps take a plus sign in the query for one.
	return "otpauth://totp/" + url.PathEscape(issuer) + ":" + url.PathEscape(account) + "?" + strings.ReplaceAll(q.Encode(), "+", "%20")
}

// grouped writes text in groups of four, which are easier to copy by hand.
func grouped(text string) string {
	var b strings.Builder
	for i, r := range text {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}
