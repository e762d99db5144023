package desk

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"time"

	"hindsight/importers"
	"hindsight/incident"
	"hindsight/server/internal/jobs"
)

// A trial looks at the beginning of a large upload only, so that a page can wait for it.
const (
	trialRecords = 5000
	trialTime    = 15 * time.Second
	trialShown   = 20 // drafts that an outcome shows

	trialLive = 200 // records that are read over the network
)

// trialSpans is how far back records are looked for over the network: farther where the last months hold none, since
// what is rare at one place is daily at another.
var trialSpans = []time.Duration{90 * 24 * time.Hour, 2 * 365 * 24 * time.Hour}

// errEnough ends the walk of a trial.
var errEnough = errors.New("desk: the trial has read enough")

// Trial is what importing an upload would do.
type Trial struct {
	jobs.Outcome
	Raws map[incident.ID]incident.Raw // those behind Outcome.Drafts, by Incident.RawID
	Cut  bool                         // only the beginning was looked at
	// Words are the source's own words that were met, by field and then by how often.
	Words []Heard

	sounding sounding // of a trial over the network
}

// Heard is a word of the source that the trial met.
type Heard struct {
	Field   string // "status", "severity", "kind" or "service"
	Word    string
	Meaning string // what it stands for here; empty: it is in no map
	Count   int
}

// Try reads and maps the beginning of an upload and writes nothing. What keeps it from being read is
// ErrInvalid about "file"; ErrNotFound: the files are not here any more. What it says of records is of those that sight sees.
func (d *Desk) Try(ctx context.Context, conn incident.Connection, upload incident.ID, sight incident.Sight) (Trial, error) {
	conn, err := d.Unseal(conn)
	if err != nil {
		return Trial{}, err
	}
	files, err := d.Uploads.Open(ctx, upload)
	if err != nil {
		return Trial{}, err
	}
	t, err := d.try(ctx, conn, files, func(s importers.Source) importers.Source { return s }, sight)
	return d.openTrial(ctx, t, err, conn, sight)
}

// TryLive reads some records over the network, of the last three months or, where there is none, of the last two years;
// it maps them and writes nothing but how long that took, for Backfill. What keeps them from being read is ErrInvalid
// about "url". What it says of records is of those that sight sees.
func (d *Desk) TryLive(ctx context.Context, conn incident.Connection, sight incident.Sight) (Trial, error) {
	open, err := d.Unseal(conn)
	if err != nil {
		return Trial{}, err
	}
	source, err := d.Source(conn.Source)
	if err != nil {
		return Trial{}, err
	}
	now, spans, change := d.Now(), trialSpans, func(s importers.Source) importers.Source { return s }
	if slow(source) {
		spans = []time.Duration{slowSpan}
		now, change = d.recent.of(open, now)
	}
	within, cancel := context.WithTimeout(ctx, trialTime)
	defer cancel()
	var t Trial
	for _, span := range spans {
		t, err = d.tryFrom(within, open, nil, now.Add(-span), change, sight)
		if err != nil || t.Read > 0 || t.Cut {
			break
		}
	}
	if err == nil && t.sounding.Requests > 0 {
		err = d.keepSounding(ctx, conn.ID, t.sounding)
	}
	return d.openTrial(ctx, t, err, conn, sight)
}

// TryStored maps the stored records of a connection, as far as there is time for, and writes nothing. It says which
// words they hold, as far as sight sees them.
func (d *Desk) TryStored(ctx context.Context, conn incident.Connection, sight incident.Sight) (Trial, error) {
	open, err := d.Unseal(conn)
	if err != nil {
		return Trial{}, err
	}
	source, err := d.Source(conn.Source)
	if err != nil {
		return Trial{}, err
	}
	w := &watch{enough: true, hides: d.hiddenRecords(conn, sight)}
	out, cut, err := jobs.NewRunner(d.Store, []importers.Source{w.source(source)}, d.Now, d.Log).Foresee(ctx, open, trialTime, nil)
	return Trial{Outcome: out, Words: w.words(), Cut: cut}, err
}

// try is Try over files and a changed source.
func (d *Desk) try(ctx context.Context, conn incident.Connection, files []importers.File, change func(importers.Source) importers.Source, sight incident.Sight) (Trial, error) {
	ctx, cancel := context.WithTimeout(ctx, trialTime)
	defer cancel()
	return d.tryFrom(ctx, conn, files, time.Time{}, change, sight)
}

