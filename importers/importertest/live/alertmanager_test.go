package live_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"hindsight/importers/importertest/live"
)

// delivery is a notification of Alertmanager, with what the test looks at.
type delivery struct {
	Version string
	Status  string
	Alerts  []struct {
		Status, Fingerprint string
		StartsAt, EndsAt    time.Time
	}
}

// hook returns the URL of a receiver and the deliveries that it gets.
func hook(t *testing.T) (string, <-chan delivery) {
	t.Helper()
	got := make(chan delivery, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		var d delivery
		if err := json.NewDecoder(req.Body).Decode(&d); err != nil {
			t.Errorf("delivery: %v", err)
		}
		got <- d
	}))
	t.Cleanup(server.Close)
	return server.URL, got
}

// next waits for the next delivery of one alert with the status.
func next(t *testing.T, got <-chan delivery, status string) delivery {
	t.Helper()
	for timeout := time.After(time.Minute); ; {
		select {
		case d := <-got:
			if d.Status == status && len(d.Alerts) == 1 {
				return d
			}
		case <-timeout:
			t.Fatalf("no delivery with status %s within a minute", status)
		}
	}
}

func TestAlertmanagerFiresTheSameAlertTwice(t *testing.T) {
	url, got := hook(t)
	am := live.Alertmanager(t, url)
	alert := live.Alert{Labels: map[string]string{"alertname": "HighErrorRate", "service": "checkout", "severity": "critical"},
		Annotations: map[string]string{"summary": "synthetic: checkout answers 503"}, StartsAt: time.Now().Add(-time.Minute)}
	am.Post(t, alert)
	first := next(t, got, "firing")
	if first.Version != "4" || first.Alerts[0].EndsAt.Year() != 1 {
		t.Errorf("firing: version %q, endsAt %v, want 4 and the year 1", first.Version, first.Alerts[0].EndsAt)
	}
	if ends := active(t, am)[0].EndsAt; !ends.After(time.Now()) {
		t.Errorf("the API's endsAt of an alert that fires = %v, want a time to come", ends)
	}
	am.Resolve(t, alert)
	if end := next(t, got, "resolved").Alerts[0]; end.EndsAt.Year() < 2000 || end.Fingerprint != first.Alerts[0].Fingerprint {
		t.Errorf("resolved: endsAt %v, fingerprint %s, want a time and %s", end.EndsAt, end.Fingerprint, first.Alerts[0].Fingerprint)
	}
	if left := active(t, am); len(left) != 0 {
		t.Errorf("after the end the API shows %+v, want nothing", left)
	}
	alert.StartsAt = time.Now()
	am.Post(t, alert)
	again := next(t, got, "firing").Alerts[0]
	if again.Fingerprint != first.Alerts[0].Fingerprint || !again.StartsAt.After(first.Alerts[0].StartsAt) {
		t.Errorf("second firing: fingerprint %s since %v, want %s and later than %v", again.Fingerprint, again.StartsAt,
			first.Alerts[0].Fingerprint, first.Alerts[0].StartsAt)
	}
}

func TestAlertmanagerShowsWhatIsSilenced(t *testing.T) {
	url, _ := hook(t)
	am := live.Alertmanager(t, url)
	id := am.Silence(t, "service", "search", "synthetic: known, being repaired")
	am.Post(t, live.Alert{Labels: map[string]string{"alertname": "SlowQueries", "service": "search"}})
	live.Eventually(t, func() error {
		alerts := active(t, am)
		if len(alerts) != 1 || alerts[0].Status.State != "suppressed" {
			return errors.New("not suppressed yet")
		}
		if by := alerts[0].Status.SilencedBy; len(by) != 1 || by[0] != id {
			t.Errorf("silencedBy = %v, want %s", by, id)
		}
		return nil
	})
}

type activeAlert struct {
	EndsAt time.Time
	Status struct {
		State      string
		SilencedBy []string
	}
}

func active(t *testing.T, am *live.AlertmanagerServer) []activeAlert {
	t.Helper()
	status, answer := am.Ask(t, "GET", "/api/v2/alerts", nil)
	var alerts []activeAlert
	if err := json.Unmarshal(answer, &alerts); err != nil || status != http.StatusOK {
		t.Fatalf("alerts: status %d, %v in %s", status, err, answer)
	}
	return alerts
}
