// Package victorops reads incidents and on-call logs of Splunk On-Call, formerly VictorOps, through its public and
// reporting APIs. It is written from the vendor's own description (https://portal.victorops.com/public/api-docs.html).
//
// Start with [Source]. list.go reads incidents, shifts.go the teams' on-call logs, map.go turns incidents into
// drafts, hook.go reads pushes.
package victorops

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

const (
	name      = "victorops"
	incidents = "incidents"
	shifts    = "shifts"
	day       = 24 * time.Hour
)

var settings = importers.Fields{
	{Name: "url", Label: "Address", Default: "https://api.victorops.com", Help: "The address of the API"},
	{Name: "id", Label: "API ID", Required: true, Help: "From Integrations, API"},
	{Name: "key", Label: "API key", Required: true, Secret: true, Help: "From Integrations, API; a read-only key is enough"},
	{Name: "teams", Label: "Teams", Help: "Slugs of the teams whose incidents and shifts are read, with commas between them, such as team-AbC123. Empty: all"},
}

// Source returns the source "victorops". The reporting API allows one request a minute and lists incidents by their
// start, 100 at a time; what is open, and what was resolved recently, is read from the live list instead.
func Source() importers.Source {
	return importers.Source{
		Name:       name,
		Title:      "Splunk On-Call (VictorOps)",
		Summary:    "Incidents with their transitions, and who was on call in which team.",
		Docs:       "https://portal.victorops.com/public/api-docs.html",
		Origin:     incident.OriginPager,
		Settings:   settings,
		Missing:    []string{"impact start", "detection", "mitigation", "chat and notes of an incident", "post-incident reports: the API does not list them", "deletions"},
		Permission: "A read-only API key.",
		API: &importers.API{
			Base: settings.From("url"),
			Sign: func(cfg importers.Config, req *http.Request) {
				req.Header.Set("X-VO-Api-Id", settings.Of(cfg, "id"))
				req.Header.Set("X-VO-Api-Key", settings.Of(cfg, "key"))
			},
			Rates: map[string]importers.Rate{
				"":                  {Requests: 60, Per: time.Minute},
				"/api-reporting/v2": {Requests: 1, Per: time.Minute},
			},
			Cost: func(importers.Config) importers.Cost {
				return importers.Cost{Page: pageSize, Path: "/api-reporting/v2"}
			},
			Limited: limited,
		},
		Shifts: true,
		Probe:  probe,
		Hook:   &importers.Hook{Verify: verify, Read: readHook, Setup: setup},
		Words:  words,
		Collections: []importers.Collection{
			{
				Name: incidents, Map: mapIncident, Fetch: fetch,
				// Each window costs a request, of which there is one in two minutes: they are wide.
				List:   &importers.Listing{Page: history, Window: 365 * day, MaxWindow: 4 * 365 * day, Lag: late},
				Follow: &importers.Listing{Page: follow, Window: 365 * day, MaxWindow: 4 * 365 * day, Lag: late},
				// What is not in the history may be out of the account's retention; nothing says that it was deleted.
				Hides: true,
			},
			{Name: shifts, Map: mapShifts, List: rotas.Listing(365*day, 2*365*day, late)},
		},
	}
}

// late is how far the reporting data may be behind: the vendor says 15 minutes.
const late = 30 * time.Minute

var words = importers.Words{
	Status: importers.Values[incident.Status]{}.With(map[string]incident.Status{
		"triggered": incident.Triggered, "unacked": incident.Triggered,
		"acknowledged": incident.Acknowledged, "acked": incident.Acknowledged, "resolved": incident.Resolved,
	}),
	// Of entityState, which is the last message_type of the monitored thing, so that it says OK once that has recovered.
	Severity: importers.Values[incident.Severity]{}.With(map[string]incident.Severity{
		"critical": incident.Sev1, "warning": incident.Sev3, "info": incident.Sev5,
		"acknowledgement": incident.SevUnknown, "recovery": incident.SevUnknown, "ok": incident.SevUnknown, "unknown": incident.SevUnknown,
	}),
}

// limited tells "slow down" from wrong credentials: both are answered with 403, and only the text differs.
func limited(a importers.Answer) bool {
	text := strings.ToLower(string(a.Body[:min(len(a.Body), 2000)]))
	return a.Status == http.StatusForbidden && strings.Contains(text, "limit") && !strings.Contains(text, "authentication failed")
}

// team is a team of the account.
type team struct{ Name, Slug string }

// teams returns the teams that the connection reads, in order of slug.
func teams(ctx context.Context, in importers.Input) ([]team, error) {
	var all []team
	if err := in.Get(ctx, "/api-public/v1/team", nil, &all); err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(t team) bool { return t.Slug == "" || !wanted(in.Config, t.Slug) })
	slices.SortFunc(all, func(a, b team) int { return strings.Compare(a.Slug, b.Slug) })
	return all, nil
}

// wanted reports whether one of the teams is on the allow-list.
func wanted(cfg importers.Config, slugs ...string) bool {
	allowed := settings.List(cfg, "teams")
	return len(allowed) == 0 || slices.ContainsFunc(slugs, func(s string) bool { return slices.Contains(allowed, s) })
}

func probe(ctx context.Context, in importers.Input) (importers.Scope, error) {
	found, err := teams(ctx, in)
	if err != nil {
		return importers.Scope{}, err
	}
	scope := importers.Scope{Identity: "API ID " + importers.Line(settings.Of(in.Config, "id")),
		Notes: []string{"The vendor allows one request a minute for the incident history, of which half is used: a thousand incidents take 20 minutes."}}
	for _, t := range found {
		scope.Sees("%s (%s)", t.Name, t.Slug)
	}
	for _, slug := range settings.List(in.Config, "teams") {
		if !slices.ContainsFunc(found, func(t team) bool { return t.Slug == slug }) {
			scope.Note("There is no team with the slug %s; correct the setting teams.", slug)
		}
	}
	return scope, nil
}
