// Package taught gives texts vectors that it was taught on those very texts: a title and the body below it speak of
// the same thing, and so do two parts of one body, while other texts of the same moment do not. No language model and
// nothing from elsewhere takes part, so the vectors know the words of one installation and no others.
//
// The objective is InfoNCE with negatives of the same batch (van den Oord, Li and Vinyals, "Representation Learning
// with Contrastive Predictive Coding", arXiv 1807.03748, 2018), in both directions; the step is Adagrad (Duchi, Hazan
// and Singer, JMLR 12, 2011) with one rate for each word.
//
// Start with [Table].
package taught

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Dim is how many numbers a vector has.
const Dim = 128

// Vector is the direction of a text; its length is 1, or 0 when the text has no word that is known.
type Vector [Dim]float32

// Bag is a text as its different words and how much each of them says. Words are numbered by the caller.
type Bag struct {
	Words   []uint32
	Weights []float32
}

// Table holds a vector for each word that it knows. Many may read it at the same time while nobody teaches.
type Table struct {
	rows    []int32   // by word; -1: not known
	vectors []float32 // Dim of them for each row
	steps   []float32 // by row: the sum of mean squared gradients so far
}

// NewTable returns a table that knows no words.
func NewTable() *Table { return &Table{} }

// Clone returns a copy that can be taught while others read the original.
func (t *Table) Clone() *Table {
	return &Table{slices.Clone(t.rows), slices.Clone(t.vectors), slices.Clone(t.steps)}
}

// Words returns how many words the table knows.
func (t *Table) Words() int { return len(t.steps) }

// Knows reports whether the table has a vector for a word.
func (t *Table) Knows(word uint32) bool {
	return int(word) < len(t.rows) && t.rows[word] >= 0
}

// Know gives a word a vector unless it has one: a random direction that follows from seed alone. Until it is taught, texts
// that share the word are near each other for it and for nothing else.
func (t *Table) Know(word uint32, seed uint64) {
	if t.Knows(word) {
		return
	}
	for int(word) >= len(t.rows) {
		t.rows = append(t.rows, -1)
	}
	t.rows[word] = int32(len(t.steps))
	t.steps = append(t.steps, 0)
	random := rand.New(rand.NewPCG(seed, 0))
	for range Dim {
		t.vectors = append(t.vectors, float32(random.NormFloat64()/math.Sqrt(Dim)))
	}
}

func (t *Table) row(r int32) []float32 {
	from := int(r) * Dim
	return t.vectors[from : from+Dim : from+Dim]
}

// sum adds up the vectors of a text's words, by weight.
func (t *Table) sum(b Bag, out []float32) {
	clear(out)
	for i, w := range b.Words {
		if !t.Knows(w) {
			continue
		}
		weight := b.Weights[i]
		for d, x := range t.row(t.rows[w]) {
			out[d] += weight * x
		}
	}
}

// Vector returns the direction of a text.
func (t *Table) Vector(b Bag) Vector {
	var v Vector
	t.sum(b, v[:])
	normalize(v[:])
	return v
}

// normalize brings v to length 1 and returns what its length was.
func normalize(v []float32) float32 {
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	length := float32(math.Sqrt(sum))
	if length < 1e-12 {
		clear(v)
		return 0
	}
	for i := range v {
		v[i] /= length
	}
	return length
}

// Dot returns the cosine of two texts, -1 to 1.
func (v *Vector) Dot(o *Vector) float64 {
	var sum float32
	for i, x := range v {
		sum += x * o[i]
	}
	return float64(sum)
}
