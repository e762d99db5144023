package limit

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Limiter bounds requests. Make it with New.
type Limiter struct {
	// Refused is told of each request that came too often; nil: nobody is. It is set before the first request.
	Refused func(*http.Request)

	address func(*http.Request) string
	by      map[class]*buckets
}

// class is a sort of request that is counted by itself.
type class int

const (
	general  class = iota // by token or session
	anywhere              // by address
	signIn                // by address: what is guessed at
	export                // by token or session, else address
	search                // likewise
	hooks                 // by address and connection
)

// New returns a Limiter that lets one token or session send perSecond requests a second, ten times as many at once, and one
// address four times as much, since many people may share it. What costs more, or is guessed at, has less: sign-in one a second,
// exports one in two seconds, searches a fifth. Deliveries of sources have limits of their own, which do not change: 2,000 a
// second. address says where a request comes from.
func New(perSecond float64, address func(*http.Request) string, now func() time.Time) *Limiter {
	l := &Limiter{address: address, by: map[class]*buckets{}}
	for c, rate := range map[class]Rate{
		general: {perSecond, 10 * perSecond}, anywhere: {4 * perSecond, 40 * perSecond},
		signIn: {1, 60}, export: {0.5, 30}, search: {perSecond / 5, 2 * perSecond}, hooks: {2000, 4000},
	} {
		l.by[c] = newBuckets(rate, now)
	}
	return l
}

// Wrap answers 429 with Retry-After (RFC 6585 and RFC 9110) to what comes too often, and hands the rest to next.
func (l *Limiter) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if wait := l.wait(r); wait > 0 {
			if l.Refused != nil {
				l.Refused(r)
			}
			refuse(w, r, wait)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// unlimited are asked by machines that watch over the server.
var unlimited = []string{"/healthz", "/readyz", "/metrics"}

// wait returns how long a request has to wait, or 0.
func (l *Limiter) wait(r *http.Request) time.Duration {
	path := r.URL.Path
	if slices.Contains(unlimited, path) {
		return 0
	}
	from := network(l.address(r))
	if strings.HasPrefix(path, "/hooks/") {
		return l.by[hooks].take(from + " " + path[:min(len(path), 100)])
	}
	if wait := l.by[anywhere].take(from); wait > 0 {
		return wait
	}
	who := credential(r)
	if who == "" {
		who = from
	} else if wait := l.by[general].take(who); wait > 0 {
		return wait
	}
	switch {
	case guessable(r):
		return l.by[signIn].take(from)
	case isExport(path):
		return l.by[export].take(who)
	case isSearch(r):
		return l.by[search].take(who)
	}
	return 0
}

// network is an address as it is counted: of IPv6 the /64, for that is what one subscriber has.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil || ip.Unmap().Is4() {
		return address
	}
	prefix, err := ip.WithZone("").Prefix(64)
	if err != nil {
		return address
	}
	return prefix.String()
}

// credential is the digest of a token or session that a request carries, whether it is a good one or not; empty: none.
func credential(r *http.Request) string {
	text := r.Header.Get("Authorization")
	if text == "" {
		for _, name := range []string{"__Host-hindsight_session", "hindsight_session"} {
			if c, err := r.Cookie(name); err == nil {
				text = c.Value
			}
		}
	}
	if text == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(text))
	return string(sum[:])
}

// guessable reports whether a request tries a password, a code or a set-up.
func guessable(r *http.Request) bool {
	if r.Method != http.MethodPost {
		return false
	}
	path := r.URL.Path
	return path == "/login" || strings.HasPrefix(path, "/login/") || path == "/setup" || path == "/me/password" || path == "/me/confirm" || strings.HasPrefix(path, "/me/factor/")
}

func isExport(path string) bool {
	if strings.Contains(path, "/retrospective/export/") {
		return true
	}
	if strings.HasPrefix(path, "/api/") {
		return path == "/api/v1/slo.yaml"
	}
	return strings.HasSuffix(path, ".csv") || strings.HasSuffix(path, ".json") || strings.HasSuffix(path, ".jsonl")
}

func isSearch(r *http.Request) bool {
	path := r.URL.Path
	return path == "/search" || path == "/palette" || path == "/api/v1/search" || (path == "/incidents" || path == "/api/v1/incidents") && r.URL.Query().Get("q") != ""
}

// refuse answers as RFC 9457 has it, or in words for a page.
func refuse(w http.ResponseWriter, r *http.Request, wait time.Duration) {
	seconds := int(math.Ceil(wait.Seconds()))
	detail := fmt.Sprintf("too many requests; try again in %d s", seconds)
	w.Header().Set("Retry-After", strconv.Itoa(seconds))
	w.Header().Set("Cache-Control", "no-store")
	if !strings.HasPrefix(r.URL.Path, "/api/") && !strings.HasPrefix(r.URL.Path, "/hooks/") && !strings.HasPrefix(r.URL.Path, "/scim/") {
		http.Error(w, "There were "+detail+".", http.StatusTooManyRequests)
		return
	}
	body, err := json.Marshal(map[string]any{"type": "about:blank", "title": http.StatusText(http.StatusTooManyRequests), "status": http.StatusTooManyRequests, "detail": detail})
	if err != nil {
		panic("limit: texts always make JSON: " + err.Error())
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(http.StatusTooManyRequests)
	w.Write(body)
}
