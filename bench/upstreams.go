package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/importers/all"
	"hindsight/importers/all/alltest"
	"hindsight/importers/importertest"
)

// begun is a day before anything that the made-up systems hold: walks in windows of time need not begin in 2009.
const begun = "2025-12-01"

// The longest pause between two requests with which a system is measured: what a vendor allows less often takes too long.
const (
	longestPause = 10 * time.Second
	quickPause   = 200 * time.Millisecond // with --quick
)

// upstreams imports every made-up system on both databases.
func (b *bench) upstreams(ctx context.Context, postgres string) (section, error) {
	s := section{
		title: "Requests and records of every source",
		note: "`hindsight import SOURCE --since " + begun + "` from the made-up system that the source is tested with, which answers at once. The sets are small, as the second column says: a rate over so few " +
			"records is a rough one, and what is asked for once weighs much. Requests are beside the fewest that the vendor's API allows for as many incidents, as docs/sources counts them; without a number " +
			"there, how many incidents there are does not matter. The rate is records over the time of the run, and no more than half of the vendor's limit allows where it states one.",
		header: []string{"source", "incidents", "records", "requests", "fewest", "fewest / 1,000", "half of the limit", "SQLite", "PostgreSQL"},
	}
	for _, u := range alltest.Upstreams() {
		sources := all.Sources()
		i := slices.IndexFunc(sources, func(s importers.Source) bool { return s.Name == u.Source })
		if i < 0 {
			return s, fmt.Errorf("there is no source %q", u.Source)
		}
		row, err := b.upstream(ctx, u, sources[i], postgres)
		if err != nil {
			return s, err
		}
		s.rows = append(s.rows, row)
	}
	return s, nil
}

// upstream imports one of them; why it was not measured stands in its row.
func (b *bench) upstream(ctx context.Context, u importertest.Upstream, source importers.Source, postgres string) ([]string, error) {
	fewest, thousand, limit := "–", "–", "none stated"
	rate := source.API.Pace("")
	if source.API.Cost != nil {
		cost := source.API.Cost(importers.Config{Settings: u.Settings("http://127.0.0.1")})
		fewest, thousand, rate = fmt.Sprint(cost.Of(int64(u.Incidents))), fmt.Sprint(cost.Of(1000)), source.API.Pace(cost.Path)
	}
	if rate.Interval() > 0 {
		limit = fmt.Sprintf("one in %s", rate.Interval())
	}
	row := func(records, requests, sqlite, postgres string) []string {
		return []string{source.Title, count(u.Incidents), records, requests, fewest, thousand, limit, sqlite, postgres}
	}
	switch {
	case u.Pinned:
		return row("–", "–", "takes its vendor's address alone", "–"), nil
	case rate.Interval() > b.pause:
		return row("–", "–", "not measured: it would take too long", "–"), nil
	}
	rates := []string{}
	var last taken
	for _, p := range []program{{binary: b.binary, data: filepath.Join(b.dir, "upstreams")}, {binary: b.binary, data: filepath.Join(b.dir, "upstreams-postgres"), url: postgres}} {
		got, err := b.take(ctx, p, u, source)
		if err != nil {
			return nil, err
		}
		last, rates = got, append(rates, got.rate())
	}
	return row(count(int(last.Read)), fmt.Sprint(last.Requests), rates[0], rates[1]), nil
}

// taken is how an import of a made-up system went.
type taken struct {
	State      string    `json:"state"`
	Read       int64     `json:"read"`
	Requests   int64     `json:"requests"`
	StartedAt  time.Time `json:"started_at"`
	FinishedAt time.Time `json:"finished_at"`
}

func (t taken) rate() string {
	if t.State != "ok" {
		return t.State
	}
	return fmt.Sprintf("%.0f/s", float64(t.Read)/t.FinishedAt.Sub(t.StartedAt).Seconds())
}

// take imports a made-up system. A run that is not ok says so in its State.
func (b *bench) take(ctx context.Context, p program, u importertest.Upstream, source importers.Source) (t taken, err error) {
	b.say("import the made-up %s", source.Title)
	upstream := httptest.NewServer(u.New())
	defer upstream.Close()
	args := []string{"import", u.Source, "--since", begun, "--json"}
	env := []string{"HINDSIGHT_ALLOW_NETWORKS=127.0.0.1"}
	for name, value := range u.Settings(upstream.URL) {
		if slices.ContainsFunc(source.Settings, func(f importers.Field) bool { return f.Name == name && f.Secret }) {
			env = append(env, "HINDSIGHT_SET_"+strings.ToUpper(name)+"="+value)
		} else {
			args = append(args, "--set", name+"="+value)
		}
	}
	cmd := p.command(ctx, args...)
	var failed strings.Builder
	cmd.Env, cmd.Stderr = append(cmd.Env, env...), &failed
	out, err := cmd.Output()
	var ended *exec.ExitError
	if errors.As(err, &ended) && len(out) > 0 {
		err = nil // the run says itself how it went
	}
	if err == nil {
		err = json.Unmarshal(out, &t)
	}
	if err != nil {
		return t, fmt.Errorf("import of the made-up %s: %w\n%s%s", source.Title, err, out, failed.String())
	}
	if t.State != "ok" {
		b.say("%s ended as %s: %s%s", source.Title, t.State, out, failed.String())
	}
	return t, nil
}
