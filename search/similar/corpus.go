package similar

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sync"
)

// Corpus holds texts as weighted words and finds those that are near each other. It keeps no text, only
// words and counts: some 1.5 kB for a report of a hundred words. Many may read at the same time, but nobody
// while somebody adds or removes.
type Corpus struct {
	reader  *reader
	ids     map[string]uint32
	forms   map[string]int // how often a form was seen
	terms   []term
	docs    []doc
	live    int         // texts that are not quiet
	logs    []float64   // of the numbers up to live+1, at least up to 256; ln 0 is 0 here
	lengths [3]float64  // sums over all live texts that are not quiet, as in doc
	lists   [][]posting // by term; empty for pieces of words
	sums    sync.Pool   // of *[]pair, all zero
}

// Text is what is compared.
type Text struct {
	Title string
	Prose string // what people wrote
	Code  string // code, log lines and traces
	// Quiet texts can be found, but count in nothing that others are compared by: how rare a word is, how it is written, how long
	// texts are. What of a text only some may see would else show in what all see.
	Quiet bool
}

// A text is compared in views, each a vector of its own: the words of the title, of title and prose, and of everything,
// and the pieces of the title's words, which forgive spelling and join compounds.
const (
	title = iota
	prose
	whole
	pieces
	views
)

// viewWeights make the nearness of two texts out of the cosines of their views. They sum to 1, and were
// fitted on eclipse-dup and titanium-dup.
var viewWeights = [views]float64{title: 0.15, whole: 0.55, pieces: 0.30}

// term is what is known about one stem or piece.
type term struct {
	form string  // the one that was seen most often
	df   int     // live texts that have it, but for quiet ones
	idf  float64 // at the last Refresh, or when it was first seen
}

// The two lengths of a text.
const (
	titled = iota
	below
)

// doc is one text; the place of a removed one stays empty.
type doc struct {
	views   [views]vector
	norms   [views]float64
	lengths [2]float32 // words of the title and below it, counting repetitions
	said    []uint32   // the first words of the prose in their order, to teach from
	gone    bool
	quiet   bool
}

// vector is the terms of one view, ascending, and how often they stand there, at most 255 times.
type vector struct {
	terms  []uint32
	counts []uint8
}

// posting says how often a text has a word.
type posting struct {
	doc          uint32
	title, whole uint8
}

const (
	maxTerms = 300 // different ones that are kept of one view, the first ones of the text
	maxSaid  = 250 // words of the prose that are kept in their order
)

// NewCorpus returns an empty corpus.
func NewCorpus() (*Corpus, error) {
	r, err := newReader()
	if err != nil {
		return nil, fmt.Errorf("similar: read stop words: %w", err)
	}
	c := &Corpus{reader: r, ids: map[string]uint32{}, forms: map[string]int{}}
	c.growLogs(math.MaxUint8)
	return c, nil
}

// growLogs tabulates logarithms: comparing two texts takes hundreds of them.
func (c *Corpus) growLogs(upTo int) {
	for n := len(c.logs); n <= upTo; n++ {
		c.logs = append(c.logs, math.Log(float64(max(n, 1))))
	}
}

// Add adds a text and returns its place: 0, 1, 2, …
func (c *Corpus) Add(t Text) int {
	at := uint32(len(c.docs))
	heading, written, printed := c.reader.title(t.Title), c.reader.words(t.Prose), c.reader.words(t.Code)
	d := doc{lengths: [2]float32{float32(len(heading)), float32(len(written) + len(printed))}, quiet: t.Quiet}
	n := d.counts()
	c.live += n
	c.growLogs(c.live + 1)
	d.views[title] = c.vector(heading, n)
	d.views[prose] = c.vector(slices.Concat(heading, written), n)
	d.views[whole] = d.views[prose]
	if len(printed) > 0 {
		d.views[whole] = c.vector(slices.Concat(heading, written, printed), n)
	}
	d.views[pieces] = c.vector(c.reader.pieces(t.Title), n)
	for _, w := range written[:min(len(written), maxSaid)] {
		d.said = append(d.said, c.ids[w.stem])
	}
	c.docs = append(c.docs, d)
	c.measure(d, float64(n))
	d.eachWord(func(t uint32, inTitle, inWhole uint8) {
		c.terms[t].df += n
		c.lists[t] = append(c.lists[t], posting{at, inTitle, inWhole})
	})
	for _, t := range d.views[pieces].terms {
		c.terms[t].df += n
	}
	c.reckon(int(at))
	return int(at)
}

