package similar

import (
	"cmp"
	"math"
	"slices"
	"time"

	"hindsight/incident"
)

// Answer is the incidents that look like one, or why there are none.
type Answer struct {
	// Again has those that may be happening again: what is near in time comes first among what is equally alike.
	Again []Match
	// Before has those that began at least [Old] earlier, whatever the time between: nearness in time would hide them.
	Before []Match
	// Apart are those that would be in a list had people not said that another problem is behind them; by id.
	Apart []incident.ID
	None  string       // why both are empty, as a sentence for people; else empty
	AsOf  incident.Seq // the answer knows every change up to this one
	// Taught is the version of the vectors that took part, which grows as they are taught; 0: none yet.
	Taught int
}

// Match is one incident that looks like another one.
type Match struct {
	ID       incident.ID
	Score    float64 // 0 to 1, rounded; it orders matches and is no probability
	Strength Strength
	Said     bool // a person said that one problem is behind both
	Reasons  []Reason
}

// Reason is one part of what makes two incidents alike.
type Reason struct {
	Kind  string   // "words", "vectors", "service", "time"
	Text  string   // a phrase for people: "both speak of cache, failover"; hostile until escaped
	Terms []string // the shared words or services, strongest first; empty for "time" and "vectors"
	Part  float64  // of the score; those of all reasons add up to it
}

// Old is how much earlier an incident has to have begun to count as seen before.
const Old = 90 * 24 * time.Hour

const (
	// threshold is the nearness from which texts share more than the words of the trade.
	threshold = 0.07
	// fewWords is too little to compare.
	fewWords = 2
	// shownTerms is how many shared words a reason lists.
	shownTerms = 5
)

// Similar returns at most n incidents for each list that look like id, the most alike first. Private incidents that
// sight does not see are left out, and nothing is said about them.
func (e *Engine) Similar(id incident.ID, n int, sight incident.Sight) Answer {
	e.mu.RLock()
	defer e.mu.RUnlock()
	at, known := e.places[id]
	switch {
	case !known || !e.visible(sight)(at):
		return Answer{None: "The incident is not known here yet.", AsOf: e.seq}
	case e.corpus.Words(at) < fewWords:
		return Answer{None: "There is no text to compare: the incident has no description and its title is made of codes or of one word.", AsOf: e.seq}
	}
	found := e.compare(at, e.visible(sight))
	found, apart := e.heeded(at, found)
	w := e.trust.weights
	out := Answer{Again: e.best(at, found, n, w), Before: e.best(at, e.old(at, found), n, w.timeless()), Apart: apart, AsOf: e.seq, Taught: e.taught.version}
	if len(out.Again) == 0 {
		out.None = "No other incident shares enough words with this one."
	}
	return out
}

// Ranking says by what matches are ordered, to measure what each part is worth.
type Ranking int

// The rankings.
const (
	ByAll      Ranking = iota // as the list of what is happening again
	ByText                    // without services and times
	ByAge                     // as the list of what was seen before
	ByBM25F                   // BM25F over title and body alone
	ByDefaults                // as ByAll, with the weights that are the same for everybody
	ByTFIDF                   // the mean of the TF-IDF cosines of titles and of whole texts alone
)

// Rankings returns at most n of all incidents that have a word in common with id, in the order of each ranking.
func (e *Engine) Rankings(id incident.ID, n int, by ...Ranking) [][]incident.ID {
	e.mu.RLock()
	defer e.mu.RUnlock()
	out := make([][]incident.ID, len(by))
	at, known := e.places[id]
	if !known {
		return out
	}
	found := e.compare(at, nil)
	for i, ranking := range by {
		out[i] = e.rank(at, found, n, ranking)
	}
	return out
}

func (e *Engine) rank(at int, found []compared, n int, by Ranking) []incident.ID {
	found, w := slices.Clone(found), e.trust.weights
	switch by {
	case ByText:
		w[services] = 0
		w = w.timeless()
	case ByAge:
		found, w = e.old(at, found), w.timeless()
	case ByDefaults:
		w = defaults
	case ByBM25F:
		w = weights{ranked: 1}
	case ByTFIDF:
		for i, c := range found {
			x, y := &e.corpus.docs[at], &e.corpus.docs[c.at]
			found[i].features[sameProse] = (e.corpus.cosine(x, y, title) + e.corpus.cosine(x, y, whole)) / 2
		}
		w = weights{sameProse: 1}
	}
	e.order(found, w)
	out := []incident.ID{}
	for _, c := range found[:min(n, len(found))] {
		out = append(out, e.entries[c.at].id)
	}
	return out
}

