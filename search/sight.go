package search

import (
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
	segment "github.com/blevesearch/scorch_segment_api/v2"

	"hindsight/incident"
)

// eyes are what somebody may see in one state of the index.
type eyes struct {
	incident.Sight
	teams []bool // of the lists of teams, by their codes: whether the sight has one of them
}

func (v *view) eyes(s incident.Sight) eyes {
	e := eyes{Sight: s}
	if s.All || s.Blind() {
		return e
	}
	for _, teams := range v.words[byTeam].known() {
		e.teams = append(e.teams, slices.ContainsFunc(teams, func(t string) bool { return s.Sees(incident.ID(t), incident.Audience{}) }))
	}
	return e
}

// sees reports whether somebody may see what is private of a row.
func (e eyes) sees(p *part, row uint32) bool {
	if e.All || e.teams != nil && e.teams[p.codes[byTeam][row]] {
		return true
	}
	text, shared := p.audiences[row]
	if !shared || e.Blind() {
		return false
	}
	audience, err := incident.ParseAudience(text)
	return err == nil && e.Sees("", audience)
}

// uncover takes the private rows that nobody with these eyes may see out of rows.
func (e eyes) uncover(p *part, rows set) {
	switch {
	case e.All:
		return
	case e.Blind():
		rows.andNot(p.private)
		return
	}
	p.private.each(func(row uint32) {
		if !e.sees(p, row) {
			rows.drop(row)
		}
	})
}

// open are the rows of within of which private events may be read.
func (e eyes) open(p *part, within set) set {
	out := within.clone()
	if e.All {
		return out
	}
	within.each(func(row uint32) {
		if !e.sees(p, row) {
			out.drop(row)
		}
	})
	return out
}

// public counts the rows of a list that are not private. How rare a word is, and how long texts are, is reckoned from these alone: else
// scores and spellings would tell of a word that it is in incidents which the reader may not see.
func (p *part) public(list segment.PostingsList) int { return without(list, p.covered) }

// without counts the rows of a list that are not among others; nil are none.
func without(list segment.PostingsList, others *roaring.Bitmap) int {
	if others == nil {
		return int(list.Count())
	}
	rows := rowsOf(list)
	return int(rows.GetCardinality() - rows.AndCardinality(others))
}

// hidden is the bitmap of the private rows of a part that may not be seen; nil: there are none.
func (e eyes) hidden(p *part) *roaring.Bitmap {
	switch {
	case e.All:
		return nil
	case e.Blind(), p.covered == nil:
		return p.covered
	}
	out := p.covered.Clone()
	p.private.each(func(row uint32) {
		if e.sees(p, row) {
			out.Remove(row)
		}
	})
	return out
}

// coveredBy is the bitmap of private rows; nil when there are none.
func coveredBy(c *columns) *roaring.Bitmap {
	if c.private.count() == 0 {
		return nil
	}
	return c.private.bitmap()
}
