package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"
)

const (
	writersAtOnce = 20
	keysASecond   = 5 // of each; 60 words a minute
	eventsOfOne   = 1000
	revisionsKept = 200
)

// writing measures writing together, and opening what has a long record.
func (b *bench) writing(ctx context.Context) ([]section, error) {
	address, stop, err := postgres(ctx)
	if err != nil {
		return nil, err
	}
	together := section{
		title: "Writing together",
		note: fmt.Sprintf("%d windows in one section of one retrospective. *Seen by others*: from the press of a key in one to its arrival in each of the others, without what a browser takes to draw it, p50 / p95 in milliseconds, "+
			"while each types %d letters a second; the windows are in one process beside the server. *At once*: all send their next letter as soon as the last one is accepted. *Whole texts* is what simpler products do, in the same run: "+
			"read the text, put one letter into it, send it with `If-Match`, begin anew when somebody else was first.%s", writersAtOnce, keysASecond, editorSizes()),
		header: []string{"database", "seen by others, ms", "typed", "accepted at once", "whole texts accepted", "ratio", "tries for each text"},
	}
	opening := section{
		title: "Opening a long retrospective",
		note: fmt.Sprintf("Of an incident with %s recorded events, with %d kept versions; signed in, %d visits after a first one. Time to the first byte, p50 / p95 in milliseconds, and the size.",
			count(eventsOfOne), revisionsKept, visits),
		header: []string{"page", "database", "p50 / p95", "sent", "gzip -6"},
	}
	for _, database := range []struct{ name, url string }{{"SQLite", ""}, {"PostgreSQL", address}} {
		b.say("write together on %s", database.name)
		p := program{binary: b.binary, data: filepath.Join(b.dir, "writing-"+database.name), url: database.url}
		row, rows, err := b.writeOn(ctx, p)
		if err != nil {
			return nil, errors.Join(err, stop())
		}
		together.rows = append(together.rows, append([]string{database.name}, row...))
		for _, r := range rows {
			opening.rows = append(opening.rows, append([]string{r[0], database.name}, r[1:]...))
		}
	}
	return []section{together, opening}, stop()
}

// editorSizes says what a browser loads in order to write.
func editorSizes() string {
	said := ""
	for _, of := range []struct{ pattern, what string }{{"writing.*.js", "A page with sections loads %s of script beside what every page loads"}, {"editor.*.js", "; whoever begins to write loads the editor, %s"}} {
		found, _ := filepath.Glob(filepath.Join("frontend", "dist", of.pattern))
		if len(found) != 1 {
			return ""
		}
		text, err := os.ReadFile(found[0])
		if err != nil {
			return ""
		}
		said += fmt.Sprintf(of.what, kilo(gzipped(text)))
	}
	return " " + said + " (gzip)."
}

// writeOn makes one incident with a long record and begins its retrospective, and measures both.
func (b *bench) writeOn(ctx context.Context, p program) (row []string, rows [][]string, err error) {
	if err := importEventful(ctx, p); err != nil {
		return nil, nil, err
	}
	if _, err := prepare(ctx, p); err != nil {
		return nil, nil, err
	}
	server, err := p.serve(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	browser, err := newClient(server.base, "")
	if err != nil {
		return nil, nil, err
	}
	if err := signIn(ctx, browser); err != nil {
		return nil, nil, err
	}
	id, err := firstID(ctx, browser, "/api/v1/incidents")
	if err != nil {
		return nil, nil, err
	}
	path := "/incidents/" + id + "/retrospective"
	if _, err := send(ctx, browser, http.MethodPost, "/api/v1"+path, "", map[string]any{}, nil); err != nil {
		return nil, nil, err
	}
	if row, err = b.together(ctx, browser, path); err != nil {
		return nil, nil, err
	}
	b.say("keep %d versions", revisionsKept)
	for i := range revisionsKept {
		if _, err := putWhole(ctx, browser, path); err != nil {
			return nil, nil, err
		}
		if _, err := send(ctx, browser, http.MethodPost, "/api/v1"+path+"/history", "", map[string]any{"name": fmt.Sprintf("version %d", i)}, nil); err != nil {
			return nil, nil, err
		}
	}
	for _, page := range []struct{ name, path string }{{"retrospective", path}, {"timeline builder", path + "/timeline"}, {"history", path + "/history"}} {
		cells, err := visit(ctx, browser, page.path)
		if err != nil {
			return nil, nil, err
		}
		rows = append(rows, append([]string{page.name}, cells...))
	}
	return row, rows, nil
}

// importEventful imports one made-up issue whose state was changed a thousand times.
func importEventful(ctx context.Context, p program) error {
	upstream := httptest.NewServer(madeUpJira(1, eventsOfOne))
	defer upstream.Close()
	cmd := p.command(ctx, "import", "jira", "--name", "a long record", "--set", "url="+upstream.URL, "--set", "user=reader@example.com", "--set", "projects=OPS")
	cmd.Env = append(cmd.Env, "HINDSIGHT_SET_TOKEN=made-up", "HINDSIGHT_ALLOW_NETWORKS=127.0.0.1")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("import of an eventful issue: %w\n%s", err, out)
	}
	return nil
}

