package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/term"

	"hindsight/importers"
	"hindsight/importers/table"
	"hindsight/incident"
	"hindsight/server/internal/api"
	"hindsight/server/internal/app"
	"hindsight/server/internal/config"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/jobs"
	"hindsight/server/internal/query"
)

// Exit codes of imports, part of the outside contract.
const (
	exitPartial = 3 // done, with dead letters
	exitFailed  = 1
)

// importRecords imports from files in this process, whether or not a server runs beside it.
func importRecords(ctx context.Context, p program, fs *flag.FlagSet, parse func() (config.Config, []string, error)) error {
	var files, settings, unset list
	fs.Var(&files, "file", "file to read; repeat for more")
	dir := fs.String("dir", "", "folder to read")
	fs.Var(&settings, "set", "a setting of the source, NAME=VALUE; a secret one NAME=@FILE, or by the environment as HINDSIGHT_SET_NAME; repeat for more")
	fs.Var(&unset, "unset", "a secret setting to take back; repeat for more")
	mapping := fs.String("mapping", "", "file with the mapping of columns")
	name := fs.String("name", "", "name of the connection; default: the source's")
	exclude := fs.String("exclude", "", "keep these incidents out of reliability numbers, and why")
	since := fs.String("since", "", "only records from this day on, for sources that can tell")
	until := fs.String("until", "", "only records before this day, likewise")
	dry := fs.Bool("dry-run", false, "read and map everything, write nothing")
	asJSON := fs.Bool("json", false, "print one JSON summary line")
	cfg, words, err := parse()
	if err != nil {
		return err
	}
	if len(words) != 1 {
		return usage("say which source: hindsight import table --file incidents.csv")
	}
	plan := desk.Plan{Source: words[0], Name: *name, Exclude: *exclude, Forget: unset}
	if plan.Settings, err = parseSettings(settings); err != nil {
		return err
	}
	if *mapping != "" {
		if plan.Mapping, err = os.ReadFile(*mapping); err != nil {
			return err
		}
	}
	in, err := openFiles(files, *dir)
	if err != nil {
		return err
	}
	from, to, err := query.Window(*since, *until)
	if err != nil {
		return &exitCode{2, err.Error()}
	}
	a, err := p.openStored(ctx, cfg)
	if err != nil {
		return err
	}
	defer a.Close()
	return p.runImport(ctx, a, plan, in, jobs.Options{Since: from, Until: to, DryRun: *dry}, *asJSON)
}

func parseSettings(pairs list) (map[string]string, error) {
	settings := map[string]string{}
	for _, pair := range pairs {
		key, value, ok := strings.Cut(pair, "=")
		if !ok {
			return nil, usage("--set takes NAME=VALUE; what was given has no =") // it may be a secret: not shown
		}
		settings[key] = value
	}
	return settings, nil
}

func openFiles(names list, dir string) ([]importers.File, error) {
	var files []importers.File
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil {
			return nil, err
		}
		files = append(files, importers.File{Name: filepath.Base(name), Size: info.Size(), Open: func() (io.ReadCloser, error) { return os.Open(name) }})
	}
	if dir != "" {
		found, err := jobs.DirFiles(dir)
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	return files, nil
}

func (p program) runImport(ctx context.Context, a *app.App, plan desk.Plan, files []importers.File, opts jobs.Options, asJSON bool) error {
	source, err := a.Desk.Source(plan.Source)
	if err != nil {
		return &exitCode{2, err.Error()}
	}
	if err := p.readSecrets(source, plan.Settings); err != nil {
		return err
	}
	if source.API == nil && len(files) == 0 {
		return usage("%s reads files: say --file F or --dir D", source.Name)
	}
	prepare := a.Desk.Connect
	if opts.DryRun {
		prepare = a.Desk.Prepare
	}
	err = p.suggestMapping(ctx, a, &plan, files)
	var conn incident.Connection
	if err == nil {
		conn, err = prepare(ctx, plan)
	}
	var estimate *desk.Backfill
	if err == nil && opts.DryRun && len(files) == 0 {
		estimate, err = p.estimate(ctx, a, conn, opts.Since)
	}
	if err == nil {
		conn, err = a.Desk.Unseal(conn)
	}
	if errors.Is(err, incident.ErrInvalid) {
		return &exitCode{2, err.Error()}
	}
	if err != nil {
		return err
	}
	bar := p.progressBar(asJSON)
	out, err := a.Desk.Runner.Run(ctx, conn, a.Desk.NewRun(conn, via(files), "command line"), files, opts, bar.show)
	bar.end()
	if err != nil && !out.State.Done() {
		return err
	}
	if out.New+out.Changed > 0 && !opts.DryRun {
		if err := a.Desk.GroupLater(ctx); err != nil {
			return err
		}
	}
	if estimate != nil {
		return p.report(out, asJSON, trialRun{api.RunOf(out.Run), api.BackfillOf(*estimate)})
	}
	return p.reportImport(out, asJSON)
}

