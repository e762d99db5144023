package coedit

import "strings"

// Merged is what a three-way merge makes.
type Merged struct {
	// Text has what both sides changed. In the place of each conflict it has theirs.
	Text  string
	Hunks []Hunk // the conflicts in order; none: Text is all
}

// Hunk is a place that both sides changed, each differently: what each has there, and where it begins, in UTF-16 units.
type Hunk struct {
	Base   string `json:"base"`
	Mine   string `json:"mine"`
	Theirs string `json:"theirs"`
	At     struct {
		Base   int `json:"base"`
		Mine   int `json:"mine"`
		Theirs int `json:"theirs"`
		Draft  int `json:"draft"` // in Text, which has theirs here
	} `json:"at"`
}

// Merge merges what two people made of one text, by words. Changes that touch are a conflict, unless they are the same.
func Merge(base, mine, theirs string) Merged {
	m := merging{base: tokens(base), sides: [2]side{{words: tokens(mine)}, {words: tokens(theirs)}}}
	for i := range m.sides {
		m.sides[i].hunks = hunks(m.base, m.sides[i].words)
	}
	for m.next() {
	}
	m.write(m.base[m.pos:])
	return Merged{m.text.String(), m.conflicts}
}

type merging struct {
	base      []string
	sides     [2]side // mine, theirs
	pos       int     // in base
	text      strings.Builder
	conflicts []Hunk
}

// side is what one person made.
type side struct {
	words []string
	hunks []hunk // not merged yet
	ahead int    // how many words more than the base there are before the first of them
}

func (m *merging) write(words []string) {
	for _, w := range words {
		m.text.WriteString(w)
	}
}

// next merges the next place that somebody changed; false: there is none.
func (m *merging) next() bool {
	mine, theirs := &m.sides[0], &m.sides[1]
	if len(mine.hunks) == 0 && len(theirs.hunks) == 0 {
		return false
	}
	from := len(m.base)
	for _, s := range m.sides {
		if len(s.hunks) > 0 {
			from = min(from, s.hunks[0].from)
		}
	}
	// The place grows as long as a change of either side touches it.
	to, count := from, [2]int{}
	for grown := true; grown; {
		grown = false
		for i, s := range m.sides {
			for count[i] < len(s.hunks) && s.hunks[count[i]].from <= to && (count[0]+count[1] == 0 || count[1-i] > 0 || s.hunks[count[i]].from < to) {
				to, grown = max(to, s.hunks[count[i]].to), true
				count[i]++
			}
		}
	}
	m.write(m.base[m.pos:from])
	m.pos = to
	m.settle(from, to, mine.take(count[0], from, to), theirs.take(count[1], from, to), count)
	return true
}

// take takes the first n changes of a side and returns its words in the place of base[from:to], with where they begin.
func (s *side) take(n, from, to int) place {
	begin := from + s.ahead
	for _, h := range s.hunks[:n] {
		s.ahead += h.madeTo - h.madeFrom - (h.to - h.from)
	}
	s.hunks = s.hunks[n:]
	return place{s.words[begin : to+s.ahead], units(s.words[:begin])}
}

type place struct {
	words []string
	at    int
}

// settle writes what becomes of a place.
func (m *merging) settle(from, to int, mine, theirs place, count [2]int) {
	ours, other := strings.Join(mine.words, ""), strings.Join(theirs.words, "")
	switch {
	case count[1] == 0 || ours == other:
		m.text.WriteString(ours)
	case count[0] == 0:
		m.text.WriteString(other)
	default:
		h := Hunk{Base: strings.Join(m.base[from:to], ""), Mine: ours, Theirs: other}
		h.At.Base, h.At.Mine, h.At.Theirs, h.At.Draft = units(m.base[:from]), mine.at, theirs.at, len(TextOf(m.text.String()))
		m.conflicts = append(m.conflicts, h)
		m.text.WriteString(other)
	}
}
