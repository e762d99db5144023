package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"hindsight/importers"
)

const (
	everything    = 0                   // asks for a list without a bound
	reconcileSpan = 30 * 24 * time.Hour // how far back a reconciliation reads everything again
	recent        = 1000                // runs among which those that have not ended are
)

// position is where a run stands in its source's collections: what incident.Run.Cursor holds.
type position struct {
	Done   int                         `json:"done"`   // collections that this run has read to the end
	Before int64                       `json:"before"` // records of those collections
	Next   map[string]importers.Cursor `json:"next"`   // by the collection's name
	// Troubles says which collections could not be read, and why: a run that is interrupted remembers them.
	Troubles []string `json:"troubles,omitempty"`
	// Notes says which collections the credentials do not reach: the run is whole without them.
	Notes []string `json:"notes,omitempty"`
	// Then is where what follows the collections stands.
	Then errand `json:"then,omitzero"`
}

// errand is where a refresh of what is held as open stands, or the census behind it.
type errand struct {
	Census     bool     `json:"census,omitempty"`
	Collection int      `json:"collection,omitempty"`
	After      string   `json:"after,omitempty"` // the last id that was asked for; the token of a census's next page
	Asked      int      `json:"asked,omitempty"` // ids of the collection
	IDs        []string `json:"ids,omitempty"`   // those that were not given; of a census, those that there are
}

// IsZero reports whether it has not begun.
func (e errand) IsZero() bool { return !e.Census && e.Collection == 0 && e.After == "" }

// behind returns where a refresh stands once it has asked for ids, of which some were not given.
func (e errand) behind(ids, missing []string) errand {
	e.After, e.Asked, e.IDs = ids[len(ids)-1], e.Asked+len(ids), append(slices.Clip(e.IDs), missing...)
	return e
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
	out := p
	if out.Next = maps.Clone(p.Next); out.Next == nil {
		out.Next = map[string]importers.Cursor{}
	}
	out.Next[collection] = next
	return out
}

// finished returns the position behind collection i, after read records in all.
func (p position) finished(i int, read int64) position {
	p.Done, p.Before = i+1, read
	return p
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

// afresh returns the position from which a later run goes on.
func (p position) afresh() position { return position{Next: p.Next} }

// resume sets where to go on: where this run was left, or, for a poll without bounds of its own, where the last
// poll ended. A cursor never passes what is not stored, so it holds however that run ended. A reconciliation reads
// the recent past again.
func (p *pass) resume(ctx context.Context, in *importers.Input) (err error) {
	cursor := p.run.Cursor
	if len(cursor) == 0 && p.run.Via == viaPoll && p.run.Since.IsZero() && !p.dry {
		cursor = p.health.Cursor
	}
	if p.run.Via == viaReconcile && in.Since.IsZero() {
		in.Since = p.run.StartedAt.Add(-reconcileSpan)
	}
	p.pos, err = decodePosition(cursor)
	return err
}
