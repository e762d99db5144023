// Package firehydrant reads incidents out of FireHydrant, with their milestones, timelines, roles, tickets and
// retrospectives. It is written from the vendor's description of the API (https://docs.firehydrant.com/reference).
//
// Start with [Source]. list.go walks through incidents and fetches them by id, body.go is the stored record, map.go,
// times.go and parts.go turn it into a draft, hook.go reads webhooks.
package firehydrant

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

const (
	name       = "firehydrant"
	collection = "incidents"
)

var settings = importers.Fields{
	{Name: "url", Label: "Address", Default: "https://api.firehydrant.io", Help: "Where the API answers; accounts in the European region have an address of their own."},
	{Name: "key", Label: "API key", Required: true, Secret: true, Help: "The token of a bot user (fhb-…), from Settings > Bot users."},
}

// Source returns the source "firehydrant".
func Source() importers.Source {
	return importers.Source{
		Name:       name,
		Title:      "FireHydrant",
		Summary:    "Incidents with their milestones, timelines, roles, impact, tickets and retrospectives.",
		Docs:       "https://docs.firehydrant.com/reference",
		Origin:     incident.OriginPager,
		Settings:   settings,
		Missing:    []string{"how often an incident was reopened", "whether an incident was private from its beginning: only making it so later is told"},
		Permission: "A bot user's token, which reads what its owner may. Nothing is ever written.",
		API: &importers.API{
			Base: settings.From("url"),
			Sign: func(cfg importers.Config, req *http.Request) {
				req.Header.Set("Authorization", "Bearer "+strings.TrimPrefix(settings.Of(cfg, "key"), "Bearer "))
			},
			// The least that the vendor promises an account; all of its tokens share it.
			Rates: map[string]importers.Rate{"": {Requests: 50, Per: 10 * time.Second}},
			Cost:  func(importers.Config) importers.Cost { return importers.Cost{Page: 100, Each: 1} },
		},
		Probe: probe,
		Hook:  &importers.Hook{Verify: verify, Read: readHook, Setup: setup},
		Words: words,
		Collections: []importers.Collection{{
			Name:  collection,
			List:  &importers.Listing{Page: page, Window: 90 * 24 * time.Hour, MaxWindow: 720 * 24 * time.Hour},
			Fetch: importers.FetchEach(one),
			Map:   mapIncident,
		}},
	}
}

// words are the milestones that accounts begin with, and the phases that every milestone belongs to ("phase active"). A
// milestone is looked up by its slug first. Of severities and tags some say what kind of incident it is.
var words = importers.Words{
	Status: importers.Values[incident.Status]{}.With(map[string]incident.Status{
		"started": incident.Triggered, "detected": incident.Triggered, "acknowledged": incident.Acknowledged,
		"investigating": incident.Investigating, "identified": incident.Investigating, "mitigated": incident.Mitigated, "resolved": incident.Resolved,
		"postmortem_started": incident.Resolved, "postmortem_completed": incident.Closed, "closed": incident.Closed,
		"phase started": incident.Triggered, "phase active": incident.Investigating, "phase post_incident": incident.Resolved, "phase closed": incident.Closed,
	}),
	Severity: importers.SeverityWords().With(map[string]incident.Severity{"UNSET": incident.SevUnknown}),
	Kind: importers.Values[incident.Kind]{}.With(map[string]incident.Kind{
		"GAMEDAY": incident.Drill, "game day": incident.Drill, "MAINTENANCE": incident.Maintenance, "drill": incident.Drill, "test": incident.Test,
	}),
	Fields: map[string]string{
		"impact_started": "started", "detected": "detected", "acknowledged": "acknowledged", "mitigated": "mitigated", "resolved": "resolved", "closed": "closed",
	},
}

// probe says who the token belongs to, in which organization, and how many incidents it sees.
func probe(ctx context.Context, in importers.Input) (importers.Scope, error) {
	var pong struct {
		Actor        named `json:"actor"`
		Organization named `json:"organization"`
	}
	if err := in.Get(ctx, "/v1/ping", nil, &pong); err != nil {
		return importers.Scope{}, err
	}
	s := importers.Scope{Identity: importers.Line(pong.Actor.Name)}
	if pong.Organization.Name != "" {
		s.Reach = append(s.Reach, "organization "+importers.Line(pong.Organization.Name))
	}
	var found answer
	if err := in.Get(ctx, "/v1/incidents", url.Values{"per_page": {"1"}}, &found); err != nil {
		return s, err
	}
	if s.Sees("%d incidents", found.Pagination.Count); found.Pagination.Count == 0 {
		s.Note("The token sees no incident. Either there is none, or its owner may not see any.")
	}
	return s, nil
}
