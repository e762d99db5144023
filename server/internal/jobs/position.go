package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"

	"hindsight/importers"
)

const (
	everything = 0    // asks for a list without a bound
	recent     = 1000 // runs among which those that have not ended are
)

// position is where a run stands in its source's collections: what incident.Run.Cursor holds.
type position struct {
	Done   int                         `json:"done"`   // collections that this run has read to the end
	Before int64                       `json:"before"` // records of those collections
	Next   map[string]importers.Cursor `json:"next"`   // by the collection's name
}

func (p position) encode() []byte {
	b, _ := json.Marshal(p) // of numbers, strings and bytes: it cannot fail
	return b
}

// after returns the position behind a page. A page without a cursor keeps the last one.
func (p position) after(collection string, next importers.Cursor) position {
	if next == nil {
		return p
	}
	out := position{Done: p.Done, Before: p.Before, Next: maps.Clone(p.Next)}
	if out.Next == nil {
		out.Next = map[string]importers.Cursor{}
	}
	out.Next[collection] = next
	return out
}

// finished returns the position behind collection i, after read records in all.
func (p position) finished(i int, read int64) position {
	return position{Done: i + 1, Before: read, Next: p.Next}
}

func decodePosition(cursor []byte) (position, error) {
	var p position
	if len(cursor) == 0 {
		return p, nil
	}
	if err := json.Unmarshal(cursor, &p); err != nil {
		return p, fmt.Errorf("jobs: read cursor: %w", err)
	}
	if p.Done < 0 {
		return p, fmt.Errorf("jobs: read cursor: %d collections are done", p.Done)
	}
	return p, nil
}

// resume sets where to go on: where this run was left, or, for a source that is polled, where its last
// run ended. A cursor never passes what is not stored, so it holds however that run ended.
func (p *pass) resume(ctx context.Context, opts Options) (err error) {
	if len(p.run.Cursor) > 0 || p.source.File || !opts.Since.IsZero() {
		p.pos, err = decodePosition(p.run.Cursor)
		return err
	}
	runs, err := p.store.Runs(ctx, p.conn.ID, 20)
	if err != nil {
		return fmt.Errorf("jobs: run %s: read earlier runs: %w", p.run.ID, err)
	}
	for _, run := range runs {
		if !run.DryRun && run.Via == p.run.Via && len(run.Cursor) > 0 {
			p.pos, err = decodePosition(run.Cursor)
			p.pos.Done, p.pos.Before = 0, 0
			return err
		}
	}
	return nil
}
