// Package opsgenie reads incidents with their timelines, or alerts where an account has no incidents, and who was on
// call, from Opsgenie's REST API. The vendor has ended the product: this is for taking its history along.
//
// Start with [Source]. list.go reads pages, fetch.go whole records, map.go and alert.go turn them into drafts, shifts.go
// reads schedules, hook.go what is pushed.
package opsgenie

import (
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

const name = "opsgenie"

// settings of a connection.
var settings = importers.Fields{
	{Name: "url", Label: "Address", Default: "https://api.opsgenie.com",
		Help: "The address of the API. Accounts in the European region use https://api.eu.opsgenie.com."},
	{Name: "key", Label: "API key", Required: true, Secret: true,
		Help: "The key of an API integration with read access and configuration access, of the account rather than of one team."},
	{Name: "count", Label: "What is an incident", Default: countIncidents, Options: []string{countIncidents, countAlerts},
		Help: "“" + countIncidents + "” reads incidents; their alerts become part of their timelines. “" + countAlerts + "” reads alerts as incidents, for accounts whose plan has no incidents. Never both: the same outage would count twice."},
}

// The values of the setting "count".
const (
	countIncidents = "incidents"
	countAlerts    = "alerts"
)

const (
	incidents = "incidents"
	alerts    = "alerts"
	shifts    = "shifts"
	day       = 24 * time.Hour
)

// cost is, for an incident, itself, its timeline, the ids of its alerts and one alert; for an alert itself, its log and its
// notes.
func cost(cfg importers.Config) importers.Cost {
	if settings.Of(cfg, "count") == countAlerts {
		return importers.Cost{Page: 100, Each: 3}
	}
	return importers.Cost{Page: 100, Each: 4}
}

// Source returns the source "opsgenie".
func Source() importers.Source {
	return importers.Source{
		Name:       name,
		Title:      "Opsgenie",
		Summary:    "Incidents with their timelines and alerts, or alerts alone, and on-call shifts, from the REST API.",
		Docs:       "https://docs.opsgenie.com/docs/api-overview",
		Origin:     incident.OriginPager,
		Settings:   settings,
		Missing:    []string{"mitigation", "SLA targets", "acknowledgement of incidents (of alerts it is known)"},
		Permission: "The key of an API integration with “Read access” and “Configuration access”.",
		API: &importers.API{
			Base: settings.From("url"),
			Sign: settings.Header("Authorization", "GenieKey ", "key"),
			Cost: cost,
		},
		Shifts: true,
		Probe:  probe,
		Hook:   &importers.Hook{Verify: verify, Read: readHook, Setup: setup},
		Words:  words,
		Collections: []importers.Collection{{
			Name:  incidents,
			List:  &importers.Listing{Page: listOf("/v1/incidents/", countIncidents), Window: 30 * day},
			Fetch: fetchEach(fetchIncident),
			Map:   mapIncident,
		}, {
			Name:  alerts,
			List:  &importers.Listing{Page: listOf("/v2/alerts", countAlerts), Window: 7 * day},
			Fetch: fetchEach(fetchAlert),
			Map:   mapAlert,
		}, {
			Name: shifts,
			List: rosters.Listing(),
			Map:  mapRoster,
		}},
	}
}

// words are the documented ones. That an alert is acknowledged is no status there but a flag.
var words = importers.Words{
	Status: importers.Values[incident.Status]{}.With(map[string]incident.Status{
		"open": incident.Triggered, "acknowledged": incident.Acknowledged, "resolved": incident.Resolved, "closed": incident.Closed,
	}),
	Severity: importers.Values[incident.Severity]{}.With(map[string]incident.Severity{
		"P1": incident.Sev1, "P2": incident.Sev2, "P3": incident.Sev3, "P4": incident.Sev4, "P5": incident.Sev5,
	}),
}
