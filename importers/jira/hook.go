package jira

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"hindsight/importers"
)

const setup = `In Jira's administration, open **System → WebHooks** and create one:

1. URL: {url}
2. Secret: {secret} — a Data Center that has no such field takes it in the address instead: {url}?token={secret}
3. JQL: the same that this connection uses.
4. Events: issue created, updated and deleted; comment created, updated and deleted; issue link created and deleted.`

var (
	signature = importers.SignedHex("X-Hub-Signature", "sha256=")
	inAddress = importers.SharedSecret()
)

// verify checks the signature that Jira makes with the webhook's secret (method=signature, as WebSub has it), or the
// secret in the address, for versions that sign nothing. A delivery that is sent again keeps its identifier.
// https://developer.atlassian.com/cloud/jira/platform/webhooks/
func verify(d importers.Delivery, secrets []string) (string, error) {
	proof := signature
	if d.Header.Get("X-Hub-Signature") == "" {
		proof = inAddress
	}
	return d.Header.Get("X-Atlassian-Webhook-Identifier"), proof(d, secrets)
}

// readHook says which issues a delivery is about. Links change two issues, and neither's time of change.
func readHook(d importers.Delivery, cfg importers.Config) ([]importers.News, error) {
	var told struct {
		Event string          `json:"webhookEvent"`
		Issue json.RawMessage `json:"issue"`
		Link  struct {
			From json.Number `json:"sourceIssueId"`
			To   json.Number `json:"destinationIssueId"`
		} `json:"issueLink"`
	}
	if err := json.Unmarshal(d.Body, &told); err != nil {
		return nil, fmt.Errorf("jira: read webhook: %w", err)
	}
	i := importers.Decode[issue](told.Issue)
	if p := i.project(); p.Key != "" && len(projects(cfg)) > 0 && !among(projects(cfg), p) && told.Event != "jira:issue_deleted" {
		return nil, nil
	}
	var ids []string
	switch {
	case strings.HasPrefix(told.Event, "jira:issue_"), strings.HasPrefix(told.Event, "comment_"):
		ids = []string{i.ID}
	case strings.HasPrefix(told.Event, "issuelink_"):
		ids = []string{told.Link.From.String(), told.Link.To.String()}
	}
	var news []importers.News
	for _, id := range slices.Compact(ids) {
		if id != "" {
			news = append(news, importers.News{Collection: collection, ID: id, Gone: told.Event == "jira:issue_deleted"})
		}
	}
	return news, nil
}
