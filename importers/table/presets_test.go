package table

import (
	"reflect"
	"strings"
	"testing"

	"hindsight/importers"
	"hindsight/incident"
)

// The headers are those of the descriptions that presets.go names; the rows are made up.
func TestPresets(t *testing.T) {
	for _, tc := range []struct {
		name, header, row string // separated by bars
		product           string
		key               string
		want              map[Target]Field
		custom            string
	}{
		{"Jira", "Summary|Issue key|Issue id|Issue Type|Status|Project key|Project url|Priority|Resolution|Assignee|Reporter|Created|Updated|Last Viewed|Resolved|Component/s|Component/s (2)|Due Date|Labels|Labels (2)|Description",
			"Slow|OPS-1|10001|Bug|Done|OPS|https://example.com|High|Fixed|one|two|11/May/24 03:26 PM|20/May/24 04:53 PM|16/May/24 03:49 AM|20/May/24 04:53 PM|search|web||a b|c|Text",
			"a Jira issue export", "Issue key", map[Target]Field{
				Number: {Columns: []string{"Issue key"}}, Title: {Columns: []string{"Summary"}}, Description: {Columns: []string{"Description"}}, Status: {Columns: []string{"Status"}},
				Priority: {Columns: []string{"Priority"}}, Service: {Columns: []string{"Component/s", "Component/s (2)"}}, Tags: {Columns: []string{"Labels", "Labels (2)"}},
				Assignee: {Columns: []string{"Assignee"}}, "opened": {Columns: []string{"Created"}}, "resolved": {Columns: []string{"Resolved"}}, Updated: {Columns: []string{"Updated"}},
			}, "Issue id|Issue Type|Project key|Project url|Resolution|Reporter|Last Viewed|Due Date"},
		{"ServiceNow, field names", "number|short_description|caller_id|priority|severity|state|assignment_group|cmdb_ci|opened_at|closed_at|sys_updated_on",
			"INC0010001|Slow|one|2 - High|3 - Low|6|Find|search|2024-05-11 15:26:00||2024-05-12 00:00:00", "a ServiceNow list export", "number", map[Target]Field{
				Number: {Columns: []string{"number"}}, Title: {Columns: []string{"short_description"}}, Priority: {Columns: []string{"priority"}},
				Status:  {Columns: []string{"state"}, Values: map[string]string{"1": "triggered", "2": "investigating", "3": "investigating", "6": "resolved", "7": "closed", "8": "canceled"}},
				Service: {Columns: []string{"cmdb_ci"}}, Team: {Columns: []string{"assignment_group"}},
				"opened": {Columns: []string{"opened_at"}}, "closed": {Columns: []string{"closed_at"}}, Updated: {Columns: []string{"sys_updated_on"}},
			}, "caller_id|severity"},
		{"ServiceNow, labels", "Number|Short description|Assignment group|Opened|Configuration item", "INC0010001|Slow|Find|31/05/2024 15:26:00|search", "a ServiceNow list export", "Number", map[Target]Field{
			Number: {Columns: []string{"Number"}}, Title: {Columns: []string{"Short description"}}, Team: {Columns: []string{"Assignment group"}},
			Service: {Columns: []string{"Configuration item"}}, "opened": {Columns: []string{"Opened"}, Layout: importers.DayFirst},
		}, ""},
		{"Zendesk", "id|url|subject|raw_subject|status|priority|created_at|updated_at|tags|group_id", "7|https://example.zendesk.com/api/v2/tickets/7.json|Slow|Slow|hold|urgent|2024-05-11T15:26:00Z|2024-05-11T15:26:00Z|[\"a\"]|9",
			"a Zendesk JSON export", "id", map[Target]Field{
				Title: {Columns: []string{"subject"}}, Status: {Columns: []string{"status"}, Values: map[string]string{"hold": "investigating"}},
				Priority: {Columns: []string{"priority"}, Values: map[string]string{"urgent": "1"}}, Tags: {Columns: []string{"tags"}},
				"opened": {Columns: []string{"created_at"}}, Updated: {Columns: []string{"updated_at"}},
			}, "url|raw_subject|group_id"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			header := strings.Split(tc.header, "|")
			got, _ := Suggest(header, [][]string{strings.Split(tc.row, "|")})
			want := Mapping{Key: []string{tc.key}, Fields: tc.want}
			if tc.custom != "" {
				want.Custom = strings.Split(tc.custom, "|")
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("Suggest = %+v, want %+v", got, want)
			}
			if _, err := ParseMapping(got.JSON()); err != nil {
				t.Errorf("the suggestion is not valid: %v", err)
			}
			if product := Product(header); product != tc.product {
				t.Errorf("Product = %q, want %q", product, tc.product)
			}
		})
	}
	if got := Product([]string{"id", "subject", "status", "created_at"}); got != "" {
		t.Errorf("Product of a table that has not all the columns = %q, want none", got)
	}
}

// A row of Jira's export, read from its file with the suggested mapping.
func TestJiraExport(t *testing.T) {
	text := "Summary,Issue key,Issue id,Status,Priority,Created,Resolved,Labels,Labels,Custom field (Team)\nSlow,OPS-1,10001,Done,Highest,11/May/24 03:26 PM,20/May/24 04:53 PM,web,deploy,Find\n"
	sheet, err := Inspect(t.Context(), file("jira.csv", text), importers.Config{})
	if err != nil {
		t.Fatal(err)
	}
	result, err := Preview(t.Context(), file("jira.csv", text), config(sheet.Mapping, map[string]string{"zone": "Europe/Berlin"}))
	if err != nil || result.Good != 1 {
		t.Fatalf("Preview = %+v, error %v, want one good row", result, err)
	}
	inc := result.Rows[0].Draft.Incident
	if at := inc.Milestones.At(incident.Opened).Format("2006-01-02T15:04Z"); at != "2024-05-11T13:26Z" || inc.Status != incident.Closed || inc.Severity != incident.Sev1 || strings.Join(inc.Tags, ",") != "deploy,web" || inc.Number != "OPS-1" {
		t.Errorf("the incident %s was opened at %s, is %s, %v and has the tags %q; want OPS-1, 2024-05-11T13:26Z, closed, SEV1, deploy and web", inc.Number, at, inc.Status, inc.Severity, inc.Tags)
	}
}
