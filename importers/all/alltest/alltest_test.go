package alltest_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"hindsight/importers"
	"hindsight/importers/all"
	"hindsight/importers/all/alltest"
	"hindsight/importers/importertest"
)

// source returns the source of an upstream.
func source(t *testing.T, u importertest.Upstream) importers.Source {
	t.Helper()
	sources := all.Sources()
	i := slices.IndexFunc(sources, func(s importers.Source) bool { return s.Name == u.Source })
	if i < 0 {
		t.Fatalf("there is no source %q", u.Source)
	}
	return sources[i]
}

// incidents returns the titles of what a walk over everything gives, of but changes and rosters.
func incidents(t *testing.T, h *importertest.Haul) (titles []string) {
	t.Helper()
	for key, r := range h.Records {
		collection, id, _ := strings.Cut(key, "/")
		if r.Gone {
			continue
		}
		if d := h.Draft(t, collection, id); d.Change == nil && d.Roster == nil {
			titles = append(titles, d.Incident.Title)
		}
	}
	return titles
}

// A connection of a made-up system can be tested and imported from, and is refused with wrong credentials.
func TestUpstreams(t *testing.T) {
	for _, u := range alltest.Upstreams() {
		t.Run(u.Source, func(t *testing.T) {
			s := source(t, u)
			cfg := u.Config(importertest.Served(t, u.New()))
			if err := s.Validate(cfg); (err != nil) != u.Pinned {
				t.Errorf("Validate = %v, want an error: %v", err, u.Pinned)
			}
			if got, err := s.Probe(t.Context(), importertest.Input(t, s, cfg)); err != nil || got.Identity == "" {
				t.Errorf("Probe = %+v, %v", got, err)
			}
			h, err := importertest.Collect(context.Background(), t, s, cfg, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			titles := incidents(t, h)
			if len(titles) != u.Incidents || u.Title != "" && !slices.Contains(titles, u.Title) || len(h.Rejects) > 0 {
				t.Errorf("read %d incidents and %d rejects, want %d, one of them %q", len(titles), len(h.Rejects), u.Incidents, u.Title)
			}
			for _, f := range s.Settings {
				if f.Secret && cfg.Settings[f.Name] != "" {
					refused(t, s, cfg, f.Name)
				}
			}
		})
	}
}

// refused checks that a wrong secret is; an address that is a secret stays one.
func refused(t *testing.T, s importers.Source, cfg importers.Config, secret string) {
	t.Helper()
	cfg.Settings = maps.Clone(cfg.Settings)
	cfg.Settings[secret] += "-wrong"
	if got, err := s.Probe(t.Context(), importertest.Input(t, s, cfg)); err == nil {
		t.Errorf("Probe with a wrong %s = %+v", secret, got)
	}
}
