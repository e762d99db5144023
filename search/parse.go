package search

import (
	"fmt"
	"strings"
	"unicode"

	"hindsight/incident"
)

// maxQuery bounds a query, so that nobody can make the index work for minutes with one.
const maxQuery = 1000

// Parse reads a query:
//
//	cold cache            both words, in any text, however inflected
//	"cold cache"          these words in a row
//	retry~  time*         nearly so spelled; beginning so
//	-drill  -status:open  not
//	sev:1|2               one of several values
//	service:checkout      services and teams by words of their names
//	view:"the worst"      what a saved view finds
//	opened:2026-Q3        also 2026, 2026-07, 2026-07-14, A..B, >A, >=A, <A, <=A; days are UTC
//
// Marks without a letter or digit, as a dash between words, mean nothing. The error is an
// incident.ErrInvalid of field "q" that names the position, counted in characters from 1, and what would be right.
func Parse(text string) (Query, error) {
	p := parser{text: []rune(text)}
	if len(p.text) > maxQuery {
		return Query{}, p.fail(maxQuery, fmt.Errorf("a query has at most %d characters, this one has %d", maxQuery, len(p.text)))
	}
	var q Query
	for p.skip(); p.pos < len(p.text); p.skip() {
		c, err := p.clause()
		if err != nil {
			return Query{}, err
		}
		if c.Field != "" || c.searchable() {
			q.Clauses = append(q.Clauses, c)
		}
	}
	return q, nil
}

func (c Clause) searchable() bool {
	for _, t := range c.Any {
		if searchable(t.Text) {
			return true
		}
	}
	return false
}

type parser struct {
	text []rune
	pos  int
}

func (p *parser) fail(pos int, err error) error {
	return incident.Invalidf("q", "position %d: %v", pos+1, err)
}

// skip moves to the next clause. A | between blanks separates nothing.
func (p *parser) skip() {
	for p.pos < len(p.text) && (unicode.IsSpace(p.text[p.pos]) || p.text[p.pos] == '|') {
		p.pos++
	}
}

func (p *parser) at(r rune) bool { return p.pos < len(p.text) && p.text[p.pos] == r }

func (p *parser) clause() (Clause, error) {
	var c Clause
	if p.at('-') && p.pos+1 < len(p.text) && !p.endsWord(p.pos+1) {
		c.Not = true
		p.pos++
	}
	f, err := p.field()
	if err != nil {
		return c, err
	}
	c.Field = f.name
	for {
		start := p.pos
		t, err := p.term(f)
		if err == nil {
			t, err = f.check(t)
		}
		if err != nil {
			return c, p.fail(start, err)
		}
		c.Any = append(c.Any, t)
		if !p.at('|') {
			return c, nil
		}
		p.pos++
	}
}

// field reads "name:"; without one, the clause is about any text.
func (p *parser) field() (field, error) {
	end := p.pos
	for end < len(p.text) && (unicode.IsLetter(p.text[end]) || p.text[end] == '_') {
		end++
	}
	if end == p.pos || end == len(p.text) || p.text[end] != ':' {
		f, _ := fieldNamed("")
		return f, nil
	}
	name := strings.ToLower(string(p.text[p.pos:end]))
	f, ok := fieldNamed(name)
	if !ok {
		return f, p.fail(p.pos, fmt.Errorf("there is no field %q; there are %s. To look for the text itself, put it in quotation marks",
			name, strings.Join(Fields(), ", ")))
	}
	p.pos = end + 1
	return f, nil
}

func (p *parser) endsWord(i int) bool { return unicode.IsSpace(p.text[i]) || p.text[i] == '|' }

func (p *parser) term(f field) (Term, error) {
	if p.at('"') {
		return p.phrase()
	}
	start := p.pos
	for p.pos < len(p.text) && !p.endsWord(p.pos) {
		p.pos++
	}
	word := string(p.text[start:p.pos])
	switch {
	case word == "" && f.name != "":
		return Term{}, fmt.Errorf("a value of %s is missing; %s", f.name, f.right())
	case word == "":
		return Term{}, fmt.Errorf("a word is missing behind |")
	case strings.HasSuffix(word, "*") && searchable(word):
		return Term{Prefix, strings.TrimRight(word, "*")}, nil
	case strings.HasSuffix(word, "~") && searchable(word):
		return Term{Fuzzy, strings.TrimRight(word, "~")}, nil
	}
	return Term{Word, word}, nil
}

// phrase reads up to the closing quotation mark; \" and \\ stand for " and \.
func (p *parser) phrase() (Term, error) {
	var b strings.Builder
	for i := p.pos + 1; i < len(p.text); i++ {
		switch r := p.text[i]; {
		case r == '\\' && i+1 < len(p.text) && (p.text[i+1] == '"' || p.text[i+1] == '\\'):
			i++
			b.WriteRune(p.text[i])
		case r == '"':
			p.pos = i + 1
			if strings.TrimSpace(b.String()) == "" {
				return Term{}, fmt.Errorf("there is nothing between the quotation marks")
			}
			return Term{Phrase, b.String()}, nil
		default:
			b.WriteRune(r)
		}
	}
	return Term{}, fmt.Errorf("the quotation mark that opens here is never closed")
}
