// Package app puts the program together and runs it: store, sinks of the change feed, jobs, pages. Start with
// Open; Serve is the server.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"hindsight/analytics"
	"hindsight/importers"
	"hindsight/importers/all"
	"hindsight/incident"
	"hindsight/search"
	"hindsight/search/similar"
	"hindsight/search/suggest"
	"hindsight/server/internal/api"
	"hindsight/server/internal/auth"
	"hindsight/server/internal/config"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/follow"
	"hindsight/server/internal/inbox"
	"hindsight/server/internal/jobs"
	"hindsight/server/internal/mail"
	"hindsight/server/internal/oidc"
	"hindsight/server/internal/seal"
	"hindsight/server/internal/store"
)

// Part is what of the program a command needs; each includes the ones before it.
type Part int

const (
	Stored   Part = iota // the database
	Measured             // and the analytics snapshot
	Found                // and the search index and similar incidents
)

// App is a program put together. Desk has what requests need.
type App struct {
	Config config.Config
	Desk   *desk.Desk

	store   *store.Store
	stop    context.CancelFunc
	done    chan error // the follower's end
	heard   chan error // the inbox's end
	beside  sync.WaitGroup
	jobs    *jobs.Client // nil before Work
	closers []func() error
	access  []api.Access
	routes  []string
}

// Options say how the program is put together.
type Options struct {
	Config  config.Config
	Parts   Part
	Version string
	Demo    bool
	Now     func() time.Time
	Log     *slog.Logger
}

// Open opens the database, brings it up to date and starts to follow the change feed. Close stops it.
func Open(ctx context.Context, o Options) (*App, error) {
	safe, err := seal.OpenSafe(o.Config.Keys, o.Config.Data, o.Config.DatabaseURL != "", o.Log)
	if err != nil {
		return nil, err
	}
	s, err := store.Open(ctx, store.Config{URL: o.Config.DatabaseURL, DataDir: o.Config.Data, Log: o.Log, Now: o.Now})
	if err != nil {
		return nil, err
	}
	alike, err := similar.NewEngine(o.Log)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := jobs.Attach(s); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	sources := all.Sources()
	accounts := auth.New(s, o.Now)
	live := analytics.NewLive(o.Now)
	a := &App{Config: o.Config, store: s, stop: func() {}, Desk: &desk.Desk{Store: s, Auth: accounts, Factors: auth.NewFactors(accounts, safe, o.Config.BaseURL), Sources: sources, Safe: safe, Runner: jobs.NewRunner(s, sources, o.Now, o.Log), Database: databaseWords(o.Config), Uploads: jobs.Uploads{Store: s, Dir: o.Config.Data},
		Inbox:   inbox.New(s, o.Now, jobs.KindHear),
		DataDir: o.Config.Data, BaseURL: o.Config.BaseURL, Version: o.Version, Demo: o.Demo, Now: o.Now, Log: o.Log,
		Live: live, Similar: alike, Suggest: suggest.New(alike, func(category string) string { return live.Snapshot().Taxonomy().Name(category) })}}
	a.Desk.Mail = mail.New(o.Config.Mail)
	a.Desk.Auth.Words = a.Desk.PasswordWords
	guarded := importers.Guarded(o.Config.AllowNetworks)
	a.Desk.Runner.Transport, a.Desk.Hooks.Transport = guarded, guarded
	a.Desk.Joining, a.Desk.Proxies, a.Desk.Auth.OnlyAdmins = o.Config.Joining, o.Config.Proxies, o.Config.OnlyAdminsLocal
	if o.Config.OIDC.Issuer != "" {
		a.Desk.SSO = oidc.New(o.Config.OIDC, a.Desk.BaseURL, guarded, o.Now)
	}
	var sinks []follow.Sink
	if o.Parts >= Measured {
		sinks = append(sinks, a.Desk.Live)
	}
	if o.Parts >= Found {
		if a.Desk.Index, err = openIndex(ctx, o, s, "index", search.Open); err != nil {
			return nil, errors.Join(err, s.Close())
		}
		if a.Desk.RunbookIndex, err = openIndex(ctx, o, s, "index-runbooks", search.OpenRunbooks); err != nil {
			return nil, errors.Join(err, a.Desk.Index.Close(), s.Close())
		}
		sinks = append(sinks, a.Desk.Index, a.Desk.RunbookIndex, a.Desk.Similar)
		if anew, ok := a.Desk.Index.Rebuild(); ok {
			sinks = append(sinks, anew)
		}
	}
	// The follower outlives ctx until Close, so that a request that is finishing still sees its own writes.
	following, stop := context.WithCancel(context.WithoutCancel(ctx))
	a.stop, a.done, a.heard = stop, make(chan error, 1), make(chan error, 1)
	a.Desk.Follow = follow.New(s, s.Listen(following), o.Log, sinks...)
	go func() { a.done <- a.Desk.Follow.Run(following) }()
	if o.Parts >= Found {
		go a.Desk.Similar.KeepLearning(following)
		go a.Desk.Suggest.KeepLearning(following)
		a.beside.Go(func() { a.Desk.KeepMeasuringRunbooks(following) })
	}
	go func() { a.heard <- a.Desk.Inbox.Run(following) }()
	a.Desk.Looks = desk.NewLooks(following, o.Now)
	a.beside.Go(func() { <-following.Done(); a.Desk.Looks.Wait() })
	a.beside.Go(func() { a.makeFacts(following) })
	return a, nil
}

