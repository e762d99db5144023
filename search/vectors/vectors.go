// Package vectors learns from an installation's own short texts which words mean much the same there, and makes
// vectors of texts whose angle says how alike they are even where they share no word. Nothing is pretrained and
// nothing leaves the machine. It is made for titles; what a long body says is the business of search/similar.
//
// Start with [Teach].
package vectors

import (
	"math"
	"math/rand/v2"
)

// Dims is the length of every vector.
const Dims = 128

// Vector is a text, of length 1; the zero Vector is a text without words.
type Vector [Dims]float32

// Dot returns the cosine of two vectors of length 1; 0 when either is zero.
func (v *Vector) Dot(w *Vector) float64 {
	var a, b, c, d float32
	for i := 0; i < Dims; i += 4 {
		a += v[i] * w[i]
		b += v[i+1] * w[i+1]
		c += v[i+2] * w[i+2]
		d += v[i+3] * w[i+3]
	}
	return float64(a + b + c + d)
}

// Table holds the vectors of words. It never changes, so many may read it at the same time. The zero Table
// knows no word: there every word has a direction of its own, and texts are alike by the words they share.
type Table struct {
	rows  map[string]int
	words []Vector  // of length 1 on average
	share []float64 // of all running words
	rare  float64   // share of a word that was seen once
}

// smooth is a of the smooth inverse frequency a/(a+p): words above this share of the running text count less than half
// (Arora, Liang, Ma: A simple but tough-to-beat baseline for sentence embeddings, ICLR 2017).
// Fitted on news-t (docs/similarity.md); half of it and three times as much do as well.
const smooth = 1e-2

// Text returns the vector of a text's words: the mean of their directions, weighed by smooth inverse frequency.
// A word that the table does not know gets a direction of its own, always the same one.
func (t *Table) Text(words []string) Vector {
	var sum [Dims]float64
	for _, w := range words {
		row, known := t.rows[w]
		direction, share := Vector{}, t.rare
		if known {
			direction, share = t.words[row], t.share[row]
		} else {
			direction = own(w)
		}
		weight := smooth / (smooth + share)
		for i, x := range direction {
			sum[i] += weight * float64(x)
		}
	}
	return Unit(&sum)
}

// own returns a direction that depends on the word alone.
func own(word string) Vector {
	h := uint64(14695981039346656037) // FNV-1a
	for i := range len(word) {
		h = (h ^ uint64(word[i])) * 1099511628211
	}
	random := rand.New(rand.NewPCG(h, 1))
	var v [Dims]float64
	for i := range v {
		v[i] = random.NormFloat64()
	}
	return Unit(&v)
}

// Unit returns the vector of length 1 in the direction of a sum of vectors; zero for zero.
func Unit(v *[Dims]float64) Vector {
	var square float64
	for _, x := range v {
		square += x * x
	}
	var out Vector
	if square == 0 {
		return out
	}
	norm := math.Sqrt(square)
	for i, x := range v {
		out[i] = float32(x / norm)
	}
	return out
}
