package search

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"hindsight/incident"
)

// Fragment is a passage of a text that matched. It is hostile until escaped.
type Fragment struct {
	Field    string // "title", "timeline", …: a name of Fields
	Segments []Segment
}

// Segment is a piece of a fragment, and whether it is what was looked for.
type Segment struct {
	Text string
	Mark bool
}

const (
	maxFragments = 4
	// A fragment shows the place with most marks within about two lines.
	fragmentBytes = 180
)

// passages finds the passages of the matches of one page. Places of words are costly to read, so they are read for these
// incidents alone.
func (p *plan) passages(page []match) ([]Hit, error) {
	out := make([]Hit, len(page))
	at := map[*selection]map[uint32]int{}
	for i, m := range page {
		out[i].ID = incident.ID(m.id())
		if m.s.scores != nil {
			out[i].Score = float64(m.s.scores[m.row])
		}
		if at[m.s] == nil {
			at[m.s] = map[uint32]int{}
		}
		at[m.s][m.row] = i
	}
	for i, part := range p.view.parts {
		for s, places := range at {
			if s.part != part {
				continue
			}
			if err := p.passagesOf(i, places, out); err != nil {
				return nil, fmt.Errorf("search: read passages: %w", err)
			}
		}
	}
	return out, nil
}

// passagesOf finds those of one part. places say which hit is in which row.
func (p *plan) passagesOf(i int, places map[uint32]int, hits []Hit) error {
	part := p.view.parts[i]
	rows := newSet(part.rows)
	for row := range places {
		rows.add(row)
	}
	marks := map[uint32]map[string][]span{}
	for _, c := range p.clauses {
		if c.not {
			continue
		}
		for _, m := range c.matchers {
			if m.field == numberField || m.absent(i) {
				continue
			}
			in := rows
			if m.field == private {
				in = p.eyes.open(part, rows)
			}
			err := m.rows(i, in, func(row uint32, _ float64, found [][]occurrence) {
				if marks[row] == nil {
					marks[row] = map[string][]span{}
				}
				marks[row][m.field] = append(marks[row][m.field], m.spans(found)...)
			})
			if err != nil {
				return err
			}
		}
	}
	for row, fields := range marks {
		stored := map[string]string{}
		err := part.segment.VisitStoredFields(uint64(row), func(field string, _ byte, value []byte, _ []uint64) bool {
			stored[field] = string(value)
			return true
		})
		if err != nil {
			return err
		}
		hits[places[row]].Fragments = fragments(fields, stored)
	}
	return nil
}

// spans returns the places of words that stand in a row.
func (m *matcher) spans(found [][]occurrence) []span {
	var out []span
	for _, first := range found[0] {
		if !m.standsAt(first.position, found) {
			continue
		}
		for s := range m.slots {
			at, _ := slices.BinarySearchFunc(found[s], first.position+m.slots[s].position, atPosition)
			out = append(out, found[s][at].span)
		}
	}
	return out
}

// fragments cuts one passage from each text that matched, weightiest first.
func fragments(marks map[string][]span, stored map[string]string) []Fragment {
	var out []Fragment
	for _, t := range texts {
		text := stored[t.field]
		spans := inOrder(marks[t.field], len(text))
		if len(spans) == 0 || len(out) == maxFragments {
			continue
		}
		name := t.field
		if name == private {
			name = "timeline"
		}
		out = append(out, Fragment{name, cut(text, spans)})
	}
	return out
}

// inOrder returns the marked ranges in order, without overlaps: of two that begin alike the longer.
func inOrder(all []span, size int) []span {
	all = slices.DeleteFunc(all, func(s span) bool { return s.from >= s.to || s.to > size })
	slices.SortFunc(all, func(a, b span) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to)) })
	var out []span
	for _, s := range all {
		if last := len(out) - 1; last < 0 || s.from >= out[last].to {
			out = append(out, s)
		}
	}
	return out
}

// cut returns the stretch of text that holds most spans, marked.
func cut(text string, spans []span) []Segment {
	first, last := densest(spans)
	slack := max(0, fragmentBytes-(spans[last].to-spans[first].from)) / 2
	from := wordStart(text, spans[first].from-slack, spans[first].from)
	to := wordEnd(text, spans[last].to+slack, spans[last].to)
	var out []Segment
	add := func(part string, mark bool) {
		if part != "" {
			out = append(out, Segment{part, mark})
		}
	}
	if from > 0 {
		add("…", false)
	}
	pos := from
	for _, s := range spans[first : last+1] {
		add(oneLine(text[pos:s.from]), false)
		add(oneLine(text[s.from:s.to]), true)
		pos = s.to
	}
	add(oneLine(text[pos:to]), false)
	if to < len(text) {
		add("…", false)
	}
	return out
}

// densest returns the first and last index of the spans that fit into one fragment and are most.
func densest(spans []span) (first, last int) {
	for i, j := 0, 0; j < len(spans); j++ {
		for i < j && spans[j].to-spans[i].from > fragmentBytes {
			i++
		}
		if j-i > last-first {
			first, last = i, j
		}
	}
	return first, last
}

// wordStart moves from forward to the beginning of a word, at most to limit.
func wordStart(text string, from, limit int) int {
	if from <= 0 {
		return 0
	}
	if gap := strings.IndexAny(text[from:limit], " \n\t"); gap >= 0 {
		return from + gap + 1
	}
	for !utf8.RuneStart(text[from]) {
		from++
	}
	return from
}

// wordEnd moves to backward to the end of a word, at least to limit.
func wordEnd(text string, to, limit int) int {
	if to >= len(text) {
		return len(text)
	}
	if gap := strings.LastIndexAny(text[limit:to], " \n\t"); gap >= 0 {
		return limit + gap
	}
	for !utf8.RuneStart(text[to]) {
		to--
	}
	return to
}

var blanks = strings.NewReplacer("\r\n", " ", "\n", " ", "\t", " ")

func oneLine(text string) string { return blanks.Replace(text) }
