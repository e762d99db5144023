// Package github reads issues of GitHub repositories that stand for incidents. Which ones do is said by labels. An
// issue is read with its timeline, so that acknowledgement, reopenings and people are known. Start with [Source].
//
// The mapping was written from the REST description that GitHub publishes (docs.github.com/rest), version 2022-11-28.
package github

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

var settings = importers.Fields{
	{Name: "url", Label: "Address of the API", Default: "https://api.github.com",
		Help: "https://api.github.com, or https://HOST/api/v3 of a GitHub Enterprise Server"},
	{Name: "token", Label: "Token", Secret: true, Required: true,
		Help: "A fine-grained personal access token, or an app's installation token, that may read the repositories"},
	{Name: "repos", Label: "Repositories with incidents", Check: checkRepos,
		Help: "owner/name of each, separated by commas: example-org/incidents"},
	{Name: "labels", Label: "Labels of incidents", Default: "incident",
		Help: "An issue with any of these labels is an incident; separated by commas. * takes every issue"},
	{Name: "deploy_repos", Label: "Repositories with deployments", Check: checkRepos,
		Help: "Repositories whose deployments, releases and workflow runs are read as change events"},
	{Name: "changes", Label: "Changes", Default: "deployments", Help: "What of them counts as a change: deployments, releases, or both, separated by a comma", Check: checkChanges},
	{Name: "workflows", Label: "Workflows that deploy", Help: "Files of workflows whose runs are deployments, separated by commas: deploy.yml. Empty: no runs are read"},
	{Name: "environments", Label: "Environments", Help: "Deployments to other environments are left out; separated by commas. Empty: all"},
	importers.WriteIssues,
}

// Source reads GitHub's REST API.
func Source() importers.Source {
	return importers.Source{
		Name: "github", Title: "GitHub", Origin: incident.OriginTicket, Settings: settings, Check: check,
		Summary:    "Issues that a label marks as incidents, with their timeline: assignments, comments, labels, closing and reopening. Deployments, releases and runs of workflows as change events.",
		Docs:       "https://docs.github.com/en/rest/issues/issues",
		Missing:    []string{"impact start and end, unless a form's heading or an issue field states them", "detection time", "who was paged"},
		Permission: `fine-grained token with "Issues: read" on the repositories with incidents; "Deployments: read", "Contents: read" (releases) and "Actions: read" (runs) on those with changes`,
		API: &importers.API{
			Base:  settings.From("url"),
			Sign:  sign,
			Rates: map[string]importers.Rate{"": {Requests: 5000, Per: time.Hour}}, // docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
			Cost:  func(importers.Config) importers.Cost { return importers.Cost{Page: 100, Each: 1} },
		},
		Changes: func(cfg importers.Config) bool { return len(deployRepos(cfg)) > 0 },
		Probe:   probe,
		Hook:    hook,
		Tracker: tracker,
		Words:   words(),
		Collections: []importers.Collection{
			{Name: "incidents", List: &importers.Listing{Page: issues}, Fetch: importers.FetchEach(fetchIssue), Map: mapIssue},
			{Name: "deployments", List: &importers.Listing{Page: deployments, Overlap: settles}, Fetch: importers.FetchEach(fetchDeployment), Map: mapDeployment},
			{Name: "releases", List: &importers.Listing{Page: releases, Overlap: 7 * 24 * time.Hour}, Fetch: importers.FetchEach(fetchRelease), Map: mapRelease},
			{Name: "runs", List: &importers.Listing{Page: runs, Window: 30 * 24 * time.Hour, Overlap: settles}, Fetch: importers.FetchEach(fetchRun), Map: mapRun},
		},
	}
}

func sign(cfg importers.Config, req *http.Request) {
	req.Header.Set("Accept", "application/vnd.github+json")
	req.Header.Set("X-GitHub-Api-Version", "2022-11-28")
	req.Header.Set("Authorization", "Bearer "+settings.Of(cfg, "token"))
}

// repos returns the repositories with incidents of a connection, "owner/name".
func repos(cfg importers.Config) []string { return settings.List(cfg, "repos") }

func check(cfg importers.Config) error {
	if len(repos(cfg))+len(deployRepos(cfg)) == 0 {
		return incident.Invalidf("repos", "name at least one repository with incidents or with deployments")
	}
	return nil
}

// labels returns the labels that make an issue an incident; none: every issue is one.
func labels(cfg importers.Config) []string {
	list := settings.List(cfg, "labels")
	for _, l := range list {
		if l == "*" {
			return nil
		}
	}
	return list
}

func checkRepos(text string) error {
	for _, repo := range importers.List(text, ",") {
		owner, name, _ := strings.Cut(repo, "/")
		if owner == "" || name == "" || strings.Trim(repo, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./") != "" ||
			strings.Contains(name, "/") || strings.Trim(owner, ".") == "" || strings.Trim(name, ".") == "" {
			return fmt.Errorf("%q is not the owner/name of a repository", repo)
		}
	}
	return nil
}

// probe asks who the token is of and for each repository. Without a right to a repository GitHub answers 404.
func probe(ctx context.Context, in importers.Input) (importers.Scope, error) {
	var scope importers.Scope
	a, err := in.Client.Get(ctx, "/user", nil)
	switch {
	case err == nil:
		var user struct{ Login string }
		if err := a.JSON(&user); err != nil {
			return scope, err
		}
		scope.Identity = user.Login
	case importers.HasStatus(err, http.StatusForbidden):
		scope.Identity = "an app or a workflow, whose token is of no user"
	default:
		return scope, err
	}
	if at := a.Header.Get("GitHub-Authentication-Token-Expiration"); at != "" {
		scope.Note("the token expires at %s", importers.Line(at))
	}
	for _, repo := range append(repos(in.Config), deployRepos(in.Config)...) {
		var of struct {
			FullName  string `json:"full_name"`
			HasIssues bool   `json:"has_issues"`
		}
		seen, err := scope.Try(ctx, in, "/repos/"+repo, nil, &of, repo+" is not there, or the token may not see it: give the token access to it")
		if err != nil {
			return scope, err
		}
		if !seen {
			continue
		}
		scope.Sees("%s", of.FullName)
		if !of.HasIssues && slices.Contains(repos(in.Config), repo) {
			scope.Note("%s has its issues switched off", repo)
		}
		if !strings.EqualFold(of.FullName, repo) {
			scope.Note("%s was renamed to %s; the name in the settings may stay as it is, since ids hold it", repo, importers.Line(of.FullName))
		}
	}
	return scope, nil
}
