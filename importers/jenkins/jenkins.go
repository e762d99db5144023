// Package jenkins reads builds of jobs that deploy as change events. Folders and multibranch projects are gone through
// to the jobs in them. Start with [Source].
//
// The mapping was written from https://www.jenkins.io/doc/book/using/remote-access-api/.
package jenkins

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

var settings = importers.Fields{
	{Name: "url", Label: "Address", Required: true, Help: "Where Jenkins answers: https://ci.example.com or https://example.com/jenkins"},
	{Name: "user", Label: "User", Help: "The user whose token is used; empty where everybody may read"},
	{Name: "token", Label: "API token", Secret: true, Help: "From the user's page, Security"},
	{Name: "jobs", Label: "Jobs that deploy", Required: true, Check: checkJobs,
		Help: "Paths of jobs, folders or multibranch projects, separated by commas: deploy-shop, team/deploy. Of folders all jobs below are read"},
	{Name: "environment_parameter", Label: "Parameter of the environment", Help: "The name of the build parameter that says where it deploys to: ENVIRONMENT"},
}

// Source reads Jenkins' remote access API.
func Source() importers.Source {
	return importers.Source{
		Name: "jenkins", Title: "Jenkins", Origin: incident.OriginMonitor, Settings: settings,
		Summary:    "Builds of jobs that deploy, as change events.",
		Docs:       "https://www.jenkins.io/doc/book/using/remote-access-api/",
		Changes:    importers.AlwaysChanges,
		Missing:    []string{"incidents: Jenkins has none", "builds that Jenkins itself has discarded"},
		Permission: "Overall/Read, and Job/Read on the jobs and the folders that they are in",
		API:        &importers.API{Base: settings.From("url"), Sign: sign},
		Probe:      probe,
		Collections: []importers.Collection{
			// No list tells which builds have ended since: polls reach back so far.
			{Name: "builds", List: &importers.Listing{Page: builds, Overlap: 6 * time.Hour}, Fetch: importers.FetchEach(fetch), Map: mapBuild},
		},
	}
}

func sign(cfg importers.Config, req *http.Request) {
	if user := settings.Of(cfg, "user"); user != "" {
		req.SetBasicAuth(user, settings.Of(cfg, "token"))
	}
}

func jobs(cfg importers.Config) (paths []string) {
	for _, path := range settings.List(cfg, "jobs") {
		paths = append(paths, strings.Trim(path, "/"))
	}
	return paths
}

func checkJobs(text string) error {
	for _, path := range importers.List(text, ",") {
		if strings.ContainsAny(path, "?#\\:") || strings.Contains("/"+path+"/", "/../") || strings.Trim(path, "/") == "" {
			return fmt.Errorf("%q is no path of a job, such as team/deploy", path)
		}
	}
	return nil
}

// at returns where the API of a job is: "/job/team/job/deploy" for "team/deploy". The names of branches hold "%2F"
// for "/", which is part of the name.
func at(path string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(path, "/") {
		b.WriteString("/job/" + url.PathEscape(part))
	}
	return b.String()
}

// probe asks who we are, and for each job. Without a right to a job Jenkins answers 404.
func probe(ctx context.Context, in importers.Input) (importers.Scope, error) {
	var scope importers.Scope
	var who struct {
		Name      string
		Anonymous bool
	}
	err := in.Get(ctx, "/whoAmI/api/json", nil, &who)
	if err != nil {
		return scope, err
	}
	scope.Identity = importers.Line(who.Name)
	if who.Anonymous && settings.Of(in.Config, "user") != "" {
		scope.Note("Jenkins did not recognize the user and answered as to anybody")
	}
	for _, path := range jobs(in.Config) {
		var job struct{ FullName string }
		seen, err := scope.Try(ctx, in, at(path)+"/api/json", url.Values{"tree": {"fullName"}}, &job, path+" is not there, or the user may not see it")
		if err != nil {
			return scope, err
		}
		if seen {
			scope.Reach = append(scope.Reach, path)
		}
	}
	return scope, nil
}
