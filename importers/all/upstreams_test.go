package all

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"hindsight/importers"
	"hindsight/importers/all/alltest"
	"hindsight/importers/importertest"
)

// TestUpstreams tries each source on its made-up system as a person does who sets it up: the test of the connection fails
// with wrong credentials, succeeds with the right ones, and the import gives as many incidents as were promised.
func TestUpstreams(t *testing.T) {
	for _, u := range alltest.Upstreams() {
		t.Run(u.Source, func(t *testing.T) {
			s := named(t, u.Source)
			url := importertest.Served(t, u.New())
			if cfg, secrets := wrong(s, u.Config(url)); secrets {
				if _, err := s.Probe(t.Context(), importertest.Input(t, s, cfg)); err == nil {
					t.Error("wrong credentials were taken")
				}
			}
			if scope, err := s.Probe(t.Context(), importertest.Input(t, s, u.Config(url))); err != nil || scope.Identity == "" {
				t.Errorf("the right credentials gave %+v, %v", scope, err)
			}
			h, err := importertest.Collect(t.Context(), t, s, u.Config(url), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			titles := titles(t, h)
			if len(titles) != u.Incidents || u.Incidents > 0 && !slices.Contains(titles, u.Title) {
				t.Errorf("it gave %d incidents, want %d with %q among them", len(titles), u.Incidents, u.Title)
			}
		})
	}
}

func named(t *testing.T, name string) importers.Source {
	t.Helper()
	all := Sources()
	i := slices.IndexFunc(all, func(s importers.Source) bool { return s.Name == name })
	if i < 0 {
		t.Fatalf("there is no source %q", name)
	}
	return all[i]
}

// wrong returns a connection all of whose secrets are of the right length, and wrong; ok: there are some.
func wrong(s importers.Source, cfg importers.Config) (_ importers.Config, ok bool) {
	cfg.Settings = maps.Clone(cfg.Settings)
	for _, f := range s.Settings {
		if f.Secret && cfg.Settings[f.Name] != "" {
			cfg.Settings[f.Name] = strings.Repeat("x", len(cfg.Settings[f.Name]))
			ok = true
		}
	}
	return cfg, ok
}

// titles returns those of the incidents that were read and are still there.
func titles(t *testing.T, h *importertest.Haul) (all []string) {
	t.Helper()
	for key, r := range h.Records {
		collection, id, _ := strings.Cut(key, "/")
		if r.Gone {
			continue
		}
		if d := h.Draft(t, collection, id); d.Change == nil && d.Roster == nil {
			all = append(all, d.Incident.Title)
		}
	}
	return all
}
