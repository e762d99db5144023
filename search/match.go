package search

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	segment "github.com/blevesearch/scorch_segment_api/v2"
	"github.com/blevesearch/vellum/levenshtein"
)

// matcher looks for one word, or for words in a row, in one text.
type matcher struct {
	field   string
	weight  float64
	average float64 // words in such a text
	slots   []slot
}

// slot is the place of one word.
type slot struct {
	position int // counted from the first slot
	any      []form
	idf      float64
}

// form is something that a slot's word may be indexed under, or several such things that count the same.
type form struct {
	weight float64
	lists  [][]segment.PostingsList // for each part of the view
}

// Okapi BM25's saturation and normalization by length, at their usual values (Robertson & Zaragoza, The Probabilistic Relevance
// Framework, 2009, section 3.5).
const k1, b = 1.2, 0.75

// score is what an incident gets for a word that occurs n times in a text of that many words.
func (m *matcher) score(idf, n, length float64) float64 {
	return m.weight * idf * n * (k1 + 1) / (n + k1*(1-b+b*length/m.average))
}

// absent reports whether nothing can match in a part.
func (m *matcher) absent(part int) bool {
	for _, s := range m.slots {
		found := false
		for _, f := range s.any {
			found = found || len(f.lists[part]) > 0
		}
		if !found {
			return true
		}
	}
	return false
}

// count is the least number of incidents that one of the slots leaves, private and deleted ones included.
func (m *matcher) count() int {
	least := math.MaxInt
	for _, s := range m.slots {
		n := 0
		for _, f := range s.any {
			n += f.count()
		}
		least = min(least, n)
	}
	return least
}

func (f form) count() int {
	n := 0
	for _, lists := range f.lists {
		for _, l := range lists {
			n += int(l.Count())
		}
	}
	return n
}

// newMatcher looks its terms up in every part. It returns nil when some slot is found nowhere. How rare words are is told by the slots of
// another text where there are such: of a text that not everybody may read, it would tell too much.
func (v *view) newMatcher(field string, weight, average float64, slots, instead []slot) *matcher {
	m := &matcher{field, weight, average, slots}
	for i := range m.slots {
		if !m.slots[i].found() {
			return nil
		}
		told := m.slots[i]
		if instead != nil {
			told = instead[i]
		}
		most := 0
		for _, f := range told.any {
			most = max(most, v.publicly(f))
		}
		n := float64(v.public)
		df := min(float64(most), n)
		m.slots[i].idf = math.Log(1 + (n-df+0.5)/(df+0.5))
	}
	return m
}

// found reports whether any form is in the index.
func (s slot) found() bool {
	return slices.ContainsFunc(s.any, func(f form) bool { return f.count() > 0 })
}

// publicly counts the public incidents with a form.
func (v *view) publicly(f form) int {
	n := 0
	for i, lists := range f.lists {
		for _, l := range lists {
			n += v.parts[i].public(l)
		}
	}
	return n
}

// exactly is the form of one term.
func (v *view) exactly(field, term string, weight float64) (form, error) {
	return v.form(field, weight, func(dict segment.TermDictionary, add func(term []byte) error) error { return add([]byte(term)) })
}

// beginning is the form of all terms that begin with a text.
func (v *view) beginning(field, text string, weight float64) (form, error) {
	return v.form(field, weight, func(dict segment.TermDictionary, add func(term []byte) error) error {
		return eachTerm(dict.AutomatonIterator(nil, []byte(text), behind(text)), func(term string, _ uint64) error { return add([]byte(term)) })
	})
}

// behind is the first text behind all that begin with the given one; nil when there is none.
func behind(text string) []byte {
	end := []byte(text)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i]++; end[i] != 0 {
			return end[:i+1]
		}
	}
	return nil
}

// nearly recognize words with that many wrong letters, two neighbours in each other's place being one.
var nearly = [3]func() *levenshtein.LevenshteinAutomatonBuilder{1: automata(1), 2: automata(2)}

func automata(edits uint8) func() *levenshtein.LevenshteinAutomatonBuilder {
	return sync.OnceValue(func() *levenshtein.LevenshteinAutomatonBuilder {
		b, err := levenshtein.NewLevenshteinAutomatonBuilder(edits, true)
		if err != nil {
			panic(err) // it knows up to three edits
		}
		return b
	})
}

// automaton recognizes words that are spelled nearly like word. It is kept, because every text is asked for the same.
func (v *view) automaton(word string) (*levenshtein.DFA, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if known, ok := v.automata[word]; ok {
		return known, nil
	}
	n := edits(word)
	dfa, err := nearly[n]().BuildDfa(word, uint8(n))
	if err != nil {
		return nil, fmt.Errorf("search: words near %q: %w", word, err)
	}
	if len(v.automata) >= maxAutomata || v.automata == nil {
		v.automata = map[string]*levenshtein.DFA{}
	}
	v.automata[word] = dfa
	return dfa, nil
}

