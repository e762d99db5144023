// Package statuspage reads what companies told the public on their status pages: the incidents of the
// Statuspage API (version 2), lists of such incidents as JSON lines, and the archive of the AWS Service Health
// Dashboard. It reads saved files, public pages, and pages of one's own through the management API.
//
// Start with [Source]. read.go finds the records in a file, network.go reads pages, map.go maps Statuspage's own
// incidents and aws.go those of the AWS archive.
package statuspage

import (
	"hindsight/importers"
	"hindsight/incident"
)

const name = "statuspage"

// Source returns the source "statuspage". It reads .json files (the answers of /api/v2/incidents.json,
// /api/v2/scheduled-maintenances.json, /incidents/CODE.json, a bare list of incidents, or the AWS archive)
// and .jsonl files with one incident per line; and over the network a page as the public sees it, or one's own through the
// management API.
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
		Settings:   settings,
		Permission: "None for what the public sees. For an API key: access to the page; the key is that of a user.",
		API:        &importers.API{Base: base, Sign: sign, Rates: rates, Cost: cost},
		Probe:      probe,
		Check:      check,
		Words:      words,
		Collections: []importers.Collection{
			{Name: "incidents", Read: read, Map: mapRecord},
			{Name: posts, Map: mapRecord, Fetch: importers.FetchEach(fetch), List: &importers.Listing{Page: backfill}, Follow: &importers.Listing{Page: follow, Keyset: true}},
		},
	}
}
