// Package jira reads incidents out of Jira: Cloud (REST v3) and Data Center (REST v2), with Jira Service Management's
// service levels. Which issues are incidents, a connection says with projects and JQL.
//
// Start with [Source]. list.go walks through issues and fetches them by id, parts.go adds what a list cuts off,
// body.go is the stored record, map.go, history.go and sla.go turn it into a draft, hook.go reads webhooks.
package jira

import (
	"errors"
	"net/http"
	"regexp"

	"hindsight/importers"
	"hindsight/incident"
)

const (
	name       = "jira"
	collection = "issues"
	cloud      = "cloud"
	dataCenter = "datacenter"
)

var settings = importers.Fields{
	{Name: "url", Label: "Address", Required: true,
		Help: "Where Jira is: https://your-site.atlassian.net, or the base URL of a Data Center. With an OAuth token of Cloud: https://api.atlassian.com/ex/jira/<cloud id>."},
	{Name: "deployment", Label: "Deployment", Options: []string{cloud, dataCenter}, Default: cloud,
		Help: "Whether Atlassian runs it (cloud) or you do (datacenter, also for Server)."},
	{Name: "user", Label: "E-mail address",
		Help: "Of the Cloud account that the API token belongs to. Empty for the personal access token of a Data Center and for OAuth."},
	{Name: "token", Label: "Token", Required: true, Secret: true,
		Help: "An API token (Cloud), a personal access token (Data Center) or an OAuth access token."},
	{Name: "projects", Label: "Projects",
		Help: "Keys or ids of the projects that hold incidents, with commas between them. Empty: all that JQL selects."},
	{Name: "jql", Label: "JQL", Check: checkJQL,
		Help: `What makes an issue an incident, such as: issuetype = "[System] Incident". Empty: every issue of the projects.`},
	{Name: "link_projects", Label: "Projects of action items",
		Help: "Keys or ids of further projects, with commas between them, whose issues action items may link to. Those that hold incidents are among them."},
	{Name: "site", Label: "Address for people",
		Help: "Where people open issues, such as https://your-site.atlassian.net, if requests go to another address, as they do with OAuth. Empty: the address above."},
	{Name: "private_notes", Label: "Internal comments", Options: []string{"no", "yes"}, Default: "no",
		Help: "Whether comments that are internal or restricted to a role or group are shown, to editors and admins alone."},
	{Name: "issue_type", Label: "Type of issues that are made",
		Help: "The name or id of a type, for issues that people make out of action items. Empty: Task, or the first type of the project that is no subtask."},
	importers.WriteIssues,
}

// Source returns the source "jira".
func Source() importers.Source {
	return importers.Source{
		Name:       name,
		Title:      "Jira",
		Summary:    "Incidents from Jira Cloud or Data Center with their full history, comments, and the service levels of Jira Service Management.",
		Docs:       "https://developer.atlassian.com/cloud/jira/platform/rest/v3/",
		Origin:     incident.OriginTicket,
		Settings:   settings,
		Missing:    []string{"impact start, detection and mitigation, unless a custom field holds them", "remote links such as Confluence pages", "deletions, unless a webhook tells them"},
		Permission: "Browse projects in the projects that are read; internal comments need the agent's role of Jira Service Management. To make and close issues: " + writer.Permission + ".",
		API: &importers.API{
			Base: settings.From("url"),
			Sign: sign,
			Cost: func(importers.Config) importers.Cost { return importers.Cost{Page: 100} },
		},
		Probe:   probe,
		Tracker: tracker,
		Hook:    &importers.Hook{Verify: verify, Read: readHook, Setup: setup},
		Words:   words,
		Check:   check,
		Collections: []importers.Collection{{
			Name:  collection,
			List:  &importers.Listing{Page: page, Overlap: overlap},
			Count: matching,
			Fetch: fetch,
			Hides: true,
			Map:   mapIssue,
		}},
	}
}

func onCloud(cfg importers.Config) bool { return settings.Of(cfg, "deployment") == cloud }

// sign adds the credentials: basic where an account is named, a bearer token otherwise.
func sign(cfg importers.Config, req *http.Request) {
	if user := settings.Of(cfg, "user"); user != "" {
		req.SetBasicAuth(user, settings.Of(cfg, "token"))
		return
	}
	req.Header.Set("Authorization", "Bearer "+settings.Of(cfg, "token"))
}

var ordered = regexp.MustCompile(`(?i)\border\s+by\b`)

func checkJQL(text string) error {
	if ordered.MatchString(text) {
		return errors.New("leave ORDER BY out: the order is the importer's own")
	}
	return nil
}

// check refuses a connection that would make an incident of every issue there is.
func check(cfg importers.Config) error {
	if settings.Of(cfg, "projects") == "" && settings.Of(cfg, "jql") == "" {
		return incident.Invalidf("projects", "say which issues are incidents: in projects, in jql or in both")
	}
	return nil
}

// words are the categories that every status belongs to (their keys are not translated), the names of Jira's and Jira
// Service Management's default workflows, and default priorities by name and by id. A status or priority is
// looked up by id ("status 10001"), by name, and by category, in this order.
var words = importers.Words{
	Status: importers.Values[incident.Status]{}.With(map[string]incident.Status{
		"new": incident.Triggered, "indeterminate": incident.Investigating, "done": incident.Resolved,
		"Open": incident.Triggered, "To Do": incident.Triggered, "Reopened": incident.Triggered,
		"In Progress": incident.Investigating, "Work in progress": incident.Investigating, "Pending": incident.Investigating,
		"Waiting for support": incident.Triggered, "Waiting for customer": incident.Investigating, "Escalated": incident.Investigating,
		"Resolved": incident.Resolved, "Completed": incident.Resolved, "Closed": incident.Closed,
		"Canceled": incident.Canceled, "Cancelled": incident.Canceled, "Declined": incident.Canceled,
		"resolution Duplicate": incident.Merged,
	}),
	Severity: importers.SeverityWords().With(map[string]incident.Severity{
		"priority 1": incident.Sev1, "priority 2": incident.Sev2, "priority 3": incident.Sev3, "priority 4": incident.Sev4, "priority 5": incident.Sev5,
	}),
	Kind: importers.Values[incident.Kind]{}.With(map[string]incident.Kind{
		"Incident": incident.Real, "[System] Incident": incident.Real,
		"drill": incident.Drill, "exercise": incident.Drill, "game day": incident.Drill,
		"Service Request": incident.Request, "[System] Service request": incident.Request, "Service Request with Approvals": incident.Request,
		"[System] Service request with approvals": incident.Request,
	}),
	Fields: map[string]string{
		"service": "components", "responders": "Responders",
		"sla_response": "Time to first response", "sla_resolution": "Time to resolution",
	},
}
