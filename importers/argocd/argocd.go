// Package argocd reads what Argo CD has synchronized as change events: the history of each application, and a sync
// that failed. Start with [Source].
//
// The mapping was written from Argo CD's API (https://argo-cd.readthedocs.io/en/stable/developer-guide/api-docs/) and the
// types RevisionHistory and OperationState of its Application.
package argocd

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

var settings = importers.Fields{
	{Name: "url", Label: "Address", Required: true, Help: "Where Argo CD answers: https://argocd.example.com"},
	{Name: "token", Label: "Token", Secret: true, Required: true, Help: "An account's or a project role's API token"},
	{Name: "projects", Label: "Projects", Help: "Argo CD projects, separated by commas. Empty: all that the token may see"},
}

// Source reads Argo CD's API.
func Source() importers.Source {
	return importers.Source{
		Name: "argocd", Title: "Argo CD", Origin: incident.OriginMonitor, Settings: settings,
		Summary:    "Syncs of applications as change events.",
		Docs:       "https://argo-cd.readthedocs.io/en/stable/developer-guide/api-docs/",
		Changes:    importers.AlwaysChanges,
		Missing:    []string{"incidents: Argo CD has none", "syncs that Argo CD has forgotten: it keeps the last 10 of an application", "failed syncs that another one followed before a poll"},
		Permission: "applications, get, on the projects",
		API: &importers.API{
			Base: settings.From("url"),
			Sign: settings.Header("Authorization", "Bearer ", "token"),
		},
		Probe:       probe,
		Collections: []importers.Collection{{Name: "syncs", List: &importers.Listing{Page: syncs}, Map: mapSync}},
	}
}

// probe asks who the token is of. Argo CD answers 200 to a token that it does not know, too.
func probe(ctx context.Context, in importers.Input) (importers.Scope, error) {
	var scope importers.Scope
	var who struct {
		LoggedIn bool `json:"loggedIn"`
		Username string
	}
	err := in.Get(ctx, "/api/v1/session/userinfo", nil, &who)
	if err != nil {
		return scope, err
	}
	if !who.LoggedIn {
		return scope, fmt.Errorf("argocd: the token is not known here; make a new one for the account")
	}
	scope.Identity = importers.Line(who.Username)
	apps, err := list(ctx, in)
	for _, app := range apps {
		scope.Sees("%s", app.Metadata.Name)
	}
	if err == nil && len(apps) == 0 {
		scope.Note("no application can be seen: give the account the right to get applications, and see that the projects are named as in Argo CD")
	}
	return scope, err
}

// application is what is read of an application.
type application struct {
	Metadata metadata `json:"metadata"`
	Status   struct {
		History   []json.RawMessage `json:"history"`
		Operation json.RawMessage   `json:"operationState"`
	} `json:"status"`
}

// metadata is what is kept of an application beside its syncs.
type metadata struct {
	Name      string            `json:"name"`
	Namespace string            `json:"namespace,omitempty"`
	UID       string            `json:"uid"`
	Labels    map[string]string `json:"labels,omitempty"`
}

func list(ctx context.Context, in importers.Input) ([]application, error) {
	var q url.Values
	if projects := settings.List(in.Config, "projects"); len(projects) > 0 {
		q = url.Values{"projects": projects}
	}
	var apps struct{ Items []application }
	err := in.Get(ctx, "/api/v1/applications", q, &apps)
	return apps.Items, err
}

// entry is what a history's entry and a failed operation have in common with a change.
type entry struct {
	ID          *int64 `json:"id"`
	StartedAt   string `json:"deployStartedAt"`
	DeployedAt  string `json:"deployedAt"`
	Revision    string
	Revisions   []string
	InitiatedBy initiator
}

type initiator struct {
	Username  string
	Automated bool
}

type operation struct {
	Phase      string
	Message    string
	StartedAt  string
	FinishedAt string
	Operation  struct {
		InitiatedBy initiator
		Sync        *struct{ DryRun bool }
	}
	SyncResult struct {
		Revision  string
		Revisions []string
	}
}

// failed reports whether the last operation was a sync that failed: such a one is in no history.
func (o operation) failed() bool {
	return (o.Phase == "Failed" || o.Phase == "Error") && o.Operation.Sync != nil && !o.Operation.Sync.DryRun
}

