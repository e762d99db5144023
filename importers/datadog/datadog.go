// Package datadog reads incidents out of Datadog's incident management (API v2, in preview at the vendor), with their
// attachments, follow-up tasks and linked issues. It is written from the vendor's own description of the API
// (https://docs.datadoghq.com/api/latest/incidents/).
//
// Start with [Source]. list.go walks through incidents, follows what changed and fetches them by id, body.go is the stored
// record, map.go turns it into a draft, hook.go reads webhooks.
package datadog

import (
	"context"
	"net/http"
	"net/url"

	"hindsight/importers"
	"hindsight/incident"
)

const (
	name       = "datadog"
	collection = "incidents"
)

// sites are where the vendor's regions answer. https://docs.datadoghq.com/getting_started/site/
var sites = []string{
	"https://api.datadoghq.com", "https://api.us3.datadoghq.com", "https://api.us5.datadoghq.com", "https://api.datadoghq.eu",
	"https://api.ap1.datadoghq.com", "https://api.ap2.datadoghq.com", "https://api.uk1.datadoghq.com", "https://api.ddog-gov.com", "https://api.us2.ddog-gov.com",
}

var settings = importers.Fields{
	{Name: "url", Label: "Site", Default: sites[0], Options: sites, Help: "The region that your organization is in: the host of the address at which you see Datadog tells."},
	{Name: "api_key", Label: "API key", Required: true, Secret: true, Help: "From Organization Settings > API Keys. It names the organization."},
	{Name: "app_key", Label: "Application key", Required: true, Secret: true, Help: "From Organization Settings > Application Keys, best of a service account. Give it the scope incident_read alone."},
}

// Source returns the source "datadog".
func Source() importers.Source {
	return importers.Source{
		Name:       name,
		Title:      "Datadog",
		Summary:    "Incidents of Datadog's incident management with their impact, follow-up tasks, attachments and linked issues.",
		Docs:       "https://docs.datadoghq.com/api/latest/incidents/",
		Origin:     incident.OriginPager,
		Settings:   settings,
		Missing:    []string{"acknowledgement and mitigation times", "the incident's timeline, which is not in the public API", "reopenings", "responders other than the commander"},
		Permission: "An application key with the scope incident_read. Nothing is ever written.",
		API: &importers.API{
			Base: settings.From("url"),
			Sign: sign,
			Cost: func(importers.Config) importers.Cost { return importers.Cost{Page: 100, Each: 1} },
		},
		Probe: probe,
		Hook:  &importers.Hook{Verify: verify, Read: readHook, Setup: setup},
		Words: words,
		Collections: []importers.Collection{{
			Name:   collection,
			List:   &importers.Listing{Page: page},
			Follow: &importers.Listing{Page: changed},
			Fetch:  importers.FetchEach(one),
			Census: census,
			Map:    mapIncident,
		}},
	}
}

func sign(cfg importers.Config, req *http.Request) {
	req.Header.Set("DD-API-KEY", settings.Of(cfg, "api_key"))
	req.Header.Set("DD-APPLICATION-KEY", settings.Of(cfg, "app_key"))
}

// words are the states and severities that the vendor documents, and the fields that hold services and teams.
var words = importers.Words{
	Status: importers.Values[incident.Status]{}.With(map[string]incident.Status{
		"declared": incident.Triggered, "active": incident.Investigating, "stable": incident.Mitigated, "resolved": incident.Resolved, "completed": incident.Closed,
	}),
	Severity: importers.SeverityWords().With(map[string]incident.Severity{"UNKNOWN": incident.SevUnknown}),
	Fields:   map[string]string{"service": "services", "team": "teams"},
}

// probe proves both keys, by what they see: the API has no name for them.
func probe(ctx context.Context, in importers.Input) (importers.Scope, error) {
	s := importers.Scope{Identity: "an application key of " + settings.Of(in.Config, "url")}
	var found searched
	if err := in.Get(ctx, "/api/v2/incidents/search", url.Values{"query": {everyState}, "page[size]": {"1"}}, &found); err != nil {
		return s, err
	}
	n := found.Data.Attributes.Total
	if s.Sees("%d incidents", n); n == 0 {
		s.Note("The keys see no incident. Either there is none, or the owner of the application key may not see any.")
	}
	return s, nil
}
