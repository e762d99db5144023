package main

import (
	"context"
	"flag"
	"fmt"

	"hindsight/incident"
	"hindsight/server/internal/config"
	"hindsight/server/internal/desk"
)

// retention says what the retention rules in force would take away now, or takes it away at once.
func retention(ctx context.Context, p program, fs *flag.FlagSet, parse func() (config.Config, []string, error)) error {
	now := fs.Bool("now", false, "keep to the rules now, instead of saying what that would take away")
	cfg, words, err := parse()
	if err != nil {
		return err
	}
	if len(words) > 0 {
		return usage("say hindsight retention, or hindsight retention --now")
	}
	a, err := p.openStored(ctx, cfg)
	if err != nil {
		return err
	}
	defer a.Close()
	rule, saved, err := a.Desk.Retention(ctx)
	if err != nil {
		return err
	}
	if !saved {
		fmt.Fprintln(p.out, "no retention rules are in force: everything is kept")
		return nil
	}
	keep, what := a.Desk.KeepNow, "went"
	if !*now {
		keep, what = func(ctx context.Context, rule incident.Retention) (desk.Kept, error) {
			return a.Desk.Retain(ctx, rule, false)
		}, "would go"
	}
	k, err := keep(ctx, rule)
	fmt.Fprintf(p.out, "raw records: %d %s\nprivate notes: %d %s\nincidents: %d %s (%s)\nentries of the audit log: %d %s\nsessions: %d %s\n", k.Raws, what, k.Notes, what, k.Incidents, what, rule.Incidents, k.Audit, what, k.Sessions, what)
	return err
}
