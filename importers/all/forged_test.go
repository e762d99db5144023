package all_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/all"
)

// FuzzForged: whatever somebody sends who does not know the secret, no source takes it for its own, and none fails on it.
func FuzzForged(f *testing.F) {
	f.Add("X-Hub-Signature-256", "sha256=00", "token=x", []byte(`{"event":{"id":"1"}}`))
	f.Add("X-PagerDuty-Signature", "v1=00,v1=zz", "", []byte(""))
	f.Add("Authorization", "Bearer x", "secret=", []byte("{"))
	f.Add("Webhook-Signature", "t=1,v1=00", "key=%00", []byte("\xff"))
	f.Fuzz(func(t *testing.T, name, value, query string, body []byte) {
		q, err := url.ParseQuery(query)
		if err != nil || name == "" || strings.ContainsAny(name, "\r\n\x00") {
			return
		}
		for _, s := range all.Sources() {
			if s.Hook == nil {
				continue
			}
			for _, header := range []http.Header{{http.CanonicalHeaderKey(name): {value}}, {"Authorization": {value}, "X-Hub-Signature-256": {value}, "X-Gitlab-Token": {value}, "X-Pagerduty-Signature": {value}}} {
				d := importers.Delivery{Header: header, Query: q, Body: body, At: time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)}
				if _, err := s.Hook.Verify(d, []string{"2c26b46b68ffc68ff99b453c1d304134"}); err == nil {
					t.Errorf("%s believes %q: %q with the query %q and the body %q", s.Name, name, value, query, body)
				}
			}
		}
	})
}
