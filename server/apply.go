package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"

	"hindsight/incident"
	"hindsight/server/internal/app"
	"hindsight/server/internal/config"
	"hindsight/server/internal/manifest"
)

// manifestFlags are those of apply and diff.
type manifestFlags struct {
	from  []string
	prune *bool
	why   *string
}

func registerManifest(fs *flag.FlagSet) *manifestFlags {
	f := &manifestFlags{prune: fs.Bool("prune", false, "also remove what an earlier apply made and the files do not name any more"),
		why: fs.String("note", "", "why, noted with each version of what is changed")}
	fs.Func("f", "file or folder with documents, or - for standard input; may be repeated", func(text string) error {
		f.from = append(f.from, text)
		return nil
	})
	return f
}

// apply brings in force what files say.
func apply(ctx context.Context, p program, fs *flag.FlagSet, parse func() (config.Config, []string, error)) error {
	f := registerManifest(fs)
	cfg, words, err := parse()
	if err != nil {
		return err
	}
	if len(f.from) == 0 || len(words) > 0 {
		return usage("say which files: hindsight apply -f DIR")
	}
	return p.withPlan(ctx, cfg, f, func(a *app.App, plan *manifest.Plan, desired manifest.Desired, opts manifest.Options) error {
		p.tellRemovals(plan)
		if _, err := manifest.Do(ctx, a.Desk, plan, desired, opts); err != nil {
			return err
		}
		for _, c := range plan.Changes {
			fmt.Fprintf(p.out, "%s %s %q\n", past[c.Action], c.Kind, c.Name)
		}
		if plan.Empty() {
			fmt.Fprintf(p.out, "nothing to change: %d objects are as the files say\n", plan.Same)
		}
		p.notes(plan)
		return nil
	})
}

// past says what was done.
var past = map[manifest.Action]string{manifest.Add: "added", manifest.Alter: "changed", manifest.Remove: "removed"}

// tellRemovals lists what pruning removes before it does.
func (p program) tellRemovals(plan *manifest.Plan) {
	for _, c := range plan.Changes {
		if c.Action == manifest.Remove {
			fmt.Fprintf(p.out, "%s %q is not in the files any more and goes\n", c.Kind, c.Name)
		}
	}
}

func (p program) notes(plan *manifest.Plan) {
	for _, note := range plan.Notes {
		fmt.Fprintln(p.out, note)
	}
}

// diff prints what apply would change. It ends with 0 when that is nothing, 2 when it is something, and 1 when it cannot tell.
func diff(ctx context.Context, p program, fs *flag.FlagSet, parse func() (config.Config, []string, error)) error {
	f := registerManifest(fs)
	cfg, words, err := parse()
	if err != nil {
		return cannotTell(err)
	}
	if len(f.from) == 0 || len(words) > 0 {
		return &exitCode{1, "say which files: hindsight diff -f DIR"}
	}
	return cannotTell(p.withPlan(ctx, cfg, f, func(_ *app.App, plan *manifest.Plan, _ manifest.Desired, _ manifest.Options) error {
		for _, c := range plan.Changes {
			fmt.Fprint(p.out, c.Diff)
			if c.Note != "" {
				fmt.Fprintf(p.out, "# %s %q: %s\n", c.Kind, c.Name, c.Note)
			}
		}
		for _, note := range plan.Notes {
			fmt.Fprintf(p.out, "# %s\n", note)
		}
		if plan.Empty() {
			return nil
		}
		return &exitCode{code: differ}
	}))
}

// differ is the status of diff when there are differences.
const differ = 2

// cannotTell turns the statuses of other mistakes into 1, which is diff's.
func cannotTell(err error) error {
	if exit := new(exitCode); errors.As(err, &exit) && (exit.code != differ || exit.message != "") {
		return &exitCode{1, exit.message}
	}
	return err
}

// withPlan reads the files, compares them with what is in force and does something with what differs.
func (p program) withPlan(ctx context.Context, cfg config.Config, f *manifestFlags, do func(*app.App, *manifest.Plan, manifest.Desired, manifest.Options) error) error {
	files, err := manifest.ReadAll(f.from, p.in)
	if err != nil {
		return err
	}
	desired, err := manifest.Parse(files)
	if err != nil {
		return refused(err)
	}
	a, err := p.openStored(ctx, cfg)
	if err != nil {
		return err
	}
	defer a.Close()
	opts := manifest.Options{Prune: *f.prune, Getenv: p.getenv, By: "command line", Why: strings.TrimSpace(*f.why)}
	plan, err := manifest.Prepare(ctx, a.Desk, desired, opts)
	if err != nil {
		return refused(err)
	}
	return do(a, plan, desired, opts)
}

// refused writes faults of files as they are, one a line, which editors read.
func refused(err error) error {
	if !errors.Is(err, incident.ErrInvalid) {
		return err
	}
	return &exitCode{1, "nothing is changed, for something is wrong:\n" + err.Error()}
}

// export writes what is in force as files.
func export(ctx context.Context, p program, fs *flag.FlagSet, parse func() (config.Config, []string, error)) error {
	to := fs.String("o", "", "folder to write to; it is made when it is missing")
	cfg, words, err := parse()
	if err != nil {
		return err
	}
	if *to == "" || len(words) > 0 {
		return usage("say where to: hindsight export -o DIR")
	}
	a, err := p.openStored(ctx, cfg)
	if err != nil {
		return err
	}
	defer a.Close()
	files, err := manifest.Export(ctx, a.Desk)
	if err != nil {
		return err
	}
	if err := manifest.WriteAll(*to, files); err != nil {
		return err
	}
	for _, f := range files {
		fmt.Fprintf(p.out, "wrote %s\n", f.Name)
	}
	if len(files) == 0 {
		fmt.Fprintln(p.out, "there is nothing to write yet")
	}
	return nil
}
