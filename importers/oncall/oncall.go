// Package oncall reads alert groups, resolution notes and schedules of Grafana OnCall, in the open-source edition, whose
// repository is archived, and in Grafana Cloud. It is written from its own description
// (https://grafana.com/docs/oncall/latest/oncall-api-reference/).
//
// Start with [Source]. list.go reads alert groups with what belongs to them, map.go turns them into drafts, shifts.go
// reads schedules, hook.go reads pushes.
package oncall

import (
	"context"
	"net/url"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

const (
	name   = "oncall"
	groups = "alert_groups"
	shifts = "shifts"
	day    = 24 * time.Hour
)

var settings = importers.Fields{
	{Name: "url", Label: "Address", Required: true, Help: "The OnCall API URL from OnCall, Settings, such as https://oncall.example.com or https://oncall-prod-us-central-0.grafana.net/oncall; without /api/v1"},
	{Name: "key", Label: "API key", Required: true, Secret: true, Help: "From OnCall, Settings, API tokens; it belongs to its user and stack"},
	{Name: "teams", Label: "Teams", Help: "Ids of the teams whose alert groups and schedules are read, with commas between them, such as TI73TDU19W48J. Empty: all"},
	{Name: "notes", Label: "Resolution notes", Default: "yes", Options: []string{"yes", "no"}, Help: "Whether resolution notes are read. The API gives them for one alert group at a time or all at once, whichever is fewer requests"},
}

// Source returns the source "oncall". The API tells when a group was created, last acknowledged, silenced and resolved,
// not how its state went to and fro.
func Source() importers.Source {
	return importers.Source{
		Name:       name,
		Title:      "Grafana OnCall",
		Summary:    "Alert groups with their resolution notes, and the final shifts of all schedules.",
		Docs:       "https://grafana.com/docs/oncall/latest/oncall-api-reference/",
		Origin:     incident.OriginPager,
		Settings:   settings,
		Missing:    []string{"impact start", "mitigation", "reopenings and acknowledgements that were taken back", "who was notified", "escalations"},
		Permission: "An API key of a user who may create them; OnCall has no keys for reading alone, except service accounts with the role Viewer in Grafana Cloud.",
		API: &importers.API{
			Base: settings.From("url"),
			// Without "Bearer", which OnCall refuses.
			Sign:  settings.Header("Authorization", "", "key"),
			Rates: map[string]importers.Rate{"": {Requests: 300, Per: 5 * time.Minute}},
			Cost:  func(importers.Config) importers.Cost { return importers.Cost{Page: 100} },
		},
		Shifts: true,
		Probe:  probe,
		Hook:   &importers.Hook{Verify: verify, Read: readHook, Setup: setup},
		Words:  words,
		Collections: []importers.Collection{
			{Name: groups, Map: mapGroup, Fetch: fetch, List: &importers.Listing{Page: page, Window: 30 * day, MaxWindow: 360 * day}},
			{Name: shifts, Map: mapShifts, List: rotas.Listing(365*day, 365*day, time.Hour)}, // OnCall refuses more than a year
		},
	}
}

var words = importers.Words{
	Status: importers.Values[incident.Status]{}.With(map[string]incident.Status{
		"firing": incident.Triggered, "new": incident.Triggered, "silenced": incident.Triggered,
		"acknowledged": incident.Acknowledged, "resolved": incident.Resolved,
	}),
	// Of the labels severity and priority, which people name as they like.
	Severity: importers.SeverityWords(),
}

func probe(ctx context.Context, in importers.Input) (importers.Scope, error) {
	var user struct{ Username, Role string }
	if err := in.Get(ctx, "/api/v1/users/current/", nil, &user); err != nil {
		return importers.Scope{}, err
	}
	scope := importers.Scope{Identity: importers.Line(user.Username + " (" + user.Role + ")")}
	all, err := allRotas(ctx, in)
	if err != nil {
		return scope, err
	}
	for _, r := range all {
		scope.Sees("schedule %s (%s)", r.Name, r.ID)
	}
	var found struct{ Count int }
	if err := in.Get(ctx, "/api/v1/alert_groups/", url.Values{"perpage": {"1"}}, &found); err != nil {
		return scope, err
	}
	if found.Count == 0 {
		scope.Note("The key sees no alert group: is it a key of the right stack?")
	}
	return scope, nil
}
