package redmine

import (
	"context"
	"strings"
	"testing"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/importers/redmine/redminetest"
	"hindsight/incident"
)

func TestWriter(t *testing.T) {
	f := redminetest.New(redminetest.Many(3)...)
	cfg := redminetest.Upstream.Config(importertest.Served(t, f))
	cfg.Settings["projects"] = "ops"
	in := importertest.Input(t, Source(), cfg)
	importertest.RunWriter(t, tracker, in, "ops", func() { f.ReadOnly = true })
	f.ReadOnly, f.Stuck = false, true
	if err := tracker.Write.Close(context.Background(), in, "1", false, "It worked."); !strings.Contains(err.Error(), "left the status as it was") || importers.HasStatus(err, 204) {
		t.Errorf("a workflow that lets nobody close: %v", err)
	}
	if says, err := importertest.LookAt(tracker, in, "1"); err != nil || says.State != incident.ActionOpen {
		t.Errorf("it says %+v, %v", says, err)
	}
}
