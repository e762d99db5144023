package redmine

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"hindsight/importers/importertest"
	"hindsight/importers/redmine/redminetest"
	"hindsight/incident"
)

// TestWriter: an issue is made with its text, closed and commented on; a workflow that lets nobody close it is told of, and the issue stays as it is.
func TestWriter(t *testing.T) {
	f := redminetest.New(redminetest.Many(3)...)
	served := &importertest.Losing{Handler: f}
	cfg := redminetest.Upstream.Config(importertest.Served(t, served))
	cfg.Settings["projects"] = "ops"
	in := importertest.Input(t, Source(), cfg)
	id, err := strconv.Atoi(importertest.RunWriter(t, tracker, in, "ops", served, func() { f.ReadOnly = true }))
	if err != nil {
		t.Fatal(err)
	}
	made := f.Issues[id]
	if text := fmt.Sprint(made["description"]); made["subject"] != "Add an alert <b>for</b> retries" || !strings.HasPrefix(text, "What would prove that it worked: it pages first\n\n") || !strings.Contains(text, "hindsight-0123456789abcdef") {
		t.Errorf("the issue is %q: %q", made["subject"], text)
	}
	if got, want := fmt.Sprint(made["journals"]), "[map[notes:<nil>] map[notes:It paged first, twice.]]"; got != want {
		t.Errorf("its history is %s, want %s: the new status, then the comment", got, want)
	}
	f.ReadOnly, f.Stuck = false, true
	if err := tracker.Write.Close(context.Background(), in, "1", false); err == nil || !strings.Contains(err.Error(), "left the status as it was") {
		t.Errorf("a workflow that lets nobody close: %v", err)
	}
	if says, err := importertest.LookAt(tracker, in, "1"); err != nil || says.State != incident.ActionOpen {
		t.Errorf("it says %+v, %v", says, err)
	}
}
