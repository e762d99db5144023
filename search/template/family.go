package template

import (
	"slices"
	"strings"
)

// Points of evidence that a position is variable. A plain word needs seven others at its place; where values usually stand six
// words do, and of names four. A mark at the same place is as much as four words: what had a number or a path there is a place for values.
const (
	plainPoints, openPoints, namePoints, markPoints = 2, 3, 4, 8
	// enough points make a position variable, beside fixedWords other words and more.
	enough, fixedWords = 8 * plainPoints, 4
	// fewestFixed other words have to stay.
	fewestFixed = 2
	// firstWords of a line may become variable, and mostOpen of them together.
	firstWords, mostOpen = 48, 8
)

// need returns how many points a position needs beside so many words that do not vary. Below fixedWords they are more in
// proportion, because short lines share words by chance ("X failed"): beside two words, sixteen plain ones.
func need(fixed int) int {
	fixed = max(fixed, 1)
	return max(enough, (enough*fixedWords+fixed-1)/fixed)
}

// family names the templates that are the same but for some places.
type family struct {
	key    uint64
	of     difference
	at     []int  // those places, in order
	fixed  int    // words elsewhere
	masked uint64 // hash of the template with a mark there
}

// difference is how the members of a family differ.
type difference uint8

const (
	aWord     difference = iota // in one word
	aRecord                     // in the values of key=value
	openWords                   // in all words that stand where values stand
)

// evidence returns the points of the members of a family that differ in a word; marked says whether there is one with
// a mark at its place. That is no evidence beside words for states only: "exit with 7" and "exit with failure".
func (f family) evidence(members []*entry, marked bool) int {
	points, values := 0, false
	for _, e := range members {
		points += pointsOf(e.pieces, f.at[0])
		values = values || !isState(e.pieces[f.at[0]].text)
	}
	if marked && values {
		points += markPoints
	}
	return points
}

// pointsOf says how much the word at i looks like a value. Names have a dot, a tilde or a number in them. Values
// stand behind prepositions, signs that introduce them, and nouns for what has names; words for states are none even there.
func pointsOf(ts []token, i int) int {
	text := ts[i].text
	switch {
	case strings.ContainsAny(text, ".~<"):
		return namePoints
	case i > 0 && introducing[strings.ToLower(ts[i-1].text)] && !isState(text):
		return openPoints
	}
	return plainPoints
}

var introducing = set("in on at to from for of by with via as into onto under between \" ' ` = ( [ < “ ‘ « : / " +
	"user host node service file table domain interface class job task queue topic container pod instance database device module package " +
	"command process server client group role index cluster region zone name key id directory option symbol function section attribute type value")

var states = set("up down on off ok error warning critical unknown yes no true false open active inactive normal start stop begin end ready " +
	"success failure alive dead online offline healthy unhealthy fatal info debug enter exit get set read write")

// isState reports whether a word says what happens or how something is: by a list, and by the ending of participles.
func isState(w string) bool {
	w = strings.ToLower(w)
	return states[w] || len(w) > 4 && (strings.HasSuffix(w, "ed") || strings.HasSuffix(w, "ing") || strings.HasSuffix(w, "able"))
}

// familiesOf lists the families of a template with the hash h: one for each of its words, one for the values of a record,
// and one for all its open words.
func (m *Miner) familiesOf(e *entry, h uint64) []family {
	var words, slots, open []int
	named := 0 // slots with words
	for i, t := range e.pieces {
		slot := t.kind != sign && isSlot(e.pieces, i)
		if slot {
			slots = append(slots, i)
		}
		if t.kind != word {
			continue
		}
		words = append(words, i)
		if slot {
			named++
		}
		if pointsOf(e.pieces, i) > plainPoints {
			open = append(open, i)
		}
	}
	var out []family
	if named > 0 && len(slots) > 1 {
		out = append(out, m.family(e, h, aRecord, slots, len(words)-named))
	}
	if len(words) <= fewestFixed {
		return out
	}
	for _, at := range words[:min(len(words), firstWords)] {
		out = append(out, m.family(e, h, aWord, []int{at}, len(words)-1))
	}
	if fixed := len(words) - len(open); len(open) > 1 && len(open) <= mostOpen && fixed >= fewestFixed {
		out = append(out, m.family(e, h, openWords, open, fixed))
	}
	return out
}

// marksOf lists, for each mark of a template, the family of those that have a word in its place.
func (m *Miner) marksOf(e *entry, h uint64) []family {
	words := 0
	for _, t := range e.pieces {
		if t.kind == word {
			words++
		}
	}
	if words < fewestFixed {
		return nil
	}
	var out []family
	for i, t := range e.pieces {
		if t.variable() && !slices.Contains(e.wild, i) {
			out = append(out, m.family(e, h, aWord, []int{i}, words))
		}
	}
	return out
}

func (m *Miner) family(e *entry, h uint64, of difference, at []int, fixed int) family {
	f := family{key: h + uint64(of+1), of: of, at: at, fixed: fixed, masked: h}
	for _, i := range at {
		removed := m.piece(i, e.pieces[i])
		f.key += uint64(i+2)<<32 - removed
		f.masked += m.piece(i, token{kind: several}) - removed
	}
	return f
}
