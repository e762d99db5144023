package live

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

// PrometheusServer is a running Prometheus that watches one number and asks for no credentials. Its rule HighErrorRatio
// fires, with service=checkout and severity=critical, while the number is high.
type PrometheusServer struct {
	Server
	high atomic.Bool
}

const prometheusConfig = `
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [rules.yml]
scrape_configs: [{job_name: synthetic, static_configs: [{targets: [%q]}]}]
alerting: {alertmanagers: [{static_configs: [{targets: [%q]}]}]}
`

// A scrape that a busy machine misses does not end the alert.
const prometheusRules = `
groups:
- name: synthetic
  rules:
  - alert: HighErrorRatio
    expr: max by (service) (last_over_time(error_ratio[1m])) > 0.5
    labels: {severity: critical}
    annotations: {summary: "synthetic: {{ $labels.service }} fails"}
`

// Prometheus starts a Prometheus for one test, which tells am what fires.
func Prometheus(t testing.TB, am *AlertmanagerServer) *PrometheusServer {
	t.Helper()
	p := &PrometheusServer{}
	watched := httptest.NewServer(http.HandlerFunc(p.metrics))
	t.Cleanup(watched.Close)
	config := fmt.Sprintf(prometheusConfig, strings.TrimPrefix(watched.URL, "http://"), strings.TrimPrefix(am.URL, "http://"))
	return own(t, "prometheus", func(h *home) (*PrometheusServer, error) { return p, p.start(h, config) })
}

func (p *PrometheusServer) start(h *home, config string) error {
	port, err := freePort()
	if err != nil {
		return err
	}
	for name, content := range map[string]string{"prometheus.yml": config, "rules.yml": prometheusRules} {
		if err := h.write(name, content); err != nil {
			return err
		}
	}
	address := "127.0.0.1:" + strconv.Itoa(port)
	p.URL, p.header = "http://"+address, http.Header{}
	server, err := h.start(nil, "prometheus", "--config.file="+h.path("prometheus.yml"), "--storage.tsdb.path="+h.path("data"), "--web.listen-address="+address)
	if err != nil {
		return err
	}
	return server.until(p.answers("/-/ready"))
}

// metrics is what Prometheus watches.
func (p *PrometheusServer) metrics(w http.ResponseWriter, _ *http.Request) {
	ratio := 0
	if p.high.Load() {
		ratio = 1
	}
	fmt.Fprintf(w, "error_ratio{service=\"checkout\"} %d\n", ratio)
}

// Fire makes the number high and waits until the rule fires.
func (p *PrometheusServer) Fire(t testing.TB) { t.Helper(); p.set(t, true, 1) }

// Clear makes the number low and waits until the rule has ended.
func (p *PrometheusServer) Clear(t testing.TB) { t.Helper(); p.set(t, false, 0) }

func (p *PrometheusServer) set(t testing.TB, high bool, alerts int) {
	t.Helper()
	p.high.Store(high)
	Eventually(t, func() error {
		var got struct {
			Data struct{ Alerts []struct{ State string } }
		}
		p.do(t, "GET", "/api/v1/alerts", nil, &got)
		if len(got.Data.Alerts) != alerts {
			return fmt.Errorf("Prometheus shows %d alerts, want %d", len(got.Data.Alerts), alerts)
		}
		return nil
	})
}
