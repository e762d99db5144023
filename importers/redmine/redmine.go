// Package redmine reads issues of a Redmine server, with their journals, through its REST API. It is written from
// Redmine's own description (https://www.redmine.org/projects/redmine/wiki/Rest_api) and from what version 5.0.4
// answers. Start with [Source].
package redmine

import (
	"context"
	"fmt"
	"net/url"

	"hindsight/importers"
	"hindsight/incident"
)

const name = "redmine"

// Source returns the source.
func Source() importers.Source {
	return importers.Source{
		Name:       name,
		Title:      "Redmine",
		Summary:    "Issues with their journals, relations and custom fields, of all projects or of some.",
		Docs:       "https://www.redmine.org/projects/redmine/wiki/Rest_api",
		Origin:     incident.OriginTicket,
		Settings:   settings,
		Missing:    []string{"impact start, detection and mitigation, unless a custom field holds them", "pushes: Redmine has no webhooks"},
		Permission: "A user with the permission to view issues in the projects that are read; to view private notes as well if those are wanted. Administration > Settings > API must have the REST web service enabled.",
		API: &importers.API{
			Base: settings.From("url"),
			Sign: settings.Header("X-Redmine-API-Key", "", "key"),
			Cost: func(importers.Config) importers.Cost { return importers.Cost{Page: 100, Each: 1} },
		},
		Probe:   probe,
		Tracker: tracker,
		Words:   words,
		Collections: []importers.Collection{{
			Name: "issues", Map: mapIssue,
			List:  &importers.Listing{Page: page},
			Count: count,
			Fetch: fetch, Census: census,
		}},
	}
}

var settings = importers.Fields{
	{Name: "url", Label: "Address", Help: "Where Redmine answers, such as https://redmine.example.com", Required: true},
	{Name: "key", Label: "API key", Help: "From the user's page My account, under API access key", Required: true, Secret: true},
	{Name: "projects", Label: "Projects", Help: "Identifiers, with commas between them; their subprojects are read too. Empty: all that the user sees"},
	{Name: "trackers", Label: "Trackers", Help: "Names of the trackers that hold incidents, with commas between them. Empty: all"},
	{Name: "private", Label: "Private issues and notes", Help: "Whether private issues and private notes are read; here they are shown to editors alone", Options: []string{"no", "yes"}, Default: "no"},
	importers.WriteIssues,
}

var words = importers.Words{
	Fields: map[string]string{},
	// The statuses and priorities that Redmine is set up with; every server can have others.
	Status: importers.Values[incident.Status]{}.With(map[string]incident.Status{
		"New": incident.Triggered, "In Progress": incident.Investigating, "Feedback": incident.Investigating,
		"Resolved": incident.Resolved, "Closed": incident.Closed, "Rejected": incident.Canceled,
	}),
	Severity: importers.Values[incident.Severity]{}.With(map[string]incident.Severity{
		"Immediate": incident.Sev1, "Urgent": incident.Sev2, "High": incident.Sev3, "Normal": incident.Sev4, "Low": incident.Sev5,
	}),
	Kind: importers.Values[incident.Kind]{}.With(map[string]incident.Kind{
		"Bug": incident.Real, "Feature": incident.Request, "Support": incident.Real,
	}),
}

// account is the user that the key belongs to.
type account struct {
	User struct {
		Login     string
		Firstname string
		Lastname  string
		Admin     bool
	}
}

// whoami proves the key. Redmine answers a wrong one with what is public, and 200; only here it refuses.
func whoami(ctx context.Context, in importers.Input) (account, error) {
	var a account
	return a, in.Get(ctx, "/users/current.json", nil, &a)
}

func probe(ctx context.Context, in importers.Input) (importers.Scope, error) {
	a, err := whoami(ctx, in)
	if err != nil {
		return importers.Scope{}, err
	}
	scope := importers.Scope{Identity: importers.Line(fmt.Sprintf("%s %s (%s)", a.User.Firstname, a.User.Lastname, a.User.Login))}
	if a.User.Admin {
		scope.Note("The key belongs to an administrator; a user who may view issues is enough.")
	}
	var found struct {
		Projects []struct{ Name, Identifier string }
		Total    int `json:"total_count"`
	}
	if err := in.Get(ctx, "/projects.json", url.Values{"limit": {"100"}}, &found); err != nil {
		return scope, err
	}
	for _, p := range found.Projects {
		scope.Sees("%s (%s)", p.Name, p.Identifier)
	}
	if found.Total > len(found.Projects) {
		scope.Note("%d projects can be seen; the first %d are shown.", found.Total, len(found.Projects))
	}
	if found.Total == 0 {
		scope.Note("The user sees no project: make it a member of those that hold incidents.")
	}
	_, err = filters(ctx, in)
	return scope, err
}
