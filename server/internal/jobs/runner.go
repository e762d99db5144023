// Package jobs does what must happen once per installation: imports, replays of stored records under a new
// mapping, and whatever else is queued. What every replica does for itself is server/internal/follow.
//
// Start with [Runner]. It takes a source from package importers, stores every record before
// anything is made of it, and turns records into incidents; it knows databases only as an incident.Store.
// [Client] runs the same things in the background, over the job queue that lives in the database.
//
// Rules that hold for every run:
//
//  1. A page's records, the incidents made from them, its dead letters and the cursor are one transaction. A
//     crash repeats at most one page, and repeating a page changes nothing.
//  2. A record counts by its content: the same content again is skipped.
//  3. A version that the source updated earlier never overwrites a later one, so order does not matter.
//  4. A record that cannot be mapped waits as a dead letter, and the run goes on.
//  5. A connection has one run at a time.
package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// Runner runs imports. It is safe for concurrent use; runs of one connection exclude one another.
type Runner struct {
	store   incident.Store
	sources []importers.Source
	now     func() time.Time
	log     *slog.Logger
	// Transport carries the requests of sources that are read over the network. Nil: one that calls public
	// addresses alone.
	Transport http.RoundTripper
	// Sleep waits for a turn of a source's quota, or until ctx ends; tests bring one that belongs to their clock.
	Sleep func(ctx context.Context, d time.Duration) error
}

// NewRunner returns a runner that knows the given sources.
func NewRunner(store incident.Store, sources []importers.Source, now func() time.Time, log *slog.Logger) *Runner {
	return &Runner{store: store, sources: sources, now: now, log: log, Sleep: sleep}
}

// For returns a runner that knows only the given source, and is like r otherwise.
func (r *Runner) For(source importers.Source) *Runner {
	other := *r
	other.sources = []importers.Source{source}
	return &other
}

// Options narrows a run down.
type Options struct {
	// Since and Until bound what the source is asked for; zero: no bound. With Since, a source that is
	// polled starts afresh instead of where its last run ended; once it is followed, later polls go on from there
	// nevertheless, since a walk over a part must not hide what lies before it.
	Since, Until time.Time
	// DryRun reads and maps everything and writes nothing.
	DryRun bool
}

// pass is one run on its way.
type pass struct {
	*Runner
	conn     incident.Connection
	source   importers.Source
	progress func(incident.Run)
	dry      bool
	names    *names
	waiting  map[record]bool // records with a dead letter
	preview  preview
	client   *importers.Client    // nil: the run reads files
	via      string               // how the records that are being stored came
	fetched  map[record]bool      // because a page said that it had changed
	unseen   map[record]bool      // what is expected and the run has not come across
	lost     map[record]time.Time // what the source did not give when it was asked, and since when
	deaf     bool                 // deliveries could not be taken in; they wait for another run
	each     Foreseen             // told what a dry run would write; may be nil
	health   incident.Health      // how far the connection was read, for polls

	run      incident.Run // as last stored, but for its heartbeat; written by the run's own goroutine alone
	pos      position
	mu       sync.Mutex // held while the run's row is written
	standing string     // why the run stands still; guarded by mu
	beat     time.Time  // the heartbeat as last stored: whoever else changes it has taken the run over
}

// record identifies a record of the connection.
type record struct{ typ, externalID string }

// Run reads what conn's source gives, from files if it reads files, and imports it under run: a
// fresh one, or a stored one, which goes on where it was left. conn's settings hold secrets in clear here.
// progress, which may be nil, is called after every page.
//
// The outcome's state says how it went. An error is returned when the run could not go on: ErrConflict when
// the connection has another run, ErrInvalid for impossible settings, ctx's error when it ended; an interrupted
// run is queued again. A canceled run is no error.
func (r *Runner) Run(ctx context.Context, conn incident.Connection, run incident.Run, files []importers.File, opts Options, progress func(incident.Run)) (Outcome, error) {
	run.DryRun = run.DryRun || opts.DryRun
	if run.Since.IsZero() && run.Until.IsZero() {
		run.Since, run.Until = opts.Since, opts.Until
	}
	if run.Via == "" {
		run.Via = r.via(conn, files)
	}
	p, err := r.begin(ctx, conn, run, progress)
	if err != nil {
		return notBegun(run, err)
	}
	in := importers.Input{Config: p.config(), Files: files, Since: p.run.Since, Until: p.run.Until, Now: p.clock()}
	if p.run.Via == viaPoll || p.run.Via == viaReconcile {
		err = p.connect(ctx)
		in.Client = p.client
	}
	if err == nil {
		err = p.resume(ctx, &in)
	}
	if err != nil {
		return p.finish(ctx, err)
	}
	return p.finish(ctx, p.guarded(ctx, func(ctx context.Context) error { return p.read(ctx, in) }))
}

