// Package rootly reads incidents out of Rootly, with their timelines, roles, action items and retrospectives. It is written
// from the vendor's own description of the API (https://docs.rootly.com/api-reference).
//
// Start with [Source]. list.go walks through incidents and fetches them by id, body.go is the stored record, map.go,
// times.go and parts.go turn it into a draft, hook.go reads webhooks.
package rootly

import (
	"context"
	"net/http"
	"net/url"

	"hindsight/importers"
	"hindsight/incident"
)

const (
	name       = "rootly"
	collection = "incidents"
)

var settings = importers.Fields{
	{Name: "url", Label: "Address", Default: "https://api.rootly.com", Help: "Where the API answers."},
	{Name: "key", Label: "API key", Required: true, Secret: true, Help: "From Organization Settings > API Keys. A global key sees every team's incidents, a team's key those of the team."},
}

// Source returns the source "rootly".
func Source() importers.Source {
	return importers.Source{
		Name:       name,
		Title:      "Rootly",
		Summary:    "Incidents with their times, timelines, roles, action items and retrospectives.",
		Docs:       "https://docs.rootly.com/api-reference/overview",
		Origin:     incident.OriginPager,
		Settings:   settings,
		Missing:    []string{"how often an incident was reopened", "custom form fields, which the API gives as ids alone"},
		Permission: "An API key that may read incidents. Private incidents need a key that sees them. Nothing is ever written.",
		API: &importers.API{
			Base: settings.From("url"),
			Sign: sign,
			Cost: func(importers.Config) importers.Cost { return importers.Cost{Page: 100} },
		},
		Probe: probe,
		Hook:  &importers.Hook{Verify: verify, Read: readHook, Setup: setup},
		Words: words,
		Collections: []importers.Collection{{
			Name:  collection,
			List:  &importers.Listing{Page: page},
			Count: count,
			Fetch: importers.FetchEach(one),
			Map:   mapIncident,
		}},
	}
}

func sign(cfg importers.Config, req *http.Request) {
	req.Header.Set("Authorization", "Bearer "+settings.Of(cfg, "key"))
	req.Header.Set("Accept", "application/vnd.api+json")
}

// words are the statuses of incidents and of scheduled maintenance, the four levels that every severity belongs to beside
// the usual names, and the kinds.
// https://docs.rootly.com/configuration/incident-status
var words = importers.Words{
	Status: importers.Values[incident.Status]{}.With(map[string]incident.Status{
		"in_triage": incident.Triggered, "detected": incident.Triggered, "started": incident.Investigating, "acknowledged": incident.Acknowledged,
		"mitigated": incident.Mitigated, "resolved": incident.Resolved, "closed": incident.Closed, "cancelled": incident.Canceled,
		"scheduled": incident.Triggered, "in_progress": incident.Investigating, "completed": incident.Closed,
	}),
	Severity: importers.SeverityWords(),
	Kind: importers.Values[incident.Kind]{}.With(map[string]incident.Kind{
		"normal": incident.Real, "normal_sub": incident.Real, "test": incident.Test, "test_sub": incident.Test, "example": incident.Test, "example_sub": incident.Test,
		"backfilled": incident.AfterTheFact, "scheduled": incident.Maintenance, "scheduled_sub": incident.Maintenance,
	}),
}

// probe says whose key it is, how many incidents it sees, and of which teams there are.
func probe(ctx context.Context, in importers.Input) (importers.Scope, error) {
	s := importers.Scope{Identity: "an API key that belongs to no user"}
	var me struct {
		Data resource `json:"data"`
	}
	err := in.Get(ctx, "/v1/users/me", nil, &me)
	if err != nil && !importers.HasStatus(err, http.StatusNotFound, http.StatusForbidden) {
		return s, err
	}
	if called := person(me.Data.Attributes); called != "" {
		s.Identity = called
	}
	var found answer
	if err := in.Get(ctx, "/v1/incidents", url.Values{"page[size]": {"1"}}, &found); err != nil {
		return s, err
	}
	if s.Sees("%d incidents", found.Meta.Total); found.Meta.Total == 0 {
		s.Note("The key sees no incident. Either there is none, or it belongs to a team that has none.")
	}
	var teams answer
	if err := in.Get(ctx, "/v1/teams", url.Values{"page[size]": {"100"}}, &teams); importers.HasStatus(err, http.StatusForbidden) {
		s.Note("The key may not list teams.")
		return s, nil
	} else if err != nil {
		return s, err
	}
	for _, raw := range teams.Data {
		s.Reach = append(s.Reach, "team "+importers.Line(importers.Decode[resource](raw).name()))
	}
	return s, nil
}
