// Package live_test holds the source to a real Alertmanager and a real Prometheus.
package live_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/alertmanager"
	"hindsight/importers/importertest"
	"hindsight/importers/importertest/live"
	"hindsight/incident"
)

func TestMain(m *testing.M) { live.Main(m) }

// receiver takes deliveries in.
func receiver(t *testing.T) (string, <-chan []byte) {
	t.Helper()
	got := make(chan []byte, 100)
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("delivery: %v", err)
		}
		got <- body
	}))
	t.Cleanup(s.Close)
	return s.URL, got
}

// await puts deliveries into h until done is nil.
func await(t *testing.T, h *importertest.Haul, got <-chan []byte, done func() error) {
	t.Helper()
	for timeout := time.After(time.Minute); done() != nil; {
		select {
		case body := <-got:
			news, err := alertmanager.Source().Hook.Read(importers.Delivery{Body: body, At: time.Now()}, h.Config)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range news {
				if err := h.Put(alertmanager.Source().Collections[0], *n.Record); err != nil {
					t.Fatal(err)
				}
			}
		case <-timeout:
			t.Fatalf("still after a minute: %v", done())
		}
	}
}

// drafts returns what the records of h became, by when the alert began.
func drafts(t *testing.T, h *importertest.Haul) (all []incident.Incident) {
	t.Helper()
	for key := range h.Records {
		all = append(all, h.Draft(t, "alerts", strings.TrimPrefix(key, "alerts/")).Incident)
	}
	return all
}

// count is an error unless h holds so many alerts that fire and that ended.
func count(t *testing.T, h *importertest.Haul, firing, ended int) func() error {
	return func() error {
		f, e := 0, 0
		for _, inc := range drafts(t, h) {
			if inc.Status == incident.Resolved && !inc.Milestones.At(incident.ResolvedAt).IsZero() {
				e++
			} else if inc.Status == incident.Triggered {
				f++
			}
		}
		if f != firing || e != ended {
			return fmt.Errorf("%d fire and %d ended, want %d and %d", f, e, firing, ended)
		}
		return nil
	}
}

func empty(cfg importers.Config) *importertest.Haul {
	return &importertest.Haul{Source: alertmanager.Source(), Config: cfg, Records: map[string]importers.Record{}}
}

func TestAlertFiresEndsAndFiresAgain(t *testing.T) {
	url, got := receiver(t)
	am := live.Alertmanager(t, url)
	h := empty(importers.Config{Connection: "con_test", Settings: map[string]string{"url": am.URL}})
	alert := live.Alert{Labels: map[string]string{"alertname": "HighErrorRate", "service": "checkout", "severity": "critical"},
		Annotations: map[string]string{"summary": "synthetic: checkout answers 503"}, StartsAt: time.Now().Add(-time.Minute)}
	am.Post(t, alert)
	await(t, h, got, count(t, h, 1, 0))
	polled, err := importertest.Collect(context.Background(), t, alertmanager.Source(), h.Config, h, 0)
	if err != nil || len(polled.Records) != 1 {
		t.Fatalf("what was pushed and what is shown are %d records, %v, want one", len(polled.Records), err)
	}
	h = polled
	bare := alert
	bare.Annotations = nil
	am.Resolve(t, bare)
	await(t, h, got, count(t, h, 0, 1))
	if inc := drafts(t, h)[0]; inc.Title != "synthetic: checkout answers 503" || inc.Severity != incident.Sev1 || inc.Services[0].Name != "checkout" {
		t.Errorf("after a resolution without annotations: %+v", inc)
	}
	alert.StartsAt = time.Now()
	am.Post(t, alert)
	await(t, h, got, count(t, h, 1, 1))
}

func TestEndThatNoDeliveryTold(t *testing.T) {
	am := live.Alertmanager(t, "http://127.0.0.1:9")
	cfg := importers.Config{Connection: "con_test", Settings: map[string]string{"url": am.URL}}
	alert := live.Alert{Labels: map[string]string{"alertname": "SlowQueries"}, StartsAt: time.Now().Add(-2 * time.Hour)}
	am.Post(t, alert)
	h, err := importertest.Collect(t.Context(), t, alertmanager.Source(), cfg, nil, 0)
	if err != nil || len(h.Records) != 1 {
		t.Fatalf("read %d alerts, %v, want 1", len(h.Records), err)
	}
	am.Resolve(t, alert)
	client, _ := importertest.Client(t, alertmanager.Source(), cfg)
	for _, r := range h.Records {
		got, err := alertmanager.Source().Collections[0].Fetch(t.Context(), importers.Input{Config: cfg, Client: client}, []string{r.ExternalID})
		if err != nil || len(got) != 1 {
			t.Fatalf("Fetch = %+v, %v, want a record", got, err)
		}
		if err := h.Put(alertmanager.Source().Collections[0], got[0]); err != nil {
			t.Fatal(err)
		}
	}
	if err := count(t, h, 0, 1)(); err != nil {
		t.Error(err)
	}
}

// What Prometheus remembers and what Alertmanager pushed have to be the same incident.
func TestPastAlertsAreThePushedOnes(t *testing.T) {
	url, got := receiver(t)
	am := live.Alertmanager(t, url)
	prom := live.Prometheus(t, am)
	cfg := importers.Config{Connection: "con_test", Settings: map[string]string{"url": am.URL, "prometheus": prom.URL}}
	h := empty(cfg)
	prom.Fire(t)
	await(t, h, got, count(t, h, 1, 0))
	prom.Clear(t)
	await(t, h, got, count(t, h, 0, 1))
	pushed := drafts(t, h)[0]
	var past []incident.Incident
	live.Eventually(t, func() error { // the source waits until Prometheus has stored what happened
		read, err := importertest.Collect(t.Context(), t, alertmanager.Source(), cfg, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		if past = drafts(t, read); len(past) != 1 || past[0].Status != incident.Resolved {
			return errors.New("Prometheus does not tell of the alert's end yet")
		}
		return nil
	})
	if past[0].Ref.ExternalID != pushed.Ref.ExternalID {
		t.Errorf("Prometheus remembers %s, Alertmanager pushed %s", past[0].Ref.ExternalID, pushed.Ref.ExternalID)
	}
	if d := past[0].Milestones.At(incident.ResolvedAt).Sub(pushed.Milestones.At(incident.ResolvedAt)).Abs(); d > 2*time.Second {
		t.Errorf("the ends are %s apart, want two evaluations at most", d)
	}
}