// trialRun is the summary of a trial over the network.
type trialRun struct {
	api.Run
	Backfill api.Backfill `json:"backfill"`
}

// estimate says, before a trial reads anything, what reading all takes: the trial itself, and the import after it.
func (p program) estimate(ctx context.Context, a *app.App, conn incident.Connection, since time.Time) (*desk.Backfill, error) {
	b, err := a.Desk.Backfill(ctx, conn, since)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(p.err, "%s\n", b.Summary)
	for _, reason := range b.Reasons {
		fmt.Fprintf(p.err, "  %s\n", reason)
	}
	return &b, nil
}

// via says how a run from the command line comes by its records.
func via(files []importers.File) string {
	if len(files) > 0 {
		return "file"
	}
	return "poll"
}

// suggestMapping fills in the mapping of a table that nobody has mapped yet: what its columns suggest. It is saved
// with the connection, so that later files are read alike.
func (p program) suggestMapping(ctx context.Context, a *app.App, plan *desk.Plan, files []importers.File) error {
	if plan.Source != table.Source().Name || len(plan.Mapping) > 0 {
		return nil
	}
	conn, err := a.Desk.Prepare(ctx, *plan)
	if err != nil || len(conn.Mapping) > 0 {
		return err
	}
	sheet, err := table.Inspect(ctx, files[0], importers.Config{Settings: conn.Settings})
	if err != nil {
		return nil // the run meets the same error, and is kept where people look for it
	}
	plan.Mapping = sheet.Mapping.JSON()
	for _, q := range sheet.Questions {
		fmt.Fprintf(p.err, "the table leaves open: %s\n", q.Text)
	}
	return nil
}

// reportImport prints how an import went and ends with its exit code.
func (p program) reportImport(out jobs.Outcome, asJSON bool) error {
	return p.report(out, asJSON, api.RunOf(out.Run))
}

// report is reportImport with a summary of its own as JSON.
func (p program) report(out jobs.Outcome, asJSON bool, summary any) error {
	if asJSON {
		if err := json.NewEncoder(p.out).Encode(summary); err != nil {
			return err
		}
	} else {
		p.describeImport(out)
	}
	switch out.State {
	case incident.RunOK:
		return nil
	case incident.RunPartial:
		return &exitCode{code: exitPartial}
	}
	return &exitCode{exitFailed, out.Message}
}

func (p program) describeImport(out jobs.Outcome) {
	fmt.Fprintf(p.out, "%s: %d records read, %d new, %d changed, %d unchanged, %d dead letters\n", out.State, out.Read, out.New, out.Changed, out.Unchanged, out.Dead)
	for _, w := range out.Warnings {
		about := w.Field
		if w.Value != "" {
			about += fmt.Sprintf(" %q", w.Value)
		}
		if about != "" {
			about += ": "
		}
		fmt.Fprintf(p.out, "  warning: %s%s (%d times)\n", about, w.Message, w.Count)
	}
	for _, l := range out.Letters {
		fmt.Fprintf(p.out, "  rejected: %s: %s\n", l.Place, l.Reason)
	}
	for _, c := range out.Coverage {
		fmt.Fprintf(p.out, "  %-20s %d of %d\n", c.Field, c.Filled, c.Of)
	}
	if out.Dead > 0 && !out.DryRun {
		fmt.Fprintln(p.out, "  hindsight dead-letters lists what was set aside")
	}
}

// bar shows the progress of a run on a terminal; elsewhere it prints nothing.
type bar struct {
	out   io.Writer
	begun time.Time
	now   func() time.Time
	last  time.Time
}

func (p program) progressBar(silent bool) *bar {
	if f, ok := p.err.(*os.File); !ok || silent || !term.IsTerminal(int(f.Fd())) {
		return &bar{}
	}
	return &bar{out: p.err, begun: p.now(), now: p.now}
}

