package search

import (
	"math/bits"

	"github.com/RoaringBitmap/roaring/v2"
)

// set holds rows of one part of the index, a bit each.
type set []uint64

func newSet(rows int) set { return make(set, (rows+63)/64) }

// fullSet holds every row.
func fullSet(rows int) set {
	s := newSet(rows)
	for i := range s {
		s[i] = ^uint64(0)
	}
	if rest := rows % 64; rest > 0 {
		s[len(s)-1] = 1<<rest - 1
	}
	return s
}

func (s set) has(row uint32) bool { return s[row/64]&(1<<(row%64)) != 0 }
func (s set) add(row uint32)      { s[row/64] |= 1 << (row % 64) }
func (s set) drop(row uint32)     { s[row/64] &^= 1 << (row % 64) }

func (s set) clone() set { return append(set(nil), s...) }

func (s set) and(other set) {
	for i := range s {
		s[i] &= other[i]
	}
}

func (s set) andNot(other set) {
	for i := range s {
		s[i] &^= other[i]
	}
}

func (s set) or(other set) {
	for i := range s {
		s[i] |= other[i]
	}
}

func (s set) count() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// each calls do with the rows in order.
func (s set) each(do func(row uint32)) {
	for i, w := range s {
		for ; w != 0; w &= w - 1 {
			do(uint32(i*64 + bits.TrailingZeros64(w)))
		}
	}
}

// bitmap is the set as the library wants it. It must not be changed while the bitmap is in use.
func (s set) bitmap() *roaring.Bitmap { return roaring.FromDense(s, false) }
