package search

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// maxTries bounds how many respelled queries are tried for an answer.
const maxTries = 5

// suggest returns the first respelling of a word that makes the query find something. It runs the whole query
// with its filter, so it never tells a word that occurs in private incidents alone.
func (c compiler) suggest(ctx context.Context) (string, error) {
	for i, clause := range c.req.Query.Clauses {
		if f, _ := fieldNamed(clause.Field); f.sort != words || clause.Not || len(clause.Any) != 1 || clause.Any[0].Form != Word {
			continue
		}
		near, err := c.view.respelled(strings.ToLower(clause.Any[0].Text))
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

// respelled returns indexed words that differ from word in few letters, nearest and then most frequent first.
func (v *view) respelled(word string) ([]string, error) {
	type candidate struct {
		word  string
		edits int
		count uint64
	}
	var found []candidate
	dict, err := v.snapshot.FieldDict(spellingField)
	if err != nil {
		return nil, fmt.Errorf("search: read words: %w", err)
	}
	defer dict.Close()
	allowed := edits(word)
	for entry, err := dict.Next(); entry != nil; entry, err = dict.Next() {
		if err != nil {
			return nil, fmt.Errorf("search: read words: %w", err)
		}
		if d := distance(word, entry.Term, allowed); d > 0 && d <= allowed {
			found = append(found, candidate{entry.Term, d, entry.Count})
		}
	}
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.edits, b.edits), cmp.Compare(b.count, a.count), cmp.Compare(a.word, b.word))
	})
	var out []string
	for _, c := range found[:min(len(found), maxTries)] {
		out = append(out, c.word)
	}
	return out, nil
}

// distance counts the letters to insert, drop, replace or swap with their neighbour (optimal string
// alignment) between a and b. It may stop counting behind limit.
func distance(a, b string, limit int) int {
	s, t := []rune(a), []rune(b)
	if len(s)-len(t) > limit || len(t)-len(s) > limit {
		return limit + 1
	}
	rows := make([][]int, len(s)+1)
	for i := range rows {
		rows[i] = make([]int, len(t)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(s); i++ {
		for j := 1; j <= len(t); j++ {
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(s)][len(t)]
}
