package main

import (
	"math/rand/v2"
	"strings"

	"hindsight/incident"
	"hindsight/search"
)

// kind is questions of one kind.
type kind struct {
	name string
	ask  []wanted
}

const perKind = 15

// questions are the same for every size.
func questions() []kind {
	p := newProse()
	rng := rand.New(rand.NewPCG(7, 7))
	common := func(i int) string { return p.words[i] }
	mid := func(i int) string { return p.words[300+100*i] }
	phrases := make([]string, perKind)
	for i := range phrases { // two words that do follow one another somewhere
		words := strings.Fields(strings.ReplaceAll(p.next(i).body, ".", ""))
		at := rng.IntN(len(words) - 1)
		phrases[i] = words[at] + " " + words[at+1]
	}
	dates := func(i int, w wanted) wanted { // a tenth of all
		w.from = p.end.AddDate(-4, 0, 60*i)
		w.to, w.facets = w.from.AddDate(0, 0, 182), true
		return w
	}
	out := []kind{{name: "a common word"}, {name: "a middling word"}, {name: "two common words"}, {name: "either of two middling words"}, {name: "a phrase"},
		{name: "a prefix in the title"}, {name: "a misspelled word"}, {name: "a tenth of the time, facets"}, {name: "time, severity, a common word, facets"}}
	for i := range perKind {
		for k, w := range []wanted{{words: []string{common(i)}}, {words: []string{mid(i)}}, {words: []string{common(i), common(i + 7)}}, {words: []string{mid(i), mid(i + 1)}, either: true},
			{phrase: phrases[i]}, {prefix: common(50 * i)[:3]}, {fuzzy: misspelled(mid(i))}, dates(i, wanted{}), dates(i, wanted{words: []string{common(i)}, severity: 2})} {
			out[k].ask = append(out[k].ask, w)
		}
	}
	return out
}

// misspelled lacks a letter.
func misspelled(word string) string { return word[:2] + word[3:] }

// request is the question as the program's own index takes it.
func (w wanted) request() (search.Request, error) {
	var query string
	switch {
	case w.fuzzy != "":
		query = w.fuzzy + "~"
	case w.phrase != "":
		query = `"` + w.phrase + `"`
	case w.prefix != "":
		query = "title:" + w.prefix + "*"
	case w.either:
		query = strings.Join(w.words, "|")
	default:
		query = strings.Join(w.words, " ")
	}
	q, err := search.Parse(query)
	f := incident.Filter{Limit: 20, From: w.from, To: w.to}
	if w.severity > 0 {
		f.Severities = []incident.Severity{incident.Severity(w.severity)}
	}
	return search.Request{Query: q, Filter: f, Facets: w.facets}, err
}
