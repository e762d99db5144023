package firehydrant

import (
	"encoding/json"
	"fmt"

	"hindsight/importers"
)

const setup = `In FireHydrant, open **Settings → Webhooks** and add a webhook:

1. URL: {url}
2. Secret: {secret}
3. Event subscriptions: Incidents and, if the token sees them, Incidents (Private).`

// signature checks fh-signature, the hex HMAC-SHA256 of the body.
// https://docs.firehydrant.com/docs/webhooks
var signature = importers.SignedHex("fh-signature", "")

// verify checks the signature. Deliveries have no id of their own.
func verify(d importers.Delivery, secrets []string) (string, error) {
	return "", signature(d, secrets)
}

// readHook says which incident a delivery is about, whatever happened to it.
func readHook(d importers.Delivery, _ importers.Config) ([]importers.News, error) {
	if !json.Valid(d.Body) {
		return nil, fmt.Errorf("firehydrant: read webhook: it is no JSON")
	}
	told := importers.Decode[struct {
		Data struct {
			Incident named  `json:"incident"`
			Of       string `json:"incident_id"`
		} `json:"data"`
	}](d.Body)
	id := told.Data.Incident.ID
	if id == "" {
		id = told.Data.Of
	}
	if id == "" {
		return nil, nil
	}
	return []importers.News{{Collection: collection, ID: id}}, nil
}
