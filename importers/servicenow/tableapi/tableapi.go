// Package tableapi reads ServiceNow over its Table API: incidents with their service levels, notes, history and
// problem, and change requests as change events. Exports of an event log are the business of package servicenow.
//
// Start with [Source]. table.go asks a table for rows, list.go walks through it, parts.go reads what other tables hold
// of an incident, row.go is a row as it is answered, map.go, history.go and change.go turn records into drafts, hook.go
// reads what a business rule posts.
package tableapi

import (
	"errors"
	"net/http"
	"strings"

	"hindsight/importers"
	"hindsight/incident"
)

const (
	name      = "servicenow-api"
	incidents = "incident"       // the table, and the collection
	changes   = "change_request" // the table, and the collection
)

var settings = importers.Fields{
	{Name: "url", Label: "Address", Required: true, Help: "Of the instance: https://example.service-now.com."},
	{Name: "user", Label: "User", Help: "Who reads. Its time zone must be GMT, since queries are read in it. Empty: the password is an OAuth access token."},
	{Name: "password", Label: "Password or token", Required: true, Secret: true, Help: "Of the user, or an OAuth access token."},
	{Name: "query", Label: "Encoded query", Check: checkQuery,
		Help: "Which incidents are read, as the filter's \"Copy query\" gives it: priority<=2^assignment_group=… Empty: all that the user may see."},
	{Name: "change_requests", Label: "Change requests", Options: []string{"yes", "no"}, Default: "yes",
		Help: "Whether change requests that have a time are read as change events."},
	{Name: "private_notes", Label: "Work notes", Options: []string{"no", "yes"}, Default: "no",
		Help: "Whether work notes are read, for editors and admins alone. Comments that the caller sees are read in any case."},
}

// Source returns the source "servicenow-api".
func Source() importers.Source {
	return importers.Source{
		Name:       name,
		Title:      "ServiceNow (Table API)",
		Summary:    "Incidents with service levels, notes, history and problems, and change requests as change events, from a ServiceNow instance.",
		Docs:       "https://www.servicenow.com/docs/csh?topicname=c_TableAPI.html&version=latest",
		Origin:     incident.OriginTicket,
		Settings:   settings,
		Missing:    []string{"impact start, detection and mitigation, unless a column holds them", "deletions, unless a business rule tells them"},
		Permission: "Read access to incident, task_sla, problem, change_request, sys_journal_field and sys_audit: the roles itil (or sn_incident_read, sn_problem_read, sn_change_read) and, for the history, a read rule on sys_audit. Nothing is ever written.",
		API: &importers.API{
			Base: settings.From("url"),
			Sign: sign,
			Cost: func(importers.Config) importers.Cost { return importers.Cost{Page: 100, Each: 0.03} }, // service levels, notes and history of a page
		},
		Probe:   probe,
		Hook:    &importers.Hook{Verify: verify, Read: readHook, Setup: setup},
		Words:   words,
		Changes: func(cfg importers.Config) bool { return settings.Of(cfg, "change_requests") == "yes" },
		Collections: []importers.Collection{
			{Name: incidents, List: &importers.Listing{Page: incidentPage}, Fetch: fetchIncidents, Hides: true, Map: mapIncident},
			{Name: changes, List: &importers.Listing{Page: changePage}, Fetch: fetchChanges, Hides: true, Map: mapChange},
		},
	}
}

func sign(cfg importers.Config, req *http.Request) {
	if user := settings.Of(cfg, "user"); user != "" {
		req.SetBasicAuth(user, settings.Of(cfg, "password"))
		return
	}
	req.Header.Set("Authorization", "Bearer "+settings.Of(cfg, "password"))
}

// checkQuery refuses what would change more than which incidents are read.
func checkQuery(text string) error {
	for _, word := range []string{"^NQ", "ORDERBY", "^EQ", "GROUPBY"} {
		if strings.Contains(text, word) {
			return errors.New("leave " + word + " out: the query is put together with others")
		}
	}
	return nil
}

// words are the choice values of a fresh instance; labels are translated and changed everywhere. A column is named
// under fields, several with commas between them.
var words = importers.Words{
	Status: importers.Values[incident.Status]{}.With(map[string]incident.Status{
		"1": incident.Triggered, "2": incident.Investigating, "3": incident.Investigating,
		"6": incident.Resolved, "7": incident.Closed, "8": incident.Canceled,
		"close_code Duplicate": incident.Merged,
	}),
	Severity: importers.Values[incident.Severity]{
		"1": incident.Sev1, "2": incident.Sev2, "3": incident.Sev3, "4": incident.Sev4, "5": incident.Sev5,
	},
	Fields: map[string]string{"severity": "priority", "service": "business_service, cmdb_ci", "team": "assignment_group"},
}
