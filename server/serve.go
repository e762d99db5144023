package main

import (
	"context"
	"flag"
	"fmt"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/app"
	"hindsight/server/internal/config"
)

// serve runs the server. With --demo it loads the bundled public incidents first, in front of everybody's
// eyes, and lets visitors look around.
func serve(ctx context.Context, p program, fs *flag.FlagSet, parse func() (config.Config, []string, error)) error {
	demo := fs.Bool("demo", false, "load the bundled public incidents and let visitors look around, read-only")
	cfg, words, err := parse()
	if err != nil {
		return err
	}
	if len(words) > 0 {
		return usage("serve takes no arguments; hindsight help lists the commands")
	}
	a, err := app.Open(ctx, app.Options{Config: cfg, Parts: app.Found, Version: version(), Demo: *demo, Now: p.now, Log: p.logger(cfg)})
	if err != nil {
		return err
	}
	err = a.Work(ctx)
	if err == nil {
		err = a.Serve(ctx, func(address string) { p.greet(ctx, a, address, *demo) })
	}
	if closing := a.Close(); err == nil {
		err = closing
	}
	return err
}

// greet tells where the server is, and shows how the sample data comes in.
func (p program) greet(ctx context.Context, a *app.App, address string, demo bool) {
	fmt.Fprintf(p.out, "Hindsight is at %s\n", address)
	if !demo {
		if done, err := a.Desk.Auth.SetUp(ctx); err == nil && !done {
			fmt.Fprintf(p.out, "Nobody can sign in yet: open it to create the first administrator.\n")
		}
		return
	}
	fmt.Fprintln(p.out, "The demonstration shows public incident records of real organisations; nothing in it is made up.")
	go func() {
		if err := p.loadDemo(ctx, a); err != nil && ctx.Err() == nil {
			fmt.Fprintf(p.err, "hindsight: load sample data: %v\n", err)
		}
	}()
}

// loadDemo loads the sample data unless it is there, and says how far it is.
func (p program) loadDemo(ctx context.Context, a *app.App) error {
	loaded, err := a.SampleLoaded(ctx)
	if err != nil || loaded {
		return err
	}
	runs, err := a.Desk.LoadSamples(ctx, "demonstration")
	if err != nil {
		return err
	}
	begun := p.now()
	for _, run := range runs {
		if err := p.watch(ctx, a, run); err != nil {
			return err
		}
	}
	if err := a.Settled(ctx); err != nil {
		return err
	}
	if err := a.CatchUp(ctx); err != nil {
		return err
	}
	fmt.Fprintf(p.out, "Everything is imported, grouped, indexed and measured after %s.\n", incident.FormatDuration(p.now().Sub(begun)))
	return nil
}

// watch shows the progress of a background run until it ends.
func (p program) watch(ctx context.Context, a *app.App, run incident.Run) error {
	conn, err := a.Desk.Store.Connection(ctx, run.Connection)
	if err != nil {
		return err
	}
	bar := p.progressBar(false)
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		now, err := a.Desk.Store.Run(ctx, run.ID)
		if err != nil {
			return err
		}
		bar.show(*now)
		if now.State.Done() {
			bar.end()
			fmt.Fprintf(p.out, "  %s: %s, %d records, %d incidents new, %d dead letters\n", conn.Name, now.State, now.Read, now.New, now.Dead)
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}
