package similar

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"hindsight/incident"
)

// Answer is the incidents that look like one, or why there are none.
type Answer struct {
	Matches []Match
	None    string       // why Matches is empty, as a sentence for people; else empty
	AsOf    incident.Seq // the answer knows every change up to this one
}

// Match is one incident that looks like another one.
type Match struct {
	ID      incident.ID
	Score   float64 // 0 to 1, rounded; it orders matches and is no probability
	Reasons []Reason
}

// Reason is one part of what makes two incidents alike, the strongest part first.
type Reason struct {
	Kind  string   // "words", "service", "time"
	Text  string   // a phrase for people: "both speak of cache, failover"; hostile until escaped
	Terms []string // the shared words or services, strongest first; empty for "time"
}

// The score is a weighted mean. The weights were fitted on titanium-dup (docs/similarity.md) and are the same
// for everybody.
const (
	textWeight, serviceWeight, timeWeight = 1, 0.1, 0.15

	// Texts nearer than this share more than the words of the trade.
	textThreshold = 0.10
	// fewWords is too little to compare.
	fewWords = 2
	// fadeDays is when nearness in time has faded to 1/e.
	fadeDays = 90
	// pool is how many matches by text are weighed.
	pool = 200
	// shownTerms is how many shared words a reason lists.
	shownTerms = 5
)

// Similar returns at most n incidents that look like id, the most alike first. Private incidents are left
// out, and nothing is said about them, unless private is set.
func (e *Engine) Similar(id incident.ID, n int, private bool) Answer {
	e.mu.RLock()
	defer e.mu.RUnlock()
	at, known := e.places[id]
	switch {
	case !known || e.entries[at].private && !private:
		return Answer{None: "The incident is not known here yet.", AsOf: e.seq}
	case e.tooShort(at):
		return Answer{None: "There is no text to compare: the incident has no description and its title is made of codes or of one word.", AsOf: e.seq}
	}
	out := Answer{Matches: e.matches(at, n, private), AsOf: e.seq}
	if len(out.Matches) == 0 {
		out.None = "No other incident shares enough words with this one."
	}
	return out
}

func (e *Engine) tooShort(at int) bool {
	return e.corpus.Words(at) < fewWords
}

func (e *Engine) matches(at, n int, private bool) []Match {
	type scored struct {
		at    int
		score float64
	}
	var found []scored
	visible := func(other int) bool { return private || !e.entries[other].private }
	for _, near := range e.corpus.Near(at, pool, visible) {
		if near.Score >= textThreshold {
			found = append(found, scored{near.At, e.score(at, near)})
		}
	}
	slices.SortFunc(found, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(e.entries[a.at].id, e.entries[b.at].id))
	})
	var out []Match
	for _, s := range found[:min(n, len(found))] {
		out = append(out, Match{e.entries[s.at].id, s.score, e.reasons(at, s.at)})
	}
	return out
}

func (e *Engine) score(at int, near Near) float64 {
	s := textWeight*near.Score + serviceWeight*e.sameServices(at, near.At) + timeWeight*e.closeInTime(at, near.At)
	return math.Round(s/(textWeight+serviceWeight+timeWeight)*1e4) / 1e4
}

// sameServices returns the shared services as a share of all that either incident touched (Jaccard).
func (e *Engine) sameServices(a, b int) float64 {
	shared := len(e.sharedServices(a, b))
	if shared == 0 {
		return 0
	}
	return float64(shared) / float64(len(e.entries[a].services)+len(e.entries[b].services)-shared)
}

func (e *Engine) sharedServices(a, b int) []string {
	var out []string
	for _, s := range e.entries[a].services {
		if slices.ContainsFunc(e.entries[b].services, func(o Service) bool { return o.Key == s.Key }) {
			out = append(out, s.Name)
		}
	}
	return out
}

// closeInTime returns 1 for incidents that began together, fading with the days between them; 0 when one
// time is unknown.
func (e *Engine) closeInTime(a, b int) float64 {
	x, y := e.entries[a].at, e.entries[b].at
	if x.IsZero() || y.IsZero() {
		return 0
	}
	return math.Exp(-x.Sub(y).Abs().Hours() / 24 / fadeDays)
}

func (e *Engine) reasons(at, other int) []Reason {
	terms := e.corpus.Shared(at, other, shownTerms)
	out := []Reason{{Kind: "words", Text: "both speak of " + strings.Join(terms, ", "), Terms: terms}}
	if names := e.sharedServices(at, other); len(names) > 0 {
		out = append(out, Reason{Kind: "service", Text: "same service: " + strings.Join(names, ", "), Terms: names})
	}
	if e.closeInTime(at, other) > 0 {
		out = append(out, Reason{Kind: "time", Text: apart(e.entries[at].at, e.entries[other].at)})
	}
	return out
}

// apart says how long other began before or after at.
func apart(at, other time.Time) string {
	days := int(at.Sub(other).Abs().Hours() / 24)
	unit, n := "day", days
	if days > 730 {
		unit, n = "year", days/365
	} else if days > 60 {
		unit, n = "month", days/30
	}
	switch {
	case days == 0:
		return "within a day"
	case n > 1:
		unit += "s"
	}
	if other.After(at) {
		return fmt.Sprintf("%d %s later", n, unit)
	}
	return fmt.Sprintf("%d %s earlier", n, unit)
}
