package coedit

import "fmt"

// Compose returns the changes that do what c does and then what next does. It fails when next is not for the text that c makes.
func (c Changes) Compose(next Changes) (Changes, error) {
	if made, wanted := c.After(), next.Before(); made != wanted {
		return Changes{}, fmt.Errorf("the second change is for a text of %d units, the first makes one of %d", wanted, made)
	}
	var out changesOf
	first, second := strokesOf(c), strokesOf(next)
	for {
		a, b := first.head(), second.head()
		switch {
		case a.kind == deletes: // it never was in the text that the second change sees
			out.replace(first.take(a.length).length, nil)
		case b.kind == inserts:
			out.replace(0, second.take(b.length).text)
		case a.kind == ends:
			return Changes(out), nil
		default: // both go over the text between them
			n := min(a.length, b.length)
			a, b = first.take(n), second.take(n)
			switch {
			case a.kind == inserts && b.kind == keeps:
				out.replace(0, a.text)
			case a.kind == keeps && b.kind == keeps:
				out.keep(n)
			case a.kind == keeps:
				out.replace(n, nil)
			}
		}
	}
}

// stroke is one movement of a pen over a text: a part without insertion, or the insertion of one.
type stroke struct {
	kind   strokeKind
	length int
	text   Text
}

type strokeKind int

const (
	ends strokeKind = iota
	keeps
	deletes
	inserts
)

// strokes are taken one after the other, and in pieces.
type strokes struct{ rest []stroke }

func strokesOf(c Changes) *strokes {
	var s strokes
	for _, p := range c.parts {
		kind := deletes
		if p.kept {
			kind = keeps
		}
		if p.length > 0 {
			s.rest = append(s.rest, stroke{kind, p.length, nil})
		}
		if len(p.insert) > 0 {
			s.rest = append(s.rest, stroke{inserts, len(p.insert), p.insert})
		}
	}
	return &s
}

// head is the stroke that comes next.
func (s *strokes) head() stroke {
	if len(s.rest) == 0 {
		return stroke{}
	}
	return s.rest[0]
}

// take returns the first n units of the stroke that comes next.
func (s *strokes) take(n int) stroke {
	h := &s.rest[0]
	taken := stroke{h.kind, n, nil}
	if h.kind == inserts {
		taken.text, h.text = h.text[:n], h.text[n:]
	}
	if h.length -= n; h.length == 0 {
		s.rest = s.rest[1:]
	}
	return taken
}

// Map returns changes that do after over what c does without it; both are for the same text. Of two changes at one place, the shorter
// comes first, and of two that delete the same c's, if before is true. So over.Compose(c.Map(over, false)) and c.Compose(over.Map(c, true))
// make the same text. It fails when the two are for texts of different lengths.
func (c Changes) Map(over Changes, before bool) (Changes, error) {
	if n, other := c.Before(), over.Before(); n != other {
		return Changes{}, fmt.Errorf("the changes are for texts of %d and %d units", n, other)
	}
	m := mapping{}
	ours, theirs := editsOf(c), editsOf(over)
	for len(ours) > 0 || len(theirs) > 0 {
		if len(theirs) == 0 || len(ours) > 0 && ours[0].precedes(theirs[0], before) {
			m.reach(ours[0].from)
			m.out.replace(0, ours[0].insert)
			m.ours, ours = ours[0].to, ours[1:]
			continue
		}
		m.reach(theirs[0].from)
		m.out.keep(len(theirs[0].insert))
		m.theirs, theirs = theirs[0].to, theirs[1:]
	}
	m.reach(c.Before())
	return Changes(m.out), nil
}

// edit is what happens to one range of a text.
type edit struct {
	from, to int
	insert   Text
}

// precedes decides which of two edits, one of each side, comes first.
func (e edit) precedes(other edit, before bool) bool {
	switch {
	case e.from != other.from:
		return e.from < other.from
	case e.to != other.to:
		return e.to < other.to
	}
	return before
}

// editsOf returns what changes do, in order of from and to.
func editsOf(c Changes) (all []edit) {
	pos := 0
	for _, p := range c.parts {
		if !p.kept {
			all = append(all, edit{pos, pos + p.length, p.insert})
		}
		pos += p.length
	}
	return all
}

// mapping walks over the text that both sides change.
type mapping struct {
	out    changesOf
	pos    int
	ours   int // how far our deletion goes
	theirs int // how far theirs goes
}

// reach writes what becomes of the text up to a position: what they deleted is gone, what we delete has to go, the rest stays.
func (m *mapping) reach(to int) {
	for m.pos < to {
		end := to
		switch {
		case m.pos < m.theirs:
			end = min(to, m.theirs)
		case m.pos < m.ours:
			end = min(to, m.ours)
			m.out.replace(end-m.pos, nil)
		default:
			m.out.keep(to - m.pos)
		}
		m.pos = end
	}
}
