package table

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/incident"
)

func TestSuggest(t *testing.T) {
	for _, tc := range []struct {
		name   string
		header []string
		sample [][]string
		want   Mapping
		asks   []string // beginnings of the questions
	}{
		{"names alone", []string{"Incident ID", "Short description", "Created", "Resolved At", "Cost"}, nil,
			Mapping{Key: []string{"Incident ID"}, Fields: map[Target]Field{
				Title: {Columns: []string{"Short description"}}, "opened": {Columns: []string{"Created"}}, "resolved": {Columns: []string{"Resolved At"}},
			}, Custom: []string{"Cost"}}, nil},
		{"day first, found in the column", []string{"id", "opened", "closed"},
			[][]string{{"1", "3/4/2026 10:00", ""}, {"2", "31/3/2026 10:00", "1/2/2026 10:00"}},
			Mapping{Key: []string{"id"}, Fields: map[Target]Field{
				"opened": {Columns: []string{"opened"}, Layout: importers.DayFirst}, "closed": {Columns: []string{"closed"}, Layout: importers.DayFirst},
			}}, []string{"Times such as 3/4/2026 10:00 name no time zone."}},
		{"month first", []string{"id", "opened"}, [][]string{{"1", "4/13/2026 1:00 PM"}},
			Mapping{Key: []string{"id"}, Fields: map[Target]Field{"opened": {Columns: []string{"opened"}, Layout: importers.MonthFirst}}},
			[]string{"Times such as 4/13/2026 1:00 PM name no time zone."}},
		{"ambiguous", []string{"id", "opened"}, [][]string{{"1", "03/04/2026"}},
			Mapping{Key: []string{"id"}, Fields: map[Target]Field{"opened": {Columns: []string{"opened"}}}},
			[]string{"In column opened, is 03/04/2026 written day first or month first?", "Times such as 03/04/2026 name no time zone."}},
		{"a day that no calendar has", []string{"id", "opened"}, [][]string{{"1", "2026-02-28T10:00Z"}, {"2", "2026-02-30T10:00Z"}, {"3", "2026-03-01T10:00Z"}},
			Mapping{Key: []string{"id"}, Fields: map[Target]Field{"opened": {Columns: []string{"opened"}}}}, nil},
		{"seconds have a zone", []string{"id", "opened"}, [][]string{{"1", "1700000000"}},
			Mapping{Key: []string{"id"}, Fields: map[Target]Field{"opened": {Columns: []string{"opened"}, Layout: importers.UnixTime}}}, nil},
		{"no column is unique", []string{"number", "title"}, [][]string{{"1", "a"}, {"1", "b"}},
			Mapping{Fields: map[Target]Field{Number: {Columns: []string{"number"}}, Title: {Columns: []string{"title"}}}},
			[]string{"Which column identifies an incident"}},
		{"a number of hours is no time", []string{"id", "resolved"}, [][]string{{"1", "3.5"}},
			Mapping{Key: []string{"id"}, Fields: map[Target]Field{}, Custom: []string{"resolved"}}, nil},
		{"several services in a cell", []string{"id", "services", "tags"}, [][]string{{"1", "db, web", "a;b"}},
			Mapping{Key: []string{"id"}, Fields: map[Target]Field{Service: {Columns: []string{"services"}, Separator: ","}, Tags: {Columns: []string{"tags"}, Separator: ";"}}}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, questions := Suggest(tc.header, tc.sample)
			if !reflect.DeepEqual(got, tc.want) {
				t.Errorf("Suggest(%q) = %+v, want %+v", tc.header, got, tc.want)
			}
			if !slices.EqualFunc(questions, tc.asks, func(q Question, begin string) bool { return strings.HasPrefix(q.Text, begin) }) {
				t.Errorf("Suggest(%q) asks %+v, want %q", tc.header, questions, tc.asks)
			}
			if _, err := ParseMapping(got.JSON()); err != nil {
				t.Errorf("the suggestion is not valid: %v", err)
			}
		})
	}
}

