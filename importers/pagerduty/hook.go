package pagerduty

import (
	"encoding/json"
	"fmt"
	"strings"

	"hindsight/importers"
)

const setup = `In PagerDuty open **Integrations → Generic Webhooks (v3)** and add a webhook:

- **Webhook URL**: {url}
- **Scope type**: the account, or the teams or services that this connection reads
- **Event subscription**: all events that begin with "incident."

PagerDuty then shows the signing secret once. Enter it here as the secret of this connection, and send the test event.`

// delivery is a push of version 3, which holds one event.
// https://developer.pagerduty.com/docs/webhooks-overview
type delivery struct {
	Event struct {
		ID   string
		Type string `json:"event_type"`
		Data struct {
			ID       string
			Type     string
			Incident reference // where the data are a note, a status update or a responder
		}
	}
}

var signature = importers.SignedHex("X-PagerDuty-Signature", "v1=")

// verify checks the signature; the header holds one for each secret while one is being replaced.
func verify(d importers.Delivery, secrets []string) (string, error) {
	if err := signature(d, secrets); err != nil {
		return "", err
	}
	var push delivery
	json.Unmarshal(d.Body, &push) // what it says is Read's business
	return push.Event.ID, nil
}

// readHook says which incident an event is about. The incident is always fetched: what an event carries is as it was
// when the event happened, and by then its priority or notes may be older than what a poll has read.
func readHook(d importers.Delivery, _ importers.Config) ([]importers.News, error) {
	var push delivery
	if err := json.Unmarshal(d.Body, &push); err != nil {
		return nil, fmt.Errorf("pagerduty: read webhook: %w", err)
	}
	data := push.Event.Data
	switch {
	case !strings.HasPrefix(push.Event.Type, "incident."): // "pagey.ping", "service.updated"
		return nil, nil
	case data.Incident.ID != "":
		return []importers.News{{Collection: incidents, ID: data.Incident.ID}}, nil
	case data.Type == "incident" && data.ID != "":
		return []importers.News{{Collection: incidents, ID: data.ID}}, nil
	}
	return nil, fmt.Errorf("pagerduty: the event %q does not say of which incident it is", importers.Line(push.Event.Type))
}
