package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/app"
	"hindsight/server/internal/jobs"
	"hindsight/server/internal/pgtest"
)

// logPart returns a file with the first rows of the event log.
func logPart(t *testing.T, rows int) string {
	t.Helper()
	packed, err := os.Open(serviceNowLog)
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	plain, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(plain)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfterN(text, []byte("\n"), rows+2)
	return write(t, "log.csv", bytes.Join(lines[:rows+1], nil))
}

// TestKilledImport: a process killed in the middle of an import leaves nothing half done, and importing again
// gives what an undisturbed import gives.
func TestKilledImport(t *testing.T) {
	file := logPart(t, 8_000)
	calm, rough := installation{dir: t.TempDir()}, installation{dir: t.TempDir()}
	calm.mustRun(t, "import", "servicenow", "--file", file)
	kill(t, rough, file)
	// The dead process looks alive until its heartbeat is old: the same moment, seen later.
	p := program{in: strings.NewReader(""), out: t.Output(), err: t.Output(), getenv: rough.getenv,
		now: func() time.Time { return time.Now().Add(jobs.Stuck + time.Second) }}
	if code := p.run(t.Context(), []string{"import", "servicenow", "--file", file}); code != 0 {
		t.Fatalf("import after the kill = %d, want 0", code)
	}
	sameIncidents(t, rough, calm)
}

// kill starts an import as a process of its own and kills it when its first page is stored.
func kill(t *testing.T, in installation, file string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "import", "servicenow", "--file", file)
	cmd.Env = append(os.Environ(), asProgram+"=1", "HINDSIGHT_DATA="+in.dir)
	in.mustRun(t, "migrate")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	in.withStore(t, func(ctx context.Context, s incident.Store) error {
		return until(t, func() (bool, error) {
			runs, err := s.Runs(ctx, "", 1)
			return len(runs) == 1 && runs[0].Read > 0, err
		})
	})
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the import ended before it was killed; give it more rows")
	}
}

// until asks again and again until the answer is yes, for at most two minutes: a run that its worker handed back is
// taken up at once, and need not wait for the sweep.
func until(t *testing.T, done func() (bool, error)) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if ok, err := done(); ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// sameIncidents compares all that two installations know, but for ids that are drawn and numbers of changes.
func sameIncidents(t *testing.T, got, want installation) {
	t.Helper()
	a, b := allIncidents(t, got), allIncidents(t, want)
	if len(a) != len(b) {
		t.Errorf("%d incidents, want %d", len(a), len(b))
	}
	for id, text := range b {
		if a[id] != text {
			t.Fatalf("%s is\n%s\nwant\n%s", id, a[id], text)
		}
	}
}

func allIncidents(t *testing.T, in installation) map[string]string {
	t.Helper()
	out := map[string]string{}
	in.withStore(t, func(ctx context.Context, s incident.Store) error {
		var all []*incident.Incident
		var ids []incident.ID
		for inc, err := range s.Incidents(ctx, incident.Filter{Sight: incident.Sight{All: true}}) {
			if err != nil {
				return err
			}
			all, ids = append(all, inc), append(ids, inc.ID)
		}
		timelines, err := s.Timelines(ctx, ids)
		if err != nil {
			return err
		}
		for _, inc := range all {
			events := timelines[inc.ID]
			inc.ID, inc.Seq = "", 0
			for i := range events {
				events[i].ID, events[i].Incident = "", ""
			}
			text, err := json.Marshal([]any{inc, events})
			if err != nil {
				return err
			}
			out[inc.Ref.ExternalID] = string(text)
		}
		return nil
	})
	return out
}

// TestTwoReplicas: two servers start at once on one empty database; an import that one is given goes on in the
// other when the first stops in the middle, and both show the same.
func TestTwoReplicas(t *testing.T) {
	address := pgtest.URL(t)
	ins := []installation{{t.TempDir(), address}, {t.TempDir(), address}}
	apps, failed := make([]*app.App, len(ins)), make([]error, len(ins))
	var both sync.WaitGroup
	for i, in := range ins {
		both.Go(func() { apps[i], failed[i] = in.open(t, false, "http://127.0.0.1") })
	}
	both.Wait()
	if err := errors.Join(failed...); err != nil {
		t.Fatalf("open two replicas at once: %v", err)
	}
	first, second := newSite(t, apps[0]), newSite(t, apps[1])
	work(t, first)
	file := logPart(t, 8_000)
	run := upload(t, first.signedIn(t, ins[0], "editor"), "servicenow", file)
	halfway(t, second, run)
	first.stop()
	work(t, second)
	finish(t, second, run)

	again, err := ins[0].open(t, false, "http://127.0.0.1")
	if err != nil {
		t.Fatalf("open the first replica again: %v", err)
	}
	first = newSite(t, again)
	calm := installation{dir: t.TempDir()}
	calm.mustRun(t, "import", "servicenow", "--file", file)
	sameIncidents(t, ins[1], calm)
	sameAnswers(t, first.withToken(t, ins[0], "viewer"), second.withToken(t, ins[1], "viewer"))
}

