package search

import (
	"fmt"
	"slices"
	"sync"

	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// columns hold the facts of the incidents in one segment of the index, in memory, a row for each document number. A segment never
// changes, and so do they: what is deleted or replaced later is left out by the view. They take about 60 bytes an incident.
type columns struct {
	rows             int
	private, counted set
	codes            [facetCount][]uint32 // into the vocabulary of the facet
	started          []int64              // Unix seconds; longAgo when unknown
	opened           []int64
	seq              []int64
	languages        []string           // that texts are in, English aside; ascending
	lengths          [len(texts)]uint64 // words of each text, all public rows together
	audiences        map[uint32]string  // of the rows that have one, as incident.Audience.String has it
}

// vocabulary numbers the lists of values that incidents have of one facet. It grows only.
type vocabulary struct {
	mu    sync.RWMutex
	codes map[string]uint32
	lists [][]string
}

// code returns the number of an encoded list.
func (v *vocabulary) code(list []byte) (uint32, error) {
	v.mu.RLock()
	code, ok := v.codes[string(list)]
	v.mu.RUnlock()
	if ok {
		return code, nil
	}
	values, err := listValues(list)
	if err != nil {
		return 0, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if code, ok := v.codes[string(list)]; ok {
		return code, nil
	}
	if v.codes == nil {
		v.codes = map[string]uint32{}
	}
	code = uint32(len(v.lists))
	v.codes[string(list)] = code
	v.lists = append(v.lists, values)
	return code, nil
}

// known returns the lists by their numbers, as they are now. The caller must not change it.
func (v *vocabulary) known() [][]string {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.lists[:len(v.lists):len(v.lists)]
}

// vocabularies of all facets.
type vocabularies [facetCount]vocabulary

// readColumns reads the facts of a segment: every term of the field is that of one incident, or of several which agree in all.
func readColumns(seg segment.Segment, words *vocabularies) (*columns, error) {
	c := newColumns(int(seg.Count()))
	dict, err := seg.Dictionary(factsField)
	if err != nil {
		return nil, fmt.Errorf("read facts: %w", err)
	}
	var list segment.PostingsList
	var rows segment.PostingsIterator
	terms := dict.AutomatonIterator(nil, nil, nil)
	term, err := terms.Next()
	for ; err == nil && term != nil; term, err = terms.Next() {
		text := []byte(term.Term)
		if list, err = dict.PostingsList(text, nil, list); err != nil {
			break
		}
		rows = list.Iterator(false, false, false, rows)
		row, rowErr := rows.Next()
		for ; rowErr == nil && row != nil; row, rowErr = rows.Next() {
			if rowErr = c.fill(uint32(row.Number()), text, words); rowErr != nil {
				break
			}
		}
		if rowErr != nil {
			return nil, fmt.Errorf("read facts: %w", rowErr)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read facts: %w", err)
	}
	return c, nil
}

func newColumns(rows int) *columns {
	c := &columns{rows: rows, private: newSet(rows), counted: newSet(rows),
		started: make([]int64, rows), opened: make([]int64, rows), seq: make([]int64, rows), audiences: map[uint32]string{}}
	for i := range c.codes {
		c.codes[i] = make([]uint32, rows)
	}
	return c
}

// fill sets one row.
func (c *columns) fill(row uint32, text []byte, words *vocabularies) error {
	if int(row) >= c.rows {
		return fmt.Errorf("document %d of %d", row, c.rows)
	}
	r := factsReader{rest: text}
	flags := r.flags()
	if flags&1 != 0 {
		c.private.add(row)
	}
	if flags&2 != 0 {
		c.counted.add(row)
	}
	for i := range c.codes {
		code, err := words[i].code(r.list())
		if err != nil {
			return err
		}
		c.codes[i][row] = code
	}
	if l := r.list(); len(l) > 0 {
		if at, found := slices.BinarySearch(c.languages, string(l)); !found {
			c.languages = slices.Insert(c.languages, at, string(l))
		}
	}
	for i := range c.lengths {
		if n := r.uvarint(); flags&1 == 0 {
			c.lengths[i] += n
		}
	}
	c.started[row], c.opened[row], c.seq[row] = r.varint(), r.varint(), r.varint()
	if audience := r.list(); len(audience) > 0 {
		c.audiences[row] = string(audience)
	}
	return r.err
}
