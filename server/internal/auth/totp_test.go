package auth

import (
	"net/url"
	"testing"
	"time"
)

// published is the secret of RFC 4226, appendix D, and of the SHA-1 rows of RFC 6238, appendix B.
var published = []byte("12345678901234567890")

// TestHOTP holds codes against RFC 4226, appendix D.
func TestHOTP(t *testing.T) {
	for counter, want := range []string{"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"} {
		if got := hotp(published, uint64(counter)); got != want {
			t.Errorf("hotp(%d) = %s, want %s", counter, got, want)
		}
	}
}

// TestTOTP holds codes against RFC 6238, appendix B, whose eight digits end with our six.
func TestTOTP(t *testing.T) {
	for _, tc := range []struct {
		unix  int64
		eight string
	}{{59, "94287082"}, {1111111109, "07081804"}, {1111111111, "14050471"}, {1234567890, "89005924"}, {2000000000, "69279037"}, {20000000000, "65353130"}} {
		now := time.Unix(tc.unix, 0)
		if step, ok := matchCode(published, tc.eight[2:], now, 0); !ok || step != tc.unix/30 {
			t.Errorf("matchCode(%s) at %d = %d, %v, want step %d", tc.eight[2:], tc.unix, step, ok, tc.unix/30)
		}
	}
}

func TestCodesOfNeighbouringStepsMatchOnce(t *testing.T) {
	const code = "081804" // of step 37037036, RFC 6238 appendix B
	for _, tc := range []struct {
		name string
		unix int64
		last int64
		want bool
	}{
		{"its own step", 1111111109, 0, true},
		{"a step later", 1111111109 + 30, 0, true},
		{"a step earlier", 1111111109 - 30, 0, true},
		{"two steps later", 1111111109 + 60, 0, false},
		{"two steps earlier", 1111111109 - 60, 0, false},
		{"a second time", 1111111109, 37037036, false},
		{"after the next code was used", 1111111109 + 30, 37037037, false},
		{"after the one before was used", 1111111109, 37037035, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, ok := matchCode(published, code, time.Unix(tc.unix, 0), tc.last); ok != tc.want {
				t.Errorf("matchCode = %v, want %v", ok, tc.want)
			}
		})
	}
}

// TestKeyURI reads the address as the Key Uri Format of the Google Authenticator wiki describes it; the secret is that of
// RFC 6238 as base32 prints it.
func TestKeyURI(t *testing.T) {
	u, err := url.Parse(keyURI("Hindsight status.example.com", "ann+ops@example.com", published))
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/Hindsight status.example.com:ann+ops@example.com" || q.Get("secret") != "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" ||
		q.Get("issuer") != "Hindsight status.example.com" || q.Get("algorithm") != "SHA1" || q.Get("digits") != "6" || q.Get("period") != "30" {
		t.Errorf("the address is %s", u)
	}
}
