package similar

import (
	"math"
	"strings"
	"unicode"
)

// The features that a match is scored by, each 0 to 1.
const (
	ranked     = iota // BM25F over title and everything below it, as a share of what the text would give itself
	sameProse         // cosine of the words of title and prose
	samePieces        // cosine of the pieces of the titles' words
	alike             // cosine of the taught vectors of title and prose
	crossing          // greater cosine of the taught vectors of one's title and the other's title and prose
	services          // cosine of the services, by rarity
	months            // exp(-days/120)
	weeks             // exp(-days/14)
	featureCount
)

// features are how alike two incidents are in each respect.
type features [featureCount]float64

// textual sets the features that follow from the words alone.
func (c *Corpus) textual(q, d int) (f features) {
	x, y := &c.docs[q], &c.docs[d]
	f[ranked] = min(1, c.bm25f(q, d)/max(c.bm25f(q, q), 1e-9))
	f[sameProse] = c.cosine(x, y, prose)
	f[samePieces] = c.cosine(x, y, pieces)
	return f
}

func (c *Corpus) cosine(x, y *doc, view int) float64 {
	dot := c.dot(x.views[view], y.views[view])
	if dot <= 0 {
		return 0
	}
	return min(1, dot/(x.norms[view]*y.norms[view]))
}

// BM25F's parameters: a word of the title counts as much as five below it, and a long body is held against a text more
// than a long title.
const (
	saturation  = 1.2 // k1
	titleWeight = 5
	titleLength = 0.5 // b of the title
	bodyLength  = 0.75
)

// bm25f ranks text d for the query that text q makes, as Zaragoza et al. have it ("Microsoft Cambridge at TREC 13", 2004):
// frequencies of fields are weighed and summed before they saturate. Words of the query weigh by the logarithm of their
// weighed frequency.
func (c *Corpus) bm25f(q, d int) float64 {
	x, y := c.docs[q].views, &c.docs[d]
	n := float64(max(c.live, 1))
	inTitle := titleWeight / (1 - titleLength + titleLength*float64(y.lengths[titled])/max(c.lengths[titled]/n, 1e-9))
	inBody := 1 / (1 - bodyLength + bodyLength*float64(y.lengths[below])/max(c.lengths[below]/n, 1e-9))
	var sum float64
	i, a, b := 0, 0, 0
	words, heading := y.views[whole], y.views[title]
	for j, t := range words.terms {
		for i < len(x[whole].terms) && x[whole].terms[i] < t {
			i++
		}
		if i == len(x[whole].terms) {
			break
		}
		if x[whole].terms[i] != t {
			continue
		}
		asked, askedTitle := float64(x[whole].counts[i]), float64(at(x[title], t, &a))
		has, hasTitle := float64(words.counts[j]), float64(at(heading, t, &b))
		tf := hasTitle*inTitle + (has-hasTitle)*inBody
		sum += c.log1p(asked+(titleWeight-1)*askedTitle) * (c.terms[t].idf - 1) * tf / (saturation + tf)
	}
	return sum
}

// at returns how often v has a term; from is where to look, and moves along as terms ascend.
func at(v vector, term uint32, from *int) uint8 {
	for *from < len(v.terms) && v.terms[*from] < term {
		*from++
	}
	if *from < len(v.terms) && v.terms[*from] == term {
		return v.counts[*from]
	}
	return 0
}

// log1p is ln(1+x) of a small whole number.
func (c *Corpus) log1p(x float64) float64 {
	if i := int(x) + 1; i < len(c.logs) {
		return c.logs[i]
	}
	return math.Log1p(x)
}

// Unit is a text as a vector of length 1: terms ascending, and their weights.
type Unit struct {
	Terms   []uint32
	Weights []float32
}

// Unit returns the words of the text at a place by their TF-IDF weights, those of the title counting three times. The numbers of terms are those
// of this corpus.
func (c *Corpus) Unit(at int) Unit {
	var u Unit
	var sum float64
	c.docs[at].eachWord(func(t uint32, inTitle, inWhole uint8) {
		n := min(int(inWhole)+2*int(inTitle), 255)
		w := c.weight(uint8(n), c.idf(t))
		u.Terms, u.Weights = append(u.Terms, t), append(u.Weights, float32(w))
		sum += w * w
	})
	for i := range u.Weights {
		u.Weights[i] /= float32(math.Sqrt(sum))
	}
	return u
}

// Named returns, for each word of a name of three letters and more, the terms of the corpus that begin like it, at most six letters being compared.
func (c *Corpus) Named(name string) [][]uint32 {
	var out [][]uint32
	for _, word := range strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) }) {
		letters := []rune(word)
		if len(letters) < 3 {
			continue
		}
		begin, terms := string(letters[:min(6, len(letters))]), []uint32{}
		for t, known := range c.terms {
			if strings.HasPrefix(known.form, begin) {
				terms = append(terms, uint32(t))
			}
		}
		out = append(out, terms)
	}
	return out
}
