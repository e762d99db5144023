// Package statuspage reads what companies told the public on their status pages: the incidents of the
// Statuspage API (version 2), lists of such incidents as JSON lines, and the archive of the AWS Service Health
// Dashboard. It reads saved files; it does not fetch pages.
//
// Start with [Source]. read.go finds the records in a file, map.go maps Statuspage's own incidents and
// aws.go those of the AWS archive.
package statuspage

import (
	"hindsight/importers"
	"hindsight/incident"
)

const name = "statuspage"

// Source returns the source "statuspage". It reads .json files (the answers of /api/v2/incidents.json,
// /api/v2/scheduled-maintenances.json, /incidents/CODE.json, a bare list of incidents, or the AWS archive)
// and .jsonl files with one incident per line.
//
// Monitoring counts as mitigation; "identified" is a diagnosis and no acknowledgement. An incident
// that was resolved the minute it appeared was written down after the fact, and its kind says so.
// Impact "none" leaves the severity unset: it means that no component was marked, not that nobody suffered.
func Source() importers.Source {
	return importers.Source{
		Name:    name,
		Title:   "Statuspage",
		Summary: "Incidents and maintenances that a status page told the public, with every update.",
		Docs:    "https://metastatuspage.com/api",
		Origin:  incident.OriginStatusPage,
		File:    true,
		Accept:  []string{".json", ".jsonl", ".ndjson"},
		Missing: []string{
			"detection", "acknowledgement", "the owning team",
			"measured impact: a page says what was told and when, not what was measured",
		},
		Collections: []importers.Collection{{Name: "incidents", Read: read, Map: mapRecord}},
	}
}
