package limit

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// clock is moved by the test.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func newLimited(perSecond float64) (http.Handler, *clock) {
	c := &clock{time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	l := New(perSecond, func(r *http.Request) string { return r.Header.Get("X-From") }, c.now)
	return l.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })), c
}

// asked sends n requests and returns how many passed, and the last answer.
func asked(h http.Handler, n int, method, path string, change func(int, *http.Request)) (passed int, last *httptest.ResponseRecorder) {
	for i := range n {
		r := httptest.NewRequest(method, path, nil)
		r.Header.Set("X-From", "192.0.2.7")
		if change != nil {
			change(i, r)
		}
		last = httptest.NewRecorder()
		h.ServeHTTP(last, r)
		if last.Code == http.StatusNoContent {
			passed++
		}
	}
	return passed, last
}

// TestRates: by hand, with 10 a second for a session: 100 at once, 40 a second and 400 at once for an address, 2 a second and 20 at
// once for searches; 60 at once for sign-ins and 30 for exports.
func TestRates(t *testing.T) {
	session := func(_ int, r *http.Request) {
		r.AddCookie(&http.Cookie{Name: "hindsight_session", Value: "s"})
	}
	tokens := func(i int, r *http.Request) { r.Header.Set("Authorization", fmt.Sprint("Bearer ", i)) }
	for _, tc := range []struct {
		name, method, path string
		change             func(int, *http.Request)
		want               int
	}{
		{"a session", "GET", "/incidents", session, 100},
		{"a session over https", "GET", "/", func(_ int, r *http.Request) { r.AddCookie(&http.Cookie{Name: "__Host-hindsight_session", Value: "s"}) }, 100},
		{"a token", "GET", "/api/v1/incidents", func(_ int, r *http.Request) { r.Header.Set("Authorization", "Bearer x") }, 100},
		{"a new token each time", "GET", "/api/v1/incidents", tokens, 400},
		{"nobody", "GET", "/login", nil, 400},
		{"sign-in", "POST", "/login", nil, 60},
		{"the second step", "POST", "/login/code", tokens, 60},
		{"exports", "GET", "/incidents/export.csv", session, 30},
		{"a retrospective with its files", "GET", "/incidents/inc_1/retrospective/export/retrospective.zip", session, 30},
		{"the same over the API", "GET", "/api/v1/incidents/inc_1/retrospective/export/retrospective.zip", session, 30},
		{"the audit log as a file", "GET", "/admin/audit.jsonl", session, 30},
		{"search", "GET", "/search?q=x", session, 20},
		{"a list with words", "GET", "/api/v1/incidents?q=x", session, 20},
		{"deliveries", "POST", "/hooks/con_1", nil, 1000},
		{"is it ready", "GET", "/readyz", nil, 1000},
		{"one /64 of IPv6", "GET", "/login", func(i int, r *http.Request) { r.Header.Set("X-From", fmt.Sprintf("2001:db8::%x", i)) }, 400},
		{"many addresses", "GET", "/login", func(i int, r *http.Request) { r.Header.Set("X-From", fmt.Sprintf("192.0.2.%d", i%256)) }, 1000},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h, _ := newLimited(10)
			if got, _ := asked(h, 1000, tc.method, tc.path, tc.change); got != tc.want {
				t.Errorf("%d of 1,000 requests passed, want %d", got, tc.want)
			}
		})
	}
}

// TestRefusal: what a refused program is told, and that it may go on after the time that it is told to wait.
func TestRefusal(t *testing.T) {
	h, c := newLimited(10)
	token := func(_ int, r *http.Request) { r.Header.Set("Authorization", "Bearer x") }
	_, got := asked(h, 101, "GET", "/api/v1/search", token)
	if got.Code != http.StatusTooManyRequests || got.Header().Get("Retry-After") != "1" || got.Header().Get("Content-Type") != "application/problem+json" {
		t.Fatalf("%d with %v, want 429, Retry-After 1 and application/problem+json", got.Code, got.Header())
	}
	var problem struct {
		Type, Title, Detail string
		Status              int
	}
	if err := json.Unmarshal(got.Body.Bytes(), &problem); err != nil || problem.Status != 429 || problem.Title != "Too Many Requests" || problem.Type != "about:blank" {
		t.Errorf("problem %s: %v", got.Body, err)
	}
	c.at = c.at.Add(time.Second)
	if passed, _ := asked(h, 100, "GET", "/api/v1/search", token); passed != 2 {
		t.Errorf("%d searches passed after a second, want 2", passed)
	}
	if _, got := asked(h, 500, "GET", "/incidents", nil); got.Code != http.StatusTooManyRequests || got.Body.String() != "There were too many requests; try again in 1 s.\n" {
		t.Errorf("a page that is refused is %d %q", got.Code, got.Body)
	}
}

// TestMemoryIsBounded: whoever comes from ever new addresses does not fill the memory.
func TestMemoryIsBounded(t *testing.T) {
	b := newBuckets(Rate{1, 2}, time.Now)
	for i := range most + 1000 {
		b.take(fmt.Sprint(i))
	}
	if len(b.held) > most {
		t.Errorf("%d buckets are held, want at most %d", len(b.held), most)
	}
}
