package jenkins

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

type record struct {
	Job     string
	Project string
	Build   struct {
		Number      int64
		Timestamp   int64
		Duration    int64 // milliseconds; 0 while it runs
		Result      string
		Building    bool
		URL         string
		DisplayName string
		Actions     []action
	}
}

type action struct {
	Causes            []struct{ UserName, ShortDescription string }
	LastBuiltRevision struct{ SHA1 string }
	Parameters        []struct {
		Name  string
		Value any
	}
}

// results are Jenkins' results. An unstable build went through, with tests that failed: whether it deployed only the
// job knows. https://javadoc.jenkins.io/hudson/model/Result.html
func results() importers.Values[incident.ChangeResult] {
	return importers.Values[incident.ChangeResult]{}.With(map[string]incident.ChangeResult{
		"SUCCESS": incident.ChangeSucceeded, "FAILURE": incident.ChangeFailed, "ABORTED": incident.ChangeCanceled,
		"NOT_BUILT": incident.ChangeCanceled, "UNSTABLE": incident.ChangeResultUnknown, "running": incident.ChangeRunning,
	})
}

// mapBuild turns a build into a change event. It begins when Jenkins scheduled it, and ends with its duration.
func mapBuild(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	var r record
	if err := json.Unmarshal(raw.Body, &r); err != nil {
		return importers.Draft{}, &importers.MapError{Reason: "this is no build of Jenkins: " + err.Error()}
	}
	if raw.ExternalID == "" || r.Job == "" {
		return importers.Draft{}, &importers.MapError{Field: "job", Reason: "the build has no job"}
	}
	path := names(r.Job)
	service := names(r.Project) // of a branch the service is the project
	d := importers.NewChange("builds", raw.ExternalID, incident.ChangeDeploy, fmt.Sprintf("%s #%d", strings.Join(path, " / "), r.Build.Number))
	c := d.Change
	d.AddChanged(cfg.Words(importers.Words{}).ServiceNames(importers.Line(service[len(service)-1]))...)
	c.Number, c.URL = fmt.Sprintf("#%d", r.Build.Number), importers.WebURL(r.Build.URL)
	word := r.Build.Result
	if word == "" {
		word = "running"
	}
	d.SetResult("result", word, results())
	for _, a := range r.Build.Actions {
		describe(c, a, settings.Of(cfg, "environment_parameter"))
	}
	if r.Build.Timestamp <= 0 || r.Build.Timestamp > 7e12 {
		return d, &importers.MapError{Field: "timestamp", Value: fmt.Sprint(r.Build.Timestamp), Reason: "it is out of range for milliseconds since 1970"}
	}
	c.StartedAt = time.UnixMilli(r.Build.Timestamp).UTC()
	c.ExternalCreatedAt = c.StartedAt
	if !r.Build.Building && r.Build.Duration > 0 && r.Build.Duration < 1e11 {
		c.FinishedAt = c.StartedAt.Add(time.Duration(r.Build.Duration) * time.Millisecond)
	}
	return d, nil
}

// names returns the names on a path; those of branches are written "feature%2Fx".
func names(path string) []string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if name, err := url.PathUnescape(part); err == nil {
			parts[i] = name
		}
	}
	return parts
}

// describe takes commit, cause and environment from an action of a build; what plugins say first counts.
func describe(c *incident.ChangeEvent, a action, parameter string) {
	if c.Revision == "" {
		c.Revision = importers.Line(a.LastBuiltRevision.SHA1)
	}
	for _, cause := range a.Causes {
		if c.Actor == "" {
			if c.Actor = importers.Line(cause.UserName); c.Actor == "" {
				c.Actor = importers.Line(cause.ShortDescription)
			}
		}
	}
	for _, p := range a.Parameters {
		if parameter != "" && p.Name == parameter && p.Value != nil {
			c.Environment = importers.Line(fmt.Sprint(p.Value))
		}
	}
}
