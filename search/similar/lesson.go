package similar

import (
	"context"
	"errors"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"time"

	"hindsight/search/taught"
)

// How the table of vectors follows the texts.
const (
	enough    = 1000    // texts before anything can be taught
	fresh     = 250     // new texts that are taught, or one in freshPart of all if that is more
	freshPart = 50      //
	epochs    = 10      // of a full lesson
	passes    = 3       // over new texts
	rehearsed = 3       // old texts beside each new one
	fullest   = 600_000 // pairs of a full lesson
	rare      = 3       // texts that have a word before it gets a vector
)

// taughtness is what an engine knows of vectors. A version is never changed once it is in use.
type taughtness struct {
	table   *taught.Table
	version int       // counts lessons; 0: none yet
	full    int       // texts at the last full lesson
	upto    int       // places below it were taught
	vectors []vectors // by place
}

// vectors are the directions of one text.
type vectors struct{ whole, title taught.Packed }

// Learn teaches the table of vectors on the texts that came since the last lesson, where there are enough of them, or on all
// when their number has doubled; nothing before the feed was read to its end once. Answers go on meanwhile with the vectors of the version before. It is for one caller
// at a time. The only error is ctx's, and then the version before stays.
func (e *Engine) Learn(ctx context.Context) error {
	l := e.plan()
	if l == nil || len(l.texts) < fresh {
		return nil
	}
	for pass := range l.passes {
		if err := l.table.Teach(ctx, len(l.texts), uint64(l.version)<<8|uint64(pass), l.pair); err != nil {
			return err
		}
	}
	next := &taughtness{table: l.table, version: l.version, full: l.full, upto: l.upto}
	for len(next.vectors) < l.upto {
		if err := ctx.Err(); err != nil {
			return err
		}
		e.direct(next, len(next.vectors)+chunk)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.corpus.direct(next, len(e.corpus.docs))
	e.taught = next
	e.log.Debug("similar taught its vectors", "version", next.version, "texts", len(l.texts), "words", l.table.Words())
	return nil
}

// KeepLearning teaches and weighs whenever it is due, until ctx ends.
func (e *Engine) KeepLearning(ctx context.Context) {
	due := time.NewTicker(10 * time.Second)
	defer due.Stop()
	for errors.Join(e.Learn(ctx), e.Weigh(ctx)) == nil {
		select {
		case <-ctx.Done():
			return
		case <-due.C:
		}
	}
}

// direct works the vectors of the places below upto out.
func (e *Engine) direct(t *taughtness, upto int) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	e.corpus.direct(t, min(upto, len(e.corpus.docs)))
}

func (c *Corpus) direct(t *taughtness, upto int) {
	for at := len(t.vectors); at < upto; at++ {
		t.vectors = append(t.vectors, c.vectorsOf(t.table, at))
	}
}

func (c *Corpus) vectorsOf(t *taught.Table, at int) vectors {
	d := &c.docs[at]
	if d.gone || t == nil {
		return vectors{}
	}
	weight := func(w uint32, n int) float32 { return c.say(n) * float32(c.idf(w)) }
	all, heading := t.Vector(bagOf(d.views[prose], d.views[title], titleRepeats, weight)), t.Vector(bagOf(d.views[title], vector{}, 0, weight))
	return vectors{all.Pack(), heading.Pack()}
}

// titleRepeats is how often the words of a title count in the vector of the whole text.
const titleRepeats = 3

// bagOf makes a bag of v, in which the words of heading count repeats times.
func bagOf(v, heading vector, repeats int, weight func(w uint32, n int) float32) taught.Bag {
	b := taught.Bag{Words: v.terms, Weights: make([]float32, len(v.terms))}
	next := 0
	for i, t := range v.terms {
		b.Weights[i] = weight(t, int(v.counts[i])+(repeats-1)*int(at(heading, t, &next)))
	}
	return b
}

// say is 1 + ln n.
func (c *Corpus) say(n int) float32 {
	return float32(1 + c.logs[min(n, len(c.logs)-1)])
}

// lesson is what one lesson is given. It shares nothing that changes with the engine.
type lesson struct {
	table   *taught.Table
	texts   []doc
	idfs    []float32
	logs    []float64
	passes  int
	version int
	full    int
	upto    int
}

// plan prepares the lesson that is due; nil: none is.
func (e *Engine) plan() *lesson {
	e.mu.RLock()
	defer e.mu.RUnlock()
	c, before := e.corpus, e.taught
	n := len(c.docs)
	untaught := n - before.upto
	if !e.settled || c.live < enough || untaught < max(fresh, c.live/freshPart) && before.version > 0 {
		return nil
	}
	l := &lesson{passes: passes, version: before.version + 1, full: before.full, upto: n, logs: slices.Clone(c.logs[:min(len(c.logs), 4*maxSaid)])}
	random := rand.New(rand.NewPCG(uint64(l.version), uint64(n)))
	if before.version == 0 || c.live >= 2*before.full {
		l.table, l.full = taught.NewTable(), c.live
		l.texts = c.sample(random, 0, n, fullest/epochs)
		l.passes = min(epochs, max(1, fullest/max(1, len(l.texts))))
	} else {
		l.table = before.table.Clone()
		l.texts = append(c.sample(random, before.upto, n, fullest/passes), c.sample(random, 0, before.upto, rehearsed*untaught)...)
	}
	l.idfs = make([]float32, len(c.terms))
	for t, known := range c.terms {
		l.idfs[t] = float32(known.idf)
		if known.df >= rare && known.form != "" {
			l.table.Know(uint32(t), hash(known.form))
		}
	}
	return l
}

func hash(text string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(text))
	return h.Sum64()
}

// sample picks at most n of the texts at places from to to.
func (c *Corpus) sample(random *rand.Rand, from, to, n int) []doc {
	var out []doc
	if to-from <= n {
		for _, d := range c.docs[from:to] {
			if d.teachable() {
				out = append(out, d)
			}
		}
		return out
	}
	for range n {
		if d := c.docs[from+random.IntN(to-from)]; d.teachable() {
			out = append(out, d)
		}
	}
	return out
}

// teachable reports whether there are two texts that speak of the same, and that all may learn from.
func (d *doc) teachable() bool {
	return !d.quiet && (len(d.said) >= fewHalf || len(d.said) > 0 && len(d.views[title].terms) > 0)
}

// fewHalf is the fewest words of a body that is cut in two.
const fewHalf = 8

// pair gives a title with its prose, or two halves of the prose.
func (l *lesson) pair(i int, random *rand.Rand) taught.Pair {
	d := &l.texts[i]
	heading := d.views[title]
	if len(d.said) < fewHalf || len(heading.terms) > 0 && random.IntN(2) == 0 {
		return taught.Pair{A: bagOf(heading, vector{}, 0, l.weight), B: l.bag(d.said)}
	}
	half := len(d.said) / 2
	return taught.Pair{A: l.bag(d.said[:half]), B: l.bag(d.said[half:])}
}

func (l *lesson) weight(w uint32, n int) float32 {
	return float32(1+l.logs[min(n, len(l.logs)-1)]) * l.idfs[w]
}

// bag counts words.
func (l *lesson) bag(said []uint32) taught.Bag {
	sorted := slices.Clone(said)
	slices.Sort(sorted)
	var b taught.Bag
	for len(sorted) > 0 {
		n := 1
		for n < len(sorted) && sorted[n] == sorted[0] {
			n++
		}
		b.Words, b.Weights = append(b.Words, sorted[0]), append(b.Weights, l.weight(sorted[0], n))
		sorted = sorted[n:]
	}
	return b
}
