package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"hindsight/incident"
	"hindsight/search"
)

// indexed is what it took to index, by engine.
type indexed struct {
	time         time.Duration
	processor    time.Duration // of all its threads and processes, which a busy machine changes less
	disk, memory int64
}

// textEngines are the program's index and its peers, over the same documents.
type textEngines struct {
	own      *search.Index
	postgres postgresText
	sqlite   sqliteText
	took     [3]indexed
}

var engineNames = [3]string{"Hindsight", "PostgreSQL", "SQLite FTS5"}

// engines compares full-text engines at each size, in one process and without HTTP, question by question in turn.
func (b *bench) engines(ctx context.Context) ([]section, error) {
	var out []section
	building := section{title: "Full-text engines, time and space",
		note: "The same made-up documents of about 8 and 100 words (30,000 words by Zipf's law, with endings) in the program's index, in PostgreSQL (stored tsvector with weights, GIN; UNLOGGED and fsync off) " +
			"and in FTS5 (modernc.org/sqlite, synchronous off). The time is that of writing and indexing, without making the documents up; processor time is that of all threads and processes, which a busy machine changes less. The program's index holds the texts too, as do the peers' tables. Memory is that of the process beyond " +
			"what it had, files mapped in aside; PostgreSQL's the share of all its processes, with shared_buffers.",
		header: []string{"documents", "engine", "time", "per document", "against PostgreSQL", "processor time", "against PostgreSQL", "on disk", "memory"}}
	before := map[string][3]time.Duration{}
	for _, n := range b.sizes {
		answers, took, err := b.enginesAt(ctx, n, before)
		if err != nil {
			return nil, err
		}
		for i, name := range engineNames {
			building.rows = append(building.rows, []string{count(n), name, seconds(took[i].time), each(took[i].time, n), ratio(took[i].time, took[1].time), each(took[i].processor, n), ratio(took[i].processor, took[1].processor), mega(took[i].disk), mega(took[i].memory)})
		}
		out = append(out, answers)
	}
	return append([]section{building}, out...), nil
}

func (b *bench) enginesAt(ctx context.Context, n int, before map[string][3]time.Duration) (section, [3]indexed, error) {
	s := section{title: "Full-text engines, " + count(n) + " documents",
		note: "Twenty hits with their texts, best first, and the total; the program's answer also has the passages, marked, and all nine facets where the peers count two. p50 / p95 in milliseconds. " +
			"PostgreSQL ranks with ts_rank; its fuzzy search is pg_trgm's word similarity with the title alone, FTS5 has none. The last column is how many times longer each takes than with a tenth of the documents.",
		header: []string{"question", "hits, median", "Hindsight", "PostgreSQL", "FTS5", "PostgreSQL / Hindsight", "FTS5 / Hindsight", "tenfold: Hindsight, PostgreSQL, FTS5"}}
	e, stop, err := b.build(ctx, n)
	if err != nil {
		return s, e.took, errors.Join(err, stop())
	}
	for _, k := range questions() {
		b.say("ask for %s, %d documents", k.name, n)
		row, medians, err := e.compare(ctx, k, before[k.name])
		if err != nil {
			return s, e.took, errors.Join(fmt.Errorf("%s: %w", k.name, err), stop())
		}
		before[k.name] = medians
		s.rows = append(s.rows, row)
	}
	return s, e.took, stop()
}

// build fills all three.
func (b *bench) build(ctx context.Context, n int) (e textEngines, stop func() error, err error) {
	var closers []func() error
	stop = func() error {
		var errs []error
		for _, c := range slices.Backward(closers) {
			errs = append(errs, c())
		}
		return errors.Join(errs...)
	}
	for i, build := range []func(context.Context, int, *textEngines) (func() error, error){b.buildOwn, b.buildPostgres, b.buildSQLite} {
		b.say("index %d documents: %s", n, engineNames[i])
		end, err := build(ctx, n, &e)
		if end != nil {
			closers = append(closers, end)
		}
		if err != nil {
			return e, stop, fmt.Errorf("%s: %w", engineNames[i], err)
		}
	}
	return e, stop, nil
}

func (b *bench) buildOwn(ctx context.Context, n int, e *textEngines) (end func() error, err error) {
	dir, before := filepath.Join(b.dir, fmt.Sprintf("engine-%d", n)), ownMemory()
	if e.own, err = search.Open(dir, slog.New(slog.DiscardHandler)); err != nil {
		return nil, err
	}
	end = func() error { return errors.Join(e.own.Close(), os.RemoveAll(dir)) }
	e.took[0].processor, err = b.ownProcessor(n, func() error {
		e.took[0].time, err = fillOwn(ctx, e.own, n)
		return err
	})
	if err != nil {
		return end, err
	}
	e.took[0].memory = ownMemory() - before
	e.took[0].disk, err = size(dir)
	return end, err
}

