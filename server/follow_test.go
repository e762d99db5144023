package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"hindsight/server/internal/desk"
)

// TestFollowAndWebhookCommands: what only sources over the network can do is refused for others, and said of those.
func TestFollowAndWebhookCommands(t *testing.T) {
	in := installation{dir: t.TempDir()}
	in.run(t, "import", "table", "--file", "testdata/bad.csv", "--name", "Desk")
	a, err := in.open(t, false, "http://127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := a.Desk.Connect(t.Context(), desk.Plan{Source: "jira", Name: "Our Jira", Settings: map[string]string{"url": "https://jira.example.com", "token": "t", "projects": "OPS"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if got := in.run(t, "follow", "Desk", "on"); got.code != 2 || !strings.Contains(got.err, "is not read over the network") {
		t.Errorf("following a table = %+v", got)
	}
	if got := in.run(t, "follow", "Our Jira", "perhaps"); got.code != 2 || !strings.Contains(got.err, "hindsight follow NAME on") {
		t.Errorf("following perhaps = %+v", got)
	}
	if got := in.mustRun(t, "follow", "Our Jira", "on"); !strings.Contains(got, "is followed by every server") || !strings.Contains(got, `hindsight import jira --name "Our Jira"`) {
		t.Errorf("follow on prints %q", got)
	}
	if got := in.mustRun(t, "follow", "Our Jira", "off"); !strings.Contains(got, "only when somebody asks") {
		t.Errorf("follow off prints %q", got)
	}
	if got := in.run(t, "webhook", "Desk"); got.code != 2 || !strings.Contains(got.err, "pushes nothing") {
		t.Errorf("a secret for a table = %+v", got)
	}
	first, second := in.mustRun(t, "webhook", "Our Jira"), in.mustRun(t, "webhook", "Our Jira")
	if !strings.Contains(first, "/hooks/"+string(conn.ID)) || strings.Contains(first, "{") || first == second {
		t.Errorf("webhook prints %q and then %q", first, second)
	}
}

// TestRemapDryRun: what a changed mapping would do is printed, and nothing is written.
func TestRemapDryRun(t *testing.T) {
	in := installation{dir: t.TempDir()}
	table := "Id,Title,Opened,Resolved,Fixed\n"
	for i := range 9 { // a median needs some incidents
		table += fmt.Sprintf("%d,Synthetic,2026-03-0%d 10:00,2026-03-0%d 10:41,2026-03-0%d 11:03\n", i, i+1, i+1, i+1)
	}
	mapping := func(resolved string) string {
		return write(t, "mapping.json", []byte(`{"fields": {"title": {"columns": ["Title"]}, "opened": {"columns": ["Opened"], "zone": "UTC"}, "resolved": {"columns": ["`+resolved+`"], "zone": "UTC"}}, "key": ["Id"]}`))
	}
	in.mustRun(t, "import", "table", "--file", write(t, "a.csv", []byte(table)), "--mapping", mapping("Resolved"))
	in.mustRun(t, "import", "table", "--file", write(t, "a.csv", []byte(table)), "--mapping", mapping("Fixed"))
	got := in.mustRun(t, "remap", "table", "--dry-run")
	for _, want := range []string{"milestones: 9 incidents", "Time to resolve, 2026 Q1: median 41m → median 1h 3m", "9 changed"} {
		if !strings.Contains(got, want) {
			t.Errorf("remap --dry-run prints %q, want %q in it", got, want)
		}
	}
	var f struct {
		Changed int
		Figures []struct{ Title string }
	}
	if err := json.Unmarshal([]byte(in.mustRun(t, "remap", "table", "--dry-run", "--json")), &f); err != nil || f.Changed != 9 || len(f.Figures) != 2 {
		t.Errorf("as JSON: %+v, %v, want 9 changed and 2 figures", f, err)
	}
}
