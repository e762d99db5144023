package live

import (
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"
)

// AlertmanagerServer is a running Alertmanager that waits one second for alerts of a group and asks for no credentials.
type AlertmanagerServer struct{ Server }

const alertmanagerConfig = `
route: {receiver: hook, group_by: [alertname], group_wait: 1s, group_interval: 1s, repeat_interval: 1h}
receivers: [{name: hook, webhook_configs: [{url: %q, send_resolved: true}]}]
`

// Alertmanager starts an Alertmanager for one test, which sends its notifications to the URL webhook.
func Alertmanager(t testing.TB, webhook string) *AlertmanagerServer {
	t.Helper()
	return own(t, "alertmanager", func(h *home) (*AlertmanagerServer, error) {
		port, err := freePort()
		if err != nil {
			return nil, err
		}
		if err := h.write("alertmanager.yml", fmt.Sprintf(alertmanagerConfig, webhook)); err != nil {
			return nil, err
		}
		address := "127.0.0.1:" + strconv.Itoa(port)
		p, err := h.start(nil, "prometheus-alertmanager", "--config.file="+h.path("alertmanager.yml"), "--storage.path="+h.path("data"),
			"--web.listen-address="+address, "--cluster.listen-address=")
		if err != nil {
			return nil, err
		}
		a := &AlertmanagerServer{Server{URL: "http://" + address, header: http.Header{}}}
		return a, p.until(a.answers("/-/ready"))
	})
}

// Alert is what a monitor tells Alertmanager. One with the labels of an earlier one is the same alert.
type Alert struct {
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations,omitempty"`
	StartsAt    time.Time         `json:"startsAt,omitzero"`
	EndsAt      time.Time         `json:"endsAt,omitzero"` // in the past: resolved
}

// Post sends alerts, as Prometheus does.
func (a *AlertmanagerServer) Post(t testing.TB, alerts ...Alert) {
	t.Helper()
	a.do(t, "POST", "/api/v2/alerts", alerts, nil)
}

// Resolve posts that an alert ended now.
func (a *AlertmanagerServer) Resolve(t testing.TB, alert Alert) {
	t.Helper()
	alert.EndsAt = time.Now()
	a.Post(t, alert)
}

// Silence mutes alerts whose label has the value for an hour, and returns the silence's id.
func (a *AlertmanagerServer) Silence(t testing.TB, label, value, comment string) string {
	t.Helper()
	var made struct{ SilenceID string }
	a.do(t, "POST", "/api/v2/silences", Fields{
		"matchers": []Fields{{"name": label, "value": value, "isRegex": false}},
		"startsAt": time.Now(), "endsAt": time.Now().Add(time.Hour), "createdBy": "Responder One", "comment": comment,
	}, &made)
	return made.SilenceID
}
