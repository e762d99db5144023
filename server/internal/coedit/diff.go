package coedit

import (
	"slices"
	"strings"
	"unicode"
)

// Span is a piece of prose that two texts share, or that one of them has alone.
type Span struct {
	Kind SpanKind
	Text string
}

// SpanKind says which texts have a span.
type SpanKind int

const (
	Same    SpanKind = iota
	Removed          // only the old one
	Added            // only the new one
)

// Diff compares two texts by words, for people: the same and removed spans together are the old text, the same and added ones the new one. What was
// replaced stands as removed, then added; single words or signs between two replacements do not tear them apart if they are only space.
func Diff(old, made string) []Span {
	a, b := tokens(old), tokens(made)
	var spans []Span
	add := func(kind SpanKind, words []string) {
		if text := strings.Join(words, ""); text != "" {
			spans = append(spans, Span{kind, text})
		}
	}
	pos := 0
	for _, h := range hunks(a, b) {
		add(Same, a[pos:h.from])
		add(Removed, a[h.from:h.to])
		add(Added, b[h.madeFrom:h.madeTo])
		pos = h.to
	}
	add(Same, a[pos:])
	return spans
}

// Between returns changes that make one text of the other, by words. Positions in words that both have stay where they are.
func Between(old, made string) Changes {
	a, b := tokens(old), tokens(made)
	var out changesOf
	pos := 0
	for _, h := range hunks(a, b) {
		out.keep(units(a[pos:h.from]))
		out.replace(units(a[h.from:h.to]), TextOf(strings.Join(b[h.madeFrom:h.madeTo], "")))
		pos = h.to
	}
	out.keep(units(a[pos:]))
	return Changes(out)
}

func units(words []string) (n int) {
	for _, w := range words {
		n += len(TextOf(w))
	}
	return n
}

// tokens cuts a text into words, runs of spaces, and single signs and line breaks. Together they are the text.
func tokens(s string) (all []string) {
	begin, last := 0, other
	for i, r := range s {
		kind := kindOf(r)
		if i > 0 && (kind != last || kind == other) {
			all, begin = append(all, s[begin:i]), i
		}
		last = kind
	}
	if begin < len(s) {
		all = append(all, s[begin:])
	}
	return all
}

type tokenKind int

const (
	other tokenKind = iota
	word
	space
)

func kindOf(r rune) tokenKind {
	switch {
	case r == '\n':
		return other
	case unicode.IsSpace(r):
		return space
	case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '_' || r == '’' || r == '\'':
		return word
	}
	return other
}

// hunk is a range of the old words and the range of new words in its place.
type hunk struct{ from, to, madeFrom, madeTo int }

// hunks compares two lists of words: lines that both have once anchor the comparison, then words that both have once, and what is left between them
// is compared word by word if it is short, and replaced as a whole if it is long.
func hunks(a, b []string) []hunk {
	var d differ
	d.compare(a, b, 0, 0)
	return joined(d.hunks, a)
}

type differ struct{ hunks []hunk }

// longest is how many pairs of words are compared with one another at most.
const longest = 250_000

func (d *differ) compare(a, b []string, aAt, bAt int) {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b, aAt, bAt = a[1:], b[1:], aAt+1, bAt+1
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	switch {
	case len(a) == 0 && len(b) == 0:
	case len(a) == 0 || len(b) == 0:
		d.hunks = append(d.hunks, hunk{aAt, aAt + len(a), bAt, bAt + len(b)})
	case len(a)*len(b) <= longest:
		d.small(a, b, aAt, bAt)
	default:
		d.anchored(a, b, aAt, bAt)
	}
}

// anchored splits at words that each side has exactly once, the longest sequence of them that has the same order in both.
func (d *differ) anchored(a, b []string, aAt, bAt int) {
	anchors := inOrder(once(a, b))
	if len(anchors) == 0 {
		d.hunks = append(d.hunks, hunk{aAt, aAt + len(a), bAt, bAt + len(b)})
		return
	}
	i, j := 0, 0
	for _, p := range anchors {
		if p[0] < i || p[1] < j { // the anchor before it went on over this one
			continue
		}
		d.compare(a[i:p[0]], b[j:p[1]], aAt+i, bAt+j)
		i, j = p[0], p[1]
		for i < len(a) && j < len(b) && a[i] == b[j] {
			i, j = i+1, j+1
		}
	}
	d.compare(a[i:], b[j:], aAt+i, bAt+j)
}

// once returns the positions in both of words that each has once, in the order of a.
func once(a, b []string) (pairs [][2]int) {
	count := func(words []string) map[string]int {
		at := map[string]int{}
		for i, w := range words {
			if _, twice := at[w]; twice {
				i = -1
			}
			at[w] = i
		}
		return at
	}
	inA, inB := count(a), count(b)
	for i, w := range a {
		if j, both := inB[w]; both && j >= 0 && inA[w] == i {
			pairs = append(pairs, [2]int{i, j})
		}
	}
	return pairs
}

// inOrder returns the longest part of pairs, which are in order of their first, that is in order of their second, too.
func inOrder(pairs [][2]int) (chosen [][2]int) {
	var ends []int // ends[n] is the pair that the best sequence of n+1 ends with
	before := make([]int, len(pairs))
	for i, p := range pairs {
		n, _ := slices.BinarySearchFunc(ends, p[1], func(e, second int) int { return pairs[e][1] - second })
		if before[i] = -1; n > 0 {
			before[i] = ends[n-1]
		}
		ends = append(ends[:n], append([]int{i}, ends[min(n+1, len(ends)):]...)...)
	}
	if len(ends) == 0 {
		return nil
	}
	for i := ends[len(ends)-1]; i >= 0; i = before[i] {
		chosen = append(chosen, pairs[i])
	}
	slices.Reverse(chosen)
	return chosen
}

// small finds the most words that two short lists have in common, in order.
func (d *differ) small(a, b []string, aAt, bAt int) {
	wide := len(b) + 1
	common := make([]int32, (len(a)+1)*wide) // common[i*wide+j]: of a[i:] and b[j:]
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i*wide+j] = common[(i+1)*wide+j+1] + 1
			} else {
				common[i*wide+j] = max(common[(i+1)*wide+j], common[i*wide+j+1])
			}
		}
	}
	h, i, j := hunk{aAt, aAt, bAt, bAt}, 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			d.add(h)
			i, j = i+1, j+1
			h = hunk{aAt + i, aAt + i, bAt + j, bAt + j}
			continue
		case j == len(b) || i < len(a) && common[(i+1)*wide+j] >= common[i*wide+j+1]:
			i++
		default:
			j++
		}
		h.to, h.madeTo = aAt+i, bAt+j
	}
	d.add(h)
}

func (d *differ) add(h hunk) {
	if h.from < h.to || h.madeFrom < h.madeTo {
		d.hunks = append(d.hunks, h)
	}
}

// joined makes one hunk of two between which there is nothing but spaces, as long as both replace words: that is one rewording, not two.
func joined(all []hunk, a []string) (out []hunk) {
	for _, h := range all {
		if n := len(out) - 1; n >= 0 && out[n].replaces() && h.replaces() && blank(a[out[n].to:h.from]) {
			out[n].to, out[n].madeTo = h.to, h.madeTo
			continue
		}
		out = append(out, h)
	}
	return out
}

func (h hunk) replaces() bool { return h.from < h.to && h.madeFrom < h.madeTo }

func blank(words []string) bool {
	for _, w := range words {
		if w == "\n" || strings.TrimSpace(w) != "" {
			return false
		}
	}
	return true
}