// makeFacts has the store do once what it does with every incident since: see store.MakeFacts. Nothing waits for it, and what it
// does not come to is done at the next start.
func (a *App) makeFacts(ctx context.Context) {
	made, err := a.store.MakeFacts(ctx)
	if made > 0 {
		a.Desk.Log.Info("incidents of an earlier version are read faster from the next start on", "incidents", made)
	}
	if err != nil && ctx.Err() == nil {
		a.Desk.Log.Warn("incidents of an earlier version stay slow to read", "err", err)
	}
}

func databaseWords(c config.Config) string {
	if c.DatabaseURL == "" {
		return "SQLite in " + c.Data
	}
	return "PostgreSQL"
}

// opener opens an index in a folder of its own.
type opener[T io.Closer] func(path string, log *slog.Logger) (T, error)

// openIndex opens an index in the data folder. A command beside a running server, which holds that
// one, keeps a second.
func openIndex[T io.Closer](ctx context.Context, o Options, db incident.Reader, name string, open opener[T]) (T, error) {
	index, err := openClean(ctx, o, db, name, open)
	if err == nil || o.Demo {
		return index, err
	}
	second, secondErr := openClean(ctx, o, db, name+"-commands", open)
	if secondErr != nil {
		return index, err
	}
	return second, nil
}

// openClean opens an index that was built since the last erasure. The files of an older one may hold who was erased, although no search
// finds them there: it is dropped, and built anew.
func openClean[T io.Closer](ctx context.Context, o Options, db incident.Reader, name string, open opener[T]) (index T, err error) {
	path := filepath.Join(o.Config.Data, name)
	if index, err = open(path, o.Log); err != nil {
		return index, err
	}
	erasures, err := db.Erasures(ctx)
	if err != nil || len(erasures) == 0 {
		return index, err
	}
	last := slices.MaxFunc(erasures, func(a, b incident.Erasure) int { return a.EndedAt.Compare(b.EndedAt) }) // one may have been done again
	marker, newest := path+".erasure", string(last.ID)+last.EndedAt.Format(time.RFC3339Nano)
	if built, err := os.ReadFile(marker); err == nil && string(built) == newest {
		return index, nil
	}
	if err := errors.Join(index.Close(), os.RemoveAll(path)); err != nil {
		return index, err
	}
	if index, err = open(path, o.Log); err != nil {
		return index, err
	}
	return index, os.WriteFile(marker, []byte(newest), 0o600)
}

// CatchUp waits until every sink has seen what is in the database now.
func (a *App) CatchUp(ctx context.Context) error {
	head, err := a.store.Head(ctx)
	if err != nil {
		return err
	}
	if !a.Desk.Follow.WaitFor(ctx, head) {
		return fmt.Errorf("app: catch up with change %d: %w", head, context.Cause(ctx))
	}
	return nil
}

// Close finishes background work, stops following and closes index and database.
func (a *App) Close() error {
	var errs []error
	for _, closer := range slices.Backward(a.closers) {
		errs = append(errs, closer())
	}
	a.stop()
	a.beside.Wait()
	for _, end := range []chan error{a.done, a.heard} {
		if err := <-end; !errors.Is(err, context.Canceled) {
			errs = append(errs, err)
		}
	}
	if a.Desk.Index != nil {
		errs = append(errs, a.Desk.Index.Close(), a.Desk.RunbookIndex.Close())
	}
	return errors.Join(append(errs, a.store.Close())...)
}
