package importers

import (
	"errors"
	"net/http"
	"net/url"
	"testing"
	"time"
)

func TestSignatures(t *testing.T) {
	svix := Delivery{
		// The example of https://docs.svix.com/receiving/verifying-payloads/how-manual
		Header: http.Header{"Webhook-Id": {"msg_loFOjxBNrRLzqYUf"}, "Webhook-Timestamp": {"1731705121"}, "Webhook-Signature": {"v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="}},
		Body:   []byte(`{"event_type":"ping","data":{"success":true}}`), At: time.Unix(1731705121, 0),
	}
	github := Delivery{
		// The example of https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
		Header: http.Header{"X-Hub-Signature-256": {"sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"}},
		Body:   []byte("Hello, World!"),
	}
	late, changed := svix, svix
	late.At = svix.At.Add(6 * time.Minute)
	changed.Body = []byte(`{"event_type":"ping","data":{"success":false}}`)
	hub := SignedHex("X-Hub-Signature-256", "sha256=")
	token := SharedSecret("X-Gitlab-Token")
	for _, tc := range []struct {
		name    string
		check   func(Delivery, []string) error
		d       Delivery
		secrets []string
		ok      bool
	}{
		{"Svix's example", SignedSvix, svix, []string{"whsec_plJ3nmyCDGBKInavdOK15jsl"}, true},
		{"Svix, the second of two secrets", SignedSvix, svix, []string{"whsec_AAAA", "whsec_plJ3nmyCDGBKInavdOK15jsl"}, true},
		{"Svix, sent again later", SignedSvix, late, []string{"whsec_plJ3nmyCDGBKInavdOK15jsl"}, false},
		{"Svix, another body", SignedSvix, changed, []string{"whsec_plJ3nmyCDGBKInavdOK15jsl"}, false},
		{"Svix, no secret", SignedSvix, svix, nil, false},
		{"GitHub's example", hub, github, []string{"It's a Secret to Everybody"}, true},
		{"GitHub, wrong secret", hub, github, []string{"it's a secret to everybody"}, false},
		{"GitHub, an empty secret", hub, github, []string{""}, false},
		{"no header", hub, Delivery{Body: []byte("Hello, World!")}, []string{"It's a Secret to Everybody"}, false},
		{"a token in a header", token, Delivery{Header: http.Header{"X-Gitlab-Token": {"s3cret"}}}, []string{"s3cret"}, true},
		{"a bearer token", token, Delivery{Header: http.Header{"Authorization": {"Bearer s3cret"}}}, []string{"s3cret"}, true},
		{"a token in the address", token, Delivery{Query: url.Values{"token": {"s3cret"}}}, []string{"s3cret"}, true},
		{"no token at all", token, Delivery{}, []string{""}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if err := tc.check(tc.d, tc.secrets); (err == nil) != tc.ok || err != nil && !errors.Is(err, ErrForged) {
				t.Errorf("check = %v, want ok %v", err, tc.ok)
			}
		})
	}
}
