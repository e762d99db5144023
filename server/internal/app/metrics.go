package app

import (
	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"hindsight/incident"
)

// followed exports how far each sink of the change feed is behind.
type followed struct {
	app     *App
	changes *prometheus.Desc
	seconds *prometheus.Desc
	size    *prometheus.Desc
}

// metrics answers in the format of Prometheus: the process, and the lag of every sink.
func (a *App) metrics() gin.HandlerFunc {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), followed{
		app:     a,
		changes: prometheus.NewDesc("hindsight_follow_lag_changes", "Changes that a sink of the change feed has not seen.", []string{"sink"}, nil),
		seconds: prometheus.NewDesc("hindsight_follow_lag_seconds", "Time since a sink of the change feed was last up to date.", []string{"sink"}, nil),
		size:    prometheus.NewDesc("hindsight_incidents", "Incidents in the analytics snapshot, without private ones.", nil, nil),
	})
	return gin.WrapH(promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
}

// Describe implements prometheus.Collector.
func (f followed) Describe(ch chan<- *prometheus.Desc) {
	ch <- f.changes
	ch <- f.seconds
	ch <- f.size
}

// Collect implements prometheus.Collector.
func (f followed) Collect(ch chan<- prometheus.Metric) {
	now := f.app.Desk.Now()
	for sink, lag := range f.app.Desk.Follow.Lag() {
		seconds := 0.0
		if !lag.Since.IsZero() {
			seconds = now.Sub(lag.Since).Seconds()
		}
		ch <- prometheus.MustNewConstMetric(f.changes, prometheus.GaugeValue, float64(lag.Changes), sink)
		ch <- prometheus.MustNewConstMetric(f.seconds, prometheus.GaugeValue, seconds, sink)
	}
	ch <- prometheus.MustNewConstMetric(f.size, prometheus.GaugeValue, float64(f.app.Desk.Live.Snapshot().Visible(incident.Sight{})))
}
