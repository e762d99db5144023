// Package morgue reads the postmortems of Etsy's Morgue out of a dump of its MySQL database, or out of exports of its
// tables as CSV, so that neither Morgue nor a database has to run any more.
//
// Start with [Source]. tables.go says what of them is wanted, read.go puts each postmortem together with its rows, and map.go
// says what becomes of it.
package morgue

import (
	"fmt"

	"hindsight/importers"
	"hindsight/incident"
)

const (
	name       = "morgue"
	collection = "postmortems"
)

// Source returns the source "morgue". It reads one dump, as mysqldump, mariadb-dump or phpMyAdmin write it (.sql, also .gz), or one
// .csv file with a header per table, named as the table is. The tables are those of Morgue as of May 2019 (github.com/etsy/morgue at d37ae8c4, schemas/*.sql),
// its last version; a column or table that is not there is a fact that is not known. Times are seconds since 1970.
func Source() importers.Source {
	return importers.Source{
		Name:    name,
		Title:   "Etsy Morgue",
		Summary: "Postmortems with their texts, times, remediation tickets and tags, from a dump of Morgue's MySQL database or CSV exports of its tables.",
		Docs:    "https://github.com/etsy/morgue",
		Origin:  incident.OriginFile,
		File:    true,
		Accept:  []string{".sql", ".csv", ".gz"},
		Settings: []importers.Field{
			{Name: "url", Label: "Address of Morgue", Help: "Where its pages are, such as https://morgue.example.com; postmortems link there. Empty: no links", Check: checkURL},
			{Name: "jira", Label: "Address of Jira", Help: "Where its tickets are, such as https://jira.example.com; Morgue's database holds only their keys. Empty: no links", Check: checkURL},
		},
		Missing:     []string{"acknowledgement, mitigation", "the log of status changes", "contributing factors, other than in prose", "the state of remediation tickets"},
		Permission:  "reading the database, as mysqldump does",
		Words:       importers.Words{Severity: importers.SeverityWords()},
		Collections: []importers.Collection{{Name: collection, Read: read, Map: mapRecord}},
	}
}

func checkURL(value string) error {
	if importers.WebURL(value) == "" {
		return fmt.Errorf("%q is no address that begins with http:// or https://", value)
	}
	return nil
}
