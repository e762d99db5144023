package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// slow reports whether a source may be asked so seldom that two trials, one behind the other, cannot both ask it.
func slow(source importers.Source) bool {
	if source.API == nil {
		return false
	}
	for _, rate := range source.API.Rates {
		if rate.Interval() > trialTime {
			return true
		}
	}
	return false
}

// slowSpan is how far back records of a slow source are looked for: what it lists at once, since each further window costs a turn.
const slowSpan = 365 * 24 * time.Hour

// recentFor is how long what a slow source answered may be shown again.
const recentFor = 10 * time.Minute

// recentPages are the pages that the last trial of a slow source has read, so that who goes from the words to the preview
// need not wait minutes for the next turn. They stay in memory; another replica asks the source itself. The zero value
// holds none.
type recentPages struct {
	mu    sync.Mutex
	key   string // of the connection, with all that decides what is read
	begun time.Time
	pages map[string]importers.Slice
}

// of returns a change of conn's source that reads pages again from here and keeps those that it had to ask for, and when
// the first of them was asked for: the walk goes by that. conn's settings hold secrets in clear.
func (r *recentPages) of(conn incident.Connection, now time.Time) (time.Time, func(importers.Source) importers.Source) {
	fields := importers.Config{Mapping: conn.Mapping}.Words(importers.Words{}).Fields // that the source may be asked for
	key, _ := json.Marshal([]any{conn.ID, conn.Settings, fields})                     // of texts: it cannot fail
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.key != string(key) || now.Sub(r.begun) > recentFor {
		r.key, r.begun, r.pages = string(key), now, map[string]importers.Slice{}
	}
	pages := r.pages
	return r.begun, func(s importers.Source) importers.Source {
		s.Collections = slices.Clone(s.Collections)
		for i, c := range s.Collections {
			if c.List != nil {
				list := *c.List
				list.Page = r.again(pages, c.Name, c.List.Page)
				s.Collections[i].List = &list
			}
		}
		return s
	}
}

type page = func(context.Context, importers.Input, importers.At) (importers.Slice, error)

// again answers from pages, and asks for what is not among them.
func (r *recentPages) again(pages map[string]importers.Slice, collection string, ask page) page {
	return func(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
		name := fmt.Sprint(collection, at.From.Unix(), at.Token)
		r.mu.Lock()
		slice, known := pages[name]
		r.mu.Unlock()
		if known {
			return slice, nil
		}
		slice, err := ask(ctx, in, at)
		if err == nil {
			r.mu.Lock()
			pages[name] = slice
			r.mu.Unlock()
		}
		return slice, err
	}
}
