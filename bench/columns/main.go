// Command columns asks the same question of the same made-up incidents in four engines: incidents by service and week with
// count, mean, median, 90th percentile and the share within a target. The engines are the columns of package analytics, DuckDB,
// PostgreSQL and SQLite. It checks that all agree, and puts one table into docs/benchmarks.md.
//
//	cd bench/columns && CGO_ENABLED=1 go run . [-incidents 1000000] [-runs 9] [-o ../../docs/benchmarks.md]
//
// It is a module of its own, so that the product needs neither DuckDB nor a C compiler; this needs both, and the PostgreSQL
// server binaries ("make tools"). Start with run.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

func main() {
	incidents := flag.Int("incidents", 1_000_000, "how many to make up")
	runs := flag.Int("runs", 9, "how often each engine is asked, after a first time that is not counted")
	out := flag.String("o", filepath.Join("..", "..", "docs", "benchmarks.md"), "file whose section is replaced; empty: print only")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, max(1, *incidents), max(1, *runs), *out); err != nil {
		fmt.Fprintln(os.Stderr, "columns:", err)
		os.Exit(1)
	}
}

// run loads every engine, asks them in turn and reports.
func run(ctx context.Context, incidents, runs int, out string) error {
	dir, err := os.MkdirTemp("", "hindsight-columns")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	r := report{incidents: incidents, runs: runs, before: load()}
	rows := makeUp(incidents)
	columns := &own{}
	engines := []engine{columns, &kept{own: columns}, &kept{own: columns, changing: true}, &duck{}, &postgres{}, &sqliteEngine{path: filepath.Join(dir, "columns.db")}}
	for _, e := range engines {
		fmt.Fprintln(os.Stderr, "load", e.name())
		x, err := loaded(ctx, e, rows)
		defer e.close()
		if err != nil {
			return fmt.Errorf("%s: load: %w", e.name(), err)
		}
		r.results = append(r.results, x)
	}
	if err := r.ask(ctx, engines); err != nil {
		return err
	}
	r.after = load()
	return r.publish(out)
}