// old keeps those that began long enough before the incident at a place.
func (e *Engine) old(at int, found []compared) []compared {
	since := e.entries[at].at.Add(-Old)
	return slices.DeleteFunc(slices.Clone(found), func(c compared) bool {
		began := e.entries[c.at].at
		return began.IsZero() || !began.Before(since)
	})
}

// compared is an incident that has something in common with another one.
type compared struct {
	at int
	features
}

// visible accepts the incidents that may be shown.
func (e *Engine) visible(sight incident.Sight) func(int) bool {
	return func(other int) bool {
		x := &e.entries[other]
		return !x.private || sight.Sees(x.Team, e.shared[x.id])
	}
}

// compare returns those that keep accepts of all incidents whose texts are near the one at a place.
func (e *Engine) compare(at int, keep func(int) bool) []compared {
	var out []compared
	for _, other := range e.corpus.candidates(at, thorough, keep) {
		if e.corpus.Score(at, other) < threshold {
			continue
		}
		out = append(out, compared{other, e.featuresOf(at, other)})
	}
	return out
}

// heeded takes out those that people keep apart from the incident at a place.
func (e *Engine) heeded(at int, found []compared) (rest []compared, apart []incident.ID) {
	rest = slices.DeleteFunc(found, func(c compared) bool {
		same, known := e.saidOf(e.entries[at].id, e.entries[c.at].id)
		if known && !same {
			apart = append(apart, e.entries[c.at].id)
		}
		return known && !same
	})
	slices.Sort(apart)
	return rest, apart
}

// featuresOf returns how alike the incidents at two places are.
func (e *Engine) featuresOf(at, other int) features {
	f := e.corpus.textual(at, other)
	x, y := &e.taught.vectors[at], &e.taught.vectors[other]
	f[alike] = max(0, x.whole.Cosine(&y.whole))
	f[crossing] = max(0, x.title.Cosine(&y.whole), x.whole.Cosine(&y.title))
	f[services] = e.sameServices(at, other)
	f[months], f[weeks] = e.closeInTime(at, other, 120), e.closeInTime(at, other, 14)
	return f
}

// best returns the n most alike of those that were compared.
func (e *Engine) best(at int, found []compared, n int, w weights) []Match {
	e.order(found, w)
	var out []Match
	for _, c := range found[:min(n, len(found))] {
		score := w.score(c.features)
		said, _ := e.saidOf(e.entries[at].id, e.entries[c.at].id)
		out = append(out, Match{e.entries[c.at].id, score, strengthOf(score), said, e.reasons(at, c, w)})
	}
	return out
}

// order sorts the most alike first; equal ones by id.
func (e *Engine) order(found []compared, w weights) {
	scores := make(map[int]float64, len(found))
	for _, c := range found {
		scores[c.at] = w.score(c.features)
	}
	slices.SortFunc(found, func(a, b compared) int {
		return cmp.Or(cmp.Compare(scores[b.at], scores[a.at]), cmp.Compare(e.entries[a.at].id, e.entries[b.at].id))
	})
}

// sameServices returns the cosine of the services that two incidents touched, rare ones counting more.
func (e *Engine) sameServices(a, b int) float64 {
	var dot, x, y float64
	for _, s := range e.entries[a].services {
		w := e.rarity(s)
		x += w * w
		if slices.ContainsFunc(e.entries[b].services, func(o Service) bool { return o.Key == s.Key }) {
			dot += w * w
		}
	}
	if dot == 0 {
		return 0
	}
	for _, s := range e.entries[b].services {
		w := e.rarity(s)
		y += w * w
	}
	return min(1, dot/math.Sqrt(x*y))
}

func (e *Engine) rarity(s Service) float64 {
	return math.Log(float64(e.corpus.Len()+1)/float64(e.uses[s.Key]+1)) + 1
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

// closeInTime returns 1 for incidents that began together, and 1/e for those that began fade days apart; 0 when one
// time is unknown.
func (e *Engine) closeInTime(a, b int, fade float64) float64 {
	x, y := e.entries[a].at, e.entries[b].at
	if x.IsZero() || y.IsZero() {
		return 0
	}
	return math.Exp(-x.Sub(y).Abs().Hours() / 24 / fade)
}
