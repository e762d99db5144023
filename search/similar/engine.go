// Package similar finds the incidents that look like one: by the words of title and prose, by code and log lines, by
// vectors taught on the texts themselves, the services, and the time between them. It says for each match why it is one, and
// nothing at all where there is no text to compare. It keeps words in memory, reads them from the change feed at
// every start, and stores nothing. Groups of incidents are the business of search/recurring.
//
// Start with [Engine].
package similar

import (
	"context"
	"fmt"
	"hash/maphash"
	"log/slog"
	"slices"
	"sync"
	"time"

	"hindsight/incident"
	"hindsight/search/template"
)

// Engine follows the change feed and answers which incidents look alike. All methods may be called at
// the same time. The same changes give the same answers.
type Engine struct {
	log *slog.Logger

	mu      sync.RWMutex
	seq     incident.Seq
	corpus  *Corpus
	settled bool // the feed has been read to its end once
	taught  *taughtness
	places  map[incident.ID]int
	entries []entry                           // by place in the corpus
	uses    map[string]int                    // public incidents that touched a service, by its key
	shared  map[incident.ID]incident.Audience // of private incidents that have one
	forms   *template.Miner
	fresh   int                     // size of the corpus at the last refresh
	said    map[[2]incident.ID]bool // by pair of ids, the lesser first: whether people call them the same
	heard   heard
	trust   trust
	seed    maphash.Seed
}

// entry is what is known of an incident besides its words.
type entry struct {
	id       incident.ID
	services []Service
	at       time.Time
	private  bool
	text     uint64      // hash of title, body and privacy
	form     template.ID // of the title
	Labels
	linked uint64 // hash of the problem record that its source links it to; 0: none
}

// NewEngine returns an empty engine, at position 0 of the feed.
func NewEngine(log *slog.Logger) (*Engine, error) {
	c, err := NewCorpus()
	if err != nil {
		return nil, err
	}
	return &Engine{log: log, corpus: c, trust: trust{weights: defaults, rates: ratesOf(nil, nil), history: NewRate(0, 0)}, taught: &taughtness{}, places: map[incident.ID]int{}, uses: map[string]int{}, shared: map[incident.ID]incident.Audience{}, forms: template.NewMiner(template.DefaultLimit), seed: maphash.MakeSeed()}, nil
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
	e.hear(d)
	if n := e.corpus.Len(); n > e.fresh+e.fresh/20 {
		e.corpus.Refresh()
		e.fresh = n
	}
	e.seq = d.Upto
	e.settled = e.settled || d.CaughtUp
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
	next := entry{Labels: d.Labels, id: d.ID, services: d.Services, at: d.At, private: d.Private, text: maphash.String(e.seed, fmt.Sprint(d.Private)+d.Title+"\x00"+d.Body+"\x00"+d.Code)}
	if d.Linked != "" {
		next.linked = maphash.String(e.seed, d.Linked) | 1
	}
	at, known := e.places[d.ID]
	if known && e.entries[at].text == next.text {
		e.count(e.entries[at], -1)
		next.form = e.entries[at].form
	} else {
		e.remove(d.ID)
		at = e.corpus.Add(Text{d.Title, d.Body, d.Code, d.Private})
		e.places[d.ID] = at
		e.entries = append(e.entries, entry{})
		next.form = e.forms.Add(d.Title)
		e.taught.vectors = append(e.taught.vectors, e.corpus.vectorsOf(e.taught.table, at))
	}
	e.entries[at] = next
	e.count(next, 1)
	delete(e.shared, d.ID)
	if len(d.Audience.Users)+len(d.Audience.Teams) > 0 && d.Private {
		e.shared[d.ID] = d.Audience
	}
}

// count adds n to the uses of an incident's services. Private ones do not count: how common a service is weighs for everybody.
func (e *Engine) count(x entry, n int) {
	if x.private {
		return
	}
	for _, s := range x.services {
		e.uses[s.Key] += n
	}
}

func (e *Engine) remove(id incident.ID) {
	at, known := e.places[id]
	if !known {
		return
	}
	e.count(e.entries[at], -1)
	e.forms.Remove(e.entries[at].form)
	e.corpus.Remove(at)
	e.entries[at] = entry{}
	delete(e.places, id)
	delete(e.shared, id)
}
