package alertmanager

import (
	"encoding/json"
	"fmt"

	"hindsight/importers"
)

const setup = `Add a receiver to Alertmanager's configuration, and a route that leads to it:

` + "```yaml" + `
receivers:
  - name: hindsight
    webhook_configs:
      - url: "{url}"
        send_resolved: true
        http_config:
          authorization: {type: Bearer, credentials: "{secret}"}
` + "```" + `

Basic authentication with the secret as the password works too. Leave max_alerts at 0, so that no alert is left out.`

// verify checks the secret: Alertmanager signs nothing. Its deliveries have no id; one that comes twice changes nothing.
func verify(d importers.Delivery, secrets []string) (string, error) {
	return "", importers.SharedSecret()(d, secrets)
}

// readHook takes the alerts out of a delivery of version 4: the API does not know an alert any more once it has ended.
func readHook(d importers.Delivery, _ importers.Config) ([]importers.News, error) {
	var delivery struct {
		Version     string
		Receiver    string
		GroupKey    string
		ExternalURL string
		Truncated   int `json:"truncatedAlerts"`
		Alerts      []json.RawMessage
	}
	if err := json.Unmarshal(d.Body, &delivery); err != nil {
		return nil, fmt.Errorf("alertmanager: delivery: %w", err)
	}
	if delivery.Version != "4" {
		return nil, fmt.Errorf("alertmanager: the delivery is of version %q; 4 can be read", delivery.Version)
	}
	var news []importers.News
	for _, text := range delivery.Alerts {
		a, at, err := readAlert(text)
		if err != nil {
			return nil, fmt.Errorf("alertmanager: delivery: %w", err)
		}
		p := &push{Alert: text, Receiver: delivery.Receiver, GroupKey: delivery.GroupKey, ExternalURL: delivery.ExternalURL, Truncated: delivery.Truncated}
		part := record{Firing: p}
		if string(a.Status) == `"resolved"` {
			part = record{Resolved: p}
		}
		rec, err := recordOf(a.Fingerprint, at, part, "webhook")
		if err != nil {
			return nil, fmt.Errorf("alertmanager: delivery: %w", err)
		}
		news = append(news, importers.News{Collection: "alerts", ID: rec.ExternalID, Record: &rec})
	}
	return news, nil
}
