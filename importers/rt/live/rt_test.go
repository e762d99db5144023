// Package live_test holds the source to a real Request Tracker.
package live_test

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/importers/importertest/live"
	"hindsight/importers/rt"
	"hindsight/incident"
)

func TestMain(m *testing.M) { live.Main(m) }

// connect returns settings for the tickets whose subject begins so, since tests share the server.
func connect(t *testing.T, subject string) (*live.RequestTrackerServer, importers.Config, importers.Input) {
	t.Helper()
	r := live.RequestTracker(t)
	cfg := importers.Config{Connection: "con_test", Settings: map[string]string{"url": r.URL, "user": r.User, "password": r.Password,
		"queues": "General", "query": "Subject LIKE '" + subject + "'", "private": "yes"}}
	client, _ := importertest.Client(t, rt.Source(), cfg)
	return r, cfg, importers.Input{Config: cfg, Client: client}
}

func collect(t *testing.T, cfg importers.Config, into *importertest.Haul) *importertest.Haul {
	t.Helper()
	h, err := importertest.Collect(context.Background(), t, rt.Source(), cfg, into, 0)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestLifeOfATicket(t *testing.T) {
	r, cfg, _ := connect(t, "synthetic life")
	number := r.Create(t, "synthetic life: checkout answers 503", "synthetic: made up for a test")
	id := strconv.Itoa(number)
	h := collect(t, cfg, nil)
	if inc := h.Draft(t, "tickets", id).Incident; inc.Status != incident.Triggered || inc.Description != "synthetic: made up for a test" || len(inc.Services) != 1 || inc.Services[0].Name != "General" {
		t.Errorf("created: %+v, want triggered, with its text and its queue", inc)
	}
	r.Update(t, number, live.Fields{"Owner": r.User, "Priority": 95})
	r.Status(t, number, "open")
	r.Comment(t, number, "synthetic: rolling back")
	h = collect(t, cfg, h)
	d := h.Draft(t, "tickets", id)
	if inc := d.Incident; inc.Status != incident.Investigating || inc.Milestones.At(incident.Acked).IsZero() || inc.Severity != incident.Sev1 {
		t.Errorf("taken: %+v, want investigating, acknowledged, SEV1", inc)
	}
	note, owner := false, false
	for _, e := range d.Timeline {
		note = note || e.Kind == incident.EventNote && e.Text == "synthetic: rolling back" && e.Private
		owner = owner || e.Kind == incident.EventAssigned && strings.HasSuffix(e.Text, "to "+r.User)
	}
	if !note || !owner {
		t.Errorf("timeline = %+v, want the comment, and the new owner by name", d.Timeline)
	}
	r.Status(t, number, "resolved")
	h = collect(t, cfg, h)
	if inc := h.Draft(t, "tickets", id).Incident; inc.Status != incident.Resolved || inc.Milestones.At(incident.ResolvedAt).IsZero() {
		t.Errorf("resolved: %+v", inc)
	}
	r.Status(t, number, "open")
	h = collect(t, cfg, h)
	if inc := h.Draft(t, "tickets", id).Incident; *inc.Reopened != 1 || !inc.Milestones.At(incident.ResolvedAt).IsZero() {
		t.Errorf("reopened: %+v, want one reopening and no resolution", inc)
	}
}

func TestMergedAndDeleted(t *testing.T) {
	r, cfg, in := connect(t, "synthetic merge")
	first, second := r.Create(t, "synthetic merge: first", "synthetic"), r.Create(t, "synthetic merge: second", "synthetic")
	if h := collect(t, cfg, nil); len(h.Records) != 2 {
		t.Fatalf("read %d tickets, want 2", len(h.Records))
	}
	r.Merge(t, second, first)
	fetch := rt.Source().Collections[0].Fetch
	got, err := fetch(t.Context(), in, []string{strconv.Itoa(second)})
	if err != nil || len(got) != 1 || got[0].ExternalID != strconv.Itoa(first) || got[0].Asked != strconv.Itoa(second) {
		t.Fatalf("Fetch of a merged ticket = %+v, %v, want the other one, asked by %d", got, err, second)
	}
	h := importertest.Haul{Source: rt.Source(), Config: cfg, Records: map[string]importers.Record{"tickets/" + got[0].ExternalID: got[0]}}
	merged := false
	for _, e := range h.Draft(t, "tickets", got[0].ExternalID).Timeline {
		merged = merged || strings.Contains(e.Text, "merged into this one")
	}
	if !merged {
		t.Error("the timeline does not tell that a ticket was merged")
	}
	r.Ask(t, "DELETE", "/REST/2.0/ticket/"+strconv.Itoa(first), nil)
	got, err = fetch(t.Context(), in, []string{strconv.Itoa(first), "999999"})
	if err != nil || len(got) != 1 || !got[0].Gone {
		t.Errorf("Fetch of a deleted ticket and of one that never was = %+v, %v, want the first, gone", got, err)
	}
}

func TestProbe(t *testing.T) {
	_, cfg, in := connect(t, "x")
	got, err := rt.Source().Probe(t.Context(), in)
	if err != nil || !strings.Contains(got.Identity, "root") || len(got.Reach) != 1 || got.Reach[0] != "General" {
		t.Errorf("Probe = %+v, %v", got, err)
	}
	cfg.Settings["password"] = "wrong"
	client, _ := importertest.Client(t, rt.Source(), cfg)
	if _, err := rt.Source().Probe(t.Context(), importers.Input{Config: cfg, Client: client}); !importers.HasStatus(err, 401) {
		t.Errorf("Probe with a wrong password: %v, want a 401", err)
	}
}
