package morgue

import (
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// row is a row's values by column; nulls are absent.
type row map[string]string

// want says how the rows of a table belong to postmortems, and which of their columns are wanted.
type want struct {
	owner   string // the column with the id of the postmortem
	columns string // kept; old versions of texts and the contents of chats are not
}

// tables are the tables that say something about postmortems. Those of tags are joined when a record is made.
var tables = map[string]want{
	"postmortems": {"id", "id title summary why_surprised tldr meeting_notes_link starttime endtime statustime etsystatustime detecttime severity " +
		"contact facilitator subsystem owner_team problem_type impact_type incident_cause deleted created modified modifier"},
	"postmortem_history":         {"postmortem_id", "id auth_username action create_date"},
	"postmortem_referenced_tags": {"postmortem_id", "tag_id deleted"},
	"tags":                       {"id", "id title deleted"},
	"irc":                        {"postmortem_id", "id channel deleted"},
	"slack":                      {"postmortem_id", "id channel_name deleted"},
	"images":                     {"postmortem_id", "id image_link deleted"},
	"forum_links":                {"postmortem_id", "id forum_link comment deleted"},
	"jira":                       {"postmortem_id", "id ticket deleted"},
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

// only returns the wanted columns of a row as text. What is not UTF-8 is read as Windows-1252, in which MySQL's "latin1" is.
func (w want) only(r row) row {
	out := row{}
	for column := range strings.FieldsSeq(w.columns) {
		v, ok := r[column]
		if !ok {
			continue
		}
		if !utf8.ValidString(v) {
			if text, err := charmap.Windows1252.NewDecoder().String(v); err == nil {
				v = text
			}
		}
		out[column] = v
	}
	return out
}