func (b *bench) buildPostgres(ctx context.Context, n int, e *textEngines) (end func() error, err error) {
	url, stop, err := postgres(ctx)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("pgx", url)
	if err != nil {
		return stop, err
	}
	db.SetMaxOpenConns(1) // settings are a connection's own
	end = func() error { return errors.Join(db.Close(), stop()) }
	e.postgres = postgresText{db}
	if e.took[1].time, err = e.postgres.build(ctx, n); err != nil {
		return end, err
	}
	if e.took[1].processor, err = e.postgres.processor(ctx); err != nil {
		return end, err
	}
	if e.took[1].disk, err = e.postgres.size(ctx); err != nil {
		return end, err
	}
	if err = e.postgres.trigrams(ctx); err != nil {
		return end, err
	}
	e.took[1].memory, err = e.postgres.memory(ctx)
	return end, err
}

func (b *bench) buildSQLite(ctx context.Context, n int, e *textEngines) (end func() error, err error) {
	path, before := filepath.Join(b.dir, fmt.Sprintf("engine-%d.db", n)), ownMemory()
	if e.sqlite, err = openSQLiteText(path); err != nil {
		return nil, err
	}
	end = func() error { return errors.Join(e.sqlite.db.Close(), os.Remove(path)) }
	e.took[2].processor, err = b.ownProcessor(n, func() error {
		e.took[2].time, err = e.sqlite.build(ctx, n)
		return err
	})
	if err != nil {
		return end, err
	}
	e.took[2].memory = ownMemory() - before
	info, err := os.Stat(path)
	if err == nil {
		e.took[2].disk = info.Size()
	}
	return end, err
}

// fillOwn gives the index the documents as the follower does.
func fillOwn(ctx context.Context, x *search.Index, n int) (spent time.Duration, err error) {
	upto := 0
	err = eachText(n, func(docs []text) error {
		var incs []*incident.Incident
		for _, d := range docs {
			incs = append(incs, d.incident())
		}
		upto += len(docs)
		begun := time.Now()
		defer func() { spent += time.Since(begun) }()
		return x.Apply(ctx, incident.Delta{Upto: incident.Seq(upto), Incidents: incs})
	})
	return spent, err
}

// ownProcessor is the processor time of this process while do fills an engine with n documents, without that of making them up.
func (b *bench) ownProcessor(n int, do func() error) (time.Duration, error) {
	spent := func(do func() error) (time.Duration, error) {
		before, err := processor()
		if err == nil {
			err = do()
		}
		after, afterErr := processor()
		return after - before, errors.Join(err, afterErr)
	}
	making, err := spent(func() error { return eachText(n, func([]text) error { return nil }) })
	if err != nil {
		return 0, err
	}
	all, err := spent(do)
	return all - making, err
}

// processor is the processor time that this process has had.
func processor() (time.Duration, error) {
	var r syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano()), err
}

// ownMemory is what this process has in memory, files mapped in aside.
func ownMemory() int64 {
	debug.FreeOSMemory()
	return processField("self", "status", "RssAnon")
}

// processField reads a number of bytes from a file about a process; 0 where the system does not say.
func processField(pid, file, name string) int64 {
	text, err := os.ReadFile(filepath.Join("/proc", pid, file))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), "\n"+name+":")
	words := strings.Fields(rest)
	if len(words) == 0 {
		return 0
	}
	kb, err := strconv.ParseInt(words[0], 10, 64)
	if err != nil {
		return 0
	}
	return kb << 10
}

// compare asks all engines the questions of a kind in turn; the first round warms up.
func (e textEngines) compare(ctx context.Context, k kind, before [3]time.Duration) ([]string, [3]time.Duration, error) {
	var times [3][]time.Duration
	var hits []time.Duration
	for round := range 3 {
		for _, w := range k.ask {
			var took [3]time.Duration
			req, err := w.request()
			if err != nil {
				return nil, [3]time.Duration{}, err
			}
			begun := time.Now()
			found, err := e.own.Search(ctx, req)
			took[0] = time.Since(begun)
			if err == nil {
				took[1], err = e.postgres.ask(ctx, w)
			}
			if err == nil && w.fuzzy == "" {
				took[2], err = e.sqlite.ask(ctx, w)
			}
			if err != nil {
				return nil, [3]time.Duration{}, err
			}
			if round == 0 {
				continue
			}
			hits = append(hits, time.Duration(found.Total))
			for i := range took {
				times[i] = append(times[i], took[i])
			}
		}
	}
	var medians [3]time.Duration
	for i := range times {
		medians[i] = quantile(times[i], 0.5)
	}
	fts, ftsRatio := spread(times[2]), ratio(medians[2], medians[0])
	if medians[2] == 0 {
		fts, ftsRatio = "not available", "–"
	}
	var grown []string
	for i, m := range medians {
		if before[i] > 0 {
			grown = append(grown, ratio(m, before[i]))
		} else {
			grown = append(grown, "–")
		}
	}
	return []string{k.name, count(int(quantile(hits, 0.5))), spread(times[0]), spread(times[1]), fts, ratio(medians[1], medians[0]), ftsRatio, strings.Join(grown, ", ")}, medians, nil
}
