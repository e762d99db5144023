package github

import (
	"encoding/json"
	"net/url"
	"strings"

	"hindsight/importers"
)

var hook = &importers.Hook{
	Verify: func(d importers.Delivery, secrets []string) (string, error) {
		return d.Header.Get("X-GitHub-Delivery"), importers.SignedHex("X-Hub-Signature-256", "sha256=")(d, secrets)
	},
	Read: readHook,
	Setup: `In the repository or the organisation: **Settings → Webhooks → Add webhook**. Payload URL: ` + "`{url}`" + `; content type: ` +
		"`application/json`" + `; secret: ` + "`{secret}`" + `. Choose *Let me select individual events* and take **Issues** and **Issue comments**; for change events also **Deployments**, **Deployment statuses**, **Releases** and **Workflow runs**.`,
}

// pushed is what deliveries have in common.
// https://docs.github.com/en/webhooks/webhook-events-and-payloads#issues
type pushed struct {
	Action      string
	Issue       *issue
	Deployment  struct{ ID int64 }
	Release     struct{ ID int64 }
	WorkflowRun struct{ ID int64 } `json:"workflow_run"`
	Repository  struct {
		FullName string `json:"full_name"`
	}
}

// readHook names the issue that a delivery is about; it is fetched, with its timeline. A label that is taken off is news
// too: the issue may be an incident no more.
func readHook(d importers.Delivery, cfg importers.Config) ([]importers.News, error) {
	body := d.Body
	if form, ok := strings.CutPrefix(string(body), "payload="); ok { // content type application/x-www-form-urlencoded
		text, err := url.QueryUnescape(form)
		if err != nil {
			return nil, err
		}
		body = []byte(text)
	}
	var e pushed
	if err := json.Unmarshal(body, &e); err != nil {
		return nil, err
	}
	kind := d.Header.Get("X-GitHub-Event")
	if n, ok := changed(e, kind, cfg); ok {
		return []importers.News{n}, nil
	}
	repo := ours(cfg, e.Repository.FullName)
	if repo == "" || e.Issue == nil || kind != "issues" && kind != "issue_comment" || e.Issue.Number <= 0 || len(e.Issue.PullRequest) > 0 {
		return nil, nil
	}
	if !isIncident(*e.Issue, labels(cfg)) && e.Action != "unlabeled" && e.Action != "transferred" && e.Action != "deleted" {
		return nil, nil // of the other issues
	}
	n := importers.News{Collection: "incidents", ID: externalID(repo, e.Issue.Number)}
	n.Gone = kind == "issues" && e.Action == "deleted"
	return []importers.News{n}, nil
}

// changed names the change event that a delivery is about.
func changed(e pushed, kind string, cfg importers.Config) (n importers.News, ok bool) {
	repo := among(deployRepos(cfg), e.Repository.FullName)
	id := int64(0)
	switch kind {
	case "deployment", "deployment_status":
		n.Collection, id = "deployments", e.Deployment.ID
	case "release":
		n.Collection, id = "releases", e.Release.ID
	case "workflow_run":
		n.Collection, id = "runs", e.WorkflowRun.ID
	}
	if repo == "" || id <= 0 {
		return n, false
	}
	n.ID, n.Gone = externalID(repo, id), kind == "release" && (e.Action == "deleted" || e.Action == "unpublished")
	return n, true
}