// Remove takes the text at a place out. Its place is not used again.
func (c *Corpus) Remove(at int) {
	d := c.docs[at]
	if d.gone {
		return
	}
	n := d.counts()
	c.live -= n
	c.measure(d, -float64(n))
	d.eachWord(func(t uint32, _, _ uint8) {
		c.terms[t].df -= n
		c.lists[t] = slices.DeleteFunc(c.lists[t], func(p posting) bool { return p.doc == uint32(at) })
	})
	for _, t := range d.views[pieces].terms {
		c.terms[t].df -= n
	}
	c.docs[at] = doc{gone: true}
}

// counts is 1, or 0 for a quiet text.
func (d *doc) counts() int {
	if d.quiet {
		return 0
	}
	return 1
}

// Len returns how many texts there are that are not quiet.
func (c *Corpus) Len() int { return c.live }

// Words returns how many different words the text at a place has.
func (c *Corpus) Words(at int) int { return len(c.docs[at].views[whole].terms) }

// Refresh brings what is stored of each text up to date with how rare words have become. Until then a word weighs
// what it weighed at the last Refresh, and a new one what the rarest does. It costs microseconds a text, and is due after the
// corpus has grown by a twentieth or so.
func (c *Corpus) Refresh() {
	for t := range c.terms {
		c.terms[t].idf = c.logs[c.live+1] - c.logs[c.terms[t].df+1] + 1
	}
	for at := range c.docs {
		c.reckon(at)
	}
}

func (c *Corpus) reckon(at int) {
	for i, v := range c.docs[at].views {
		c.docs[at].norms[i] = c.norm(v)
	}
}

// eachWord calls f for each different word of d, ascending. Every word of the title is one of the whole.
func (d doc) eachWord(f func(t uint32, inTitle, inWhole uint8)) {
	short, i := d.views[title], 0
	for j, t := range d.views[whole].terms {
		var inTitle uint8
		if i < len(short.terms) && short.terms[i] == t {
			inTitle = short.counts[i]
			i++
		}
		f(t, inTitle, d.views[whole].counts[j])
	}
}

// measure adds n times the lengths of d to those of all.
func (c *Corpus) measure(d doc, n float64) {
	for i, length := range d.lengths {
		c.lengths[i] += n * float64(length)
	}
}

// vector counts words. Terms are numbered in order of arrival; said is how often each form counts as seen.
func (c *Corpus) vector(words []word, said int) vector {
	counts := map[uint32]uint8{}
	var order []uint32
	for _, w := range words {
		t := c.term(w, said)
		n, known := counts[t]
		if !known && len(order) == maxTerms {
			continue
		}
		if !known {
			order = append(order, t)
		}
		counts[t] = min(n, 254) + 1
	}
	slices.Sort(order)
	v := vector{terms: slices.Clip(order), counts: make([]uint8, len(order))}
	for i, t := range order {
		v.counts[i] = counts[t]
	}
	return v
}

func (c *Corpus) term(w word, said int) uint32 {
	t, ok := c.ids[w.stem]
	if !ok {
		t = uint32(len(c.terms))
		c.ids[w.stem] = t
		c.terms = append(c.terms, term{form: w.form, idf: c.logs[c.live+1] - c.logs[2] + 1})
		c.lists = append(c.lists, nil)
	}
	if c.forms[w.form] += said; said == 0 {
		return t
	}
	if old := c.terms[t].form; cmp.Or(cmp.Compare(c.forms[old], c.forms[w.form]), cmp.Compare(w.form, old)) < 0 {
		c.terms[t].form = w.form
	}
	return t
}

// idf weighs a term by its rarity: ln((N+1)/(df+1)) + 1, as scikit-learn smooths it.
func (c *Corpus) idf(t uint32) float64 { return c.terms[t].idf }

// weight is (1 + ln count) × idf, or 0 for a word that is not there.
func (c *Corpus) weight(count uint8, idf float64) float64 {
	if count == 0 {
		return 0
	}
	return (1 + c.logs[count]) * idf
}

func (c *Corpus) norm(v vector) float64 {
	var sum float64
	for i, t := range v.terms {
		w := c.weight(v.counts[i], c.idf(t))
		sum += w * w
	}
	return math.Sqrt(sum)
}
