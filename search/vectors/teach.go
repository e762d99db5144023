package vectors

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
)

const (
	// seldom is the fewest texts that must have a word before others can be told to be like it.
	seldom = 2
	// maxVocabulary bounds the words that are learnt, the most frequent ones.
	maxVocabulary = 60_000
	// window is how far apart two words of a text may stand to count as companions.
	window = 16
	// contextPower flattens the frequencies of companions (Levy, Goldberg, Dagan, TACL 2015).
	contextPower = 0.75
)

// Teach learns a table from texts, given as their words. Words that keep the same company get
// like directions: the leading eigenvectors of the positive pointwise mutual information of words that stand
// within 16 words of each other. The same texts in the same order give the same table. The only error is that of ctx.
func Teach(ctx context.Context, texts [][]string) (*Table, error) {
	t := &Table{rows: map[string]int{}}
	t.count(texts)
	if len(t.share) == 0 {
		return t, nil
	}
	m := information(len(t.share), companions(texts, t.rows))
	basis, values := leading(ctx, m, Dims)
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("vectors: teach %d texts: %w", len(texts), err)
	}
	t.words = scaled(basis, values, m.n)
	for w, i := range t.rows {
		t.words[i] = tempered(t.words[i], own(w), t.share[i]/t.rare)
	}
	return t, nil
}

// doubt is how many times a word must have stood somewhere until what was learnt of it weighs as much as the word itself.
// Without it the first few hundred texts are overrated and groups change later. Fitted on news-t; 1 and 3 do as well.
const doubt = 2

// tempered mixes what was learnt of a word with its own direction, by how many times it was seen.
func tempered(learnt, own Vector, times float64) Vector {
	for i := range learnt {
		learnt[i] = float32((times*float64(learnt[i]) + doubt*float64(own[i])) / (times + doubt))
	}
	return learnt
}

// scaled turns eigenvectors into words: each direction counts by the root of its eigenvalue, and words are of length 1 on
// average. Words in firm company are longer than those that were seen anywhere.
func scaled(basis, values []float64, n int) []Vector {
	out := make([]Vector, n)
	var lengths float64
	for i := range out {
		for k, value := range values {
			out[i][k] = float32(basis[i*len(values)+k] * math.Sqrt(math.Abs(value)))
		}
		lengths += math.Sqrt(out[i].Dot(&out[i]))
	}
	if lengths == 0 {
		return out
	}
	for i := range out {
		for k := range out[i] {
			out[i][k] *= float32(float64(n) / lengths)
		}
	}
	return out
}

// count fills rows and shares.
func (t *Table) count(texts [][]string) {
	times, in, running := map[string]int{}, map[string]int{}, 0.0
	for _, words := range texts {
		seen := map[string]bool{}
		for _, w := range words {
			times[w]++
			running++
			if !seen[w] {
				seen[w] = true
				in[w]++
			}
		}
	}
	words := slices.SortedFunc(maps.Keys(in), func(a, b string) int { return cmp.Or(cmp.Compare(in[b], in[a]), cmp.Compare(a, b)) })
	for i, w := range words {
		if in[w] < seldom || i == maxVocabulary {
			break
		}
		t.rows[w] = i
		t.share = append(t.share, float64(times[w])/running)
	}
	t.rare = 1 / max(running, 1)
}

// companions returns one key (row a, row b) for each time that two different words stand near each other, ascending.
func companions(texts [][]string, rows map[string]int) []uint64 {
	var out []uint64
	for _, words := range texts {
		at := make([]int, 0, len(words))
		for _, w := range words {
			if r, known := rows[w]; known {
				at = append(at, r)
			}
		}
		for i, a := range at {
			for _, b := range at[i+1 : min(len(at), i+1+window)] {
				if a != b {
					out = append(out, uint64(a)<<32|uint64(b), uint64(b)<<32|uint64(a))
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// matrix is a symmetric sparse matrix by rows.
type matrix struct {
	n      int
	starts []int // of rows in columns and values, and their end
	column []uint32
	value  []float32
}

// information turns companions into their positive pointwise mutual information.
func information(n int, pairs []uint64) matrix {
	m := matrix{n: n, starts: make([]int, n+1)}
	totals := make([]float64, n)
	for _, p := range pairs {
		totals[p>>32]++
	}
	var flat float64
	for _, k := range totals {
		flat += math.Pow(k, contextPower)
	}
	for i := 0; i < len(pairs); {
		j := i
		for j < len(pairs) && pairs[j] == pairs[i] {
			j++
		}
		a, b := pairs[i]>>32, uint32(pairs[i])
		k := float64(j - i)
		// The mean of both directions keeps the matrix symmetric.
		pmi := math.Log(k*flat) - (math.Log(totals[a]*math.Pow(totals[b], contextPower))+math.Log(totals[b]*math.Pow(totals[a], contextPower)))/2
		if pmi > 0 {
			m.column, m.value = append(m.column, b), append(m.value, float32(pmi))
			m.starts[a+1]++
		}
		i = j
	}
	for i := range n {
		m.starts[i+1] += m.starts[i]
	}
	return m
}
