package gitlab

import (
	"encoding/json"
	"strconv"

	"hindsight/importers"
)

var hook = &importers.Hook{
	Verify: func(d importers.Delivery, secrets []string) (string, error) {
		// X-Gitlab-Event-UUID is shared by events that follow from each other, so it cannot tell deliveries apart.
		return d.Header.Get("Idempotency-Key"), importers.SharedSecret("X-Gitlab-Token")(d, secrets)
	},
	Read: readHook,
	Setup: `In the project or the group: **Settings → Webhooks → Add new webhook**. URL: ` + "`{url}`" + `; secret token: ` + "`{secret}`" + `. Choose **Issues events**, **Comments** and **Deployment events**` +
		`, and, where confidential incidents are read, **Confidential issues events** and **Confidential comments**.`,
}

// event is what deliveries have in common.
// https://docs.gitlab.com/user/project/integrations/webhook_events/
type event struct {
	Kind    string `json:"object_kind"`
	Project struct {
		ID   int64
		Path string `json:"path_with_namespace"`
	}
	Attributes struct {
		IID  int64
		Type string
	} `json:"object_attributes"`
	Issue struct {
		IID int64
	}
	Deployment int64 `json:"deployment_id"`
}

// readHook names what a delivery is about; it is fetched, and left out if it is no incident.
func readHook(d importers.Delivery, cfg importers.Config) ([]importers.News, error) {
	var e event
	if err := json.Unmarshal(d.Body, &e); err != nil {
		return nil, err
	}
	names := []string{e.Project.Path, strconv.FormatInt(e.Project.ID, 10)}
	collection, project, number := "incidents", ours(cfg, "projects", names...), int64(0)
	switch e.Kind {
	case "issue", "work_item", "incident":
		if e.Attributes.Type == "" || e.Attributes.Type == "Incident" || e.Attributes.Type == "Issue" {
			number = e.Attributes.IID
		}
	case "note":
		number = e.Issue.IID
	case "deployment":
		collection, project, number = "deployments", ours(cfg, "deploy_projects", names...), e.Deployment
	}
	if project == "" || number <= 0 {
		return nil, nil
	}
	return []importers.News{{Collection: collection, ID: externalID(project, number)}}, nil
}
