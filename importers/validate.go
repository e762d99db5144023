package importers

import (
	"encoding/json"
	"slices"
	"strings"

	"hindsight/incident"
)

// Validate refuses settings and a mapping that cannot work, before anything is stored or read. The error is
// a *incident.FieldError that names the setting and says what would be right.
func (s Source) Validate(cfg Config) error {
	for name := range cfg.Settings {
		if !slices.ContainsFunc(s.Settings, func(f Field) bool { return f.Name == name }) {
			return incident.Invalidf(name, "%s has no such setting; it has %s", s.Name, strings.Join(s.settingNames(), ", "))
		}
	}
	for _, f := range s.Settings {
		if err := f.validate(cfg.Setting(s, f.Name), s.Title); err != nil {
			return err
		}
	}
	if s.Check != nil {
		if err := s.Check(cfg); err != nil {
			return err
		}
	}
	if s.API == nil || len(cfg.Mapping) == 0 {
		return nil
	}
	var words Words
	if err := json.Unmarshal(cfg.Mapping, &words); err != nil {
		return incident.Invalidf("mapping", "it cannot be read: %s", err.Error())
	}
	return words.check()
}

func (s Source) settingNames() []string {
	names := make([]string, len(s.Settings))
	for i, f := range s.Settings {
		names[i] = f.Name
	}
	return names
}

func (f Field) validate(value, title string) error {
	switch {
	case value == "" && f.Required:
		return incident.Invalidf(f.Name, "%s needs this setting", title)
	case value != "" && len(f.Options) > 0 && !slices.Contains(f.Options, value):
		return incident.Invalidf(f.Name, "%q is not one of %s", value, strings.Join(f.Options, ", "))
	case value != "" && f.Check != nil:
		if err := f.Check(value); err != nil {
			return incident.Invalidf(f.Name, "%s", err.Error())
		}
	}
	return nil
}

// CheckZone is the Check of settings that name a time zone.
func CheckZone(name string) error {
	_, err := Zone(name)
	return err
}
