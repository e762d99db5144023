// Package similar finds the earlier incidents that look like one: by the words of title and body, the
// services, and the time between them. It says for each match why it is one, and nothing at all where there
// is no text to compare. It keeps words in memory, reads them from the change feed at every start,
// and stores nothing. Groups of incidents are the business of search/recurring.
//
// Start with [Engine].
package similar

import (
	"context"
	"hash/maphash"
	"log/slog"
	"slices"
	"sync"
	"time"

	"hindsight/incident"
)

// Engine follows the change feed and answers which incidents look alike. All methods may be called at
// the same time. The same changes give the same answers.
type Engine struct {
	log *slog.Logger

	mu      sync.RWMutex
	seq     incident.Seq
	corpus  *Corpus
	places  map[incident.ID]int
	entries []entry // by place in the corpus
	fresh   int     // size of the corpus at the last refresh
	seed    maphash.Seed
}

// entry is what is known of an incident besides its words.
type entry struct {
	id       incident.ID
	services []Service
	at       time.Time
	private  bool
	text     uint64 // hash of title and body
}

// NewEngine returns an empty engine, at position 0 of the feed.
func NewEngine(log *slog.Logger) (*Engine, error) {
	c, err := NewCorpus()
	if err != nil {
		return nil, err
	}
	return &Engine{log: log, corpus: c, places: map[incident.ID]int{}, seed: maphash.MakeSeed()}, nil
}

// Name names the engine among the followers of the change feed.
func (e *Engine) Name() string { return "similar" }

// Seq returns the position in the change feed up to which answers are complete.
func (e *Engine) Seq() incident.Seq {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.seq
}

// chunk is how many incidents are added before waiting readers get their turn.
const chunk = 100

// Apply brings the engine to d.Upto. When ctx ends it returns its error and stays where it was.
func (e *Engine) Apply(ctx context.Context, d incident.Delta) error {
	for part := range slices.Chunk(d.Incidents, chunk) {
		if err := ctx.Err(); err != nil {
			return err
		}
		e.addAll(part, d)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, id := range d.Gone {
		e.remove(id)
	}
	if n := e.corpus.Len(); n > e.fresh+e.fresh/10 {
		e.corpus.Refresh()
		e.fresh = n
	}
	e.seq = d.Upto
	e.log.Debug("similar applied changes", "upto", d.Upto, "incidents", len(d.Incidents), "gone", len(d.Gone))
	return nil
}

func (e *Engine) addAll(incs []*incident.Incident, d incident.Delta) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, inc := range incs {
		e.put(NewDocument(inc, d.Timelines[inc.ID], d.Retrospectives[inc.ID]))
	}
}

func (e *Engine) put(d Document) {
	next := entry{id: d.ID, services: d.Services, at: d.At, private: d.Private, text: maphash.String(e.seed, d.Title+"\x00"+d.Body)}
	if at, known := e.places[d.ID]; known && e.entries[at].text == next.text {
		e.entries[at] = next
		return
	}
	e.remove(d.ID)
	e.places[d.ID] = e.corpus.Add(d.Title, d.Body)
	e.entries = append(e.entries, next)
}

func (e *Engine) remove(id incident.ID) {
	at, known := e.places[id]
	if !known {
		return
	}
	e.corpus.Remove(at)
	e.entries[at] = entry{}
	delete(e.places, id)
}