// syncs reads the syncs of all applications that were made since at.From. Argo CD gives them in one answer.
func syncs(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
	var s importers.Slice
	apps, err := list(ctx, in)
	if err != nil {
		return s, err
	}
	for _, app := range apps {
		for _, text := range app.Status.History {
			var e entry
			if err := json.Unmarshal(text, &e); err != nil || e.ID == nil || app.Metadata.UID == "" {
				s.Reject(app.Metadata.Name, "this sync has no id", text)
				continue
			}
			take(&s, recordOf(app, fmt.Sprint(*e.ID), e.DeployedAt, "history", text), at)
		}
		var o operation
		if len(app.Status.Operation) > 0 && json.Unmarshal(app.Status.Operation, &o) == nil && o.failed() {
			take(&s, recordOf(app, "failed@"+o.StartedAt, o.FinishedAt, "operation", app.Status.Operation), at)
		}
	}
	return s, nil
}

func take(s *importers.Slice, r importers.Record, at importers.At) {
	if !r.At.Before(at.From) || r.At.IsZero() {
		s.Records = append(s.Records, r)
	}
}

// recordOf makes the record of a sync: {"application": whose, "history" or "operation": what Argo CD says of it}. Numbers
// begin anew when an application is made again, so its uid is part of the id.
func recordOf(app application, id, finished, kind string, text json.RawMessage) importers.Record {
	body, _ := json.Marshal(map[string]any{"application": app.Metadata, kind: text}) // of texts and valid JSON: it cannot fail
	done, _ := time.Parse(time.RFC3339, finished)                                    // zero: it is read again with each poll
	return importers.Record{ExternalID: app.Metadata.UID + "/" + id, Place: app.Metadata.Name + ", sync " + id, At: done.UTC(), Body: body}
}

// mapSync turns a sync into a change event. What is in the history succeeded.
func mapSync(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	var r struct {
		Application metadata
		History     *entry
		Operation   *operation
	}
	if err := json.Unmarshal(raw.Body, &r); err != nil {
		return importers.Draft{}, &importers.MapError{Reason: "this is no sync of Argo CD: " + err.Error()}
	}
	if raw.ExternalID == "" || r.Application.Name == "" || r.History == nil && r.Operation == nil {
		return importers.Draft{}, &importers.MapError{Field: "application", Reason: "the sync has no application, or says nothing"}
	}
	e, word := r.History, "Succeeded"
	if e == nil {
		o := r.Operation
		e = &entry{StartedAt: o.StartedAt, DeployedAt: o.FinishedAt, Revision: o.SyncResult.Revision, Revisions: o.SyncResult.Revisions, InitiatedBy: o.Operation.InitiatedBy}
		word = o.Phase
	}
	d := importers.NewChange("syncs", raw.ExternalID, incident.ChangeDeploy, strings.TrimSpace("Sync of "+r.Application.Name+" "+short(e.revision())))
	c := d.Change
	d.AddChanged(cfg.Words(importers.Words{}).ServiceNames(importers.Line(r.Application.Name))...)
	d.SetResult("phase", word, importers.ResultWords())
	c.Revision, c.Actor = importers.Line(e.revision()), importers.Line(e.InitiatedBy.Username)
	if c.Actor == "" && e.InitiatedBy.Automated {
		c.Actor = "automated"
	}
	for _, name := range []string{"environment", "env", "app.kubernetes.io/environment"} {
		if c.Environment == "" {
			c.Environment = importers.Line(r.Application.Labels[name])
		}
	}
	page := strings.TrimRight(settings.Of(cfg, "url"), "/") + "/applications/"
	if r.Application.Namespace != "" {
		page += url.PathEscape(r.Application.Namespace) + "/"
	}
	c.URL = importers.WebURL(page + url.PathEscape(r.Application.Name))
	err := d.Instants(importers.ISO8601, importers.Into{At: &c.StartedAt, Field: "deployStartedAt", Text: e.StartedAt}, importers.Into{At: &c.FinishedAt, Field: "deployedAt", Text: e.DeployedAt})
	c.ExternalUpdatedAt = c.FinishedAt
	return d, err
}

// revision returns what was rolled out; an application of several sources has several.
func (e entry) revision() string {
	if e.Revision != "" || len(e.Revisions) == 0 {
		return e.Revision
	}
	return strings.Join(e.Revisions, ", ")
}

// short returns a commit as people write it; versions of charts stay whole.
func short(revision string) string {
	if len(revision) == 40 && strings.Trim(revision, "0123456789abcdef") == "" {
		return revision[:8]
	}
	return revision
}
