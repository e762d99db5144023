package analytics

import (
	"encoding/binary"
	"slices"
)

// dictionary gives every distinct text a small number, so that a column holds 4 bytes instead of a text. Code 0
// is the empty text, code 1 is noStart. It only grows: a snapshot keeps the texts of its time by keeping the slice.
type dictionary struct {
	codes map[string]uint32
	texts []string
}

func newDictionary() *dictionary {
	return &dictionary{codes: map[string]uint32{"": 0, noStart: codeNoStart}, texts: []string{"", noStart}}
}

func (d *dictionary) code(text string) uint32 {
	code, ok := d.codes[text]
	if !ok {
		code = uint32(len(d.texts))
		d.codes[text] = code
		d.texts = append(d.texts, text)
	}
	return code
}

// sets gives every distinct set of codes a number: thousands of incidents share few sets of services, so a
// column of sets is a column of numbers too. Number 0 is the empty set.
type sets struct {
	codes map[string]uint32
	lists [][]uint32
}

func newSets() *sets {
	return &sets{codes: map[string]uint32{"": 0}, lists: [][]uint32{nil}}
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
	}
	return code
}
