package importers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// still is a pacer that lets everybody go, and remembers holds and whom it let go.
type still struct {
	held time.Time
	keys []string
}

func (s *still) Take(_ context.Context, key string, _ time.Duration) error {
	s.keys = append(s.keys, key)
	return nil
}
func (s *still) Hold(_ context.Context, _ string, until time.Time) error {
	s.held = until
	return nil
}

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// clientOf returns a client of a server, whose waits it adds up in slept.
func clientOf(t *testing.T, h http.HandlerFunc, slept *time.Duration) (*Client, *still) {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	p := &still{}
	api := API{Base: func(Config) string { return srv.URL + "/api/" }, Sign: func(_ Config, r *http.Request) { r.Header.Set("Authorization", "Bearer s3cret") }}
	c, err := NewClient(api, Config{}, http.DefaultTransport, p, Clock{Now: func() time.Time { return noon }, Sleep: func(_ context.Context, d time.Duration) error {
		*slept += d
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return c, p
}

func TestPauses(t *testing.T) {
	for _, tc := range []struct {
		name, header, value string
		status              int
		want                time.Duration // 0: a pause of our own
	}{
		{"seconds", "Retry-After", "7", 429, 7 * time.Second},
		// RFC 9110 section 10.2.3 allows a date.
		{"a date", "Retry-After", "Sun, 01 Mar 2026 12:00:30 GMT", 429, 30 * time.Second},
		{"seconds since 1970", "X-RateLimit-Reset", "1772366445", 429, 45 * time.Second},
		{"milliseconds since 1970", "X-RateLimit-Reset", "1772366401500", 429, 1500 * time.Millisecond},
		{"seconds until the reset", "Ratelimit-Reset", "3", 429, 3 * time.Second},
		{"an ISO date", "X-RateLimit-Reset", "2026-03-01T12:01:00Z", 429, time.Minute},
		{"in the past", "X-RateLimit-Reset", "1772366300", 429, time.Second},
		{"nothing", "X", "", 429, 0},
		{"no number", "Retry-After", "soon", 429, 0},
		{"503", "Retry-After", "4", 503, 4 * time.Second},
		{"403 with a time", "Retry-After", "4", 403, 4 * time.Second},
		{"403 without anything left", "X-RateLimit-Remaining", "0", 403, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			calls, slept := 0, time.Duration(0)
			c, _ := clientOf(t, func(w http.ResponseWriter, _ *http.Request) {
				if calls++; calls == 1 {
					w.Header().Set(tc.header, tc.value)
					w.WriteHeader(tc.status)
				}
			}, &slept)
			if _, err := c.Get(t.Context(), "/x", nil); err != nil || calls != 2 {
				t.Fatalf("Get = %v after %d calls, want success at the second", err, calls)
			}
			if tc.want != 0 && slept != tc.want || tc.want == 0 && (slept < time.Second || slept > 5*time.Minute) {
				t.Errorf("it waited for %s, want %s", slept, tc.want)
			}
		})
	}
}

// With 5 of 100 requests left for 10 seconds, each of them gets 2 seconds; and where no rate is declared, half of them are
// left to others.
func TestSlowsDownBeforeTheWall(t *testing.T) {
	declared := map[string]Rate{"": {Requests: 100, Per: time.Minute}}
	for _, tc := range []struct {
		name               string
		rates              map[string]Rate
		limit, left, reset string
		want               time.Duration // until the next turn; 0: it is not held
	}{
		{"the tenth", declared, "100", "5", "10", 2 * time.Second},
		{"every limit", declared, "100, 1000;window=3600, 100;window=60", "5", "10", 2 * time.Second},
		{"half, declared", declared, "100", "50", "10", 0},
		{"more than half", nil, "100", "51", "10", 0},
		{"half", nil, "100", "50", "10", 10 * time.Second},
		{"less than half", nil, "100", "5", "10", 10 * time.Second},
		{"half, without a time", nil, "100", "50", "", time.Minute},
		{"half of a day's", nil, "1000", "500", "36000", 15 * time.Minute},
		{"no limit", nil, "0", "0", "10", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var slept time.Duration
			c, p := clientOf(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("X-RateLimit-Limit", tc.limit)
				w.Header().Set("X-RateLimit-Remaining", tc.left)
				w.Header().Set("X-RateLimit-Reset", tc.reset)
			}, &slept)
			c.api.Rates = tc.rates
			want := noon.Add(tc.want)
			if tc.want == 0 {
				want = time.Time{}
			}
			if _, err := c.Get(t.Context(), "/x", nil); err != nil || !p.held.Equal(want) {
				t.Errorf("after an answer with %s of %s left, the next turn is at %v (%v), want %v", tc.left, tc.limit, p.held, err, want)
			}
		})
	}
}

