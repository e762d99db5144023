package importers_test

import (
	"errors"
	"testing"

	"hindsight/importers"
	"hindsight/importers/all"
	"hindsight/incident"
)

func TestImpossibleSettingsAreRefusedByName(t *testing.T) {
	bySource := map[string]importers.Source{}
	for _, s := range all.Sources() {
		bySource[s.Name] = s
		if err := s.Validate(importers.Config{}); err != nil && s.API == nil { // which needs an address and a credential
			t.Errorf("%s refuses its own defaults: %v", s.Name, err)
		}
	}
	for _, tc := range []struct {
		name, source string
		cfg          importers.Config
		field        string
	}{
		{"no such zone", "table", importers.Config{Settings: map[string]string{"zone": "Mars"}}, "zone"},
		{"no such zone", "servicenow", importers.Config{Settings: map[string]string{"zone": "Mars"}}, "zone"},
		{"no such zone", "markdown", importers.Config{Settings: map[string]string{"zone": "Mars"}}, "zone"},
		{"not one of the options", "table", importers.Config{Settings: map[string]string{"format": "pdf"}}, "format"},
		{"no such setting", "servicenow", importers.Config{Settings: map[string]string{"colour": "red"}}, "colour"},
		{"a mapping that is none", "table", importers.Config{Mapping: []byte("title,number")}, "mapping"},
	} {
		t.Run(tc.source+", "+tc.name, func(t *testing.T) {
			err := bySource[tc.source].Validate(tc.cfg)
			var field *incident.FieldError
			if !errors.As(err, &field) || field.Field != tc.field {
				t.Errorf("Validate = %v, want an error about %s", err, tc.field)
			}
		})
	}
}
