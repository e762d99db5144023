// Package coedit is what writing one text together needs, as pure functions: changes of a text in the form that CodeMirror's
// clients send them (applied, combined, mapped over one another), the three-way merge of whole texts, and the differences of two texts by words.
// Who may write, and which change comes first, is not its business. docs/writing.md has the protocol. Start with Changes.
package coedit

import (
	"fmt"
	"unicode/utf16"
)

// Text is a text in UTF-16 code units, which is how browsers count. It holds no lone surrogate and no U+0000.
type Text []uint16

// TextOf returns a string's units. What is no UTF-8 becomes U+FFFD.
func TextOf(s string) Text { return utf16.Encode([]rune(s)) }

// String returns the text as UTF-8.
func (t Text) String() string { return string(utf16.Decode(t)) }

// splits reports whether a position lies between the two units of one character.
func (t Text) splits(pos int) bool {
	return pos > 0 && pos < len(t) && isLow(t[pos]) && isHigh(t[pos-1])
}

func isHigh(unit uint16) bool { return unit >= 0xd800 && unit < 0xdc00 }
func isLow(unit uint16) bool  { return unit >= 0xdc00 && unit < 0xe000 }

// Changes lead from one text to another. They are made by ParseChanges, Between, Compose and Map, and never changed. The zero Changes are
// those of an empty text that stays empty.
type Changes struct{ parts []part }

// part is a piece of the old text, and what becomes of it. Parts follow one another without gaps.
type part struct {
	length int  // units of the old text
	kept   bool // else they are replaced by insert
	insert Text
}

// Before is the length of the text that the changes fit, in units.
func (c Changes) Before() (n int) {
	for _, p := range c.parts {
		n += p.length
	}
	return n
}

// After is the length of the text that they make, in units.
func (c Changes) After() (n int) {
	for _, p := range c.parts {
		if p.kept {
			n += p.length
		}
		n += len(p.insert)
	}
	return n
}

// Empty reports whether they change nothing.
func (c Changes) Empty() bool {
	for _, p := range c.parts {
		if !p.kept {
			return false
		}
	}
	return true
}

// Apply returns the changed text. It fails when the changes are for a text of another length, or would cut a character in two.
func (c Changes) Apply(t Text) (Text, error) {
	if n := c.Before(); n != len(t) {
		return nil, fmt.Errorf("the change is for a text of %d units, this one has %d", n, len(t))
	}
	out, pos := make(Text, 0, c.After()), 0
	for _, p := range c.parts {
		end := pos + p.length
		switch {
		case p.kept:
			out = append(out, t[pos:end]...)
		case t.splits(pos):
			return nil, fmt.Errorf("the change begins at %d, between the two units of one character", pos)
		case t.splits(end):
			return nil, fmt.Errorf("the change ends at %d, between the two units of one character", end)
		default:
			out = append(out, p.insert...)
		}
		pos = end
	}
	return out, nil
}

// Side says where a position goes that something is inserted at, or that lay in what was replaced.
type Side int

const (
	Left  Side = iota // before what was inserted
	Right             // behind it
)

// MapPos returns where a position of the old text is in the new one. Positions outside of the old text are taken for its ends.
func (c Changes) MapPos(pos int, side Side) int {
	old, made := 0, 0 // where the part begins in each text
	for _, p := range c.parts {
		end := old + p.length
		switch inserted := len(p.insert); {
		case p.kept && pos < end:
			return made + max(pos, 0) - old
		case p.kept:
			made += p.length
		case pos < end && (side == Left || pos <= old), pos == end && p.length == 0 && side == Left:
			return made
		case pos < end:
			return made + inserted
		default:
			made += inserted
		}
		old = end
	}
	return made
}

// changesOf collects parts; neighbours of one kind become one.
type changesOf struct{ parts []part }

func (b *changesOf) keep(n int) {
	if last := len(b.parts) - 1; n > 0 && last >= 0 && b.parts[last].kept {
		b.parts[last].length += n
	} else if n > 0 {
		b.parts = append(b.parts, part{length: n, kept: true})
	}
}

func (b *changesOf) replace(n int, insert Text) {
	if n == 0 && len(insert) == 0 {
		return
	}
	if last := len(b.parts) - 1; last >= 0 && !b.parts[last].kept {
		p := &b.parts[last]
		p.length += n
		p.insert = append(p.insert[:len(p.insert):len(p.insert)], insert...) // a copy: the first may belong to others
		return
	}
	b.parts = append(b.parts, part{length: n, insert: insert})
}
