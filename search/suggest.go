package search

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// maxTries bounds how many respelled queries are tried for an answer.
const maxTries = 5

// suggest returns the first respelling of a word that makes the query find something. It runs the whole query
// with its filter, so it never tells a word that occurs in hidden incidents alone.
func (c compiler) suggest(ctx context.Context) (string, error) {
	for i, clause := range c.req.Query.Clauses {
		if f, _ := fieldNamed(clause.Field); f.sort != words || clause.Not || len(clause.Any) != 1 || clause.Any[0].Form != Word {
			continue
		}
		near, err := c.view.respelled(c.view.eyes(c.req.Filter.Sight), strings.ToLower(clause.Any[0].Text))
		if err != nil {
			return "", err
		}
		for _, word := range near {
			q := Query{slices.Clone(c.req.Query.Clauses)}
			q.Clauses[i].Any = []Term{{Word, word}}
			if found, err := c.finds(ctx, q); err != nil || found {
				return q.String(), err
			}
		}
	}
	return "", nil
}

func (c compiler) finds(ctx context.Context, q Query) (bool, error) {
	p, err := c.compile(q)
	if err != nil {
		return false, err
	}
	found, err := p.run(ctx)
	if err != nil {
		return false, err
	}
	return total(found) > 0, nil
}

// respelled returns words of incidents that may be seen and that differ from word in few letters, nearest and then most frequent first.
func (v *view) respelled(by eyes, word string) ([]string, error) {
	dfa, err := v.automaton(word)
	if err != nil {
		return nil, err
	}
	counts := map[string]uint64{}
	for _, p := range v.parts {
		hidden := by.hidden(p)
		dict, err := p.segment.Dictionary(spellingField)
		if err == nil {
			err = eachTerm(dict.AutomatonIterator(dfa, nil, nil), func(term string, count uint64) error {
				if hidden != nil {
					list, err := dict.PostingsList([]byte(term), nil, nil)
					if err != nil {
						return err
					}
					count = uint64(without(list, hidden))
				}
				if count > 0 {
					counts[term] += count
				}
				return nil
			})
		}
		if err != nil {
			return nil, fmt.Errorf("search: read words: %w", err)
		}
	}
	delete(counts, word)
	wrong := func(term string) int {
		_, n := dfa.MatchAndDistance(term)
		return int(n)
	}
	out := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(wrong(a)-wrong(b), cmp.Compare(counts[b], counts[a]), strings.Compare(a, b))
	})
	return out[:min(len(out), maxTries)], nil
}
