package all

import (
	"slices"
	"strings"
	"testing"

	"hindsight/importers"
	"hindsight/incident"
)

func TestSources(t *testing.T) {
	sources := Sources()
	if !slices.IsSortedFunc(sources, func(a, b importers.Source) int { return strings.Compare(a.Name, b.Name) }) {
		t.Errorf("Sources() is not sorted by name")
	}
	for i, s := range sources {
		if i > 0 && s.Name == sources[i-1].Name {
			t.Errorf("two sources are named %q", s.Name)
		}
		if incident.Slug(s.Name) != s.Name {
			t.Errorf("source %q has a name that cannot stand in a command or a URL", s.Name)
		}
		if s.Title == "" || s.Summary == "" || s.Docs == "" || len(s.Missing) == 0 || len(s.Collections) == 0 {
			t.Errorf("source %q does not describe itself: %+v", s.Name, s)
		}
		if !slices.Contains(incident.Origins, s.Origin) {
			t.Errorf("source %q has the origin %q, which is none", s.Name, s.Origin)
		}
		if s.File && len(s.Accept) == 0 {
			t.Errorf("source %q reads files but does not say which", s.Name)
		}
		for _, f := range s.Settings {
			if f.Name == "" || f.Label == "" || f.Help == "" {
				t.Errorf("source %q has a setting that does not explain itself: %+v", s.Name, f)
			}
		}
		for _, c := range s.Collections {
			if c.Name == "" || c.Read == nil && c.List == nil && s.Hook == nil || c.Map == nil {
				t.Errorf("source %q has an incomplete collection %q", s.Name, c.Name)
			}
		}
	}
}
