package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"hindsight/importers"
	"hindsight/importers/jira"
)

const issuesPage = 100 // issues that the made-up Jira gives at once, as Jira Cloud does with all fields

// madeUpJira answers at once: n issues in pages, all done, each after a number of changes.
func madeUpJira(n, changes int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch path := r.URL.Path; {
		case strings.HasSuffix(path, "/status"):
			fmt.Fprint(w, `[{"id":"3","name":"Done","statusCategory":{"key":"done"}}]`)
			return
		case strings.HasSuffix(path, "/approximate-count"):
			fmt.Fprintf(w, `{"count":%d}`, n)
			return
		case !strings.Contains(path, "/search"):
			fmt.Fprint(w, `{"issues":[],"issueChangeLogs":[]}`)
			return
		}
		var ask struct {
			NextPageToken string `json:"nextPageToken"`
		}
		json.NewDecoder(r.Body).Decode(&ask)
		from, _ := strconv.Atoi(ask.NextPageToken)
		to := min(n, from+issuesPage)
		var page []string
		for i := from; i < to; i++ {
			page = append(page, madeUpIssue(i, changes))
		}
		next := ""
		if to < n {
			next = fmt.Sprintf(`,"nextPageToken":"%d"`, to)
		}
		fmt.Fprintf(w, `{"isLast":%v,"issues":[%s]%s}`, to == n, strings.Join(page, ","), next)
	})
}

// madeUpIssue changes its priority each second until the last of its changes, which ends it.
func madeUpIssue(i, changes int) string {
	opened := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(i) * time.Minute)
	stamp := func(t time.Time) string { return t.Format("2006-01-02T15:04:05.000-0700") }
	done := opened.Add(time.Duration(20+i%300) * time.Minute)
	var log strings.Builder
	for c := range changes - 1 {
		fmt.Fprintf(&log, `{"id":"%d","created":"%s","items":[{"field":"priority","fromString":"P%d","toString":"P%d"}]},`, c, stamp(opened.Add(time.Duration(c)*time.Second)), 1+c%2, 2-c%2)
	}
	fmt.Fprintf(&log, `{"id":"%d","created":"%s","items":[{"field":"status","from":"1","fromString":"To Do","to":"3","toString":"Done"}]}`, i+changes, stamp(done))
	return fmt.Sprintf(`{"id":"%d","key":"OPS-%d","fields":{"summary":"%s","project":{"id":"1","key":"OPS"},"created":"%s","updated":"%s","resolutiondate":"%s",
"priority":{"id":"%d","name":"P%d"},"components":[{"name":"service-%d"}],"status":{"id":"3","name":"Done","statusCategory":{"key":"done"}}},
"changelog":{"startAt":0,"maxResults":%d,"total":%d,"histories":[%s]}}`,
		10_000+i, i, components[i%len(components)]+" "+symptoms[i*7%len(symptoms)], stamp(opened), stamp(done), stamp(done),
		1+i%5, 1+i%5, i%40, changes, changes, log.String())
}

// network imports every made-up system, and then a large made-up Jira.
func (b *bench) network(ctx context.Context) ([]section, error) {
	address, stop, err := postgres(ctx)
	if err != nil {
		return nil, err
	}
	each, err := b.upstreams(ctx, address)
	if err != nil {
		return nil, errors.Join(err, stop())
	}
	large, err := b.large(ctx, address)
	return []section{large, each}, errors.Join(err, stop())
}

// large imports a made-up Jira that answers at once, and looks at the memory that the program needs for it.
func (b *bench) large(ctx context.Context, address string) (section, error) {
	s := section{
		title: "Imports over the network",
		note: "`hindsight import jira` from a made-up Jira on this machine that answers at once, from the start of the process to its end. Jira allows 100 issues a page with all fields, " +
			fmt.Sprintf("so %d requests for 1,000 issues are the fewest. The last", jira.Source().API.Cost(importers.Config{}).Of(1000)) + "  column is the peak of the process's memory, against that of a tenth of the issues.",
		header: []string{"database", "issues", "per second", "requests / 1,000", "peak memory", "against a tenth"},
	}
	for _, database := range []struct{ name, url string }{{"SQLite", ""}, {"PostgreSQL", address}} {
		tenth := int64(0)
		for _, n := range b.sizes {
			if database.url != "" && n != b.largest() {
				continue
			}
			p := program{binary: b.binary, data: filepath.Join(b.dir, fmt.Sprintf("network-%s-%d", database.name, n)), url: database.url}
			got, err := b.networkOnce(ctx, p, n)
			if err != nil {
				return s, err
			}
			against := "–"
			if tenth > 0 {
				against = fmt.Sprintf("%.2f", float64(got.memory)/float64(tenth))
			}
			tenth = got.memory
			s.rows = append(s.rows, []string{database.name, count(n), fmt.Sprintf("%.0f/s", float64(n)/got.took.Seconds()),
				fmt.Sprintf("%.1f", 1000*float64(got.requests)/float64(n)), fmt.Sprintf("%d MB", got.memory>>20), against})
		}
	}
	return s, nil
}

type networked struct {
	took     time.Duration
	requests int64
	memory   int64 // bytes
}

func (b *bench) networkOnce(ctx context.Context, p program, n int) (networked, error) {
	b.say("import %d issues over the network", n)
	upstream := httptest.NewServer(madeUpJira(n, 1))
	defer upstream.Close()
	cmd := p.command(ctx, "import", "jira", "--name", "a large one", "--set", "url="+upstream.URL, "--set", "user=reader@example.com", "--set", "projects=OPS", "--json")
	cmd.Env = append(cmd.Env, "HINDSIGHT_SET_TOKEN=made-up", "HINDSIGHT_ALLOW_NETWORKS=127.0.0.1")
	cmd.Stderr = os.Stderr
	begun := time.Now()
	out, err := cmd.Output()
	took := time.Since(begun)
	var run struct {
		New      int   `json:"new"`
		Requests int64 `json:"requests"`
	}
	if err == nil {
		err = json.Unmarshal(out, &run)
	}
	if err != nil || run.New != n {
		return networked{}, fmt.Errorf("import of %d issues: %v, it said %s", n, err, out)
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return networked{took, run.Requests, usage.Maxrss << 10}, nil
}
