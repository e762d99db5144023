package github

import (
	"encoding/json"
	"path"
	"slices"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// results are the states of deployments and the statuses and conclusions of runs. A deployment that is inactive was
// replaced by another; that says nothing of how it went.
func results() importers.Values[incident.ChangeResult] {
	return importers.ResultWords().With(map[string]incident.ChangeResult{
		"success": incident.ChangeSucceeded, "failure": incident.ChangeFailed, "error": incident.ChangeFailed,
		"in_progress": incident.ChangeRunning, "queued": incident.ChangeRunning, "pending": incident.ChangeRunning,
		"waiting": incident.ChangeRunning, "requested": incident.ChangeRunning, "action_required": incident.ChangeRunning,
		"cancelled": incident.ChangeCanceled, "skipped": incident.ChangeCanceled, "timed_out": incident.ChangeFailed, "startup_failure": incident.ChangeFailed,
		"inactive": incident.ChangeResultUnknown, "neutral": incident.ChangeResultUnknown, "stale": incident.ChangeResultUnknown, "completed": incident.ChangeResultUnknown,
	})
}

type deploymentRecord struct {
	Deployment struct {
		SHA, Ref, Environment, Description string
		CreatedAt                          string `json:"created_at"`
		UpdatedAt                          string `json:"updated_at"`
		Creator                            user
	}
	Statuses []deploymentStatus
}

type deploymentStatus struct {
	State     string
	CreatedAt string `json:"created_at"`
	TargetURL string `json:"target_url"`
	LogURL    string `json:"log_url"`
	at        time.Time
}

// begin starts the draft of a change: title, services of the repository, and what all three sorts have.
func begin(raw incident.Raw, cfg importers.Config, collection string, kind incident.ChangeKind, title string) (importers.Draft, error) {
	repo, number, ok := strings.Cut(raw.ExternalID, "#")
	if !ok {
		return importers.Draft{}, &importers.MapError{Field: "id", Reason: "the record has no repository and number"}
	}
	names := cfg.Words(words()).ServiceNames(path.Base(repo))
	if title = importers.Line(title); title == "" {
		title = strings.TrimSpace(strings.ToUpper(string(kind[:1])) + string(kind[1:]) + " of " + strings.Join(names, ", "))
	}
	d := importers.NewChange(collection, raw.ExternalID, kind, title)
	d.AddChanged(names...)
	d.Change.Number = importers.Line(number)
	return d, nil
}

func refuse(err error) error {
	return &importers.MapError{Reason: "this is not what GitHub gives: " + err.Error()}
}

// mapDeployment turns a deployment and its statuses into a change event. The last status that is not inactive says how
// it ended, and when.
func mapDeployment(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	var r deploymentRecord
	if err := json.Unmarshal(raw.Body, &r); err != nil {
		return importers.Draft{}, refuse(err)
	}
	d, err := begin(raw, cfg, "deployments", incident.ChangeDeploy, r.Deployment.Description)
	if err != nil {
		return d, err
	}
	c := d.Change
	c.Environment, c.Revision, c.Actor = importers.Line(r.Deployment.Environment), importers.Line(r.Deployment.SHA), r.Deployment.Creator.name()
	if err := d.Instants(importers.ISO8601, importers.Into{At: &c.ExternalCreatedAt, Field: "created_at", Text: r.Deployment.CreatedAt}, importers.Into{At: &c.ExternalUpdatedAt, Field: "updated_at", Text: r.Deployment.UpdatedAt}); err != nil {
		return d, err
	}
	c.StartedAt = c.ExternalCreatedAt
	for i := range r.Statuses {
		if err := d.Instants(importers.ISO8601, importers.Into{At: &r.Statuses[i].at, Field: "statuses/created_at", Text: r.Statuses[i].CreatedAt}); err != nil {
			return d, err
		}
	}
	slices.SortStableFunc(r.Statuses, func(a, b deploymentStatus) int { return a.at.Compare(b.at) })
	last := deploymentStatus{State: "pending"}
	for _, s := range r.Statuses {
		if s.at.After(c.ExternalUpdatedAt) {
			c.ExternalUpdatedAt = s.at
		}
		if s.State != "inactive" || last.at.IsZero() {
			last = s
		}
		if s.LogURL != "" || s.TargetURL != "" {
			if c.URL = importers.WebURL(s.LogURL); c.URL == "" {
				c.URL = importers.WebURL(s.TargetURL)
			}
		}
	}
	d.SetResult("statuses/state", last.State, results())
	if c.Result == incident.ChangeSucceeded || c.Result == incident.ChangeFailed {
		c.FinishedAt = last.at
	}
	return d, nil
}

// mapRelease turns a published release into a change event.
func mapRelease(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	var r struct {
		Name        string
		TagName     string `json:"tag_name"`
		URL         string `json:"html_url"`
		CreatedAt   string `json:"created_at"`
		PublishedAt string `json:"published_at"`
		UpdatedAt   string `json:"updated_at"`
		Prerelease  bool
		Author      user
	}
	if err := json.Unmarshal(raw.Body, &r); err != nil {
		return importers.Draft{}, refuse(err)
	}
	title := r.Name
	if importers.Line(title) == "" {
		title = r.TagName
	}
	d, err := begin(raw, cfg, "releases", incident.ChangeRelease, title)
	if err != nil {
		return d, err
	}
	c := d.Change
	c.Revision, c.Actor, c.URL, c.Result, c.ResultRaw = importers.Line(r.TagName), r.Author.name(), importers.WebURL(r.URL), incident.ChangeSucceeded, "published"
	if r.Prerelease {
		c.ResultRaw = "prerelease"
	}
	return d, d.Instants(importers.ISO8601, importers.Into{At: &c.FinishedAt, Field: "published_at", Text: r.PublishedAt}, importers.Into{At: &c.ExternalCreatedAt, Field: "created_at", Text: r.CreatedAt}, importers.Into{At: &c.ExternalUpdatedAt, Field: "updated_at", Text: r.UpdatedAt})
}

// mapRun turns the run of a workflow that deploys into a change event. GitHub does not say when a run ended.
func mapRun(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	var r struct {
		Name, Status, Conclusion string
		DisplayTitle             string `json:"display_title"`
		SHA                      string `json:"head_sha"`
		URL                      string `json:"html_url"`
		CreatedAt                string `json:"created_at"`
		StartedAt                string `json:"run_started_at"`
		UpdatedAt                string `json:"updated_at"`
		Actor                    user   `json:"triggering_actor"`
	}
	if err := json.Unmarshal(raw.Body, &r); err != nil {
		return importers.Draft{}, refuse(err)
	}
	title := r.Name
	if r.DisplayTitle != "" {
		title = strings.TrimPrefix(r.Name+": "+r.DisplayTitle, ": ")
	}
	d, err := begin(raw, cfg, "runs", incident.ChangeDeploy, title)
	if err != nil {
		return d, err
	}
	c := d.Change
	c.Revision, c.Actor, c.URL = importers.Line(r.SHA), r.Actor.name(), importers.WebURL(r.URL)
	word := r.Conclusion
	if word == "" {
		word = r.Status
	}
	d.SetResult("conclusion", word, results())
	if err := d.Instants(importers.ISO8601, importers.Into{At: &c.ExternalCreatedAt, Field: "created_at", Text: r.CreatedAt}, importers.Into{At: &c.StartedAt, Field: "run_started_at", Text: r.StartedAt}, importers.Into{At: &c.ExternalUpdatedAt, Field: "updated_at", Text: r.UpdatedAt}); err != nil {
		return d, err
	}
	if c.StartedAt.IsZero() {
		c.StartedAt = c.ExternalCreatedAt
	}
	return d, nil
}
