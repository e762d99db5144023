package analytics_test

import (
	"cmp"
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// snapshot returns what Live publishes after it was handed the incidents.
func snapshot(t testing.TB, incs []*incident.Incident) *analytics.Snapshot {
	t.Helper()
	live := analytics.NewLive(func() time.Time { return time.Unix(0, 0) })
	if err := live.Apply(context.Background(), incident.Delta{Upto: 1, CaughtUp: true, Incidents: incs}); err != nil {
		t.Fatalf("Apply(%d incidents): %v", len(incs), err)
	}
	return live.Snapshot()
}

// readTable returns the rows of a CSV file in testdata, gzipped or not, as maps from column to value.
func readTable(t testing.TB, name string) []map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	if filepath.Ext(name) == ".gz" {
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		r = csv.NewReader(z)
	}
	all, err := r.ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	rows := make([]map[string]string, len(all)-1)
	for i, values := range all[1:] {
		rows[i] = map[string]string{}
		for c, v := range values {
			rows[i][all[0][c]] = v
		}
	}
	return rows
}

// readJSON decodes a file in testdata.
func readJSON[T any](t testing.TB, name string) T {
	t.Helper()
	var v T
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err == nil {
		err = json.Unmarshal(data, &v)
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

// at reads a time as the fixtures write it; empty is the zero time.
func at(t testing.TB, text string) time.Time {
	t.Helper()
	if text == "" {
		return time.Time{}
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04"} {
		if x, err := time.Parse(layout, text); err == nil {
			return x.UTC()
		}
	}
	t.Fatalf("no time: %q", text)
	return time.Time{}
}

func number(t testing.TB, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("no number: %q", text)
	}
	return n
}

// uci returns the incidents of a ServiceNow log; see testdata/SOURCES.md. Its local times are taken as UTC,
// as the reference does.
func uci(t testing.TB) []*incident.Incident {
	t.Helper()
	var incs []*incident.Incident
	for _, row := range readTable(t, "uci-incidents.csv.gz") {
		inc := &incident.Incident{
			ID: incident.ID(row["number"]), Number: row["number"], Status: incident.Closed, Kind: incident.Real,
			PriorityRaw: row["priority"],
			Custom:      []incident.CustomValue{{Name: "category", Value: row["category"]}, {Name: "location", Value: row["location"]}},
			Services:    []incident.ServiceUse{{Service: incident.ID("cat-" + cmp.Or(row["category"], "none")), Name: row["category"]}},
		}
		inc.Milestones.Set(incident.Opened, at(t, row["opened_at"]), incident.ToMinute, incident.FromField, "servicenow", "opened_at")
		inc.Milestones.Set(incident.Acked, at(t, row["first_non_new_at"]), incident.ToMinute, incident.FromLog, "servicenow", "")
		inc.Milestones.Set(incident.ResolvedAt, at(t, row["resolved_at"]), incident.ToMinute, incident.FromField, "servicenow", "resolved_at")
		inc.Milestones.Set(incident.ClosedAt, at(t, row["closed_at"]), incident.ToMinute, incident.FromField, "servicenow", "closed_at")
		reopened, breached := number(t, row["reopen_count"]), row["made_sla"] != "true"
		inc.Reopened = &reopened
		inc.SLA = []incident.SLACycle{{Goal: "resolution", Name: "made_sla", Start: at(t, row["opened_at"]), Stop: at(t, row["resolved_at"]), Breached: &breached}}
		incs = append(incs, inc)
	}
	return incs
}