// tryFrom reads and maps within the time that ctx leaves, by a changed source; without files it reads over the network, from since on.
func (d *Desk) tryFrom(ctx context.Context, conn incident.Connection, files []importers.File, since time.Time, change func(importers.Source) importers.Source, sight incident.Sight) (Trial, error) {
	source, err := d.Source(conn.Source)
	if err != nil {
		return Trial{}, err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	w := &watch{raws: map[incident.ID]incident.Raw{}, depth: depth{now: d.Now}, stop: stop, hides: d.hiddenRecords(conn, sight)}
	run, opts, about := d.NewRun(conn, "file", ""), jobs.Options{DryRun: true}, "file"
	if files == nil && source.API != nil {
		run.Via, opts.Since, about = "poll", since, "url"
	}
	out, err := d.Runner.For(w.source(change(source))).Run(ctx, conn, run, files, opts, nil)
	switch {
	case errors.Is(context.Cause(ctx), errEnough):
		w.cut, err = true, nil
	case errors.Is(err, context.Canceled):
	case (errors.Is(err, context.DeadlineExceeded) || errors.Is(w.err, context.DeadlineExceeded)) && out.Read > 0:
		w.cut, err = true, nil
	case errors.Is(err, context.DeadlineExceeded):
		err = incident.Invalidf(about, "nothing could be read of it within %s", trialTime)
	case w.err != nil:
		err = &unread{incident.Invalidf(about, "%s", unprefixed(w.err, source.Name)), w.err}
	}
	w.depth.whole = w.depth.whole || !w.cut
	return Trial{Outcome: out, Raws: w.raws, Cut: w.cut, Words: w.words(), sounding: w.depth.measured(d.Now().UTC())}, err
}

// unread says why nothing could be read, for people, and keeps the cause for those who know what to do about it.
type unread struct{ said, cause error }

func (e *unread) Error() string   { return e.said.Error() }
func (e *unread) Unwrap() []error { return []error{e.said, e.cause} }

// watch stands between a source and the run that reads it: it stops after enough records, keeps the records
// that are shown, and tells an unreadable file from a failure of the database.
type watch struct {
	mu     sync.Mutex // Map is called from several goroutines
	raws   map[incident.ID]incident.Raw
	enough bool // no more raws are needed
	hides  func(incident.Raw, incident.Incident) bool

	stop  context.CancelCauseFunc // ends the walk over the network
	read  int
	cut   bool
	err   error
	heard map[Heard]int // without counts
	depth depth         // of the first collection, over the network
}

func (w *watch) source(s importers.Source) importers.Source {
	s.Collections = slices.Clone(s.Collections)
	for i, c := range s.Collections {
		s.Collections[i].Map = func(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
			draft, err := c.Map(raw, cfg)
			if err == nil {
				w.keep(raw, draft)
			}
			return draft, err
		}
		if c.List != nil {
			list := *c.List
			list.Page = w.slices(c.List.Page, i == 0)
			s.Collections[i].List = &list
		}
		if c.Read != nil {
			s.Collections[i].Read = func(ctx context.Context, in importers.Input, cursor importers.Cursor) iter.Seq2[importers.Page, error] {
				return func(yield func(importers.Page, error) bool) { w.pages(c.Read(ctx, in, cursor), yield) }
			}
		}
	}
	return s
}

func (w *watch) keep(raw incident.Raw, draft importers.Draft) {
	if w.hides(raw, draft.Incident) {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.enough {
		w.raws[raw.ID] = raw
	}
	inc := draft.Incident
	w.hear("status", inc.StatusRaw, string(inc.Status), inc.Status != incident.StatusUnknown)
	for _, word := range []string{inc.SeverityRaw, inc.PriorityRaw, inc.UrgencyRaw} {
		w.hear("severity", word, inc.Severity.String(), inc.Severity != incident.SevUnknown)
	}
	for _, use := range inc.Services {
		w.hear("service", use.Name, use.Name, true)
	}
}

// hear counts a word. The caller holds w.mu.
func (w *watch) hear(field, word, meaning string, known bool) {
	if word == "" {
		return
	}
	if !known {
		meaning = ""
	}
	if w.heard == nil {
		w.heard = map[Heard]int{}
	}
	w.heard[Heard{Field: field, Word: word, Meaning: meaning}]++
}

func (w *watch) words() []Heard {
	var out []Heard
	for h, n := range w.heard {
		h.Count = n
		out = append(out, h)
	}
	slices.SortFunc(out, func(a, b Heard) int {
		return cmp.Or(cmp.Compare(a.Field, b.Field), b.Count-a.Count, cmp.Compare(a.Word, b.Word), cmp.Compare(a.Meaning, b.Meaning))
	})
	return out
}

// slices stops a walk over the network after enough records. The first collection's is measured.
func (w *watch) slices(page func(context.Context, importers.Input, importers.At) (importers.Slice, error), first bool) func(context.Context, importers.Input, importers.At) (importers.Slice, error) {
	return func(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
		if !first && !w.depth.whole {
			w.depth.whole = true
			w.depth.meets(in)
		} else if first {
			w.depth.begins(in, at)
		}
		if w.enough = len(w.raws) >= trialShown; w.read >= trialLive {
			w.stop(errEnough)
			return importers.Slice{}, ctx.Err()
		}
		s, err := page(ctx, in, at)
		w.read += len(s.Records) + len(s.Rejects)
		if err != nil {
			w.err = err
		} else if first {
			w.depth.ends(in, at, s)
		}
		return s, err
	}
}

func (w *watch) pages(pages iter.Seq2[importers.Page, error], yield func(importers.Page, error) bool) {
	for page, err := range pages {
		if err != nil {
			w.err = err
		}
		if !yield(page, err) {
			return
		}
		// The page has been mapped by now. A run shows its first drafts, which are all behind the first
		// raws that there are enough of.
		w.enough = len(w.raws) >= trialShown
		if w.read += len(page.Records) + len(page.Rejects); w.read >= trialRecords {
			w.cut = true
			return
		}
	}
}
