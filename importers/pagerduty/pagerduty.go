// Package pagerduty reads incidents with their logs from PagerDuty's REST API version 2, and takes in what
// its version 3 webhooks push.
//
// Start with [Source]. list.go reads pages of logs and incidents, fetch.go one incident, record.go puts the parts
// of a record together, map.go, history.go and timeline.go turn a record into a draft, hook.go reads pushes. changes.go
// has change events, shifts.go who was on call.
package pagerduty

import (
	"net/http"
	"regexp"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

const name = "pagerduty"

// settings of a connection.
var settings = importers.Fields{
	{Name: "url", Label: "Address", Default: "https://api.pagerduty.com",
		Help: "The address of the API. Accounts in the European region use https://api.eu.pagerduty.com."},
	{Name: "key", Label: "API key", Required: true, Secret: true,
		Help: "A read-only REST API key (Integrations, API Access Keys), or a token of a scoped OAuth app."},
	{Name: "teams", Label: "Teams", Help: "Ids of the teams whose incidents are read, separated by commas, such as P1ABCDE. Empty: all that the key can see."},
	{Name: "services", Label: "Services", Help: "Ids of the services whose incidents are read, separated by commas. Empty: all."},
	{Name: "details", Label: "Alerts and custom fields", Default: detailsLater, Options: []string{detailsLater, detailsAlways},
		Help: "The API gives alerts, custom fields and the conference bridge for one incident at a time. “" + detailsLater + "” reads them for incidents that are open or were pushed, “" + detailsAlways + "” for each incident, which takes three requests for each."},
}

// The values of the setting "details".
const (
	detailsLater  = "open and pushed"
	detailsAlways = "always"
)

// Source returns the source "pagerduty".
func Source() importers.Source {
	return importers.Source{
		Name:       name,
		Title:      "PagerDuty",
		Summary:    "Incidents with their log entries, notes, alerts and responders, change events and on-call shifts, from the REST API and webhooks.",
		Docs:       "https://developer.pagerduty.com/api-reference/",
		Origin:     incident.OriginPager,
		Settings:   settings,
		Missing:    []string{"impact start", "mitigation", "SLA targets", "postmortems"},
		Permission: "A read-only REST API key; for an OAuth app the scopes incidents.read, services.read, users.read, change_events.read and schedules.read.",
		API: &importers.API{
			Base:  settings.From("url"),
			Sign:  sign,
			Rates: map[string]importers.Rate{"": {Requests: 960, Per: time.Minute}},
			Cost:  func(importers.Config) importers.Cost { return importers.Cost{Page: 100, Each: 0.04} }, // four log entries for each, a hundred on a page
		},
		Changes: importers.AlwaysChanges, Shifts: true,
		Probe: probe,
		Hook:  &importers.Hook{Verify: verify, Read: readHook, Setup: setup},
		Words: words,
		Collections: []importers.Collection{{
			Name:    incidents,
			List:    &importers.Listing{Page: backfill, Begin: first, Window: 7 * day, MaxWindow: longest},
			Count:   count,
			Follow:  &importers.Listing{Page: follow, Window: day, MaxWindow: 30 * day},
			Fetch:   importers.FetchEach(fetch),
			Map:     mapIncident,
			Combine: combine,
		}, {
			Name: changes,
			List: &importers.Listing{Page: changeEvents, Window: 30 * day, MaxWindow: 150 * day},
			Map:  mapChange,
		}, {
			Name: shifts,
			List: rosters.Listing(),
			Map:  mapRoster,
		}},
	}
}

const (
	incidents = "incidents"
	day       = 24 * time.Hour
)

// words are the documented ones; priorities are named by each account, most often as these.
var words = importers.Words{
	Status: importers.Values[incident.Status]{}.With(map[string]incident.Status{
		"triggered": incident.Triggered, "acknowledged": incident.Acknowledged, "resolved": incident.Resolved,
	}),
	Severity: importers.SeverityWords(),
}

// oauth tells a token of an OAuth app, "pdus+_…" or "pdeu+_…", from a key.
var oauth = regexp.MustCompile(`^pd[a-z]+\+_`)

// sign adds the credential. The vendor's own media type alone is refused by stand-ins made from its description, and
// the description wants a Content-Type even of requests without a body.
func sign(cfg importers.Config, req *http.Request) {
	key := settings.Of(cfg, "key")
	if oauth.MatchString(key) {
		req.Header.Set("Authorization", "Bearer "+key)
	} else {
		req.Header.Set("Authorization", "Token token="+key)
	}
	req.Header.Set("Accept", "application/vnd.pagerduty+json;version=2, application/json;q=0.5")
	req.Header.Set("Content-Type", "application/json")
}
