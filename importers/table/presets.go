package table

import (
	"slices"
	"strings"

	"hindsight/importers"
	"hindsight/incident"
)

// preset is what the columns of a product's export mean. Columns are compared as importers.Fold writes them, so that
// field names (short_description) and labels (Short description) are the same.
type preset struct {
	product string   // "a Jira issue export"
	known   []string // columns that together no other export has
	key     string
	fields  map[Target]Field // columns that are not there are left out; without any, nothing is guessed for the target
}

const (
	atOpening    = Target(incident.Opened)
	atResolution = Target(incident.ResolvedAt)
	atClosing    = Target(incident.ClosedAt)
)

// presets are the exports whose columns could be established from public descriptions; each says from which. Products whose
// descriptions do not name the columns have none: nothing is better than invented names.
var presets = []preset{
	// "Export CSV" of the issue navigator. Columns as in https://gist.github.com/0347210d3b5d362fbcb70d268f2cbb94; Jira
	// Cloud calls Component/s Components, which is the same to Fold. Labels and components have a column for each value.
	{product: "a Jira issue export", known: []string{"Issue key", "Issue id", "Summary", "Status", "Created"}, key: "Issue key", fields: map[Target]Field{
		Number: {Columns: []string{"Issue key"}}, Title: {Columns: []string{"Summary"}}, Description: {Columns: []string{"Description"}},
		Status: {Columns: []string{"Status"}}, Priority: {Columns: []string{"Priority"}},
		Service: {Columns: []string{"Component/s"}}, Tags: {Columns: []string{"Labels"}},
		Assignee:  {Columns: []string{"Assignee"}},
		atOpening: {Columns: []string{"Created"}}, atResolution: {Columns: []string{"Resolved"}}, Updated: {Columns: []string{"Updated"}},
	}},
	// A list of incidents. CSV names fields, Excel labels them, and states may be written as their numbers:
	// https://www.servicenow.com/docs/r/platform-administration/table-administration-and-data-management/default-values-headers-values.html
	// Its severity is no scale of urgency that people keep up; the priority is.
	{product: "a ServiceNow list export", known: []string{"number", "short_description", "assignment_group"}, key: "number", fields: map[Target]Field{
		Number: {Columns: []string{"number"}}, Title: {Columns: []string{"short_description"}}, Description: {Columns: []string{"description"}},
		Status: {Columns: []string{"incident_state", "state"}, Values: map[string]string{
			"1": "triggered", "2": "investigating", "3": "investigating", "6": "resolved", "7": "closed", "8": "canceled",
		}},
		Severity: {}, Priority: {Columns: []string{"priority"}},
		Service: {Columns: []string{"business_service", "cmdb_ci", "configuration_item"}}, Team: {Columns: []string{"assignment_group"}},
		Assignee: {Columns: []string{"assigned_to"}}, SLAMet: {Columns: []string{"made_sla"}},
		atOpening: {Columns: []string{"opened_at", "opened"}}, atResolution: {Columns: []string{"resolved_at", "resolved"}}, atClosing: {Columns: []string{"closed_at", "closed"}},
		Updated: {Columns: []string{"sys_updated_on", "updated"}},
	}},
	// The JSON export, a ticket on each line: https://support.zendesk.com/hc/en-us/articles/4408886165402, with the members of
	// https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/. url is an address of the API, and ids name nobody.
	{product: "a Zendesk JSON export", known: []string{"id", "subject", "raw_subject", "status", "created_at"}, key: "id", fields: map[Target]Field{
		Title: {Columns: []string{"subject"}}, Description: {Columns: []string{"description"}},
		Status:   {Columns: []string{"status"}, Values: map[string]string{"hold": "investigating"}},
		Priority: {Columns: []string{"priority"}, Values: map[string]string{"urgent": "1"}},
		Tags:     {Columns: []string{"tags"}}, URL: {}, atOpening: {Columns: []string{"created_at"}}, Updated: {Columns: []string{"updated_at"}},
	}},
}

// Product says whose export a table is, such as "a Jira issue export"; "" when it is none that is known by its columns.
func Product(header []string) string {
	p, _ := presetOf(header)
	return p.product
}

func presetOf(header []string) (preset, bool) {
	folded := make([]string, len(header))
	for i, column := range header {
		folded[i] = importers.Fold(column)
	}
	i := slices.IndexFunc(presets, func(p preset) bool {
		return !slices.ContainsFunc(p.known, func(column string) bool { return !slices.Contains(folded, importers.Fold(column)) })
	})
	if i < 0 {
		return preset{}, false
	}
	return presets[i], true
}

// preset takes over what the columns mean, as far as they are there and hold what they should.
func (s *suggester) preset(p preset) {
	for _, column := range s.named(p.key) {
		if s.unique(column) {
			s.mapping.Key = []string{column}
			break
		}
	}
	for target, known := range p.fields {
		f := Field{Values: known.Values}
		for _, name := range known.Columns {
			for _, column := range s.named(name) {
				if !target.Time() || s.holdsTimes(column) {
					f.Columns = append(f.Columns, column)
					s.taken[column] = true
				}
			}
		}
		s.leave[target] = true
		if len(f.Columns) > 0 {
			f.Separator = s.separatorOf(target, f.Columns[0])
			s.mapping.Fields[target] = f
		}
	}
}

// named returns the columns of a name: there can be several, which are numbered then ("Labels", "Labels (2)").
func (s *suggester) named(name string) (out []string) {
	for _, column := range s.header {
		bare, rest, numbered := strings.Cut(column, " (")
		if importers.Fold(column) == importers.Fold(name) ||
			numbered && importers.Fold(bare) == importers.Fold(name) && strings.Trim(rest, "0123456789") == ")" {
			out = append(out, column)
		}
	}
	return out
}
