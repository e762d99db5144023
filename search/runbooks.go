package search

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync/atomic"

	"hindsight/incident"
)

// kindRunbook is the value of kind: that finds runbooks and no incident.
const kindRunbook = "runbook"

// Runbooks is the full-text index of runbooks that were imported. They are found by the same language as incidents: by words, and by title:, description: (their text),
// service:, tag: and source:. Conditions that only incidents have hold for none. Everybody who may search may find them.
type Runbooks struct {
	index *Index
	seen  atomic.Int64 // position in the feed; it may be ahead of the index where no runbook changed
}

// idle is how many changes of other things go by before the position is written.
const idle = 10_000

// OpenRunbooks opens the index below dir as Open does. One that an earlier version of the program wrote is dropped, and the feed fills a new one.
func OpenRunbooks(dir string, log *slog.Logger) (*Runbooks, error) {
	x, err := Open(dir, log)
	if err != nil {
		return nil, err
	}
	if _, before := x.Rebuild(); before {
		if err := errors.Join(x.Close(), os.RemoveAll(dir)); err != nil {
			return nil, fmt.Errorf("search: drop an index of runbooks: %w", err)
		}
		if x, err = Open(dir, log); err != nil {
			return nil, err
		}
	}
	r := &Runbooks{index: x}
	r.seen.Store(int64(x.Seq()))
	return r, nil
}

// Close releases the folder.
func (r *Runbooks) Close() error { return r.index.Close() }

// Name names the index among the followers of the change feed.
func (r *Runbooks) Name() string { return "runbooks" }

// Seq returns the position in the change feed up to which the index is complete.
func (r *Runbooks) Seq() incident.Seq { return incident.Seq(r.seen.Load()) }

// RunbooksOnly reports that it follows runbooks and nothing else.
func (r *Runbooks) RunbooksOnly() bool { return true }

// Apply brings the index to d.Upto.
func (r *Runbooks) Apply(ctx context.Context, d incident.Delta) error {
	if len(d.Runbooks)+len(d.GoneRunbooks) == 0 && d.Upto-r.index.Seq() < idle {
		r.seen.Store(int64(d.Upto)) // after a crash there is nothing to catch up with
		return nil
	}
	indexed := incident.Delta{Upto: d.Upto, CaughtUp: d.CaughtUp, Gone: d.GoneRunbooks}
	for _, b := range d.Runbooks {
		inc := &incident.Incident{ID: b.ID, Ref: b.Ref, Seq: b.Seq, Title: b.Title, Description: b.Body, Format: incident.Markdown, Tags: b.Tags}
		for _, name := range b.Services {
			inc.Services = append(inc.Services, incident.ServiceUse{Name: name})
		}
		indexed.Incidents = append(indexed.Incidents, inc)
	}
	err := r.index.Apply(ctx, indexed)
	if err == nil {
		r.seen.Store(int64(d.Upto))
	}
	return err
}

// Search answers req as Index.Search does, and hits are runbooks. Of the filter, only After and Limit have an effect: the others are about incidents.
func (r *Runbooks) Search(ctx context.Context, req Request) (Result, error) {
	req.Query, _ = req.Query.Runbooks()
	req.Filter, req.Facets = incident.Filter{After: req.Filter.After, Limit: req.Filter.Limit}, false
	return r.index.Search(ctx, req)
}

// Runbooks returns q as runbooks are asked, without kind:runbook, and whether it can hold for any: it says nothing of kinds, or names that one.
func (q Query) Runbooks() (Query, bool) {
	var out Query
	for _, c := range q.Clauses {
		if c.Field != "kind" {
			out.Clauses = append(out.Clauses, c)
			continue
		}
		if c.Not == slices.ContainsFunc(c.Any, func(t Term) bool { return t.Text == kindRunbook }) {
			return q, false
		}
	}
	return out, true
}

// OnlyRunbooks reports whether q can hold for no incident because it asks for runbooks.
func (q Query) OnlyRunbooks() bool {
	return slices.ContainsFunc(q.Clauses, func(c Clause) bool {
		return c.Field == "kind" && !c.Not && len(c.Any) == 1 && c.Any[0].Text == kindRunbook
	})
}
