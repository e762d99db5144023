package search

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"hindsight/incident"
)

// order is how hits are sorted: by keys, the lowest first, and then by id, so that pages neither overlap nor leave gaps.
type order []func(s *selection, row uint32) float64

func byScore(s *selection, row uint32) float64 {
	if s.scores == nil {
		return 0
	}
	return -float64(s.scores[row])
}
func newest(s *selection, row uint32) float64 { return -float64(s.part.started[row]) }
func oldest(s *selection, row uint32) float64 { return float64(s.part.started[row]) }
func moved(s *selection, row uint32) float64  { return -float64(s.part.seq[row]) }

func (v *view) orderOf(req Request) order {
	switch req.Filter.Sort {
	case incident.OldestFirst:
		return order{oldest}
	case incident.WorstFirst:
		return order{v.worst(), newest}
	case incident.RecentlyMoved:
		return order{moved}
	case "":
		if req.Query.Words() {
			return order{byScore, newest}
		}
	}
	return order{newest}
}

// worst orders by severity, with the unknown behind all others.
func (v *view) worst() func(s *selection, row uint32) float64 {
	var ranks []float64
	for _, values := range v.words[bySeverity].known() {
		at := float64(incident.Sev5) + 1
		if n, err := strconv.Atoi(values[0]); err == nil && n > 0 {
			at = float64(n)
		}
		ranks = append(ranks, at)
	}
	return func(s *selection, row uint32) float64 { return ranks[s.part.codes[bySeverity][row]] }
}

// match is a hit and what it is sorted by. A cursor is one without a place.
type match struct {
	s    *selection
	row  uint32
	keys [2]float64
	name string // the id, once it is known
}

// id reads the incident's id from the index, which costs more than all the rest.
func (m *match) id() string {
	if m.name == "" && m.s != nil {
		id, err := m.s.part.segment.DocID(uint64(m.row))
		if err == nil {
			m.name = string(id)
		}
	}
	return m.name
}

func compare(a, b *match) int {
	if c := cmp.Or(cmp.Compare(a.keys[0], b.keys[0]), cmp.Compare(a.keys[1], b.keys[1])); c != 0 {
		return c
	}
	return cmp.Compare(a.id(), b.id())
}

// best returns the first n matches behind the cursor, in order.
func best(all []*selection, by order, after *match, n int) []match {
	var out []match
	for _, s := range all {
		out = append(out, s.best(by, after, n)...)
	}
	sortMatches(out)
	return out[:min(n, len(out))]
}

func sortMatches(all []match) {
	slices.SortFunc(all, func(a, b match) int { return compare(&a, &b) })
}

// best keeps twice as many as are asked for at the most, and forgets the rear half when they are full.
func (s *selection) best(by order, after *match, n int) []match {
	kept := make([]match, 0, min(2*n, s.rows.count()))
	last := math.Inf(1) // first key of the n-th, once there are so many
	floor := math.Inf(-1)
	if after != nil {
		floor = after.keys[0]
	}
	first := by[0]
	s.rows.each(func(row uint32) {
		key := first(s, row)
		if key > last || key < floor {
			return
		}
		m := match{s: s, row: row, keys: [2]float64{key}}
		if len(by) > 1 {
			m.keys[1] = by[1](s, row)
		}
		if after != nil && key == floor && compare(&m, after) <= 0 {
			return
		}
		if kept = append(kept, m); len(kept) == 2*n {
			sortMatches(kept)
			kept = kept[:n]
			last = kept[n-1].keys[0]
		}
	})
	sortMatches(kept)
	return kept[:min(n, len(kept))]
}

// cursor names the place behind a match.
func (by order) cursor(m *match) (string, error) {
	var values []string
	for i := range by {
		values = append(values, strconv.FormatFloat(m.keys[i], 'g', -1, 64))
	}
	text, err := json.Marshal(append(values, m.id()))
	return base64.RawURLEncoding.EncodeToString(text), err
}

// after reads a cursor; "" is none.
func (by order) after(text string) (*match, error) {
	if text == "" {
		return nil, nil
	}
	bad := incident.Invalidf("after", "%q is no cursor of this list; leave it out to begin with the first page", text)
	var values []string
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(raw, &values) != nil || len(values) != len(by)+1 {
		return nil, bad
	}
	m := &match{name: values[len(by)]}
	for i := range by {
		if m.keys[i], err = strconv.ParseFloat(values[i], 64); err != nil {
			return nil, bad
		}
	}
	return m, nil
}
