package search

import (
	"cmp"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// span is a range of bytes of a text.
type span struct{ from, to int }

// occurrence is a word at its place.
type occurrence struct {
	position int
	span
}

// row finds words in a row.
func (m *matcher) row(i int, within, out set, scores []float32) error {
	idf := 0.0
	for _, s := range m.slots {
		idf += s.idf
	}
	return m.rows(i, within, func(row uint32, length float64, found [][]occurrence) {
		n := 0
		for _, first := range found[0] {
			if m.standsAt(first.position, found) {
				n++
			}
		}
		if n == 0 {
			return
		}
		out.add(row)
		if scores != nil {
			scores[row] += float32(m.score(idf, float64(n), length))
		}
	})
}

// standsAt reports whether every word is at its place when the first one is at position.
func (m *matcher) standsAt(position int, found [][]occurrence) bool {
	for s := 1; s < len(m.slots); s++ {
		if _, ok := slices.BinarySearchFunc(found[s], position+m.slots[s].position, atPosition); !ok {
			return false
		}
	}
	return true
}

func atPosition(o occurrence, position int) int { return cmp.Compare(o.position, position) }

// rows calls do with the rows of within that have a word for every slot, and where those are, in order.
func (m *matcher) rows(i int, within set, do func(row uint32, length float64, found [][]occurrence)) error {
	candidates := m.candidates(i, within)
	if candidates.IsEmpty() {
		return nil
	}
	readers, err := m.readers(i, candidates)
	if err != nil {
		return err
	}
	found := make([][]occurrence, len(m.slots))
	for rows := candidates.Iterator(); rows.HasNext(); {
		row := rows.Next()
		for at := range found {
			found[at] = found[at][:0]
		}
		length := 0.0
		for _, r := range readers {
			if err := r.upTo(row); err != nil {
				return err
			}
			if r.at == nil || uint32(r.at.Number()) != row {
				continue
			}
			length = float64(r.at.(posting).NormUint64())
			for _, l := range r.at.Locations() {
				found[r.slot] = append(found[r.slot], occurrence{int(l.Pos()), span{int(l.Start()), int(l.End())}})
			}
		}
		if len(readers) > len(m.slots) {
			for at := range found {
				slices.SortFunc(found[at], func(a, b occurrence) int { return cmp.Or(a.position-b.position, a.from-b.from) })
			}
		}
		do(row, length, found)
	}
	return nil
}

// candidates are the rows of within that have a word for every slot.
func (m *matcher) candidates(i int, within set) *roaring.Bitmap {
	out := within.bitmap()
	for _, s := range m.slots {
		any := roaring.New()
		for _, f := range s.any {
			for _, list := range f.lists[i] {
				any.Or(rowsOf(list))
			}
		}
		out = roaring.And(out, any)
	}
	return out
}

// readers opens the lists of all slots, each at its first candidate.
func (m *matcher) readers(i int, candidates *roaring.Bitmap) ([]*reader, error) {
	var out []*reader
	for at, s := range m.slots {
		for _, f := range s.any {
			for _, list := range f.lists[i] {
				r := &reader{slot: at, it: list.Iterator(true, true, true, nil)}
				restrict(r.it, candidates)
				if err := r.next(); err != nil {
					return nil, err
				}
				out = append(out, r)
			}
		}
	}
	return out, nil
}

// rowsOf returns the rows of a list.
func rowsOf(list segment.PostingsList) *roaring.Bitmap {
	it := list.Iterator(false, false, false, nil)
	if x, ok := it.(segment.OptimizablePostingsIterator); ok {
		if rows := x.ActualBitmap(); rows != nil {
			return rows
		}
		if row, ok := x.DocNum1Hit(); ok {
			return roaring.BitmapOf(uint32(row))
		}
	}
	return roaring.New()
}

// reader walks along the list of a slot's form.
type reader struct {
	slot int
	it   segment.PostingsIterator
	at   segment.Posting // nil behind the last one
}

func (r *reader) next() (err error) {
	r.at, err = r.it.Next()
	return err
}

func (r *reader) upTo(row uint32) error {
	for r.at != nil && uint32(r.at.Number()) < row {
		if err := r.next(); err != nil {
			return err
		}
	}
	return nil
}
