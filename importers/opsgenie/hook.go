package opsgenie

import (
	"encoding/json"
	"errors"
	"fmt"

	"hindsight/importers"
)

const setup = `In Opsgenie open **Settings → Integrations → Webhook** and add an integration:

- **Webhook URL**: {url}?token={secret}
- or, instead of the token, a custom header **Authorization** with the value ` + "`Bearer {secret}`" + `

Opsgenie signs nothing, so the secret is the only proof. Use https.`

var shared = importers.SharedSecret()

// verify checks the secret. A delivery has no id of its own.
func verify(d importers.Delivery, secrets []string) (string, error) { return "", shared(d, secrets) }

// readHook says which alert or incident an action was done to. Of these two only what the connection counts is news,
// and it is fetched: what is pushed is a part of it.
func readHook(d importers.Delivery, cfg importers.Config) ([]importers.News, error) {
	var push struct {
		Action     string
		Alert      struct{ AlertID string }
		Incident   struct{ ID, IncidentID string }
		IncidentID string
	}
	if err := json.Unmarshal(d.Body, &push); err != nil {
		return nil, fmt.Errorf("opsgenie: read webhook: %w", err)
	}
	collection, id := incidents, push.IncidentID
	for _, text := range []string{push.Incident.IncidentID, push.Incident.ID} {
		if id == "" {
			id = text
		}
	}
	if id == "" {
		collection, id = alerts, push.Alert.AlertID
	}
	switch {
	case id == "" && push.Action == "":
		return nil, errors.New("opsgenie: the webhook says neither what was done nor to what")
	case id == "" || (collection == alerts) != (settings.Of(cfg, "count") == countAlerts):
		return nil, nil
	}
	return []importers.News{{Collection: collection, ID: id, Gone: push.Action == "Delete"}}, nil
}