// maxAutomata are kept by a view. One takes about as many kilobytes as its word has letters.
const maxAutomata = 16

// near returns the forms of the words of a text that are spelled nearly like word, those with fewer wrong letters weighing more.
func (v *view) near(field, word string) ([]form, error) {
	dfa, err := v.automaton(word)
	if err != nil {
		return nil, err
	}
	out := make([]form, edits(word)+1)
	for wrong := range out {
		out[wrong] = form{1 / float64(1+wrong), make([][]segment.PostingsList, len(v.parts))}
	}
	for i, p := range v.parts {
		dict, err := p.segment.Dictionary(field)
		if err == nil {
			err = eachTerm(dict.AutomatonIterator(dfa, nil, nil), func(term string, _ uint64) error {
				_, wrong := dfa.MatchAndDistance(term)
				list, err := dict.PostingsList([]byte(term), nil, nil)
				out[wrong].lists[i] = append(out[wrong].lists[i], list)
				return err
			})
		}
		if err != nil {
			return nil, fmt.Errorf("search: words of %s near %q: %w", field, word, err)
		}
	}
	return out, nil
}

// eachTerm calls do with every term, and in how many documents of the segment it is.
func eachTerm(terms segment.DictionaryIterator, do func(term string, count uint64) error) error {
	for {
		entry, err := terms.Next()
		if err != nil || entry == nil {
			return err
		}
		if err := do(entry.Term, entry.Count); err != nil {
			return err
		}
	}
}

// form opens the lists of the terms that each gives for a part's dictionary.
func (v *view) form(field string, weight float64, each func(dict segment.TermDictionary, add func(term []byte) error) error) (form, error) {
	f := form{weight, make([][]segment.PostingsList, len(v.parts))}
	for i, p := range v.parts {
		dict, err := p.segment.Dictionary(field)
		if err == nil {
			err = each(dict, func(term []byte) error {
				list, err := dict.PostingsList(term, nil, nil)
				if err == nil && list.Count() > 0 {
					f.lists[i] = append(f.lists[i], list)
				}
				return err
			})
		}
		if err != nil {
			return f, fmt.Errorf("search: look up words of %s: %w", field, err)
		}
	}
	return f, nil
}

// slots looks up the places of a query.
func (v *view) slots(field string, places []place, fuzzy bool) ([]slot, error) {
	var out []slot
	for _, p := range places {
		s := slot{position: p.position - places[0].position}
		var err error
		if fuzzy {
			s.any, err = v.near(field, p.stems[0])
		} else {
			s.any, err = v.forms(field, p)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func (v *view) forms(field string, p place) ([]form, error) {
	var out []form
	for _, stem := range p.stems {
		look := v.exactly
		if p.begins {
			look = v.beginning
		}
		f, err := look(field, stem, 1)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// matchers returns what looks for a term in a text: more than one where alternatives differ in form.
func (v *view) matchers(text int, t Term, weight float64) ([]*matcher, error) {
	field, average := texts[text].field, v.average(text)
	openly := field
	if field == private {
		openly, average = "timeline", v.average(slices.IndexFunc(texts[:], func(x textField) bool { return x.field == "timeline" }))
	}
	a := analyzers.Get().(*analyzer)
	defer analyzers.Put(a)
	places := a.query(t.Text, v.languages)
	slots, err := v.slots(field, places, t.Form == Fuzzy)
	if err != nil {
		return nil, err
	}
	var instead []slot
	if openly != field {
		if instead, err = v.slots(openly, places, t.Form == Fuzzy); err != nil {
			return nil, err
		}
	}
	var out []*matcher
	add := func(slots, instead []slot) {
		if m := v.newMatcher(field, weight, average, slots, instead); m != nil {
			out = append(out, m)
		}
	}
	add(slots, instead)
	if t.Form == Prefix {
		// The index holds stems: certificates* must find "certif" as well.
		begins := func(field string) ([]slot, error) {
			f, err := v.beginning(field, strings.ToLower(t.Text), 1)
			return []slot{{any: []form{f}}}, err
		}
		if slots, err = begins(field); err == nil && openly != field {
			instead, err = begins(openly)
		}
		if err != nil {
			return nil, err
		}
		add(slots, instead)
	}
	return out, nil
}

// edits allows one wrong letter in a short word and two in a long one.
func edits(word string) int {
	if len([]rune(word)) <= 5 {
		return 1
	}
	return 2
}
