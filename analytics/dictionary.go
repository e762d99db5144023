package analytics

import (
	"encoding/binary"
	"slices"
	"sync"
)

// dictionary gives every distinct text a small number, so that a column holds 4 bytes instead of a text. Code 0
// is the empty text, code 1 is noStart. It only grows: a snapshot keeps the texts of its time by keeping the slice.
//
// One goroutine adds texts; many may look them up meanwhile.
type dictionary struct {
	mu    sync.RWMutex // held while codes changes, and by those who look up
	codes map[string]uint32
	texts []string
}

func newDictionary() *dictionary {
	return &dictionary{codes: map[string]uint32{"": 0, noStart: codeNoStart}, texts: []string{"", noStart}}
}

func (d *dictionary) code(text string) uint32 {
	code, ok := d.codes[text]
	if !ok {
		d.mu.Lock()
		defer d.mu.Unlock()
		code = uint32(len(d.texts))
		d.codes[text] = code
		d.texts = append(d.texts, text)
	}
	return code
}

// codeOf returns the code of a text that the view knows.
func (v *view) codeOf(text string) (uint32, bool) {
	v.words.mu.RLock()
	defer v.words.mu.RUnlock()
	code, ok := v.words.codes[text]
	return code, ok && int(code) < len(v.texts)
}

// sets gives every distinct set of codes a number: thousands of incidents share few sets of services, so a
// column of sets is a column of numbers too. Number 0 is the empty set. One goroutine adds sets; many may look them up
// meanwhile.
type sets struct {
	codes map[string]uint32
	lists [][]uint32

	mu   sync.RWMutex
	with map[uint32][]uint32 // the sets that hold a code, ascending; guarded by mu
}

func newSets() *sets {
	return &sets{codes: map[string]uint32{"": 0}, lists: [][]uint32{nil}, with: map[uint32][]uint32{}}
}

// code returns the number of the set of members, which it sorts.
func (s *sets) code(members []uint32) uint32 {
	slices.Sort(members)
	members = slices.Compact(members)
	key := make([]byte, 0, 64)
	for _, m := range members {
		key = binary.LittleEndian.AppendUint32(key, m)
	}
	code, ok := s.codes[string(key)]
	if !ok {
		code = uint32(len(s.lists))
		s.codes[string(key)] = code
		s.lists = append(s.lists, slices.Clone(members))
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, m := range members {
			s.with[m] = append(s.with[m], code)
		}
	}
	return code
}

// setsOf returns the numbers of the sets that hold a code and that the view knows, ascending. It must not be changed.
func (v *view) setsOf(code uint32) []uint32 {
	v.lists.mu.RLock()
	defer v.lists.mu.RUnlock()
	all := v.lists.with[code]
	known, _ := slices.BinarySearch(all, uint32(len(v.sets)))
	return all[:known]
}
