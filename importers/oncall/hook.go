package oncall

import (
	"encoding/json"
	"fmt"

	"hindsight/importers"
)

const setup = `In Grafana OnCall open **Outgoing Webhooks** and create two webhooks, one with the trigger type *Alert Group Created* and one
with *Status Change*:

- **URL**: {url}
- **HTTP method**: POST
- **Authorization Header**: Bearer {secret}
- **Forward All**: on

OnCall signs nothing; the secret in the header is what proves a delivery.`

var secret = importers.SharedSecret()

func verify(d importers.Delivery, secrets []string) (string, error) { return "", secret(d, secrets) }

// readHook says which alert group changed. It is always fetched, with its notes.
func readHook(d importers.Delivery, _ importers.Config) ([]importers.News, error) {
	var push struct {
		ID string `json:"alert_group_id"`
	}
	if err := json.Unmarshal(d.Body, &push); err != nil {
		return nil, fmt.Errorf("oncall: read webhook: %w", err)
	}
	if push.ID == "" {
		return nil, fmt.Errorf("oncall: the webhook names no alert_group_id; switch Forward All on, or send it in the data template")
	}
	return []importers.News{{Collection: groups, ID: push.ID}}, nil
}