func (b *bar) show(r incident.Run) {
	if b.out == nil || b.now().Sub(b.last) < 100*time.Millisecond {
		return
	}
	b.last = b.now()
	rate := float64(r.Read) / max(0.001, b.now().Sub(b.begun).Seconds())
	line := fmt.Sprintf("%d records", r.Read)
	if r.Total > 0 {
		done := min(1, float64(r.Read)/float64(r.Total))
		left := time.Duration(float64(r.Total-r.Read) / max(1, rate) * float64(time.Second))
		line = fmt.Sprintf("%s%s %d / %d, ~%s left", strings.Repeat("▰", int(done*20)), strings.Repeat("▱", 20-int(done*20)), r.Read, r.Total, incident.FormatDuration(left))
	}
	fmt.Fprintf(b.out, "\r\033[K%s, %.0f/s, %d dead letters", line, rate, r.Dead)
}

func (b *bar) end() {
	if b.out != nil {
		fmt.Fprint(b.out, "\r\033[K")
	}
}

// remap maps the stored records of a connection again.
func remap(ctx context.Context, p program, fs *flag.FlagSet, parse func() (config.Config, []string, error)) error {
	asJSON := fs.Bool("json", false, "print one JSON summary line")
	dry := fs.Bool("dry-run", false, "say what would change, write nothing")
	cfg, words, err := parse()
	if err != nil {
		return err
	}
	if len(words) != 1 {
		return usage("say which connection: hindsight remap NAME")
	}
	a, err := p.openStored(ctx, cfg)
	if err != nil {
		return err
	}
	defer a.Close()
	conn, err := a.Desk.ConnectionNamed(ctx, words[0])
	if err != nil {
		return &exitCode{2, err.Error()}
	}
	if conn, err = a.Desk.Unseal(conn); err != nil {
		return err
	}
	if *dry {
		return p.foresee(ctx, a, conn, *asJSON)
	}
	run := a.Desk.NewRun(conn, "remap", "command line")
	bar := p.progressBar(*asJSON)
	out, err := a.Desk.Runner.Remap(ctx, conn, run, bar.show)
	bar.end()
	if err != nil && !out.State.Done() {
		return err
	}
	if !*asJSON {
		for field, n := range out.Changes {
			fmt.Fprintf(p.out, "  %s: %d incidents\n", field, n)
		}
	}
	return p.reportImport(out, *asJSON)
}

// deadLetters lists what waits, or tries it again.
func deadLetters(ctx context.Context, p program, fs *flag.FlagSet, parse func() (config.Config, []string, error)) error {
	retry := fs.Bool("retry", false, "try them again")
	connection := fs.String("connection", "", "only of this connection")
	full := fs.Bool("raw", false, "print the raw text too")
	cfg, _, err := parse()
	if err != nil {
		return err
	}
	a, err := p.openStored(ctx, cfg)
	if err != nil {
		return err
	}
	defer a.Close()
	connections, err := a.Desk.Store.Connections(ctx)
	if *connection != "" {
		var one incident.Connection
		one, err = a.Desk.ConnectionNamed(ctx, *connection)
		connections = []incident.Connection{one}
	}
	if err != nil {
		return &exitCode{2, err.Error()}
	}
	for _, conn := range connections {
		if *retry {
			conn, err := a.Desk.Unseal(conn)
			if err != nil {
				return err
			}
			out, err := a.Desk.Runner.RetryDeadLetters(ctx, conn, nil, a.Desk.NewRun(conn, "retry", "command line"), nil)
			if err != nil {
				return err
			}
			fmt.Fprintf(p.out, "%s: %d tried, %d still waiting\n", conn.Name, out.Read, out.Dead)
			continue
		}
		if err := p.printLetters(ctx, a.Desk.Store, conn, *full); err != nil {
			return err
		}
	}
	return nil
}

func (p program) printLetters(ctx context.Context, store incident.Store, conn incident.Connection, full bool) error {
	letters, err := store.DeadLetters(ctx, conn.ID, 1000)
	for _, l := range letters {
		fmt.Fprintf(p.out, "%s: %s: %s\n", conn.Name, l.Place, l.Reason)
		if full {
			fmt.Fprintf(p.out, "    %s\n", strings.ReplaceAll(l.Body, "\n", "\n    "))
		}
	}
	return err
}
