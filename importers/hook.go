package importers

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Hook reads what a system pushes.
type Hook struct {
	// Verify proves that a delivery comes from the source, with one of the active secrets (two while one is being
	// replaced), and returns the delivery's own id, by which a repeated one is known; empty when it has none. It
	// looks at the body as it was received, before anything is parsed. It returns ErrForged otherwise.
	Verify func(d Delivery, secrets []string) (id string, err error)
	// Read says what a delivery is about. It is pure. A test event is about nothing.
	Read func(d Delivery, cfg Config) ([]News, error)
	// Setup says, in Markdown, how a person sets the push up at the source. "{url}" stands for the address and
	// "{secret}" for the secret.
	Setup string
}

// Delivery is one push as it was received.
type Delivery struct {
	Header http.Header
	Query  url.Values // of the address that it was sent to
	Body   []byte
	At     time.Time // when it was received, UTC
}

// News is one thing that a delivery says.
type News struct {
	Collection string
	ID         string  // the external id of what changed: it is fetched, unless Record is there
	Record     *Record // what the delivery itself carries, where the API cannot give it
	Gone       bool    // it was deleted
}

// ErrForged says that a delivery is not proven to come from the source.
var ErrForged = errors.New("the signature or the secret is missing or wrong")

const clockSlack = 5 * time.Minute // between a signed time and ours

// SignedHex returns a check of headers that hold the hex HMAC-SHA256 of the body, behind a prefix such as
// "sha256=" or "v1=", perhaps several with commas between them.
func SignedHex(header, prefix string) func(Delivery, []string) error {
	return func(d Delivery, secrets []string) error {
		for part := range strings.SplitSeq(d.Header.Get(header), ",") {
			text, found := strings.CutPrefix(strings.TrimSpace(part), prefix)
			if sig, err := hex.DecodeString(text); found && err == nil && signed(d.Body, sig, secrets) {
				return nil
			}
		}
		return ErrForged
	}
}

// SignedSvix checks webhook-signature as Svix makes it: "v1," and the base64 HMAC-SHA256 of "id.timestamp.body"
// under the secret, whose text behind "whsec_" is base64. Several signatures are separated by spaces.
// https://docs.svix.com/receiving/verifying-payloads/how-manual
func SignedSvix(d Delivery, secrets []string) error {
	id, at := d.Header.Get("webhook-id"), d.Header.Get("webhook-timestamp")
	if err := recent(at, d.At); err != nil {
		return err
	}
	var keys []string
	for _, s := range secrets {
		if key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(s, "whsec_")); err == nil {
			keys = append(keys, string(key))
		}
	}
	message := fmt.Appendf(nil, "%s.%s.%s", id, at, d.Body)
	for part := range strings.FieldsSeq(d.Header.Get("webhook-signature")) {
		text, found := strings.CutPrefix(part, "v1,")
		if sig, err := base64.StdEncoding.DecodeString(text); found && err == nil && signed(message, sig, keys) {
			return nil
		}
	}
	return ErrForged
}

// SignedAt returns a check of headers of the form "t=<unix>,v1=<hex>", where the HMAC-SHA256 is of the time, then
// join, then the body.
func SignedAt(header, join string) func(Delivery, []string) error {
	return func(d Delivery, secrets []string) error {
		var at, mac string
		for part := range strings.SplitSeq(d.Header.Get(header), ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
			switch name {
			case "t":
				at = value
			case "v1":
				mac = value
			}
		}
		if err := recent(at, d.At); err != nil {
			return err
		}
		if sig, err := hex.DecodeString(mac); err == nil && signed([]byte(at+join+string(d.Body)), sig, secrets) {
			return nil
		}
		return ErrForged
	}
}

// SharedSecret checks a plain secret, for systems that sign nothing: in one of the named headers, as a bearer token
// or as a basic-auth password in Authorization, or as "token" in the address.
func SharedSecret(headers ...string) func(Delivery, []string) error {
	return func(d Delivery, secrets []string) error {
		said := []string{d.Query.Get("token")}
		for _, h := range headers {
			said = append(said, d.Header.Get(h))
		}
		if token, ok := strings.CutPrefix(d.Header.Get("Authorization"), "Bearer "); ok {
			said = append(said, token)
		}
		if _, password, ok := (&http.Request{Header: d.Header}).BasicAuth(); ok {
			said = append(said, password)
		}
		for _, text := range said {
			for _, secret := range secrets {
				if secret != "" && subtle.ConstantTimeCompare([]byte(text), []byte(secret)) == 1 {
					return nil
				}
			}
		}
		return ErrForged
	}
}

// signed reports whether sig is the HMAC-SHA256 of message under one of the keys, in constant time for each.
func signed(message, sig []byte, keys []string) bool {
	for _, key := range keys {
		mac := hmac.New(sha256.New, []byte(key))
		mac.Write(message)
		if key != "" && hmac.Equal(mac.Sum(nil), sig) {
			return true
		}
	}
	return false
}

// recent refuses a delivery that was signed long ago: somebody may be sending it again.
func recent(unix string, now time.Time) error {
	seconds, err := strconv.ParseInt(strings.TrimSpace(unix), 10, 64)
	if err != nil || now.Sub(time.Unix(seconds, 0)).Abs() > clockSlack {
		return fmt.Errorf("it was signed at %q, which is not within %s of now: %w", unix, clockSlack, ErrForged)
	}
	return nil
}
