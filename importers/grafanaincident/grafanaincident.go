// Package grafanaincident reads incidents that were declared in Grafana Incident, part of Grafana Cloud IRM, with their
// activity. It is written from the vendor's own client (https://github.com/grafana/incident-go).
//
// Start with [Source]. list.go reads incidents, map.go turns them into drafts.
package grafanaincident

import (
	"context"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

const (
	name      = "grafanaincident"
	incidents = "incidents"
	day       = 24 * time.Hour
)

var settings = importers.Fields{
	{Name: "url", Label: "Stack", Required: true, Help: "Address of the Grafana stack, such as https://example.grafana.net"},
	{Name: "token", Label: "Token", Required: true, Secret: true, Help: "Of a service account with the role Viewer"},
	{Name: "app", Label: "App", Default: "grafana-irm-app", Options: []string{"grafana-irm-app", "grafana-incident-app"}, Help: "The plugin that answers: grafana-incident-app on stacks that were not moved to IRM"},
}

// Source returns the source "grafanaincident".
func Source() importers.Source {
	return importers.Source{
		Name:       name,
		Title:      "Grafana Incident (IRM)",
		Summary:    "Declared incidents with their activity, roles, labels and tasks.",
		Docs:       "https://grafana.com/docs/grafana-cloud/incident/api/reference/",
		Origin:     incident.OriginTicket,
		Settings:   settings,
		Missing:    []string{"acknowledgement", "mitigation", "impact start, unless somebody set a start other than the declaration", "deletions", "pushes are not taken in"},
		Permission: "A service account token with the role Viewer.",
		API: &importers.API{
			Base: settings.From("url"),
			Sign: settings.Header("Authorization", "Bearer ", "token"),
			Cost: func(importers.Config) importers.Cost { return importers.Cost{Page: 100, Each: 2} },
		},
		Probe: probe,
		Words: words,
		Collections: []importers.Collection{{
			Name: incidents, Map: mapIncident, Fetch: importers.FetchEach(fetch),
			List:   &importers.Listing{Page: backfill},
			Follow: &importers.Listing{Page: follow, Window: 365 * day, MaxWindow: 365 * day},
		}},
	}
}

var words = importers.Words{
	Status: importers.Values[incident.Status]{}.With(map[string]incident.Status{"active": incident.Investigating, "resolved": incident.Resolved}),
	// Those that a stack is set up with; "pending" says that nobody has decided yet.
	Severity: importers.Values[incident.Severity]{}.With(map[string]incident.Severity{
		"critical": incident.Sev1, "major": incident.Sev2, "minor": incident.Sev3, "pending": incident.SevUnknown,
	}),
}

func probe(ctx context.Context, in importers.Input) (importers.Scope, error) {
	found, err := previews(ctx, in, "DESC", cursor{})
	scope := importers.Scope{Identity: "a service account", Reach: []string{"all incidents of the stack"}}
	if err == nil && len(found.Previews) == 0 {
		scope.Notes = append(scope.Notes, "The stack holds no incident, or the token may see none.")
	}
	return scope, err
}
