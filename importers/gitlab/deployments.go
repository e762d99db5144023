package gitlab

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// deployment is a deployment as https://docs.gitlab.com/api/deployments/ has it.
type deployment struct {
	ID          int64  `json:"id"`
	Status      string `json:"status"`
	Ref         string `json:"ref"`
	SHA         string `json:"sha"`
	CreatedAt   string `json:"created_at"`
	UpdatedAt   string `json:"updated_at"`
	User        person `json:"user"`
	Environment struct{ Name string }
	Deployable  struct {
		CreatedAt  string `json:"created_at"`
		StartedAt  string `json:"started_at"`
		FinishedAt string `json:"finished_at"`
		Commit     struct{ Title string }
		Pipeline   struct {
			WebURL string `json:"web_url"`
		}
	}
}

// wanted reports whether it is to an environment that the connection takes.
func (d deployment) wanted(cfg importers.Config) bool {
	only := settings.List(cfg, "environments")
	return len(only) == 0 || slices.ContainsFunc(only, func(e string) bool { return strings.EqualFold(e, d.Environment.Name) })
}

// deployments reads a page of the deployments of one project.
func deployments(ctx context.Context, in importers.Input, place importers.At) (importers.Slice, error) {
	l := list{setting: "deploy_projects", part: "/deployments", size: 100}
	return l.page(ctx, in, place, func(project string, text json.RawMessage) (string, time.Time, importers.Made, error) {
		d, changed, err := read(text)
		return strconv.FormatInt(d.ID, 10), changed, func() (importers.Record, bool, error) {
			return recordOf(project, d, changed, text), d.wanted(in.Config), nil
		}, err
	})
}

func read(text []byte) (d deployment, changed time.Time, err error) {
	if err = json.Unmarshal(text, &d); err == nil {
		changed, err = time.Parse(time.RFC3339, d.UpdatedAt)
	}
	return d, changed, err
}

func recordOf(project string, d deployment, changed time.Time, text []byte) importers.Record {
	return importers.Record{ExternalID: externalID(project, d.ID), Place: fmt.Sprintf("%s, deployment %d", project, d.ID), At: changed.UTC(), Body: bytes.TrimSpace(text)}
}

func fetchDeployment(ctx context.Context, in importers.Input, id string) (importers.Record, error) {
	project, number, ok := cut(in.Config, "deploy_projects", id)
	if !ok {
		return importers.Record{}, importers.NotOurs(id)
	}
	a, err := in.Client.Get(ctx, at(project, "/deployments/"+number), nil)
	if err != nil {
		return importers.Record{}, err
	}
	d, changed, err := read(a.Body)
	if err != nil {
		return importers.Record{}, fmt.Errorf("gitlab: deployment %s: %w", id, err)
	}
	if !d.wanted(in.Config) {
		return importers.Record{}, importers.NotOurs(id)
	}
	return recordOf(project, d, changed, a.Body), nil
}

// results are the statuses of deployments.
func results() importers.Values[incident.ChangeResult] {
	return importers.ResultWords().With(map[string]incident.ChangeResult{
		"created": incident.ChangeRunning, "running": incident.ChangeRunning, "blocked": incident.ChangeRunning,
		"success": incident.ChangeSucceeded, "failed": incident.ChangeFailed, "canceled": incident.ChangeCanceled, "skipped": incident.ChangeCanceled,
	})
}

// mapDeployment turns a deployment into a change event. It begins with its job, and ends with it where GitLab says when.
func mapDeployment(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	var r deployment
	if err := json.Unmarshal(raw.Body, &r); err != nil {
		return importers.Draft{}, &importers.MapError{Reason: "this is no deployment of GitLab: " + err.Error()}
	}
	i := strings.LastIndexByte(raw.ExternalID, '#')
	if i < 0 {
		return importers.Draft{}, &importers.MapError{Field: "id", Reason: "the deployment has no project and number"}
	}
	service := path.Base(raw.ExternalID[:i])
	if address, _, ok := strings.Cut(r.Deployable.Pipeline.WebURL, "/-/"); ok {
		service = path.Base(address) // the project's name, also where the settings have its number
	}
	names := cfg.Words(words()).ServiceNames(service)
	title := importers.Line(r.Deployable.Commit.Title)
	if title == "" {
		title = strings.TrimSpace("Deployment of " + strings.Join(names, ", ") + " " + r.Ref)
	}
	d := importers.NewChange("deployments", raw.ExternalID, incident.ChangeDeploy, title)
	c := d.Change
	d.AddChanged(names...)
	d.SetResult("status", r.Status, results())
	c.Environment, c.Revision, c.Actor = importers.Line(r.Environment.Name), importers.Line(r.SHA), r.User.name()
	c.URL, c.Number = importers.WebURL(r.Deployable.Pipeline.WebURL), strconv.FormatInt(r.ID, 10)
	err := d.Instants(importers.ISO8601,
		importers.Into{At: &c.StartedAt, Field: "deployable.started_at", Text: r.Deployable.StartedAt},
		importers.Into{At: &c.FinishedAt, Field: "deployable.finished_at", Text: r.Deployable.FinishedAt},
		importers.Into{At: &c.ExternalCreatedAt, Field: "created_at", Text: r.CreatedAt},
		importers.Into{At: &c.ExternalUpdatedAt, Field: "updated_at", Text: r.UpdatedAt})
	if err != nil {
		return d, err
	}
	if c.StartedAt.IsZero() { // of jobs that were started by hand or long ago
		if c.StartedAt, err = d.Instant("deployable.created_at", r.Deployable.CreatedAt, importers.ISO8601); err != nil {
			return d, err
		}
	}
	if c.StartedAt.IsZero() {
		c.StartedAt = c.ExternalCreatedAt
	}
	return d, nil
}
