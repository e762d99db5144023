package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"hindsight/incident"
	"hindsight/server/internal/app"
	"hindsight/server/internal/config"
)

// erase replaces a person by a pseudonym everywhere. It cannot be taken back, so the name is typed twice.
func erase(ctx context.Context, p program, fs *flag.FlagSet, parse func() (config.Config, []string, error)) error {
	person := fs.String("person", "", "name, address, sign-in name or id of who is to be erased")
	dry := fs.Bool("dry-run", false, "say what would be rewritten, and rewrite nothing")
	again := fs.Bool("again", false, "go through everything again for all who were erased, as after an interruption or when an old backup was restored")
	confirmed := fs.String("confirm", "", "the same as --person, for scripts; otherwise it is asked for")
	report := fs.String("report", "", "file that the report is written to, as JSON; it names nobody")
	var also []string
	fs.Func("also", "another spelling, handle or earlier name; may be repeated", func(text string) error {
		also = append(also, text)
		return nil
	})
	cfg, words, err := parse()
	if err != nil {
		return err
	}
	if (*person == "") == !*again || len(words) > 0 {
		return usage("say who: hindsight erase --person NAME; or hindsight erase --again")
	}
	a, err := p.openStored(ctx, cfg)
	if err != nil {
		return err
	}
	defer a.Close()
	if *again {
		return p.eraseAgain(ctx, a, *report)
	}
	s, err := a.Desk.Subject(ctx, *person, also)
	if err != nil {
		return &exitCode{2, err.Error()}
	}
	r, err := a.Desk.TryErase(ctx, s, func(incident.ErasureReport) {})
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "names: %s\npersons of sources: %d, users: %d\n", strings.Join(s.Names, ", "), len(s.People), len(s.Users))
	p.printErasure(r, "would be rewritten")
	if *dry {
		return nil
	}
	if err := p.confirmErasure(*person, *confirmed); err != nil {
		return err
	}
	e, err := a.Desk.BeginErase(ctx, s, "command line", false)
	if err != nil {
		return err
	}
	return p.sweep(ctx, a, e, *report)
}

// confirmErasure asks for the name once more.
func (p program) confirmErasure(person, confirmed string) error {
	if confirmed == "" {
		fmt.Fprint(p.err, "This cannot be taken back. Type the name once more to erase this person: ")
		line, _ := bufio.NewReader(p.in).ReadString('\n')
		confirmed = strings.TrimSpace(line)
	}
	if confirmed != person {
		return &exitCode{2, "that is not the same; nothing is erased"}
	}
	return nil
}

func (p program) eraseAgain(ctx context.Context, a *app.App, report string) error {
	all, err := a.Desk.Store.Erasures(ctx)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Fprintln(p.out, "nobody was erased yet")
		return nil
	}
	return p.sweep(ctx, a, all[0], report)
}

func (p program) sweep(ctx context.Context, a *app.App, e incident.Erasure, report string) error {
	at := ""
	done, err := a.Desk.Sweep(ctx, e, func(r incident.ErasureReport) {
		if r.Step.Table != at {
			at = r.Step.Table
			fmt.Fprintln(p.err, at)
		}
	})
	if err != nil {
		return fmt.Errorf("%w; what was done stays done, and hindsight erase --again goes on", err)
	}
	fmt.Fprintf(p.out, "%s stands where the person was named; change %d\n", done.Pseudonym, done.Report.Change)
	p.printErasure(done.Report, "rewritten")
	if report == "" {
		return nil
	}
	text, err := json.MarshalIndent(done.Report, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(report, append(text, '\n'), 0o600)
}

func (p program) printErasure(r incident.ErasureReport, what string) {
	fmt.Fprintf(p.out, "rows looked at: %d\nentries of the audit log: %d %s\n", r.Looked, r.Audit, what)
	for _, place := range slices.Sorted(maps.Keys(r.Places)) {
		fmt.Fprintf(p.out, "  %s: %d %s\n", place, r.Places[place], what)
	}
	for _, note := range r.Notes {
		fmt.Fprintln(p.out, note)
	}
}
