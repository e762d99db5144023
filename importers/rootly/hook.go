package rootly

import (
	"encoding/json"
	"fmt"
	"strings"

	"hindsight/importers"
)

const setup = `In Rootly, open **Settings → Webhooks** and create a webhook:

1. URL: {url}
2. Event types: all of incident, incident scheduled, incident event and incident post mortem.
3. Its secret is shown once the webhook is there: store it here as this connection's secret in place of {secret}.`

// signature checks X-Rootly-Signature, "t=<unix>,v1=<hex>": the HMAC-SHA256 is of the time with the body right behind it.
// https://docs.rootly.com/configuration/webhooks
var signature = importers.SignedAt("X-Rootly-Signature", "")

// delivery is what Rootly sends.
type delivery struct {
	Event struct {
		ID   string `json:"id"`
		Type string `json:"type"`
	} `json:"event"`
	Data struct {
		ID       string            `json:"id"`
		Of       string            `json:"incident_id"`
		Incident importers.Pointer `json:"incident"`
	} `json:"data"`
}

// verify checks the signature. A delivery that is sent again keeps the id of its event.
func verify(d importers.Delivery, secrets []string) (string, error) {
	if err := signature(d, secrets); err != nil {
		return "", err
	}
	return importers.Decode[delivery](d.Body).Event.ID, nil
}

// readHook says which incident a delivery is about.
func readHook(d importers.Delivery, _ importers.Config) ([]importers.News, error) {
	if !json.Valid(d.Body) {
		return nil, fmt.Errorf("rootly: read webhook: it is no JSON")
	}
	told := importers.Decode[delivery](d.Body)
	id, gone := told.Data.Of, false
	switch event := told.Event.Type; {
	case strings.HasPrefix(event, "incident."):
		id, gone = told.Data.ID, strings.HasSuffix(event, ".deleted")
	case !strings.HasPrefix(event, "incident_"):
		return nil, nil
	case id == "":
		id = told.Data.Incident.ID
	}
	if id == "" {
		return nil, nil
	}
	return []importers.News{{Collection: collection, ID: id, Gone: gone}}, nil
}
