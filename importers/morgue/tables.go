package morgue

import (
	"path"
	"strings"

	"hindsight/importers/dump"
)

type row = dump.Row

// tables are the tables that say something about postmortems, without old versions of texts and the contents of chats. Those of tags are joined when a record is made.
var tables = map[string]dump.Table{
	"postmortems": {Owner: "id", Columns: "id title summary why_surprised tldr meeting_notes_link starttime endtime statustime etsystatustime detecttime severity " +
		"contact facilitator subsystem owner_team problem_type impact_type incident_cause deleted created modified modifier"},
	"postmortem_history":         {Owner: "postmortem_id", Columns: "id auth_username action create_date"},
	"postmortem_referenced_tags": {Owner: "postmortem_id", Columns: "tag_id deleted"},
	"tags":                       {Owner: "id", Columns: "id title deleted"},
	"irc":                        {Owner: "postmortem_id", Columns: "id channel deleted"},
	"slack":                      {Owner: "postmortem_id", Columns: "id channel_name deleted"},
	"images":                     {Owner: "postmortem_id", Columns: "id image_link deleted"},
	"forum_links":                {Owner: "postmortem_id", Columns: "id forum_link comment deleted"},
	"jira":                       {Owner: "postmortem_id", Columns: "id ticket deleted"},
}

// tableOf returns the table whose rows an exported file holds, by its name: "irc.csv", "morgue_irc.csv", "morgue.irc.csv.gz".
func tableOf(file string) (string, bool) {
	base := strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(path.Base(file)), ".gz"), ".csv")
	best := ""
	for table := range tables {
		rest, ok := strings.CutSuffix(base, table)
		if ok && (rest == "" || strings.ContainsAny(rest[len(rest)-1:], "._- ")) && len(table) > len(best) {
			best = table
		}
	}
	return best, best != ""
}
