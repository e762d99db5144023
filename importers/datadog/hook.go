package datadog

import (
	"encoding/json"
	"fmt"

	"hindsight/importers"
)

const setup = `In Datadog, open **Integrations → Webhooks** and add a webhook:

1. URL: {url}
2. Payload: {"incident": "$INCIDENT_UUID"}
3. Custom headers: {"Authorization": "Bearer {secret}"}

Then open **Incidents → Settings → Notification rules** and make a rule that notifies @webhook-NAME of every incident, and again when its state, severity or impact changes.`

var verifySecret = importers.SharedSecret()

// verify checks the secret that is sent as a bearer token: Datadog signs nothing, and numbers no deliveries.
// https://docs.datadoghq.com/integrations/webhooks/
func verify(d importers.Delivery, secrets []string) (string, error) {
	return "", verifySecret(d, secrets)
}

// readHook says which incident a delivery is about. A webhook that is tested sends the name of the variable.
func readHook(d importers.Delivery, _ importers.Config) ([]importers.News, error) {
	var told struct {
		Incident string `json:"incident"`
	}
	if err := json.Unmarshal(d.Body, &told); err != nil {
		return nil, fmt.Errorf("datadog: read webhook: %w", err)
	}
	if told.Incident == "" || told.Incident[0] == '$' {
		return nil, nil
	}
	return []importers.News{{Collection: collection, ID: told.Incident}}, nil
}
