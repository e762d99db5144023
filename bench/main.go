// Command bench measures what an installation feels like with many incidents: imports, start-up, search, pages,
// and what they take on disk and in memory. It is no test and knows no budget. It builds the program, uses it from
// outside as an operator would, and puts beside each figure what a peer takes for the same work in the same run, so
// that the ratio means something on any machine.
//
//	go run ./bench [--quick] [--only imports|network|engines|writing] [--incidents 100000] [--o docs/benchmarks.md]
//
// With --only, the section is put in its place in the file, and says when it was measured; the others stay.
//
// Start with bench.run. It needs Go and the PostgreSQL server binaries ("make tools").
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	quick := flag.Bool("quick", false, "2000 incidents, to see that it works")
	incidents := flag.Int("incidents", 100_000, "how many to make up")
	only := flag.String("only", "", "measure only the imports of files (imports) or over the network (network), full-text engines (engines) or writing together (writing)")
	out := flag.String("o", filepath.Join("docs", "benchmarks.md"), "file to write; --quick writes none")
	flag.Parse()
	pause := longestPause
	if *quick {
		*incidents, *out, pause = 2000, "", quickPause
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := measure(ctx, *incidents, *only, *out, pause); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// measure runs everything in a folder that goes afterwards, and prints the report.
func measure(ctx context.Context, incidents int, only, out string, pause time.Duration) error {
	if !slices.Contains([]string{"", "imports", "network", "engines", "writing"}, only) {
		return fmt.Errorf("--only %s: imports, network, engines and writing can be measured alone", only)
	}
	dir, err := os.MkdirTemp("", "hindsight-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := &bench{
		dir: dir, binary: filepath.Join(dir, "hindsight"), mapping: filepath.Join(dir, "mapping.json"),
		sizes: []int{max(1, incidents/10), incidents}, progress: os.Stderr, begun: time.Now(), pause: pause,
	}
	built, before := commit(), load()
	sections, err := b.run(ctx, only)
	if err != nil {
		return err
	}
	if only != "" {
		return amend(out, sections, alone(time.Now(), incidents, built, before, load()))
	}
	var report strings.Builder
	report.WriteString(preface(time.Now(), incidents, built, before, load()))
	for _, s := range sections {
		report.WriteString(s.markdown())
	}
	return publish(out, strings.TrimSpace(report.String())+"\n")
}

// publish prints a report and writes it to a file, if there is one.
func publish(out, text string) error {
	fmt.Print(text)
	if out == "" {
		return nil
	}
	return os.WriteFile(out, []byte(text), 0o644)
}

// bench is one run: where its files are and how many incidents it makes up. Each size is imported and started; the
// rest is measured on the largest.
type bench struct {
	dir, binary, mapping string
	sizes                []int         // ascending
	pause                time.Duration // with which a system over the network is measured at the most
	progress             io.Writer
	begun                time.Time
}

func (b *bench) largest() int { return b.sizes[len(b.sizes)-1] }

func (b *bench) file(n int) string { return filepath.Join(b.dir, fmt.Sprintf("incidents-%d.csv", n)) }

func (b *bench) sqlite(n int) program {
	return program{binary: b.binary, data: filepath.Join(b.dir, fmt.Sprintf("sqlite-%d", n))}
}

func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(b.progress, "%6.1fs  %s\n", time.Since(b.begun).Seconds(), fmt.Sprintf(format, args...))
}

// run measures everything, or one section alone.
func (b *bench) run(ctx context.Context, only string) ([]section, error) {
	if only == "engines" {
		return b.engines(ctx)
	}
	b.say("build the program")
	binary, err := build(ctx, b.binary)
	if err != nil {
		return nil, err
	}
	switch only {
	case "network":
		return b.network(ctx)
	case "writing":
		return b.writing(ctx)
	}
	if err := b.write(); err != nil {
		return nil, err
	}
	imports, err := b.imports(ctx)
	if err != nil {
		return nil, err
	}
	if only == "imports" {
		return []section{imports}, nil
	}
	network, err := b.network(ctx)
	if err != nil {
		return nil, err
	}
	token, err := prepare(ctx, b.sqlite(b.largest()))
	if err != nil {
		return nil, err
	}
	starts, server, err := b.startUp(ctx)
	if err != nil {
		return nil, err
	}
	rest, err := b.visit(ctx, server, strings.TrimSpace(token), binary)
	if err = errors.Join(err, server.stop()); err != nil {
		return nil, err
	}
	writing, err := b.writing(ctx)
	if err != nil {
		return nil, err
	}
	engines, err := b.engines(ctx)
	return slices.Concat([]section{imports}, network, []section{starts}, rest, writing, engines), err
}

// write makes the incidents up.
func (b *bench) write() error {
	for _, n := range b.sizes {
		if err := writeIncidents(b.file(n), n); err != nil {
			return err
		}
	}
	return os.WriteFile(b.mapping, []byte(mapping), 0o644)
}

// visit measures the server that runs.
func (b *bench) visit(ctx context.Context, s *server, token string, binary int64) ([]section, error) {
	footprint, err := b.footprint(ctx, s, binary)
	if err != nil {
		return nil, err
	}
	api, err := newClient(s.base, token)
	if err != nil {
		return nil, err
	}
	browser, err := newClient(s.base, "")
	if err != nil {
		return nil, err
	}
	found, err := b.search(ctx, api)
	if err != nil {
		return nil, err
	}
	if err := signIn(ctx, browser); err != nil {
		return nil, err
	}
	pages, err := b.pages(ctx, api, browser)
	return []section{found, pages, footprint}, err
}
