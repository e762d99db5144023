package table

import (
	"context"
	"encoding/json"
	"math"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/incident"
)

// mappings of the public data in testdata.
var (
	downtimes = Mapping{
		Key: []string{"slug", "down_at"},
		Fields: map[Target]Field{
			Title:                          {Columns: []string{"name", "first_http_code"}},
			Service:                        {Columns: []string{"name"}},
			Target(incident.ImpactStarted): {Columns: []string{"down_at"}},
			Target(incident.Detected):      {Columns: []string{"down_at"}},
			Target(incident.ImpactEnded):   {Columns: []string{"up_at"}},
			Team:                           {Default: "Platform"},
		},
		Custom: []string{"first_http_code", "down_checks"},
	}
	cloud = Mapping{
		Key: []string{"id"},
		Fields: map[Target]Field{
			Title:                          {Columns: []string{"headline"}},
			Description:                    {Columns: []string{"text"}},
			Service:                        {Columns: []string{"service", "labels.service_name"}},
			Tags:                           {Columns: []string{"symptom_categories", "root_cause_categories"}},
			Target(incident.ImpactStarted): {Columns: []string{"start_utc"}},
			Target(incident.ImpactEnded):   {Columns: []string{"end_utc"}},
		},
		Custom: []string{"labels.location"},
	}
)

func config(m Mapping, settings map[string]string) importers.Config {
	return importers.Config{Mapping: m.JSON(), Settings: settings, MapVersion: 1}
}

func TestPublicData(t *testing.T) {
	importertest.Run(t, Source(),
		importertest.Case{Name: "downtimes", Files: []string{"downtimes.csv"}, Config: config(downtimes, nil)},
		importertest.Case{Name: "cloud", Files: []string{"cloud.jsonl"}, Config: config(cloud, nil)},
		importertest.Case{Name: "volvo", Files: []string{"volvo.csv"}},
		importertest.Case{Name: "servicenow-log", Files: []string{"servicenow-log.csv"}, Config: config(suggested(t, "servicenow-log.csv"), map[string]string{"zone": "Europe/Rome"})},
		importertest.Case{Name: "bad-rows", Files: []string{"bad-rows.csv"}},
	)
}

func suggested(t *testing.T, name string) Mapping {
	t.Helper()
	sheet, err := Inspect(context.Background(), importertest.Files(t, "", name)[0], importers.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return sheet.Mapping
}

// drafts reads and maps one file, which must give neither rejects nor errors.
func drafts(t *testing.T, name string, cfg importers.Config) map[string]importers.Draft {
	t.Helper()
	out := map[string]importers.Draft{}
	in := importers.Input{Config: cfg, Files: importertest.Files(t, "", name)}
	c := Source().Collections[0]
	for page, err := range c.Read(context.Background(), in, nil) {
		if err != nil || len(page.Rejects) > 0 {
			t.Fatalf("reading %s: error %v, rejects %+v", name, err, page.Rejects)
		}
		for _, r := range page.Records {
			d, err := c.Map(incident.Raw{Type: c.Name, ExternalID: r.ExternalID, Body: r.Body, Origin: r.Place}, cfg)
			if err != nil {
				t.Fatalf("Map of %s: %v", r.Place, err)
			}
			out[r.ExternalID] = d
		}
	}
	return out
}

// The published figures of the downtimes: 71 in all, 63 closed, 68,091.617 minutes together, the shortest
// 4.95 and the longest 11,298 minutes.
func TestDowntimesAddUp(t *testing.T) {
	span := incident.Span{From: []incident.MilestoneName{incident.ImpactStarted}, To: []incident.MilestoneName{incident.ImpactEnded}}
	all := drafts(t, "downtimes.csv", config(downtimes, nil))
	closed, sum, shortest, longest := 0, 0.0, math.Inf(1), 0.0
	for _, d := range all {
		inc := d.Incident
		length := inc.Milestones.Between(span, inc.Status.Over(), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
		if length.State != incident.Recorded {
			continue
		}
		minutes := length.Value.Minutes()
		closed, sum, shortest, longest = closed+1, sum+minutes, min(shortest, minutes), max(longest, minutes)
	}
	if len(all) != 71 || closed != 63 || math.Abs(sum-68091.617) > 0.001 || math.Abs(shortest-4.95) > 0.001 || math.Abs(longest-11298) > 0.001 {
		t.Errorf("got %d downtimes, %d closed, %.3f minutes, from %.3f to %.3f; want 71, 63, 68091.617, from 4.95 to 11298", len(all), closed, sum, shortest, longest)
	}
}

// The annotators' own duration_minutes must equal what the mapped times give, wherever both are known.
func TestCloudDurationsAgree(t *testing.T) {
	cfg := config(cloud, nil)
	in := importers.Input{Config: cfg, Files: importertest.Files(t, "", "cloud.jsonl")}
	all, compared := drafts(t, "cloud.jsonl", cfg), 0
	for page, err := range Source().Collections[0].Read(context.Background(), in, nil) {
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Records {
			var cells struct {
				Minutes json.Number `json:"duration_minutes"`
			}
			if err := json.Unmarshal(r.Body, &cells); err != nil {
				t.Fatal(err)
			}
			ms := all[r.ExternalID].Incident.Milestones
			start, end := ms.At(incident.ImpactStarted), ms.At(incident.ImpactEnded)
			want, err := cells.Minutes.Float64()
			if err != nil || start.IsZero() || end.IsZero() {
				continue
			}
			if got := end.Sub(start).Minutes(); got != want {
				t.Errorf("%s: lasted %v minutes, want %v", r.ExternalID, got, want)
			}
			compared++
		}
	}
	if len(all) != 40 || compared == 0 {
		t.Errorf("read %d reports and compared %d, want 40 and some", len(all), compared)
	}
}