// TestEitherReplica: what is uploaded to a replica that does no background work is run by the one that does.
func TestEitherReplica(t *testing.T) {
	address := pgtest.URL(t)
	front, back := installation{t.TempDir(), address}, installation{t.TempDir(), address}
	reached, working := front.serve(t, false, false), back.serve(t, false, true)
	run := upload(t, reached.signedIn(t, front, "editor"), "markdown", "internal/demo/data/moj-incidents/2020-08-04.md")
	finish(t, working, run)
	sameAnswers(t, reached.withToken(t, front, "viewer"), working.withToken(t, back, "viewer"))
}

func work(t *testing.T, s site) {
	t.Helper()
	if err := s.app.Work(t.Context()); err != nil {
		t.Fatalf("Work: %v", err)
	}
}

// upload goes through the pages of an import: the form with the file, then the start of the run.
func upload(t *testing.T, v visitor, source, file string) incident.ID {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", filepath.Base(file))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	got := v.do(t, http.MethodPost, "/imports/new/"+source, &body, http.Header{"Content-Type": {form.FormDataContentType()}})
	preview, err := url.Parse(got.header.Get("Location"))
	if got.status != http.StatusSeeOther || err != nil {
		t.Fatalf("POST /imports/new/%s = %d to %q\n%.1000s", source, got.status, preview, got.body)
	}
	started := v.post(t, path.Dir(preview.Path)+"/runs", preview.Query())
	run, ok := strings.CutPrefix(started.header.Get("Location"), "/imports/runs/")
	if !ok {
		t.Fatalf("POST %s/runs = %d to %q\n%.1000s", path.Dir(preview.Path), started.status, started.header.Get("Location"), started.body)
	}
	return incident.ID(run)
}

// halfway waits until a run has stored its first page.
func halfway(t *testing.T, s site, id incident.ID) {
	t.Helper()
	err := until(t, func() (bool, error) {
		run, err := s.app.Desk.Store.Run(t.Context(), id)
		if err == nil && run.State.Done() {
			t.Fatalf("run %s ended (%s, %s) before it could be interrupted; give it more rows", id, run.State, run.Message)
		}
		return err == nil && run.Read > 0, err
	})
	if err != nil {
		t.Fatalf("wait for the first page of %s: %v", id, err)
	}
}

// finish waits until a run has ended well.
func finish(t *testing.T, s site, id incident.ID) {
	t.Helper()
	var last incident.Run
	err := until(t, func() (bool, error) {
		run, err := s.app.Desk.Store.Run(t.Context(), id)
		if err != nil {
			return false, err
		}
		last = *run
		return run.State.Done(), nil
	})
	if err != nil || last.State != incident.RunOK {
		t.Fatalf("wait for the end of run %s: %v; it is %s after %d records: %s", id, err, last.State, last.Read, last.Message)
	}
}

// sameAnswers compares what two replicas say once both have caught up.
func sameAnswers(t *testing.T, a, b visitor) {
	t.Helper()
	for _, v := range []visitor{a, b} {
		if err := v.site.app.CatchUp(t.Context()); err != nil {
			t.Fatalf("CatchUp: %v", err)
		}
	}
	for _, path := range []string{"/api/v1/measurements?group_by=service", "/api/v1/sla?group_by=month", "/api/v1/services", "/api/v1/incidents?limit=500",
		"/api/v1/charts/ttr-by-team.csv", "/api/v1/problems?min=1"} {
		if one, other := a.get(t, path), b.get(t, path); one.status != http.StatusOK || one.body != other.body {
			t.Errorf("GET %s: the replicas say\n%.500s\n%.500s", path, one.body, other.body)
		}
	}
}
