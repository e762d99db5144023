// Package live_test holds the source to a real Redmine.
package live_test

import (
	"context"
	"net/http/httputil"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/importers/importertest/live"
	"hindsight/importers/redmine"
	"hindsight/incident"
)

func TestMain(m *testing.M) { live.Main(m) }

// connect returns settings for a project of its own.
func connect(t *testing.T, r *live.RedmineServer, project string) importers.Config {
	t.Helper()
	r.Project(t, project)
	return importers.Config{Connection: "con_test", Settings: map[string]string{"url": r.URL, "key": r.Key, "projects": project}}
}

func collect(t *testing.T, cfg importers.Config, into *importertest.Haul) *importertest.Haul {
	t.Helper()
	h, err := importertest.Collect(context.Background(), t, redmine.Source(), cfg, into, 0)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestLifeOfAnIssue(t *testing.T) {
	r := live.Redmine(t)
	cfg := connect(t, r, "life")
	number := r.Create(t, live.Fields{"project_id": "life", "subject": "synthetic: checkout answers 503", "priority_id": 5})
	id := strconv.Itoa(number)
	h := collect(t, cfg, nil)
	if inc := h.Draft(t, "issues", id).Incident; inc.Status != incident.Triggered || inc.Severity != incident.Sev1 || inc.Milestones.At(incident.Opened).IsZero() {
		t.Errorf("created: %+v, want triggered, SEV1", inc)
	}
	r.Status(t, number, "In Progress")
	r.Note(t, number, "synthetic: rolling back")
	h = collect(t, cfg, h)
	if inc := h.Draft(t, "issues", id).Incident; inc.Status != incident.Investigating || inc.Milestones.At(incident.Acked).IsZero() {
		t.Errorf("taken: %+v, want investigating, acknowledged", inc)
	}
	r.Status(t, number, "Closed")
	h = collect(t, cfg, h)
	if inc := h.Draft(t, "issues", id).Incident; inc.Status != incident.Closed || inc.Milestones.At(incident.ResolvedAt).IsZero() {
		t.Errorf("closed: %+v, want a resolution", inc)
	}
	r.Status(t, number, "In Progress")
	h = collect(t, cfg, h)
	d := h.Draft(t, "issues", id)
	if inc := d.Incident; inc.Status != incident.Investigating || *inc.Reopened != 1 || !inc.Milestones.At(incident.ResolvedAt).IsZero() {
		t.Errorf("reopened: %+v, want one reopening and no resolution", inc)
	}
	var kinds []incident.EventKind
	for _, e := range d.Timeline {
		kinds = append(kinds, e.Kind)
	}
	want := []incident.EventKind{incident.EventCreated, incident.EventStatus, incident.EventNote, incident.EventResolved, incident.EventReopened}
	if !slices.Equal(kinds, want) || d.Timeline[2].Text != "synthetic: rolling back" {
		t.Errorf("timeline = %+v, want the kinds %v", d.Timeline, want)
	}
}

func TestDuplicateThenDeleted(t *testing.T) {
	r := live.Redmine(t)
	cfg := connect(t, r, "merged")
	first := r.Create(t, live.Fields{"project_id": "merged", "subject": "synthetic: first"})
	second := r.Create(t, live.Fields{"project_id": "merged", "subject": "synthetic: second"})
	r.Duplicates(t, second, first)
	r.Status(t, first, "Closed") // Redmine closes the duplicate with it
	h := collect(t, cfg, nil)
	if inc := h.Draft(t, "issues", strconv.Itoa(second)).Incident; inc.Status != incident.Merged || inc.MergedInto != incident.ID(strconv.Itoa(first)) {
		t.Errorf("duplicate: status %s, merged into %q, want merged, %d", inc.Status, inc.MergedInto, first)
	}
	r.Delete(t, second)
	client, _ := importertest.Client(t, redmine.Source(), cfg)
	in := importers.Input{Config: cfg, Client: client}
	got, err := redmine.Source().Collections[0].Fetch(context.Background(), in, []string{strconv.Itoa(first), strconv.Itoa(second)})
	if err != nil || len(got) != 1 {
		t.Errorf("Fetch of one that is left and one that was deleted: %d records, %v, want 1", len(got), err)
	}
	if ids, next, err := redmine.Source().Collections[0].Census(context.Background(), in, ""); err != nil || next != "" || !slices.Equal(ids, []string{strconv.Itoa(first)}) {
		t.Errorf("Census = %q, then %q, %v, want %d alone", ids, next, err, first)
	}
	again := r.Create(t, live.Fields{"project_id": "merged", "subject": "synthetic: another"})
	h = collect(t, cfg, h)
	if title := h.Draft(t, "issues", strconv.Itoa(again)).Incident.Title; again != second || title != "synthetic: another" {
		t.Errorf("after the deletion of %d, the issue %d was made and is %q", second, again, title)
	}
}

func TestManyIssuesOfOneSecond(t *testing.T) {
	r := live.Redmine(t)
	cfg := connect(t, r, "crowd")
	for range 120 {
		r.Create(t, live.Fields{"project_id": "crowd", "subject": "synthetic: one of many"})
	}
	h := collect(t, cfg, nil)
	if len(h.Records) != 120 || h.Pages != 2 {
		t.Errorf("read %d issues on %d pages, want 120 on 2", len(h.Records), h.Pages)
	}
}

func TestProbe(t *testing.T) {
	r := live.Redmine(t)
	cfg := connect(t, r, "probed")
	client, _ := importertest.Client(t, redmine.Source(), cfg)
	got, err := redmine.Source().Probe(context.Background(), importers.Input{Config: cfg, Client: client})
	if err != nil || !strings.Contains(got.Identity, "(admin)") || !slices.Contains(got.Reach, "probed (probed)") {
		t.Errorf("Probe = %+v, %v, want admin and the project", got, err)
	}
	cfg.Settings["key"] = "wrong"
	client, _ = importertest.Client(t, redmine.Source(), cfg)
	if _, err := redmine.Source().Probe(context.Background(), importers.Input{Config: cfg, Client: client}); !importers.HasStatus(err, 401) {
		t.Errorf("Probe with a wrong key: %v, want a 401", err)
	}
}

// TestIssueOfAnActionItem: an issue is made, found by what stands in its text, and closed, and commented on, and one whose answer was lost is found; a key that is wrong is refused for certain.
func TestIssueOfAnActionItem(t *testing.T) {
	r := live.Redmine(t)
	cfg := connect(t, r, "promised")
	upstream, err := url.Parse(cfg.Settings["url"])
	if err != nil {
		t.Fatal(err)
	}
	served := &importertest.Losing{Handler: httputil.NewSingleHostReverseProxy(upstream)}
	cfg.Settings["url"] = importertest.Served(t, served)
	client, _ := importertest.Client(t, redmine.Source(), cfg)
	in := importers.Input{Config: cfg, Client: client}
	importertest.RunWriter(t, redmine.Source().Tracker, in, "promised", served, func() {
		cfg.Settings["key"] = "wrong" // the map is that of in, too
	})
}
