package search

import (
	"slices"
	"strings"
	"unicode"
)

// Query is a parsed query: clauses that must all hold. The zero Query holds for every incident.
type Query struct{ Clauses []Clause }

// Clause holds for an incident for which any of its terms holds in Field, or none of them when Not is set.
type Clause struct {
	Not   bool
	Field string // a name of Fields, or "" for any text
	Any   []Term // never empty
}

// Term is one value of a clause.
type Term struct {
	Form Form
	Text string // without quotation marks and suffixes; never empty
}

// Form says how a term's text is compared.
type Form int

const (
	Word   Form = iota // checkout: this word, however it is inflected
	Phrase             // "cold cache": these words in a row
	Prefix             // time*: words that begin so
	Fuzzy              // retry~: words spelled nearly so
)

// String returns the canonical text of q: Parse(q.String()) gives q again.
func (q Query) String() string {
	parts := make([]string, len(q.Clauses))
	for i, c := range q.Clauses {
		parts[i] = c.String()
	}
	return strings.Join(parts, " ")
}

// String returns the canonical text of one clause: `-status:open|resolved`.
func (c Clause) String() string {
	var b strings.Builder
	if c.Not {
		b.WriteByte('-')
	}
	if c.Field != "" {
		b.WriteString(c.Field + ":")
	}
	for i, t := range c.Any {
		if i > 0 {
			b.WriteByte('|')
		}
		b.WriteString(t.String())
	}
	return b.String()
}

// String returns the term as it is written in a query.
func (t Term) String() string {
	switch t.Form {
	case Phrase:
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(t.Text) + `"`
	case Prefix:
		return t.Text + "*"
	case Fuzzy:
		return t.Text + "~"
	}
	return t.Text
}

// Widened returns q with other names of what a condition on a field asks for beside each word and phrase of it. same gives all names of one thing, none
// where a text names nothing.
func (q Query) Widened(field string, same func(text string) []string) Query {
	out := Query{Clauses: slices.Clone(q.Clauses)}
	for i, c := range out.Clauses {
		if c.Field != field {
			continue
		}
		any := slices.Clone(c.Any)
		for _, t := range c.Any {
			if t.Form != Word && t.Form != Phrase {
				continue
			}
			for _, name := range same(t.Text) {
				if searchable(name) && !slices.ContainsFunc(any, func(o Term) bool { return strings.EqualFold(o.Text, name) }) {
					any = append(any, Term{Phrase, name})
				}
			}
		}
		out.Clauses[i].Any = any
	}
	return out
}

// Words reports whether q asks for words of a text, so that some matches are better than others.
func (q Query) Words() bool {
	for _, c := range q.Clauses {
		if f, _ := fieldNamed(c.Field); !c.Not && f.sort == words {
			return true
		}
	}
	return false
}

// needsQuotes reports whether text must be quoted to be read back as one word.
func needsQuotes(text string) bool {
	return strings.ContainsFunc(text, unicode.IsSpace) || strings.ContainsAny(text, `|"`) ||
		strings.HasSuffix(text, "*") || strings.HasSuffix(text, "~")
}

// searchable reports whether text holds anything that could be looked up.
func searchable(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) })
}
