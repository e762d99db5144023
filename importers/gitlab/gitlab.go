// Package gitlab reads incidents of GitLab projects (issues of the type incident) with their history, comments and
// timeline, and deployments as change events. Start with [Source].
//
// The mapping was written from https://docs.gitlab.com/api/issues/, /api/resource_state_events/, /api/notes/,
// /api/deployments/ and the GraphQL reference.
package gitlab

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

var settings = importers.Fields{
	{Name: "url", Label: "Address", Default: "https://gitlab.com", Help: "Where GitLab answers: https://gitlab.example.com"},
	{Name: "token", Label: "Token", Secret: true, Required: true, Help: "A project, group or personal access token of the scope read_api"},
	{Name: "projects", Label: "Projects with incidents", Help: "group/project, or the number, of each; separated by commas", Check: checkProjects},
	{Name: "deploy_projects", Label: "Projects with deployments", Help: "Projects whose deployments are read as change events", Check: checkProjects},
	{Name: "environments", Label: "Environments", Help: "Deployments to other environments are left out; separated by commas. Empty: all"},
	{Name: "private", Label: "Confidential incidents and internal notes", Default: "no", Options: []string{"no", "yes"},
		Help: "yes reads them too, for editors and admins alone"},
	importers.WriteIssues,
}

// Source reads GitLab's REST and GraphQL APIs.
func Source() importers.Source {
	return importers.Source{
		Name: "gitlab", Title: "GitLab", Origin: incident.OriginTicket, Settings: settings, Check: check,
		Summary:    "Incidents with comments, history and timeline; deployments as change events.",
		Docs:       "https://docs.gitlab.com/api/issues/",
		Missing:    []string{"impact and detection, unless the incident's timeline has events with these tags", "who was paged"},
		Permission: "a token of the scope read_api with the role Reporter in the projects (Guest does not see confidential incidents)",
		API: &importers.API{
			Base: settings.From("url"),
			Sign: settings.Header("PRIVATE-TOKEN", "", "token"),
			// docs.gitlab.com/user/gitlab_com/#rate-limits-on-gitlabcom
			Rates: map[string]importers.Rate{"": {Requests: 2000, Per: time.Minute}},
			Cost:  func(importers.Config) importers.Cost { return importers.Cost{Page: 100, Each: 3} },
		},
		Changes: func(cfg importers.Config) bool { return len(projects(cfg, "deploy_projects")) > 0 },
		Probe:   probe,
		Tracker: tracker,
		Hook:    hook,
		Words:   words(),
		Collections: []importers.Collection{
			{Name: "incidents", List: &importers.Listing{Page: issues}, Fetch: importers.FetchEach(fetchIssue), Map: mapIssue},
			{Name: "deployments", List: &importers.Listing{Page: deployments}, Fetch: importers.FetchEach(fetchDeployment), Map: mapDeployment},
		},
	}
}

// projects returns the projects in a setting, as they are written there.
func projects(cfg importers.Config, name string) []string {
	return settings.List(cfg, name)
}

func private(cfg importers.Config) bool { return settings.Of(cfg, "private") == "yes" }

func check(cfg importers.Config) error {
	if len(projects(cfg, "projects"))+len(projects(cfg, "deploy_projects")) == 0 {
		return incident.Invalidf("projects", "name at least one project with incidents or with deployments")
	}
	return nil
}

func checkProjects(text string) error {
	for _, p := range importers.List(text, ",") {
		number := strings.Trim(p, "0123456789") == ""
		if strings.ContainsAny(p, "?#%:\\ ") || strings.HasPrefix(p, "/") || strings.HasSuffix(p, "/") || !number && !strings.Contains(p, "/") {
			return fmt.Errorf("%q is neither the path of a project, such as group/project, nor its number", p)
		}
	}
	return nil
}

// at returns the path of a project's part: "/api/v4/projects/group%2Fproject/issues".
func at(project, part string) string { return "/api/v4/projects/" + url.PathEscape(project) + part }

// externalID is project and number: the API fetches by them.
func externalID(project string, number int64) string { return fmt.Sprintf("%s#%d", project, number) }

// cut takes an external id apart; it fails for projects that the setting does not have.
func cut(cfg importers.Config, name, id string) (project, number string, ok bool) {
	i := strings.LastIndexByte(id, '#')
	if i < 0 || strings.Trim(id[i+1:], "0123456789") != "" || i+1 == len(id) {
		return "", "", false
	}
	project = ours(cfg, name, id[:i])
	return project, id[i+1:], project != ""
}

// ours returns how a setting writes a project that has one of the given names; empty: it does not have it.
func ours(cfg importers.Config, setting string, names ...string) string {
	for _, p := range projects(cfg, setting) {
		for _, name := range names {
			if strings.EqualFold(p, name) {
				return p
			}
		}
	}
	return ""
}

// probe asks who the token is of and for each project. What a token may not see GitLab answers with 404.
func probe(ctx context.Context, in importers.Input) (importers.Scope, error) {
	var scope importers.Scope
	var user struct{ Username string }
	if err := in.Get(ctx, "/api/v4/user", nil, &user); err != nil {
		return scope, err
	}
	scope.Identity = importers.Line(user.Username)
	for _, p := range append(projects(in.Config, "projects"), projects(in.Config, "deploy_projects")...) {
		var of struct {
			Path string `json:"path_with_namespace"`
		}
		seen, err := scope.Try(ctx, in, at(p, ""), nil, &of, p+" is not there, or the token may not see it")
		if err != nil {
			return scope, err
		}
		if seen {
			scope.Sees("%s", of.Path)
		}
	}
	return scope, nil
}
