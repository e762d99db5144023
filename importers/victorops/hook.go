package victorops

import (
	"encoding/json"
	"fmt"

	"hindsight/importers"
)

const setup = `In Splunk On-Call open **Integrations → Outgoing Webhooks** and add a webhook:

- **Event**: Any-Incident
- **Method**: POST, **Content type**: application/json
- **To**: {url}?token={secret}
- **Payload**: ` + "`{\"incident\": \"${{STATE.INCIDENT_NAME}}\"}`" + `

Such webhooks are not signed; the secret in the address is what proves them.`

var secret = importers.SharedSecret()

func verify(d importers.Delivery, secrets []string) (string, error) { return "", secret(d, secrets) }

// readHook says which incident changed. The incident is always fetched: the body is whatever its author wrote.
func readHook(d importers.Delivery, _ importers.Config) ([]importers.News, error) {
	var push struct{ Incident text }
	if err := json.Unmarshal(d.Body, &push); err != nil {
		return nil, fmt.Errorf("victorops: read webhook: %w", err)
	}
	if push.Incident == "" {
		return nil, fmt.Errorf("victorops: the webhook's payload names no incident; it should be %s", `{"incident": "${{STATE.INCIDENT_NAME}}"}`)
	}
	return []importers.News{{Collection: incidents, ID: string(push.Incident)}}, nil
}
