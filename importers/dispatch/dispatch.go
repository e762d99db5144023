// Package dispatch reads the incidents of Netflix Dispatch out of a plain-text dump of its PostgreSQL database,
// so that neither Dispatch nor a database has to run any more.
//
// Start with [Source]. tables.go says which rows and columns are wanted,
// shelf.go keeps them on disk by the record that they belong to, read.go puts each incident together with its
// rows, and map.go and timeline.go say what becomes of it.
package dispatch

import (
	"hindsight/importers"
	"hindsight/incident"
)

const name = "dispatch"

// Source returns the source "dispatch". It reads what "pg_dump" writes as text (.sql, also .gz): one schema per
// organization (dispatch_organization_SLUG), or the schema public in dumps from before there were organizations.
// The tables are those of Dispatch as of 2 September 2025 (dd2837e8), of its sample data, and older ones: a column or table
// that a dump lacks is a fact that is not known. Times of day name no zone in Dispatch; all are UTC.
//
// External ids are "ORGANIZATION/ID", such as "default/17", or the bare id from before there were organizations.
func Source() importers.Source {
	return importers.Source{
		Name:    name,
		Title:   "Netflix Dispatch",
		Summary: "Incidents with their timeline, people, tasks, reports and links, from a dump of Dispatch's PostgreSQL database.",
		Docs:    "https://netflix.github.io/dispatch/",
		Origin:  incident.OriginTicket,
		File:    true,
		Accept:  []string{".sql", ".dump", ".gz"},
		Missing: []string{
			"impact start", "detection", "acknowledgement", "affected services, unless the mapping names a tag type that holds them",
			"the texts of its documents, which it keeps elsewhere", "cases",
		},
		Permission:  "reading the database, as pg_dump does",
		Words:       words(),
		Collections: []importers.Collection{{Name: collection, Read: read, Map: mapRecord}},
	}
}

const collection = "incidents"

// words are what Dispatch calls things. Priorities, severities and types are made by each project: these are the ones
// it begins with, and the usual ones.
func words() importers.Words {
	return importers.Words{
		Status: importers.Values[incident.Status]{}.With(map[string]incident.Status{
			"Active": incident.Investigating, "Stable": incident.Mitigated, "Closed": incident.Closed,
		}),
		Severity: importers.SeverityWords().With(map[string]incident.Severity{"Undetermined": incident.SevUnknown}),
		Kind:     importers.KindWords(),
	}
}
