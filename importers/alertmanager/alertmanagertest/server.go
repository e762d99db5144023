// Package alertmanagertest is a made-up Alertmanager 0.25 for tests, in a browser too, with a Prometheus 2 below /prom that
// remembers in the series ALERTS what fired, both behind a proxy that asks for a bearer token. Alertmanager answers as
// https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml says, Prometheus as
// https://prometheus.io/docs/prometheus/2.42/querying/api/ does. Alerts are made up. Start with [New].
package alertmanagertest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"hindsight/importers/importertest"
)

// Token is the bearer token that is let through.
const Token = "synthetic"

// Hour is an hour in seconds, as times of [Firing] are.
const Hour = 3600

// Start is when samples begin, in seconds since 1970: 2026-10-01T00:00:00Z.
var Start = time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC).Unix()

// Upstream is an Alertmanager with its Prometheus for a connection to try.
var Upstream = importertest.Upstream{
	Source: "alertmanager",
	New:    func() http.Handler { return New(Many(40)...) },
	Settings: func(url string) map[string]string {
		return map[string]string{"url": url, "prometheus": url + "/prom", "token": Token}
	},
	Incidents: 42,
	Title:     "SyntheticAlert0",
}

// Server is an Alertmanager and a Prometheus whose fields tests change between requests.
type Server struct {
	Shown   []Alert   // by Alertmanager: what fires now
	Firings []Firing  // that Prometheus remembers
	Queries []string  // that Prometheus was asked, in order
	Now     time.Time // by the clock of both; zero: the machine's
	mu      sync.Mutex
}

// Alert is an alert as Alertmanager's API shows it.
type Alert = map[string]any

// New returns an Alertmanager that shows two alerts, and a Prometheus that remembers these firings.
func New(firings ...Firing) *Server {
	return &Server{Firings: firings, Shown: []Alert{NewAlert("0a", "One"), NewAlert("0b", "Two")}}
}

// NewAlert returns an alert that fires.
func NewAlert(fingerprint, name string) Alert {
	return Alert{"fingerprint": fingerprint, "labels": map[string]any{"alertname": name, "severity": "critical"}, "annotations": map[string]any{"summary": "Synthetic alert " + name},
		"startsAt": "2026-10-20T10:12:38.000Z", "endsAt": "2026-10-20T10:17:38.440Z", "updatedAt": "2026-10-20T10:12:38.440Z",
		"generatorURL": "http://prometheus.example.com/graph", "receivers": []any{map[string]any{"name": "hindsight"}},
		"status": map[string]any{"state": "active", "silencedBy": []string{}, "inhibitedBy": []string{}, "mutedBy": []string{}}}
}

// Many returns n firings of seven alerts, ten minutes each, ten hours apart.
func Many(n int64) (firings []Firing) {
	for i := range n {
		firings = append(firings, Firing{fmt.Sprintf("SyntheticAlert%d", i%7), i * 10 * Hour, i*10*Hour + 600})
	}
	return firings
}

// ServeHTTP answers as both servers do.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if !s.Now.IsZero() {
		w.Header().Set("Date", s.Now.UTC().Format(http.TimeFormat))
	}
	if r.Header.Get("Authorization") != "Bearer "+Token {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	switch q := r.URL.Query(); r.URL.Path {
	case "/api/v2/status":
		answer(w, map[string]any{"versionInfo": map[string]any{"version": "0.25.0"}, "cluster": map[string]any{"status": "ready"}})
	case "/api/v2/alerts":
		answer(w, append([]Alert{}, s.Shown...))
	case "/prom/api/v1/query_range":
		s.days(w)
	case "/prom/api/v1/query":
		s.Queries = append(s.Queries, q.Get("query"))
		s.query(w, q.Get("query"), q.Get("time"))
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func answer(w http.ResponseWriter, v any) { json.NewEncoder(w).Encode(v) }