// together is one row of the table.
func (b *bench) together(ctx context.Context, browser *client, path string) ([]string, error) {
	typed, seen, err := b.atDesks(ctx, browser, path, 20*time.Second, time.Second/keysASecond)
	if err != nil {
		return nil, err
	}
	const rush = 10 * time.Second
	accepted, _, err := b.atDesks(ctx, browser, path, rush, 0)
	if err != nil {
		return nil, err
	}
	whole, tries, err := wholeTexts(ctx, browser, path, rush)
	if err != nil {
		return nil, err
	}
	a, w := float64(accepted)/rush.Seconds(), float64(whole)/rush.Seconds()
	return []string{spread(seen), count(typed), fmt.Sprintf("%.0f/s", a), fmt.Sprintf("%.0f/s", w), fmt.Sprintf("%.1f", a/max(w, 0.1)), fmt.Sprintf("%.1f", float64(tries)/float64(max(whole, 1)))}, nil
}

// atDesks lets people type for a while, with a pause between two letters or without, and returns how many letters were accepted and how
// long each took to reach each of the others.
func (b *bench) atDesks(ctx context.Context, browser *client, path string, long, pause time.Duration) (int, []time.Duration, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var now sectionText
	if _, err := browser.read(ctx, "/api/v1"+path+"/sections/"+wroteIn, &now); err != nil {
		return 0, nil, err
	}
	c := &clock{typed: map[string][]time.Time{}}
	failed := make(chan error, writersAtOnce)
	var total atomic.Int64
	unsent := 500 // the most of one push
	if pause == 0 {
		unsent = 1
	}
	end := time.Now().Add(long)
	for i := range writersAtOnce {
		name := fmt.Sprintf("%s.window-%04d-%d", now.Who, i, long/time.Second)
		t, err := sit(ctx, browser, path, name, now.Version, len([]rune(now.Text)), c.observer())
		if err != nil {
			return 0, nil, err
		}
		defer t.conn.CloseNow()
		keys := make(chan time.Time)
		go func() { failed <- t.typeAll(ctx, keys, unsent) }()
		go func() {
			defer close(keys)
			time.Sleep(time.Duration(i) * pause / writersAtOnce)
			for time.Now().Before(end) {
				c.press(name)
				select {
				case keys <- time.Now():
					total.Add(1)
				case <-ctx.Done():
					return
				}
				time.Sleep(pause)
			}
		}()
	}
	var err error
	for range writersAtOnce {
		err = errors.Join(err, <-failed)
	}
	return int(total.Load()), c.seen, err
}

// sectionText is a section over the API.
type sectionText struct {
	Text    string `json:"text"`
	Version int    `json:"version"`
	Who     string `json:"who"`
}

// wholeTexts has people put whole texts for a while, and returns how many were accepted and how many tries that took.
func wholeTexts(ctx context.Context, browser *client, path string, long time.Duration) (accepted, tries int64, err error) {
	var done, tried atomic.Int64
	var wait sync.WaitGroup
	failed := make([]error, writersAtOnce)
	end := time.Now().Add(long)
	for i := range writersAtOnce {
		wait.Go(func() {
			for failed[i] == nil && time.Now().Before(end) {
				tried.Add(1)
				ok, err := putWhole(ctx, browser, path)
				if failed[i] = err; ok {
					done.Add(1)
				}
			}
		})
	}
	wait.Wait()
	return done.Load(), tried.Load(), errors.Join(failed...)
}

// putWhole reads a section, puts one letter into it and sends it; false: somebody else was first.
func putWhole(ctx context.Context, browser *client, path string) (bool, error) {
	at := "/api/v1" + path + "/sections/" + wroteIn
	var now sectionText
	if _, err := browser.read(ctx, at, &now); err != nil {
		return false, err
	}
	status, err := send(ctx, browser, http.MethodPut, at, fmt.Sprintf(`"%d"`, now.Version), map[string]any{"text": "x" + now.Text}, []int{http.StatusPreconditionFailed, http.StatusConflict})
	return status == http.StatusOK, err
}

// send sends JSON and returns the status, which is an error unless it says done or is one of those that may be.
func send(ctx context.Context, c *client, method, path, match string, body any, maybe []int) (int, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(raw))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	if match != "" {
		req.Header.Set("If-Match", match)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	for _, status := range append(maybe, http.StatusOK, http.StatusCreated) {
		if resp.StatusCode == status {
			return status, err
		}
	}
	return resp.StatusCode, errors.Join(err, fmt.Errorf("%s %s: %s\n%.500s", method, path, resp.Status, text))
}
