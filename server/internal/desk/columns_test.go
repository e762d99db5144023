package desk

import (
	"errors"
	"slices"
	"testing"

	"hindsight/importers"
	"hindsight/importers/table"
	"hindsight/incident"
)

// suggested is a table as the wizard sees it before anybody has said anything.
func suggested(header []string, rows ...[]string) Columns {
	c := Columns{Header: header, Rows: rows}
	c.Mapping, c.Questions = table.Suggest(header, rows)
	return c
}

func TestMeaning(t *testing.T) {
	c := suggested([]string{"number", "title", "opened", "floor"}, []string{"1", "Slow", "2024-03-01 09:00", "4"})
	for column, want := range map[string]string{"number": KeyColumn, "title": "title", "opened": "opened", "floor": ""} {
		if got := c.Meaning(column); got != want {
			t.Errorf("Meaning(%s) = %q, want %q", column, got, want)
		}
	}
}

func TestAssign(t *testing.T) {
	header := []string{"number", "title", "opened", "done", "floor"}
	open := suggested(header, []string{"1", "Slow", "03/04/2024 09:00", "03/04/2024 10:00", "4"})
	told := suggested(header, []string{"1", "Slow", "13/04/2024 09:00", "03/04/2024 10:00", "4"})
	torn := suggested(header, []string{"1", "Slow", "13/04/2024 09:00", "yesterday", "4"}, []string{"2", "Slow", "13/04/2024 09:00", "13/04/2024 10:00", "4"})
	mixed := suggested(header, []string{"1", "Slow", "13/04/2024 09:00", "", "4"}, []string{"2", "Slow", "04/13/2024 09:00", "", "4"})
	iso := suggested(header, []string{"1", "Slow", "2024-04-03 09:00", "2024-04-03 10:00", "4"})
	for _, tc := range []struct {
		name    string
		columns Columns
		change  map[int]string
		order   string
		field   string // at fault
		key     []string
		custom  []string
		target  table.Target
		layout  importers.TimeLayout
	}{
		{"as suggested", iso, nil, YearFirst, "", []string{"number"}, []string{"done", "floor"}, "opened", importers.AnyTime},
		{"another time", iso, map[int]string{3: "resolved"}, YearFirst, "", []string{"number"}, []string{"floor"}, "resolved", importers.AnyTime},
		{"another key", iso, map[int]string{0: "number", 4: KeyColumn}, YearFirst, "", []string{"floor"}, []string{"done"}, "number", importers.AnyTime},
		{"day first", open, nil, DayFirst, "", []string{"number"}, []string{"done", "floor"}, "opened", importers.DayFirst},
		{"month first", open, nil, MonthFirst, "", []string{"number"}, []string{"done", "floor"}, "opened", importers.MonthFirst},
		{"day or month left open", open, nil, "", "dates", nil, nil, "", ""},
		{"the table tells", told, nil, MonthFirst, "", []string{"number"}, []string{"done", "floor"}, "opened", importers.DayFirst},
		{"an open column of a table that tells", told, map[int]string{3: "resolved"}, DayFirst, "", []string{"number"}, []string{"floor"}, "resolved", importers.DayFirst},
		{"one value that is no time", torn, map[int]string{3: "resolved"}, DayFirst, "", []string{"number"}, []string{"floor"}, "resolved", importers.DayFirst},
		{"times that no single layout reads", mixed, nil, DayFirst, "", []string{"number"}, []string{"done", "floor"}, "opened", importers.DayFirst},
		{"no meaning", iso, map[int]string{1: "colour"}, YearFirst, "col.1", nil, nil, "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			meanings := make([]string, len(header))
			for i, column := range header {
				meanings[i] = tc.columns.Meaning(column)
				if m, ok := tc.change[i]; ok {
					meanings[i] = m
				}
			}
			m, err := tc.columns.Assign(meanings, tc.order)
			var field *incident.FieldError
			if tc.field != "" {
				if !errors.As(err, &field) || field.Field != tc.field {
					t.Errorf("Assign = %v, want an error about %s", err, tc.field)
				}
				return
			}
			if err != nil {
				t.Fatalf("Assign = %v", err)
			}
			if !slices.Equal(m.Key, tc.key) || !slices.Equal(m.Custom, tc.custom) {
				t.Errorf("key %q and fields of their own %q, want %q and %q", m.Key, m.Custom, tc.key, tc.custom)
			}
			if f, ok := m.Fields[tc.target]; !ok || f.Layout != tc.layout {
				t.Errorf("%s is read as %+v, %v, want layout %q", tc.target, f, ok, tc.layout)
			}
			if _, err := table.ParseMapping(m.JSON()); err != nil {
				t.Errorf("ParseMapping of it: %v", err)
			}
		})
	}
}

// TestAssignKeeps holds a saved mapping that the form cannot show in full against a form that changes one column.
func TestAssignKeeps(t *testing.T) {
	c := Columns{Header: []string{"slug", "down_at", "state", "note"}, Rows: [][]string{{"a", "2024-04-03 09:00", "up", "x"}}, Saved: true,
		Mapping: table.Mapping{Key: []string{"slug", "down_at"}, Custom: []string{"note"}, Fields: map[table.Target]table.Field{
			"detected": {Columns: []string{"down_at"}, Layout: importers.ISOTime, Zone: "Europe/Berlin"},
			"status":   {Columns: []string{"state"}, Default: "resolved", Values: map[string]string{"up": "resolved"}}}}}
	m, err := c.Assign([]string{KeyColumn, "detected", "", "title"}, YearFirst)
	if err != nil {
		t.Fatalf("Assign = %v", err)
	}
	if want := []string{"slug", "down_at"}; !slices.Equal(m.Key, want) {
		t.Errorf("key %q, want %q", m.Key, want)
	}
	if f := m.Fields["detected"]; f.Zone != "Europe/Berlin" || f.Layout != importers.ISOTime {
		t.Errorf("detected is read as %+v, want as before", f)
	}
	if f := m.Fields["status"]; len(f.Columns) != 0 || f.Default != "resolved" {
		t.Errorf("status is %+v, want its default without a column", f)
	}
	if want := []string{"state"}; !slices.Equal(m.Custom, want) {
		t.Errorf("fields of their own %q, want %q", m.Custom, want)
	}
	if want := []string{"note"}; !slices.Equal(m.Fields["title"].Columns, want) {
		t.Errorf("title comes from %q, want %q", m.Fields["title"].Columns, want)
	}
	if len(c.Mapping.Fields["status"].Columns) != 1 || len(c.Mapping.Custom) != 1 {
		t.Errorf("Assign changed the mapping that it began with: %+v", c.Mapping)
	}
}
