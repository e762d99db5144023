package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"hindsight/reports/table"
)

// logByReports asks for the report of the whole log in each way, and looks for the figures of the reference.
func logByReports(t *testing.T, in installation, v visitor, want logReference) {
	path := filepath.Join(t.TempDir(), "sla.json")
	in.mustRun(t, "report", "sla", "--range", "all", "--at", "2026-01-01T00:00:00Z", "-o", path)
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var d table.Document
	if err := json.Unmarshal(file, &d); err != nil {
		t.Fatal(err)
	}
	met, breached := -1., -1.
	for _, p := range d.Parts {
		if p.Table != nil && p.Table.ID == "sla" {
			met, breached = p.Table.Rows[0]["met"].(float64), p.Table.Rows[0]["breached"].(float64)
		}
	}
	if int(met) != want.SLA.Made || int(breached) != want.SLA.Incidents-want.SLA.Made {
		t.Errorf("report sla: %v met and %v broken, want %d of %d", met, breached, want.SLA.Made, want.SLA.Incidents)
	}
	in.mustRun(t, "report", "sla", "--range", "all", "--at", "2026-01-01T00:00:00Z", "-o", path)
	if again, err := os.ReadFile(path); err != nil || string(again) != string(file) {
		t.Errorf("the same report is not the same file (%v)", err)
	}
	asked := "?range=all&at=2026-01-01T00:00:00Z"
	first, second := v.get(t, "/api/v1/reports/sla.md"+asked), v.get(t, "/api/v1/reports/sla.md"+asked)
	if first.status != 200 || first.body != second.body {
		t.Errorf("GET sla.md = %d, and again another one", first.status)
	}
	for path, status := range map[string]int{"/api/v1/reports/none.md": 404, "/api/v1/reports/sla.docx": 422, "/api/v1/reports/sla.md?at=yesterday": 422, "/api/v1/reports/sla.md?range=ever": 422, "/api/v1/reports/sla.md?q=checkout": 422} {
		if got := v.get(t, path); got.status != status {
			t.Errorf("GET %s = %d, want %d: %.200s", path, got.status, status, got.body)
		}
	}
}
