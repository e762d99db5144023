package coedit

import "slices"

// Anchor is a stretch of a text that somebody spoke of. It is carried over changes; when those are not kept, or took the words away,
// it is found again by its words and what stood around them.
type Anchor struct {
	From, To      int // in UTF-16 units; From < To
	Quote         Text
	Before, After Text // what stood around it
}

const (
	anchorAround = 32 // units of Before and After
	anchorShort  = 12 // a quote below this length is found again only where something around it fits, too
	anchorHint   = 4  // so much of what is around it
)

// AnchorAt returns the stretch of a text from one position to another, widened to whole characters; false: there is nothing in it.
func AnchorAt(t Text, from, to int) (Anchor, bool) {
	from, to = max(0, min(from, len(t))), max(0, min(to, len(t)))
	if t.splits(from) {
		from--
	}
	if t.splits(to) {
		to++
	}
	if from >= to {
		return Anchor{}, false
	}
	before, after := max(0, from-anchorAround), min(len(t), to+anchorAround)
	if t.splits(before) {
		before++
	}
	if t.splits(after) {
		after--
	}
	return Anchor{from, to, t[from:to], t[before:from], t[to:after]}, true
}

// Over carries the anchor over changes that follow one another. What is inserted at its ends is not in it. False: nothing of it is left.
func (a Anchor) Over(changes []Changes) (Anchor, bool) {
	for _, c := range changes {
		a.From, a.To = c.MapPos(a.From, Right), c.MapPos(a.To, Left)
		if a.From >= a.To {
			return a, false
		}
	}
	return a, true
}

// Find looks for the anchor's words in a text: where most of what stood around them stands, too, and of several such places the one that is
// nearest to From. False: the words are gone, or are so few that nothing tells which ones they were.
func (a Anchor) Find(t Text) (Anchor, bool) {
	best, score := -1, -1
	for at := 0; len(a.Quote) > 0 && at+len(a.Quote) <= len(t); at++ {
		if !slices.Equal(t[at:at+len(a.Quote)], a.Quote) || t.splits(at) || t.splits(at+len(a.Quote)) {
			continue
		}
		fits := sameEnd(t[:at], a.Before) + sameBegin(t[at+len(a.Quote):], a.After)
		if fits > score || fits == score && distance(at, a.From) < distance(best, a.From) {
			best, score = at, fits
		}
	}
	if best < 0 || len(a.Quote) < anchorShort && score < min(anchorHint, len(a.Before)+len(a.After)) {
		return a, false
	}
	a.From, a.To = best, best+len(a.Quote)
	return a, true
}

func sameEnd(a, b Text) (n int) {
	for n < min(len(a), len(b)) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}

func sameBegin(a, b Text) (n int) {
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

func distance(a, b int) int { return max(a-b, b-a) }