// The columns of a ServiceNow log, as its publisher describes them: times are day first, in an unnamed zone.
func TestInspect(t *testing.T) {
	sheet, err := Inspect(context.Background(), importertest.Files(t, "", "servicenow-log.csv")[0], importers.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if sheet.Format != "csv" || sheet.Delimiter != "," || len(sheet.Header) != 36 || len(sheet.Rows) != 20 || sheet.Rows[0][0] != "INC0000045" || sheet.Notes != nil {
		t.Errorf("Inspect = %+v, want 36 columns and 20 rows of CSV", sheet)
	}
	want := map[Target]Field{
		Number: {Columns: []string{"number"}}, Status: {Columns: []string{"incident_state"}}, Priority: {Columns: []string{"priority"}},
		Service: {Columns: []string{"cmdb_ci"}}, Team: {Columns: []string{"assignment_group"}}, Assignee: {Columns: []string{"assigned_to"}},
		SLAMet: {Columns: []string{"made_sla"}}, "opened": {Columns: []string{"opened_at"}, Layout: importers.DayFirst},
		"resolved": {Columns: []string{"resolved_at"}, Layout: importers.DayFirst}, "closed": {Columns: []string{"closed_at"}, Layout: importers.DayFirst},
		Updated: {Columns: []string{"sys_updated_at"}, Layout: importers.DayFirst},
	}
	if !reflect.DeepEqual(sheet.Mapping.Fields, want) || !slices.Equal(sheet.Mapping.Key, []string{"number"}) {
		t.Errorf("the mapping is %+v, want %+v", sheet.Mapping, want)
	}
	if len(sheet.Questions) != 1 || !strings.Contains(sheet.Questions[0].Text, "zone") {
		t.Errorf("the questions are %+v, want one about the zone", sheet.Questions)
	}
	if _, err := Inspect(context.Background(), file("photo.png", "\x89PNG\r\n\x1a\n"), importers.Config{}); err == nil {
		t.Error("Inspect of a picture gave no error")
	}
}

// Expected numbers are counted by hand in testdata/bad-rows.csv.
func TestPreview(t *testing.T) {
	sheet, err := Inspect(context.Background(), importertest.Files(t, "", "bad-rows.csv")[0], importers.Config{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := Preview(context.Background(), importertest.Files(t, "", "bad-rows.csv")[0], config(byName(sheet.Header), nil))
	if err != nil {
		t.Fatal(err)
	}
	if got.Scanned != 16 || got.Good != 6 || got.Bad != 10 || !got.Complete || len(got.Rows) != 6 || len(got.Problems) != 10 {
		t.Errorf("Preview scanned %d, good %d, bad %d, complete %v, %d rows, %d problems; want 16, 6, 10, true, 6, 10",
			got.Scanned, got.Good, got.Bad, got.Complete, len(got.Rows), len(got.Problems))
	}
	if want := []Unmapped{{Priority, "P9", 1}, {Status, "reopened", 1}}; !reflect.DeepEqual(got.Unmapped, want) {
		t.Errorf("unmapped = %+v, want %+v", got.Unmapped, want)
	}
	if !slices.Contains(got.Coverage, Coverage{Target(incident.ResolvedAt), 3}) || !slices.Contains(got.Coverage, Coverage{Title, 5}) {
		t.Errorf("coverage = %+v, want 3 resolved and 5 titles", got.Coverage)
	}
	if len(got.Warnings) != 6 || got.Rows[0].Draft.Incident.Title != "<script>alert(1)</script>" || got.Rows[0].Cells[0] != "INC-1" {
		t.Errorf("warnings = %+v; first row = %+v", got.Warnings, got.Rows[0])
	}
}

// TestSuggestKind: a column called Type says what kind of record a row is where it holds nothing but words for kinds; among types of other
// things it is none.
func TestSuggestKind(t *testing.T) {
	for _, tc := range []struct {
		name  string
		types []string
		want  []string
	}{
		{"incidents and requests", []string{"Incident", "Service Request", ""}, []string{"Type"}},
		{"types of other things", []string{"Incident", "Hardware", ""}, nil},
		{"nothing", []string{"", "", ""}, nil},
	} {
		var rows [][]string
		for i, v := range tc.types {
			rows = append(rows, []string{string(rune('1' + i)), "Disk full", v})
		}
		m, _ := Suggest([]string{"Number", "Title", "Type"}, rows)
		if got := m.Fields[Kind].Columns; !slices.Equal(got, tc.want) {
			t.Errorf("%s: the kind is read from %v, want %v", tc.name, got, tc.want)
		}
	}
}
