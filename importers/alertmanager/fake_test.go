package alertmanager_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/alertmanager"
	"hindsight/importers/importertest"
	"hindsight/incident"
)

const hour = 3600

// start is when the data of the stand-ins begins, in seconds since 1970: 2026-11-01T00:00:00Z.
var start = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC).Unix()

// stretch is a firing in Prometheus: samples from From to To, both included, each 15 s. Times are seconds after start.
type stretch struct {
	Alert    string
	From, To int64
}

// fake is Alertmanager and, below /prom, Prometheus.
type fake struct {
	mu      sync.Mutex
	active  []map[string]any
	firings []stretch
	now     time.Time
	queries []string
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	w.Header().Set("Date", f.now.UTC().Format(http.TimeFormat))
	w.Header().Set("Content-Type", "application/json")
	var answer any
	switch r.URL.Path {
	case "/api/v2/status":
		answer = map[string]any{"versionInfo": map[string]any{"version": "0.25.0"}}
	case "/api/v2/alerts":
		answer = append([]map[string]any{}, f.active...)
	case "/prom/api/v1/query_range":
		answer = f.prometheus(f.days())
	case "/prom/api/v1/query":
		f.queries = append(f.queries, r.URL.Query().Get("query"))
		answer = f.prometheus(f.query(r.URL.Query().Get("query"), r.URL.Query().Get("time")))
	default:
		w.WriteHeader(http.StatusNotFound)
		return
	}
	json.NewEncoder(w).Encode(answer)
}

func (f *fake) prometheus(result []any) any {
	return map[string]any{"status": "success", "data": map[string]any{"result": result}}
}

// days answers as a range query at steps of a day does.
func (f *fake) days() []any {
	if len(f.firings) == 0 {
		return []any{}
	}
	return []any{map[string]any{"metric": map[string]any{}, "values": []any{[]any{start + 24*hour, "1"}}}}
}

var ranged = regexp.MustCompile(`^(sum\(count_over_time\()?ALERTS\{alertstate="firing"\}\[(\d+)ms\]`)

// query answers with the samples in [time-range, time], as Prometheus 2 does, or with their number.
func (f *fake) query(query, at string) []any {
	g := ranged.FindStringSubmatch(query)
	if g == nil {
		panic("the stand-in cannot answer " + query)
	}
	to, _ := strconv.ParseFloat(at, 64)
	width, _ := strconv.ParseFloat(g[2], 64)
	from := to - width/1000
	values, count := map[string][]any{}, 0
	var order []string
	for _, s := range f.firings {
		for t := start + s.From; t <= start+s.To; t += 15 {
			if x := float64(t) + 0.389; x >= from && x <= to {
				if values[s.Alert] == nil {
					order = append(order, s.Alert)
				}
				values[s.Alert] = append(values[s.Alert], []any{x, "1"})
				count++
			}
		}
	}
	if g[1] != "" {
		if count == 0 {
			return []any{}
		}
		return []any{map[string]any{"metric": map[string]any{}, "value": []any{to, fmt.Sprint(count)}}}
	}
	result := []any{}
	for _, a := range order {
		result = append(result, map[string]any{"values": values[a],
			"metric": map[string]any{"__name__": "ALERTS", "alertstate": "firing", "alertname": a, "service": "checkout", "severity": "critical"}})
	}
	return result
}

func config(more map[string]string) func(string) importers.Config {
	return func(url string) importers.Config {
		cfg := importers.Config{Connection: "con_test", Settings: map[string]string{"url": url, "prometheus": url + "/prom"}}
		for k, v := range more {
			cfg.Settings[k] = v
		}
		return cfg
	}
}

// activeAlert is an alert as the API shows it.
func activeAlert(fingerprint, name string) map[string]any {
	return map[string]any{"fingerprint": fingerprint, "labels": map[string]any{"alertname": name}, "annotations": map[string]any{"summary": "synthetic: " + name},
		"startsAt": "2026-11-20T10:12:38.000Z", "endsAt": "2026-11-20T10:17:38.440Z", "updatedAt": "2026-11-20T10:12:38.440Z",
		"status": map[string]any{"state": "active", "silencedBy": []string{}, "inhibitedBy": []string{}}}
}

func TestReads(t *testing.T) {
	var firings []stretch
	for i := range int64(40) {
		firings = append(firings, stretch{fmt.Sprintf("Alert%d", i%7), i * 10 * hour, i*10*hour + 600})
	}
	importertest.RunAPI(t, alertmanager.Source(), importertest.Fake{
		Handler: func() http.Handler {
			return &fake{firings: firings, now: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC), active: []map[string]any{activeAlert("0a", "One"), activeAlert("0b", "Two")}}
		},
		Config: config(nil), Want: 42,
	})
}

func draftOf(t *testing.T, body string, cfg importers.Config) importers.Draft {
	t.Helper()
	d, err := alertmanager.Source().Collections[0].Map(incident.Raw{ExternalID: "x-1", Body: []byte(body)}, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
