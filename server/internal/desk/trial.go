package desk

import (
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
)

// Trial is what importing an upload would do.
type Trial struct {
	jobs.Outcome
	Raws map[incident.ID]incident.Raw // those behind Outcome.Drafts, by Incident.RawID
	Cut  bool                         // only the beginning was looked at
}

// Try reads and maps the beginning of an upload and writes nothing. What keeps it from being read is
// ErrInvalid about "file"; ErrNotFound: the files are not here any more.
func (d *Desk) Try(ctx context.Context, conn incident.Connection, upload incident.ID) (Trial, error) {
	conn, err := d.Unseal(conn)
	if err != nil {
		return Trial{}, err
	}
	files, err := d.Uploads.Open(ctx, upload)
	if err != nil {
		return Trial{}, err
	}
	return d.try(ctx, conn, files, func(s importers.Source) importers.Source { return s })
}

// try is Try over files and a changed source.
func (d *Desk) try(ctx context.Context, conn incident.Connection, files []importers.File, change func(importers.Source) importers.Source) (Trial, error) {
	source, err := d.Source(conn.Source)
	if err != nil {
		return Trial{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, trialTime)
	defer cancel()
	w := &watch{raws: map[incident.ID]incident.Raw{}}
	runner := jobs.NewRunner(d.Store, []importers.Source{w.source(change(source))}, d.Now, d.Log)
	out, err := runner.Run(ctx, conn, d.NewRun(conn, "file", ""), files, jobs.Options{DryRun: true}, nil)
	switch {
	case errors.Is(err, context.Canceled):
	case errors.Is(err, context.DeadlineExceeded) && out.Read > 0:
		w.cut, err = true, nil
	case errors.Is(err, context.DeadlineExceeded):
		err = incident.Invalidf("file", "nothing could be read of it within %s", trialTime)
	case w.err != nil:
		err = incident.Invalidf("file", "%s", unprefixed(w.err, source.Name))
	}
	return Trial{Outcome: out, Raws: w.raws, Cut: w.cut}, err
}

// watch stands between a source and the run that reads it: it stops after enough records, keeps the records
// that are shown, and tells an unreadable file from a failure of the database.
type watch struct {
	mu     sync.Mutex // Map is called from several goroutines
	raws   map[incident.ID]incident.Raw
	enough bool // no more raws are needed

	read int
	cut  bool
	err  error
}

func (w *watch) source(s importers.Source) importers.Source {
	s.Collections = slices.Clone(s.Collections)
	for i, c := range s.Collections {
		s.Collections[i].Map = func(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
			draft, err := c.Map(raw, cfg)
			if err == nil {
				w.keep(raw)
			}
			return draft, err
		}
		if c.Read != nil {
			s.Collections[i].Read = func(ctx context.Context, in importers.Input, cursor importers.Cursor) iter.Seq2[importers.Page, error] {
				return func(yield func(importers.Page, error) bool) { w.pages(c.Read(ctx, in, cursor), yield) }
			}
		}
	}
	return s
}

func (w *watch) keep(raw incident.Raw) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.enough {
		w.raws[raw.ID] = raw
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
