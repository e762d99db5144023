// Package incidentio reads incidents out of incident.io, with their updates, follow-ups, attachments and post-mortems. It is
// written from the vendor's own description of the API (https://docs.incident.io/api-reference).
//
// Start with [Source]. list.go walks through incidents and fetches them by id, body.go is the stored record, map.go and
// history.go turn it into a draft, hook.go reads webhooks.
package incidentio

import (
	"context"
	"net/url"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

const (
	name       = "incidentio"
	collection = "incidents"
)

var settings = importers.Fields{
	{Name: "url", Label: "Address", Default: "https://api.incident.io", Help: "Where the API answers."},
	{Name: "key", Label: "API key", Required: true, Secret: true, Help: "From Settings > API keys. It needs to view data; to read private incidents as well it needs the permission to view these."},
}

// Source returns the source "incidentio".
func Source() importers.Source {
	return importers.Source{
		Name:       name,
		Title:      "incident.io",
		Summary:    "Incidents with their updates, timestamps, roles, follow-ups, attachments and post-mortems.",
		Docs:       "https://docs.incident.io/api-reference/introduction",
		Origin:     incident.OriginPager,
		Settings:   settings,
		Missing:    []string{"timestamps that nobody set", "messages of the Slack channel", "due dates of follow-ups"},
		Permission: "An API key that may view data. Private incidents need the permission to view all incident data, including private incidents. Nothing is ever written.",
		API: &importers.API{
			Base: settings.From("url"),
			Sign: settings.Header("Authorization", "Bearer ", "key"),
			// The vendor's default for one key, of which some operations have less and say so in their answers.
			Rates: map[string]importers.Rate{"": {Requests: 1200, Per: time.Minute}},
			Cost:  func(importers.Config) importers.Cost { return importers.Cost{Page: 100, Each: 2} },
		},
		Probe: probe,
		Hook:  &importers.Hook{Verify: verify, Read: readHook, Setup: setup},
		Words: words,
		Collections: []importers.Collection{{
			Name:  collection,
			List:  &importers.Listing{Page: page, Overlap: overlap},
			Count: count,
			Fetch: importers.FetchEach(one),
			Hides: true, // an incident that became private answers as one that is not there
			Map:   mapIncident,
		}},
	}
}

// words are the categories that every status belongs to, the severities that accounts begin with, the modes of incidents,
// and the names of timestamps and custom fields. Statuses and timestamps are an account's own: a status is looked
// up by name ("status Monitoring"), then by its category.
var words = importers.Words{
	Status: importers.Values[incident.Status]{}.With(map[string]incident.Status{
		"triage": incident.Triggered, "live": incident.Investigating, "paused": incident.Investigating,
		"learning": incident.Resolved, "closed": incident.Closed, "declined": incident.Canceled,
		"canceled": incident.Canceled, "merged": incident.Merged, "status Monitoring": incident.Mitigated,
	}),
	Severity: importers.SeverityWords(),
	Kind: importers.Values[incident.Kind]{}.With(map[string]incident.Kind{
		"standard": incident.Real, "retrospective": incident.AfterTheFact, "test": incident.Test, "tutorial": incident.Drill,
	}),
	Fields: map[string]string{
		"impact_started": "Impact started", "detected": "Detected", "opened": "Reported", "mitigated": "Fixed",
		"resolved": "Resolved", "closed": "Closed", "service": "Affected services", "team": "Affected team",
	},
}

// probe says which key it is and what it may do, and which timestamps no milestone is read from.
func probe(ctx context.Context, in importers.Input) (importers.Scope, error) {
	var me struct {
		Identity struct {
			Name  string   `json:"name"`
			Roles []string `json:"roles"`
		} `json:"identity"`
	}
	if err := in.Get(ctx, "/v1/identity", nil, &me); err != nil {
		return importers.Scope{}, err
	}
	s := importers.Scope{Identity: importers.Line(me.Identity.Name)}
	for _, role := range me.Identity.Roles {
		s.Sees("%s", role)
	}
	var found struct {
		Meta struct {
			Total int64 `json:"total_record_count"`
		} `json:"pagination_meta"`
	}
	if err := in.Get(ctx, "/v2/incidents", url.Values{"page_size": {"1"}}, &found); err != nil {
		return s, err
	}
	if s.Sees("%d incidents", found.Meta.Total); found.Meta.Total == 0 {
		s.Note("The key sees no incident. Either there is none, or it may not view data.")
	}
	return timestamps(ctx, in, s)
}

// timestamps notes which of the account's timestamps become milestones, since their names are the account's own.
func timestamps(ctx context.Context, in importers.Input, s importers.Scope) (importers.Scope, error) {
	var list struct {
		Timestamps []named `json:"incident_timestamps"`
	}
	if err := in.Get(ctx, "/v2/incident_timestamps", nil, &list); err != nil {
		return s, err
	}
	fields := in.Words(words).Fields
	var unread []string
	for _, t := range list.Timestamps {
		used := false
		for _, m := range incident.MilestoneNames {
			used = used || fields[string(m)] != "" && moment(fields[string(m)]) == moment(t.Name)
		}
		if !used {
			unread = append(unread, importers.Line(t.Name))
		}
	}
	if len(unread) > 0 {
		s.Notes = append(s.Notes, "No milestone is read from these timestamps: "+strings.Join(unread, ", ")+`. If one of them is, say, the acknowledgement, say so in the mapping: {"fields": {"acknowledged": "its name"}}.`)
	}
	return s, nil
}