func TestGivesUp(t *testing.T) {
	for _, tc := range []struct {
		name  string
		serve http.HandlerFunc
		calls int
		want  string
	}{
		{"refused", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "who are you?", http.StatusUnauthorized) }, 1, "GET /api/x answered 401 Unauthorized: who are you?"},
		{"no permission", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) }, 1, "answered 403"},
		{"a wrong request", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(422) }, 1, "answered 422"},
		{"broken for good", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, 5, "answered 500"},
		{"nested without end", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, strings.Repeat("[", 300)+strings.Repeat("]", 300))
		}, 1, "more than 200 levels"},
		{"sent elsewhere", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://example.com/", http.StatusFound)
		}, 1, "another host"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			calls, slept := 0, time.Duration(0)
			c, _ := clientOf(t, func(w http.ResponseWriter, r *http.Request) { calls++; tc.serve(w, r) }, &slept)
			_, err := c.Get(t.Context(), "/x", map[string][]string{"token": {"s3cret"}})
			if err == nil || !strings.Contains(err.Error(), tc.want) || calls != tc.calls {
				t.Errorf("Get = %v after %d calls, want %q after %d", err, calls, tc.want, tc.calls)
			}
			if err != nil && strings.Contains(err.Error(), "s3cret") {
				t.Errorf("the error tells a secret: %v", err)
			}
		})
	}
}

// A link to the next page may lead to the same origin alone: GitHub's own documented example leads elsewhere.
func TestLinksStayAtHome(t *testing.T) {
	var slept time.Duration
	calls := 0
	c, _ := clientOf(t, func(w http.ResponseWriter, _ *http.Request) { calls++ }, &slept)
	if _, err := c.Get(t.Context(), c.base.String()+"/next?page=2", nil); err != nil || calls != 1 {
		t.Errorf("Get at the origin = %v", err)
	}
	for _, address := range []string{"https://example.com/api/x", strings.Replace(c.base.String(), "http:", "https:", 1) + "/x"} {
		if _, err := c.Get(t.Context(), address, nil); err == nil || calls != 1 {
			t.Errorf("Get(%s) = %v after %d calls, want it refused", address, err, calls)
		}
	}
}

func TestGuarded(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer srv.Close()
	port := srv.URL[strings.LastIndex(srv.URL, ":"):]
	get := func(address string, allowed ...netip.Prefix) error {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		req, _ := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		resp, err := Guarded(allowed).RoundTrip(req)
		if err == nil {
			resp.Body.Close()
		}
		return err
	}
	for _, address := range []string{srv.URL, "http://localhost" + port, "http://[::1]" + port, "http://[::ffff:127.0.0.1]" + port, "http://0.0.0.0" + port,
		"http://10.1.2.3", "http://192.168.1.1", "http://172.16.0.1", "http://169.254.169.254/latest/meta-data", "http://100.64.0.1", "http://[fd00::1]", "http://[fe80::1]"} {
		var refused *RefusedError
		if err := get(address); !errors.As(err, &refused) {
			t.Errorf("calling %s gave %v, want it refused", address, err)
		}
	}
	if err := get(srv.URL, netip.MustParsePrefix("127.0.0.0/8")); err != nil {
		t.Errorf("calling an allowed address: %v", err)
	}
}

// A quota belongs to a credential, not to a way of asking.
func TestOneQuotaPerCredential(t *testing.T) {
	var slept time.Duration
	c, p := clientOf(t, func(http.ResponseWriter, *http.Request) {}, &slept)
	c.Get(t.Context(), "/x", nil)
	c.Post(t.Context(), "/y", map[string]string{"a": "b"})
	c.Do(t.Context(), Request{Path: "/z", Header: http.Header{"If-None-Match": {"w"}}})
	c.api.Sign = func(_ Config, r *http.Request) { r.Header.Set("Authorization", "Bearer another") }
	c.Get(t.Context(), "/x", nil)
	if len(p.keys) != 4 || p.keys[0] != p.keys[1] || p.keys[0] != p.keys[2] || p.keys[0] == p.keys[3] {
		t.Errorf("requests count against %q, want the first three against one quota and the last against another", p.keys)
	}
}

// A long pause holds for all who share the credential, and is never longer than a day: a time in the far future is a
// fault of the source.
func TestLongPauses(t *testing.T) {
	for value, want := range map[string]time.Duration{"3600": time.Hour, "99999999": 24 * time.Hour, "Fri, 01 Mar 2126 12:00:00 GMT": 24 * time.Hour} {
		var slept time.Duration
		c, p := clientOf(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", value)
			w.WriteHeader(http.StatusTooManyRequests)
		}, &slept)
		_, err := c.Get(t.Context(), "/x", nil)
		var parked *Parked
		if !errors.As(err, &parked) || !parked.Until.Equal(noon.Add(want)) || !p.held.Equal(parked.Until) {
			t.Errorf("Retry-After: %s gave %v and held the others until %v; want both to go on after %s", value, err, p.held, want)
		}
	}
}

// Some servers repeat the credential that they refuse.
func TestAnswersThatTellSecrets(t *testing.T) {
	var slept time.Duration
	c, _ := clientOf(t, func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, `{"error": "invalid `+r.Header.Get("Authorization")+`"}`, http.StatusUnauthorized)
	}, &slept)
	_, err := c.Get(t.Context(), "/x", nil)
	if err == nil || strings.Contains(err.Error(), "s3cret") || !strings.Contains(err.Error(), "invalid") {
		t.Errorf("Get = %v, want what the server says without the secret", err)
	}
}
