package demo

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/all"
	"hindsight/incident"
)

// importSet reads and maps a set as a run would.
func importSet(t *testing.T, s Set) []importers.Draft {
	t.Helper()
	sources := all.Sources()
	i := slices.IndexFunc(sources, func(x importers.Source) bool { return x.Name == s.Source })
	if i < 0 {
		t.Fatalf("set %s wants the source %q, which there is not", s.Name, s.Source)
	}
	cfg := importers.Config{Connection: "con_demo", Settings: s.Settings, Mapping: s.Mapping, MapVersion: 1}
	var drafts []importers.Draft
	for _, c := range sources[i].Collections {
		for page, err := range c.Read(context.Background(), importers.Input{Config: cfg, Files: s.Files}, nil) {
			if err != nil || len(page.Rejects) > 0 {
				t.Fatalf("reading %s: %v, rejects %+v", s.Name, err, page.Rejects)
			}
			for _, r := range page.Records {
				d, err := c.Map(incident.Raw{Type: c.Name, ExternalID: r.ExternalID, Body: r.Body, Origin: r.Place}, cfg)
				if err != nil {
					t.Fatalf("mapping %s of %s: %v", r.ExternalID, s.Name, err)
				}
				drafts = append(drafts, d)
			}
		}
	}
	return drafts
}

// TestSets compares counts and means with those that were published with the data, or counted in it by an
// independent script.
func TestSets(t *testing.T) {
	want := map[string]struct {
		incidents, timed, resolved int
		meanMinutes                float64 // from impact, detection or opening to resolution
	}{
		"uci-incidents": {17610, 17610, 16531, 176.1779 * 60},
		"moj-incidents": {26, 26, 26, 0},
		"mybinder":      {17, 17, 0, 0},
		"2i2c":          {3, 3, 0, 0},
		"cloud-aws":     {526, 0, 0, 0}, // no notice names its day
		"cloud-azure":   {88, 66, 66, 624.9848},
		"upptime":       {71, 71, 63, 1080.819},
	}
	for _, s := range Sets() {
		t.Run(s.Name, func(t *testing.T) {
			w, ok := want[s.Name]
			if !ok {
				t.Fatalf("set %s is not expected", s.Name)
			}
			drafts := importSet(t, s)
			timed, resolved, mean := measure(drafts)
			if s.Incidents != w.incidents {
				t.Errorf("set %s says that it holds %d incidents, want %d", s.Name, s.Incidents, w.incidents)
			}
			if len(drafts) != w.incidents || timed != w.timed || resolved != w.resolved {
				t.Errorf("%d incidents, %d with a start, %d resolved; want %d, %d, %d", len(drafts), timed, resolved, w.incidents, w.timed, w.resolved)
			}
			if w.meanMinutes > 0 && math.Abs(mean-w.meanMinutes) > 0.01 {
				t.Errorf("mean minutes to resolve = %.3f, want %.3f", mean, w.meanMinutes)
			}
		})
	}
}

func measure(drafts []importers.Draft) (timed, resolved int, meanMinutes float64) {
	span := incident.Span{
		From: []incident.MilestoneName{incident.ImpactStarted, incident.Detected, incident.Opened},
		To:   []incident.MilestoneName{incident.ResolvedAt},
	}
	for _, d := range drafts {
		if !d.Incident.StartedAt().IsZero() {
			timed++
		}
		if x := d.Incident.Milestones.Between(span, true, time.Time{}); x.State == incident.Recorded {
			resolved++
			meanMinutes += x.Value.Minutes()
		}
	}
	return timed, resolved, meanMinutes / float64(resolved)
}

// TestCredits: no data without its source, its licence and a notice.
func TestCredits(t *testing.T) {
	size, names := int64(0), map[string]bool{}
	for _, s := range Sets() {
		if names[s.Name] {
			t.Errorf("two sets are named %q", s.Name)
		}
		names[s.Name] = true
		if s.Title == "" || s.Licence == "" || s.Credit == "" || !strings.HasPrefix(s.URL, "https://") || len(s.Files) == 0 {
			t.Errorf("set %q lacks a title, licence, credit, address or files: %+v", s.Name, s)
		}
		if !strings.Contains(Licences(), s.Name) {
			t.Errorf("LICENCES.md says nothing about %s", s.Name)
		}
		for _, f := range s.Files {
			size += f.Size
		}
	}
	if size > 5<<20 {
		t.Errorf("the data has %d bytes, want at most 5 MiB", size)
	}
}
