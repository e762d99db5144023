package incidentio

import (
	"encoding/json"
	"fmt"
	"strings"

	"hindsight/importers"
)

const setup = `In incident.io, open **Settings → Webhooks** and add an endpoint:

1. URL: {url}
2. Events: incident created, updated and status updated, public and private; follow-up created and updated; post-mortem document status updated.
3. Its signing secret (whsec_…) is shown once the endpoint is there: store it here as this connection's secret in place of {secret}.`

// verify checks the signature of Svix, which delivers the vendor's webhooks. A delivery that is sent again keeps its id.
// https://docs.incident.io/integrations/webhooks
func verify(d importers.Delivery, secrets []string) (string, error) {
	return d.Header.Get("webhook-id"), importers.SignedSvix(d, secrets)
}

// readHook says which incident a delivery is about. Those about private incidents carry an id alone; those about a
// private incident's follow-up carry the id of the follow-up, of which the next walk tells.
func readHook(d importers.Delivery, _ importers.Config) ([]importers.News, error) {
	var told map[string]json.RawMessage
	if err := json.Unmarshal(d.Body, &told); err != nil {
		return nil, fmt.Errorf("incidentio: read webhook: %w", err)
	}
	event := importers.Decode[string](told["event_type"])
	about := importers.Decode[struct {
		ID       string `json:"id"`
		Of       string `json:"incident_id"`
		Incident named  `json:"incident"`
	}](told[event])
	_, what, _ := strings.Cut(event, ".")
	id := about.Of
	if strings.HasPrefix(what, "incident_") {
		id = about.ID
		if about.Incident.ID != "" {
			id = about.Incident.ID
		}
	}
	if id == "" || !strings.HasPrefix(event, "public_incident.") && !strings.HasPrefix(event, "private_incident.") {
		return nil, nil
	}
	return []importers.News{{Collection: collection, ID: id}}, nil
}
