// Package suggest says what is probably true of an incident that nobody has recorded: which team takes it, how severe it is, what kind of thing
// contributed. Each answer comes with how often such answers were right on this installation's own past, and where that is no better than naming the most frequent
// one, there is none.
//
// Start with [Suggester].
package suggest

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"hindsight/incident"
	"hindsight/search/similar"
	"hindsight/search/tagging"
)

// Kind is what is suggested.
type Kind string

// The kinds.
const (
	Team     Kind = "team"     // the id of a team
	Severity Kind = "severity" // 1 to 5
	Category Kind = "category" // of a contributing factor
)

// Kinds lists them all.
var Kinds = []Kind{Team, Severity, Category}

// Suggestion is a guess, and how good such guesses are.
type Suggestion struct {
	Kind  Kind
	Value string
	// Rate is how often the first guess was right for the youngest incidents, from what was known of older ones.
	Rate similar.Rate
	// Frequent is how often the most frequent value of the older ones would have been right for the same.
	Frequent similar.Rate
}

const (
	learntFrom = 5000 // incidents, the youngest
	fewest     = 60   // that have a value, before anything is guessed
	triedShare = 5    // one in so many is tried, and not learnt from until that is done
	mostTried  = 500
	lookEvery  = time.Minute
)

// Suggester learns from the incidents that an engine knows. Its methods may be called at the same time.
type Suggester struct {
	engine *similar.Engine
	name   func(category string) string

	mu     sync.RWMutex
	learnt map[Kind]learnt
	known  int       // incidents that were learnt from
	upto   time.Time // when the youngest of them began
}

// learnt is what is known of one kind.
type learnt struct {
	tagger         *tagging.Tagger
	rate, frequent similar.Rate
}

// New returns a suggester that has learnt nothing yet.
//
// name makes one of all names of a category of factors.
func New(engine *similar.Engine, name func(category string) string) *Suggester {
	return &Suggester{engine: engine, name: name, learnt: map[Kind]learnt{}}
}

// Suggest returns what is probably true of an incident, a suggestion for each kind of which something can be said. What is recorded of it already is
// not looked at.
func (s *Suggester) Suggest(id incident.ID) []Suggestion {
	text, known := s.engine.TextOf(id)
	if !known {
		return nil
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []Suggestion
	for _, kind := range Kinds {
		l := s.learnt[kind]
		if l.tagger == nil || l.rate.Low <= float64(l.frequent.Right)/float64(max(1, l.frequent.N)) {
			continue
		}
		out = append(out, Suggestion{kind, l.tagger.Rank(text)[0].Tag, l.rate, l.frequent})
	}
	return out
}

// KeepLearning learns whenever a twentieth of the incidents is new, until ctx ends.
func (s *Suggester) KeepLearning(ctx context.Context) {
	due := time.NewTicker(lookEvery)
	defer due.Stop()
	for s.Learn(ctx) == nil {
		select {
		case <-ctx.Done():
			return
		case <-due.C:
		}
	}
}

// Learn learns from the youngest 5,000 incidents that are not private, where a twentieth of them is new. For each kind it tries first what older ones tell of the youngest
// fifth, 500 at most. It is for one caller at a time. The only error is ctx's.
func (s *Suggester) Learn(ctx context.Context) error {
	all := s.engine.Labelled(learntFrom)
	if !s.due(all) {
		return nil
	}
	found := map[Kind]learnt{}
	for _, kind := range Kinds {
		var texts []similar.Unit
		var values [][]string
		for _, x := range all {
			if v := s.valuesOf(x, kind); len(v) > 0 {
				texts, values = append(texts, x.Text), append(values, v)
			}
		}
		if len(texts) < fewest {
			continue
		}
		l, err := s.try(ctx, texts, values)
		if err != nil {
			return err
		}
		found[kind] = l
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.learnt, s.known, s.upto = found, len(all), all[len(all)-1].At
	return nil
}

// due reports whether a twentieth of the incidents is new. Once there are as many as are learnt from, those that are younger than all before are.
func (s *Suggester) due(all []similar.Labelled) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	younger := 0
	for younger < len(all) && all[len(all)-1-younger].At.After(s.upto) {
		younger++
	}
	return max(younger, len(all)-s.known) > s.known/20
}

// try measures on the youngest, then learns from all. Texts come in order of time.
func (s *Suggester) try(ctx context.Context, texts []similar.Unit, values [][]string) (l learnt, err error) {
	at := len(texts) - min(mostTried, len(texts)/triedShare)
	older, err := tagging.Teach(ctx, texts[:at], values[:at], s.engine.Named)
	if err != nil {
		return l, err
	}
	frequent, right, often := older.Frequent()[0].Tag, 0, 0
	for i := at; i < len(texts); i++ {
		if slices.Contains(values[i], older.Rank(texts[i])[0].Tag) {
			right++
		}
		if slices.Contains(values[i], frequent) {
			often++
		}
	}
	l.rate, l.frequent = similar.NewRate(right, len(texts)-at), similar.NewRate(often, len(texts)-at)
	l.tagger, err = tagging.Teach(ctx, texts, values, s.engine.Named)
	return l, err
}

func (s *Suggester) valuesOf(x similar.Labelled, kind Kind) []string {
	switch {
	case kind == Team && x.Team != "":
		return []string{string(x.Team)}
	case kind == Severity && x.Severity > 0:
		return []string{strconv.Itoa(int(x.Severity))}
	case kind == Category:
		var out []string
		for _, c := range x.Categories {
			if c = s.name(c); !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
		return out
	}
	return nil
}
