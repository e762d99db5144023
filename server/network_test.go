package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/jobs"
)

// manyIssues is a made-up Jira with n issues, 50 a page, which takes pause for each.
func manyIssues(t *testing.T, n int, pause *atomic.Int64) *httptest.Server {
	issue := func(i int) string {
		at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Add(time.Duration(i) * time.Minute).Format("2006-01-02T15:04:05.000-0700")
		return fmt.Sprintf(`{"id":"%d","key":"OPS-%d","fields":{"summary":"Made up %d","project":{"id":"1","key":"OPS"},"created":"%s","updated":"%s",
			"status":{"id":"3","name":"Done","statusCategory":{"key":"done"}}},"changelog":{"startAt":0,"maxResults":0,"total":0,"histories":[]}}`, 10_000+i, i, i, at, at)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(time.Duration(pause.Load()))
		w.Header().Set("Content-Type", "application/json")
		if !strings.Contains(r.URL.Path, "/search") {
			fmt.Fprint(w, `{"issues":[],"issueChangeLogs":[]}`)
			return
		}
		var ask struct {
			NextPageToken string `json:"nextPageToken"`
		}
		json.NewDecoder(r.Body).Decode(&ask)
		from, _ := strconv.Atoi(ask.NextPageToken)
		var page []string
		for i := from; i < min(n, from+50); i++ {
			page = append(page, issue(i))
		}
		next := ""
		if from+50 < n {
			next = fmt.Sprintf(`,"nextPageToken":"%d"`, from+50)
		}
		fmt.Fprintf(w, `{"isLast":%v,"issues":[%s]%s}`, next == "", strings.Join(page, ","), next)
	}))
	t.Cleanup(s.Close)
	return s
}

// jiraImport is the command line of an import of a made-up Jira, and what stands in its environment.
func jiraImport(in installation, upstream *httptest.Server) (args, env []string) {
	return []string{"import", "jira", "--set", "url=" + upstream.URL, "--set", "user=reader@example.com", "--set", "projects=OPS"},
		[]string{"HINDSIGHT_DATA=" + in.dir, "HINDSIGHT_DATABASE_URL=" + in.url, "HINDSIGHT_SET_TOKEN=t", "HINDSIGHT_ALLOW_NETWORKS=127.0.0.1"}
}

// TestKilledPolls: a process that reads the network and is killed again and again, in the middle of a page or
// between two, leaves what one clean run leaves: no record twice, none left out.
func TestKilledPolls(t *testing.T) {
	onBoth(t, func(t *testing.T, in installation) {
		const issues = 1500
		var pause atomic.Int64
		upstream := manyIssues(t, issues, &pause)
		calm := installation{dir: t.TempDir()}
		pull(t, calm, upstream)
		pause.Store(int64(15 * time.Millisecond))
		in.mustRun(t, "migrate")
		for _, at := range []int64{1, 400, 900} {
			killPoll(t, in, upstream, at)
		}
		pause.Store(0)
		pull(t, in, upstream)
		sameIncidents(t, in, calm)
		if got := len(allIncidents(t, in)); got != issues {
			t.Errorf("%d incidents, want %d", got, issues)
		}
	})
}

// pull imports to the end, in this process.
func pull(t *testing.T, in installation, upstream *httptest.Server) {
	t.Helper()
	args, env := jiraImport(in, upstream)
	getenv := func(name string) string {
		for _, pair := range env {
			if value, ok := strings.CutPrefix(pair, name+"="); ok {
				return value
			}
		}
		return ""
	}
	p := program{in: strings.NewReader(""), out: t.Output(), err: t.Output(), getenv: getenv, now: time.Now}
	if code := p.run(t.Context(), append(args, "--name", "jira")); code != 0 {
		t.Fatalf("%v = %d, want 0", args, code)
	}
}

// killPoll starts an import as a process of its own and kills it once it has read so many records of the connection
// in all. Then it makes the dead process look as dead as it will in two minutes.
func killPoll(t *testing.T, in installation, upstream *httptest.Server, at int64) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	args, env := jiraImport(in, upstream)
	cmd := exec.CommandContext(t.Context(), self, append(args, "--name", "jira")...)
	cmd.Env = append(append(os.Environ(), env...), asProgram+"=1")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	in.withStore(t, func(ctx context.Context, s incident.Store) error {
		err := until(t, func() (bool, error) {
			tallies, err := s.Tallies(ctx)
			records := 0
			for _, tally := range tallies {
				records += tally.Records
			}
			return int64(records) >= at, err
		})
		if err != nil {
			return err
		}
		if err := cmd.Process.Kill(); err != nil {
			return err
		}
		if err := cmd.Wait(); err == nil {
			t.Fatal("the import ended before it was killed; give it more records")
		}
		runs, err := s.Runs(ctx, "", 1)
		if err != nil {
			return err
		}
		runs[0].Heartbeat = runs[0].Heartbeat.Add(-jobs.Stuck - time.Minute)
		_, err = s.Update(ctx, func(tx incident.Tx) error { return tx.PutRun(runs[0]) })
		return err
	})
}
