package main

import (
	"strconv"
	"strings"
)

// drain is a yardstick, no part of the product: the online parser of He et al. (ICWS 2017) with its usual settings, a
// tree of depth 4 and a similarity threshold of 0.4.
type drain struct {
	leaves map[string][]*drained // by number of words and the first words
	next   int
}

type drained struct {
	id    int
	words []string
}

const (
	drainDepth     = 2 // words that lead through the tree: depth 4 without root and length
	drainThreshold = 0.4
	anyWord        = "<*>"
)

func drainAll(lines []logLine, prepare func(string) string) []string {
	d := drain{leaves: map[string][]*drained{}}
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = strconv.Itoa(d.add(strings.Fields(prepare(l.Text))))
	}
	return out
}

// add returns the number of the group that the words join, and makes variable what differs there.
func (d *drain) add(words []string) int {
	key := d.path(words)
	var best *drained
	most := -1.0
	for _, g := range d.leaves[key] {
		if s := g.similarity(words); s > most {
			best, most = g, s
		}
	}
	if best == nil || most < drainThreshold {
		d.next++
		d.leaves[key] = append(d.leaves[key], &drained{d.next, words})
		return d.next
	}
	for i, w := range words {
		if best.words[i] != w {
			best.words[i] = anyWord
		}
	}
	return best.id
}

// path returns where in the tree the words belong. Words with digits lead through the branch of all others.
func (d *drain) path(words []string) string {
	key := strconv.Itoa(len(words))
	for _, w := range words[:min(len(words), drainDepth)] {
		if strings.ContainsAny(w, "0123456789<") {
			w = anyWord
		}
		key += "\x00" + w
	}
	return key
}

// similarity is the share of words that are the same.
func (g *drained) similarity(words []string) float64 {
	same := 0
	for i, w := range words {
		if g.words[i] == w {
			same++
		}
	}
	return float64(same) / float64(max(len(words), 1))
}
