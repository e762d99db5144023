// Package servicenow reads ServiceNow incidents from an exported event log: a CSV file with one row per
// change of a ticket, many rows per incident, in any order. It does not talk to an instance.
//
// Start with [Source]. read.go groups rows into one record per incident, history.go keeps such a record
// in one canonical form, map.go and timeline.go turn it into a draft.
package servicenow

import (
	"hindsight/importers"
	"hindsight/incident"
)

const name = "servicenow"

// Source returns the source "servicenow". It reads .csv and .csv.gz files whose header names at least
// number, incident_state, sys_updated_at and opened_at; "?" and empty cells are missing values.
//
// Of the final row come all attributes, of the whole history the status segments, the timeline and the time of
// the first response. The service is cmdb_ci where the ticket names one, else its category, since most
// tickets name no configuration item. A log holds no text, so the title is made of category, subcategory and
// symptom unless there is a short_description column. Columns without a place of their own become
// custom values.
func Source() importers.Source {
	return importers.Source{
		Name:    name,
		Title:   "ServiceNow",
		Summary: "Incidents with their full history from an exported event log (CSV, one row per change).",
		Docs:    "https://doi.org/10.24432/C57S4H",
		Origin:  incident.OriginTicket,
		File:    true,
		Accept:  []string{".csv", ".csv.gz"},
		Settings: []importers.Field{{
			Name:    "zone",
			Label:   "Time zone",
			Help:    "IANA name of the zone that the file's times are written in; the file itself does not say.",
			Check:   importers.CheckZone,
			Default: "UTC",
		}},
		Missing: []string{"impact start", "detection", "mitigation", "SLA targets", "the text of work notes"},
		Collections: []importers.Collection{{
			Name:    "incidents",
			Read:    read,
			Map:     mapRecord,
			Combine: combine,
		}},
	}
}

// Columns that have a place of their own in an incident.
const (
	colNumber      = "number"
	colState       = "incident_state"
	colUpdated     = "sys_updated_at"
	colUpdatedBy   = "sys_updated_by"
	colModCount    = "sys_mod_count"
	colCreated     = "sys_created_at"
	colOpened      = "opened_at"
	colOpenedBy    = "opened_by"
	colResolved    = "resolved_at"
	colResolvedBy  = "resolved_by"
	colClosed      = "closed_at"
	colCaller      = "caller_id"
	colAssignee    = "assigned_to"
	colGroup       = "assignment_group"
	colPriority    = "priority"
	colUrgency     = "urgency"
	colCategory    = "category"
	colSubcategory = "subcategory"
	colSymptom     = "u_symptom"
	colCI          = "cmdb_ci"
	colMadeSLA     = "made_sla"
	colReopens     = "reopen_count"
	colProblem     = "problem_id"
	colTitle       = "short_description"
	colDescription = "description"
)

// required columns: without them there is no history to tell.
var required = [...]string{colNumber, colState, colUpdated, colOpened}