// begin claims the connection and loads what every page needs.
func (r *Runner) begin(ctx context.Context, conn incident.Connection, run incident.Run, progress func(incident.Run)) (*pass, error) {
	source, err := r.source(conn)
	if err != nil {
		return nil, err
	}
	p := &pass{Runner: r, conn: conn, source: source, progress: progress, dry: run.DryRun, waiting: map[record]bool{},
		fetched: map[record]bool{}, unseen: map[record]bool{}, lost: map[record]time.Time{}}
	if p.progress == nil {
		p.progress = func(incident.Run) {}
	}
	p.preview.init()
	if run.ID == "" {
		run.ID = incident.NewID("run")
	}
	p.via, run.Connection = run.Via, conn.ID
	if p.run, err = r.claim(ctx, conn, run); err != nil {
		return nil, err
	}
	p.beat = p.run.Heartbeat
	if err := p.load(ctx); err != nil {
		_, err = p.finish(ctx, err)
		return nil, err
	}
	return p, nil
}

// notBegun is the outcome of a run that could not begin: no error when it was canceled while it waited.
func notBegun(run incident.Run, err error) (Outcome, error) {
	if errors.Is(err, errCanceled) {
		run.State, err = incident.RunCanceled, nil
	}
	return Outcome{Run: run}, err
}

// How a run comes by its records: incident.Run.Via.
const (
	viaFile      = "file"
	viaPoll      = "poll"
	viaReconcile = "reconcile" // what polls may have missed
	viaPush      = "push"      // deliveries
	viaRemap     = "remap"     // all stored ones again
	viaRetry     = "retry"     // those behind dead letters again
	viaFetch     = "fetch"     // by id, since a delivery spoke of it: of single records alone
)

// via says how a run comes by its records when nobody does.
func (r *Runner) via(conn incident.Connection, files []importers.File) string {
	if source, err := r.source(conn); err == nil && source.API != nil && len(files) == 0 {
		return viaPoll
	}
	return viaFile
}

// source returns conn's source, or ErrInvalid when there is none or a setting is impossible.
func (r *Runner) source(conn incident.Connection) (importers.Source, error) {
	for _, s := range r.sources {
		if s.Name == conn.Source {
			return s, s.Validate(importers.Config{Settings: conn.Settings, Mapping: conn.Mapping})
		}
	}
	return importers.Source{}, incident.Invalidf("source", "there is no source %q", conn.Source)
}

// load reads the catalogue and the waiting dead letters of the connection.
func (p *pass) load(ctx context.Context) (err error) {
	if p.names, err = loadNames(ctx, p.store); err != nil {
		return fmt.Errorf("jobs: run %s: %w", p.run.ID, err)
	}
	letters, err := p.store.DeadLetters(ctx, p.conn.ID, everything)
	if err != nil {
		return fmt.Errorf("jobs: run %s: read dead letters: %w", p.run.ID, err)
	}
	for _, l := range letters {
		p.waiting[record{l.Type, l.ExternalID}] = true
	}
	if p.source.API == nil {
		return nil
	}
	if p.health, err = p.store.Health(ctx, p.conn.ID); err != nil {
		return fmt.Errorf("jobs: run %s: %w", p.run.ID, err)
	}
	missing, err := p.store.Missing(ctx, p.conn.ID)
	if err != nil {
		return fmt.Errorf("jobs: run %s: %w", p.run.ID, err)
	}
	for _, m := range missing {
		p.lost[record{m.Type, m.ExternalID}] = m.Since
	}
	return nil
}

func (p *pass) config() importers.Config {
	return importers.Config{Connection: p.conn.ID, Settings: p.conn.Settings, Mapping: p.conn.Mapping, MapVersion: p.conn.MapVersion}
}

// clock returns the time as the database keeps it.
func (r *Runner) clock() time.Time { return r.now().UTC().Truncate(time.Microsecond) }

// guarded runs f with a context that ends when the run is canceled or lost. A panic of a source while it
// reads ends the run, not the program.
func (p *pass) guarded(ctx context.Context, f func(context.Context) error) (err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	var watch sync.WaitGroup
	if !p.dry {
		watch.Go(func() { p.watch(ctx, cancel) })
	}
	defer func() {
		if v := recover(); v != nil {
			p.log.Error("jobs: a source panicked", "source", p.source.Name, "run", p.run.ID, "panic", v, "stack", string(debug.Stack()))
			err = fmt.Errorf("jobs: %s panicked while it read: %v", p.source.Name, v)
		}
		cause := context.Cause(ctx)
		cancel(nil)
		watch.Wait()
		if err != nil && cause != nil {
			err = cause
		}
	}()
	return f(ctx)
}
