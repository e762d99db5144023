package search

import (
	"context"
	"fmt"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"
	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// selection is what a plan selects in one part.
type selection struct {
	part   *part
	rows   set // that match everything
	before set // that match everything but the facets' own conditions; nil when there are none
	picked [facetCount]set
	scores []float32 // by row; nil when nothing is ranked
}

// run finds what the plan selects in each part.
func (p *plan) run(ctx context.Context) ([]*selection, error) {
	out := make([]*selection, len(p.view.parts))
	err := inParallel(len(out), func(i int) (err error) {
		out[i], err = p.runPart(ctx, i)
		return err
	})
	return out, err
}

// runPart begins with the rows that the viewer may see, so that no other takes part in anything.
func (p *plan) runPart(ctx context.Context, i int) (*selection, error) {
	part := p.view.parts[i]
	s := &selection{part: part, rows: part.live.clone()}
	p.eyes.uncover(part, s.rows)
	if err := p.keepIDs(s); err != nil {
		return nil, err
	}
	for _, c := range p.clauses {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if c.scored && s.scores == nil {
			s.scores = numbers(part.rows)
		}
		hits, err := c.run(ctx, i, part, s.rows, s.scores, p.eyes)
		if err != nil {
			return nil, fmt.Errorf("search: read index: %w", err)
		}
		if c.not {
			s.rows.andNot(hits)
		} else {
			s.rows.and(hits)
		}
	}
	p.pick(s)
	return s, nil
}

func (p *plan) keepIDs(s *selection) error {
	if p.ids == nil {
		return nil
	}
	found, err := s.part.segment.DocNumbers(p.ids)
	if err != nil {
		return fmt.Errorf("search: look up ids: %w", err)
	}
	keep := newSet(s.part.rows)
	for rows := found.Iterator(); rows.HasNext(); {
		keep.add(rows.Next())
	}
	s.rows.and(keep)
	return nil
}

// pick applies the conditions that facets have, and keeps what each selects.
func (p *plan) pick(s *selection) {
	for facet, holds := range p.picked {
		if holds == nil {
			continue
		}
		if s.before == nil {
			s.before = s.rows.clone()
		}
		s.picked[facet] = newSet(s.part.rows)
		holds(s.part, s.before, s.picked[facet])
		s.rows.and(s.picked[facet])
	}
}

// spare holds slices of scores, which are as long as the index is large.
var spare sync.Pool

// numbers returns n zeros.
func numbers(n int) []float32 {
	if s, ok := spare.Get().(*[]float32); ok && cap(*s) >= n {
		clear((*s)[:n])
		return (*s)[:n]
	}
	return make([]float32, n)
}

func forget(s []float32) {
	if s != nil {
		spare.Put(&s)
	}
}

// run returns the rows of within for which any term of the clause holds, and adds to their scores.
func (c clause) run(ctx context.Context, i int, p *part, within set, scores []float32, by eyes) (set, error) {
	out := newSet(p.rows)
	for _, holds := range c.any {
		holds(p, within, out)
	}
	for _, v := range c.views {
		found, err := v.runPart(ctx, i)
		if err != nil {
			return out, err
		}
		forget(found.scores) // how well it fits a saved view ranks nothing
		out.or(found.rows)
	}
	if !c.scored {
		scores = nil
	}
	var few *roaring.Bitmap // within, when it leaves out so much that skipping is worth it
	if n := within.count(); n == 0 {
		return out, nil
	} else if n < p.rows/4 {
		few = within.bitmap()
	}
	for _, m := range c.matchers {
		if m.absent(i) {
			continue
		}
		in, few := within, few
		if m.field == private {
			in, few = by.open(p, within), nil
		}
		var err error
		if len(m.slots) == 1 {
			err = m.word(i, in, few, out, scores)
		} else {
			err = m.row(i, in, out, scores)
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// posting is what the library's lists hold in truth: the number of words of the text as a whole number.
type posting interface {
	segment.Posting
	NormUint64() uint64
}

// word finds one word. Of several forms at one place the best counts.
func (m *matcher) word(i int, within set, few *roaring.Bitmap, out set, scores []float32) error {
	s := m.slots[0]
	var best []float32
	if lists := s.lists(i); lists > 1 && scores != nil {
		best = numbers(len(scores))
		defer forget(best)
	}
	for _, f := range s.any {
		for _, list := range f.lists[i] {
			err := m.list(list, within, few, scores != nil, func(row uint32, n, length float64) {
				out.add(row)
				if scores == nil {
					return
				}
				score := float32(f.weight * m.score(s.idf, n, length))
				if best == nil {
					scores[row] += score
				} else if before := best[row]; score > before {
					best[row] = score
					scores[row] += score - before
				}
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// lists counts the lists of a slot in a part.
func (s slot) lists(part int) int {
	n := 0
	for _, f := range s.any {
		n += len(f.lists[part])
	}
	return n
}

// list calls do with the rows of a list that are in within.
func (m *matcher) list(list segment.PostingsList, within set, few *roaring.Bitmap, scored bool, do func(row uint32, n, length float64)) error {
	it := list.Iterator(scored, scored, false, nil)
	if few != nil {
		restrict(it, few)
	}
	for {
		next, err := it.Next()
		if err != nil || next == nil {
			return err
		}
		row := uint32(next.Number())
		if !within.has(row) {
			continue
		}
		if !scored {
			do(row, 1, 1)
			continue
		}
		do(row, float64(max(1, next.Frequency())), float64(next.(posting).NormUint64()))
	}
}

// restrict makes an iterator skip what is not in rows.
func restrict(it segment.PostingsIterator, rows *roaring.Bitmap) {
	if x, ok := it.(segment.OptimizablePostingsIterator); ok && x.ActualBitmap() != nil {
		x.ReplaceActual(roaring.And(x.ActualBitmap(), rows))
	}
}
