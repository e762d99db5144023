package importers

import (
	"context"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

// clientFor returns a client for an API whose clock does not wait.
func clientFor(t *testing.T, api API) (*Client, error) {
	t.Helper()
	return NewClient(api, Config{}, http.DefaultTransport, &still{}, Clock{Now: time.Now, Sleep: func(context.Context, time.Duration) error { return nil }})
}

func TestTrustsTheAuthorityThatItIsGiven(t *testing.T) {
	srv := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(srv.Close)
	own := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw}))
	for _, tc := range []struct {
		name, ca string
		ok       bool
	}{{"its own", own, true}, {"none", "", false}} {
		t.Run(tc.name, func(t *testing.T) {
			c, err := clientFor(t, API{Base: func(Config) string { return srv.URL }, CA: func(Config) string { return tc.ca }})
			if err != nil {
				t.Fatal(err)
			}
			if _, err = c.Get(t.Context(), "/", nil); (err == nil) != tc.ok || err != nil && !strings.Contains(err.Error(), "certificate") {
				t.Errorf("Get = %v, want success: %v", err, tc.ok)
			}
		})
	}
	if _, err := clientFor(t, API{Base: func(Config) string { return srv.URL }, CA: func(Config) string { return "nonsense" }}); !errors.Is(err, incident.ErrInvalid) {
		t.Errorf("NewClient with nonsense for a certificate: %v, want ErrInvalid", err)
	}
}

func TestFurtherServers(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("other")) }))
	t.Cleanup(other.Close)
	first := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL, http.StatusFound) }))
	t.Cleanup(first.Close)
	c, err := clientFor(t, API{Base: func(Config) string { return first.URL }, Also: func(Config) []string { return []string{other.URL} }})
	if err != nil {
		t.Fatal(err)
	}
	if a, err := c.Get(t.Context(), other.URL+"/x", nil); err != nil || string(a.Body) != "other" {
		t.Errorf("Get of the further server = %q, %v", a.Body, err)
	}
	if _, err := c.Get(t.Context(), "/x", nil); err == nil || !strings.Contains(err.Error(), "another host") {
		t.Errorf("a redirect from one server to the other: %v, want it not followed", err)
	}
	c, err = clientFor(t, API{Base: func(Config) string { return first.URL }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Get(t.Context(), other.URL+"/x", nil); err == nil || !strings.Contains(err.Error(), "another host") {
		t.Errorf("Get of a server that is not named: %v, want it not called", err)
	}
	if _, err := clientFor(t, API{Base: func(Config) string { return first.URL }, Also: func(Config) []string { return []string{"prometheus"} }}); err == nil {
		t.Error("NewClient took a further address that is none")
	}
}
