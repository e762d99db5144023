package oidc

import (
	"errors"
	"net/http"
	"testing"
	"time"
)

// nowhere answers no request, so that what is looked at offline stays so.
type nowhere struct{}

func (nowhere) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New("nowhere") }

func FuzzAttempt(f *testing.F) {
	a := Attempt{State: random(), Nonce: random(), Verifier: random() + random(), Next: "/incidents", At: time.Unix(0, 0).UTC()}
	f.Add(a.Encode())
	f.Add("e30")
	f.Fuzz(func(t *testing.T, cookie string) {
		a, err := ParseAttempt(cookie)
		if err != nil {
			if !errors.Is(err, ErrAttempt) {
				t.Errorf("ParseAttempt(%q): %v, want ErrAttempt", cookie, err)
			}
			return
		}
		if a.State == "" || a.Nonce == "" || a.Verifier == "" {
			t.Errorf("ParseAttempt(%q) = %+v, with nothing to compare with", cookie, a)
		}
	})
}

func FuzzLogoutToken(f *testing.F) {
	for _, token := range []string{"", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "eyJ0eXAiOiJsb2dvdXQrand0IiwiYWxnIjoiUlMyNTYifQ.e30.AA"} {
		f.Add(token)
	}
	p := New(Settings{Issuer: "https://login.example.com", ClientID: "hindsight"}, "https://hindsight.example.com", nowhere{}, time.Now)
	f.Fuzz(func(t *testing.T, token string) {
		if l, err := p.VerifyLogout(t.Context(), token); err == nil || !errors.Is(err, ErrToken) && !errors.Is(err, ErrUnreachable) {
			t.Errorf("VerifyLogout(%q) = %+v, %v; want ErrToken or ErrUnreachable", token, l, err)
		}
	})
}
