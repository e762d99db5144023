package web_test

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/jobs"
)

func TestSamples(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	s.holds(s.get("/setup/start", http.StatusOK), "the start", "Outages of eight internal services", "71 incidents", "ODbL-1.0", "Load")
	_, to := s.post("/setup/sample", http.StatusSeeOther, "sample", "upptime")
	if run := s.await(to); run.State != incident.RunOK || run.New != 71 {
		t.Errorf("run = %s with %d new, want ok and 71", run.State, run.New)
	}
	s.holds(s.get("/imports", http.StatusOK), "the imports", "Outages of eight internal services", "Remove")
	s.post("/setup/sample", http.StatusUnprocessableEntity, "sample", "no such set")
	_, to = s.post("/setup/sample/remove", http.StatusSeeOther, "sample", "upptime")
	s.holds(s.get(to, http.StatusOK), "the imports", "The sample data is removed", "Nothing is connected yet")
	if n := s.total(incident.Filter{}); n != 0 {
		t.Errorf("after the removal there are %d incidents, want 0", n)
	}
	_, to = s.post("/setup/sample", http.StatusSeeOther, "sample", "upptime")
	s.await(to)
	if n := s.total(incident.Filter{}); n != 71 {
		t.Errorf("loaded again there are %d incidents, want 71", n)
	}
}

func TestRemoveConnection(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	conn, _ := s.importBroken("Tickets")
	s.post(conn+"/remove", http.StatusForbidden, "confirm", "Tickets")
	s.signIn(incident.Admin)
	body, _ := s.post(conn+"/remove", http.StatusUnprocessableEntity, "confirm", "tickets")
	s.holds(body, "the page", "nothing was removed")
	if !strings.Contains(body, `value="tickets"`) {
		t.Errorf("the form lost what was typed")
	}
	s.post(conn+"/remove", http.StatusSeeOther, "confirm", "Tickets")
	if n := s.total(incident.Filter{}); n != 0 {
		t.Errorf("there are %d incidents, want 0", n)
	}
	s.get(conn, http.StatusNotFound)
}

func TestRunsAgainAndCanceled(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	conn, run := s.importBroken("Tickets")
	_, to := s.post(conn+"/retry", http.StatusSeeOther)
	if again := s.await(to); again.Via != "retry" || again.Dead != 1 {
		t.Errorf("run via %s with %d dead, want retry and 1", again.Via, again.Dead)
	}
	_, to = s.post(conn+"/remap", http.StatusSeeOther)
	if again := s.await(to); again.Via != "remap" || again.Unchanged != 2 {
		t.Errorf("run via %s with %d unchanged, want remap and 2", again.Via, again.Unchanged)
	}
	_, to = s.post("/imports/runs/"+string(run.ID)+"/cancel", http.StatusSeeOther)
	s.holds(s.get(to, http.StatusOK), "the run", "had ended already")

	// A run that waits is canceled together with its files.
	waits := incident.Run{ID: "run_00000000000000000000", Connection: run.Connection, State: incident.RunQueued, Via: "file", Upload: "a.csv", StartedAt: time.Now()}
	if err := s.app.Desk.AddFile(t.Context(), waits.ID, "a.csv", strings.NewReader(broken)); err != nil {
		t.Fatalf("AddFile: %v", err)
	}
	if _, err := s.app.Desk.Store.Update(t.Context(), func(tx incident.Tx) error { return tx.PutRun(waits) }); err != nil {
		t.Fatalf("PutRun: %v", err)
	}
	s.post("/imports/runs/"+string(waits.ID)+"/cancel", http.StatusSeeOther)
	if stored, err := s.app.Desk.Store.Run(t.Context(), waits.ID); err != nil || stored.State != incident.RunCanceled {
		t.Errorf("Run = %v, %v, want it canceled", stored, err)
	}
	if _, err := os.Stat(jobs.UploadDir(s.data, waits.ID)); !os.IsNotExist(err) {
		t.Errorf("Stat of its files = %v, want none", err)
	}
}

func TestWhoMayImport(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	conn, run := s.importBroken("Tickets")
	s.signIn(incident.Viewer)
	paths := []string{"/imports", conn, "/imports/runs/" + string(run.ID), "/imports/runs/" + string(run.ID) + "/progress", "/setup/start"}
	for _, path := range paths {
		if page := s.get(path, http.StatusOK); strings.Contains(page, "soon") {
			t.Errorf("a viewer sees raw text at %s", path)
		}
	}
	for _, path := range []string{"/imports/letters", "/imports/letters.csv", "/imports/new", "/imports/new/table", conn + "/map", conn + "/preview"} {
		s.get(path, http.StatusForbidden)
	}
	for _, path := range []string{"/setup/sample", "/setup/sample/remove", "/imports/new/table", conn + "/map", conn + "/runs", conn + "/remap", conn + "/retry",
		conn + "/remove", "/imports/runs/" + string(run.ID) + "/cancel", "/imports/letters/x/retry", "/imports/letters/x/discard"} {
		s.post(path, http.StatusForbidden)
	}
}

func TestDemoChangesNothing(t *testing.T) {
	s := newImportSite(t, true)
	s.post("/view-as", http.StatusSeeOther, "role", "admin")
	for _, path := range []string{"/imports", "/imports/new", "/imports/new/table", "/imports/letters", "/setup/start"} {
		s.get(path, http.StatusOK)
	}
	for _, path := range []string{"/setup/sample", "/imports/new/table", "/imports/letters/x/retry"} {
		body, _ := s.post(path, http.StatusForbidden)
		s.holds(body, path, "read-only")
	}
}
