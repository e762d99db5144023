package similar

import (
	"cmp"
	"slices"
	"time"

	"hindsight/incident"
)

// Labels are what is recorded of an incident besides its text.
type Labels struct {
	Team       incident.ID
	Severity   incident.Severity
	Categories []string // of the factors, each once
}

// Labelled is an incident's text with what is recorded of it.
type Labelled struct {
	Labels
	At   time.Time // start; zero when unknown
	Text Unit
}

func labelsOf(inc *incident.Incident) Labels {
	l := Labels{Team: inc.Team, Severity: inc.Severity}
	for _, f := range inc.Factors {
		if f.Category != "" && !slices.Contains(l.Categories, f.Category) {
			l.Categories = append(l.Categories, f.Category)
		}
	}
	return l
}

// Labelled returns the n youngest incidents that have words and of which anything is recorded, the oldest first. Private ones are left out.
func (e *Engine) Labelled(n int) []Labelled {
	e.mu.RLock()
	defer e.mu.RUnlock()
	var found []int
	for at, x := range e.entries {
		if x.id != "" && !x.private && e.corpus.Words(at) >= fewWords && (x.Team != "" || x.Severity > 0 || len(x.Categories) > 0) {
			found = append(found, at)
		}
	}
	slices.SortFunc(found, func(a, b int) int {
		return cmp.Or(e.entries[a].at.Compare(e.entries[b].at), cmp.Compare(e.entries[a].id, e.entries[b].id))
	})
	var out []Labelled
	for _, at := range found[max(0, len(found)-n):] {
		out = append(out, Labelled{e.entries[at].Labels, e.entries[at].at, e.corpus.Unit(at)})
	}
	return out
}

// TextOf returns the text of an incident, and whether it has words enough to tell anything.
func (e *Engine) TextOf(id incident.ID) (Unit, bool) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	at, known := e.places[id]
	if !known || e.corpus.Words(at) < fewWords {
		return Unit{}, false
	}
	return e.corpus.Unit(at), true
}

// Named is Corpus.Named of the texts that are known.
func (e *Engine) Named(name string) [][]uint32 {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.corpus.Named(name)
}
