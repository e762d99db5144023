package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// patience is how long a start may take before it is a failure.
const patience = 20 * time.Minute

// caughtUp waits until every sink of the change feed has seen everything and returns when each did, counted from
// the start of the process.
func caughtUp(ctx context.Context, s *server, incidents int) (map[string]time.Duration, error) {
	c, err := newClient(s.base, "")
	if err != nil {
		return nil, err
	}
	done := map[string]time.Duration{}
	for {
		a, err := c.get(ctx, "/metrics")
		if err != nil {
			return nil, err
		}
		now, sinks := time.Since(s.begun), 0
		counted := 0.0
		for line := range strings.Lines(string(a.body)) {
			name, value, ok := strings.Cut(strings.TrimSpace(line), " ")
			x, err := strconv.ParseFloat(value, 64)
			if !ok || err != nil {
				continue
			}
			if name == "hindsight_incidents" {
				counted = x
			}
			sink, ok := strings.CutPrefix(name, `hindsight_follow_lag_changes{sink="`)
			if !ok {
				continue
			}
			sinks++
			if sink = strings.TrimSuffix(sink, `"}`); x == 0 && done[sink] == 0 {
				done[sink] = now
			}
		}
		if sinks > 0 && len(done) == sinks && int(counted) == incidents {
			return done, nil
		}
		if now > patience {
			return nil, fmt.Errorf("after %s %d of %d parts had caught up, and figures counted %.0f of %d incidents", now, len(done), sinks, counted, incidents)
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// startUp starts the server with nothing derived yet and again with the index in place. The last server goes on
// running.
func (b *bench) startUp(ctx context.Context) (section, *server, error) {
	s := section{
		title: "Start-up",
		note: "From the start of the process until each part has seen every incident; the three run side by side and share the machine. \"First\" has no index yet, \"again\" finds the one of the " +
			"run before. Only then /readyz says ready; pages answer earlier and say that they are still indexing.",
		header: []string{"incidents", "start", "search index", "similar incidents", "figures", "search, per incident", "similar, per incident", "figures, per incident"},
	}
	var last *server
	for _, n := range b.sizes {
		for _, start := range []string{"first", "again"} {
			b.say("start with %d incidents, %s", n, start)
			if last != nil {
				if err := last.stop(); err != nil {
					return s, nil, err
				}
			}
			var err error
			if last, err = b.sqlite(n).serve(ctx); err != nil {
				return s, nil, err
			}
			done, err := caughtUp(ctx, last, n)
			if err != nil {
				return s, nil, err
			}
			row := []string{count(n), start}
			for _, sink := range sinks {
				row = append(row, seconds(done[sink]))
			}
			for _, sink := range sinks {
				row = append(row, each(done[sink], n))
			}
			s.rows = append(s.rows, row)
		}
	}
	return s, last, nil
}

// sinks are the parts that follow the change feed, as the server's metrics name them.
var sinks = []string{"search", "similar", "analytics"}

// footprint measures what lies on disk and in memory.
func (b *bench) footprint(ctx context.Context, s *server, binary int64) (section, error) {
	out := section{title: "Size", note: "Memory is the idle server's a few seconds after it was ready; the rest of the resident memory is files mapped in, which the system takes back when it needs to.",
		header: []string{"what", "size", "per incident"}}
	n := b.largest()
	data := b.sqlite(n).data
	index, err := size(filepath.Join(data, "index"))
	if err != nil {
		return out, err
	}
	whole, err := size(data)
	if err != nil {
		return out, err
	}
	source, err := size(b.file(n))
	if err != nil {
		return out, err
	}
	if err := pause(ctx, 5*time.Second); err != nil {
		return out, err
	}
	all, own := s.memory()
	per := func(bytes int64) string { return fmt.Sprintf("%.2f kB", float64(bytes)/1000/float64(n)) }
	out.rows = [][]string{
		{"binary", mega(binary), ""},
		{"the imported CSV file", mega(source), per(source)},
		{"database, SQLite", mega(whole - index), per(whole - index)},
		{"search index", mega(index), per(index)},
		{"memory, resident", mega(all), per(all)},
		{"memory, its own", mega(own), per(own)},
	}
	return out, nil
}
