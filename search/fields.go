package search

import (
	"fmt"
	"slices"
	"strings"

	"hindsight/incident"
)

// sort is the sort of value that a field holds.
type sort int

const (
	words sort = iota // text: a word, "a phrase", pre*, near~
	names             // words of a name, as of a service
	enum              // one of a few values
	dates             // a day, month, quarter, year, or a range of them
)

// field is a name that may stand before the colon.
type field struct {
	name   string
	also   string // another name people try
	sort   sort
	values []string // of an enum
	like   string   // an example, for messages
}

// ViewField is the field that names a saved view, whose question must hold; see Request.Views.
const ViewField = "view"

// fields lists the fields of the language in the order in which help shows them.
// The text of title, description, … is indexed under the same names.
func fields() []field {
	return []field{
		{name: "sev", also: "severity", sort: enum, values: []string{"1", "2", "3", "4", "5", "unset"}},
		{name: "status", sort: enum, values: append(asText(incident.Statuses), "open", "over")},
		{name: "service", sort: names, like: "service:checkout"},
		{name: "team", sort: names, like: `team:"site reliability"`},
		{name: "priority", sort: names, like: `priority:"1 - Critical"`},
		{name: "tag", sort: names, like: "tag:dns"},
		{name: "source", sort: names, like: "source:servicenow"},
		{name: "kind", sort: enum, values: append(asText(incident.Kinds), kindRunbook)},
		{name: "origin", sort: enum, values: asText(incident.Origins)},
		{name: "started", sort: dates, like: "started:2026-Q3"},
		{name: "opened", sort: dates, like: "opened:2024-01..2024-03"},
		{name: ViewField, sort: names, like: `view:"the worst"`},
		{name: "title", sort: words, like: "title:timeout"},
		{name: "description", sort: words, like: "description:timeout"},
		{name: "timeline", sort: words, like: "timeline:rollback"},
		{name: "retrospective", also: "retro", sort: words, like: "retrospective:lessons"},
		{name: "factors", also: "factor", sort: words, like: `factors:"expired certificate"`},
		{name: "actions", also: "action", sort: words, like: "actions:alert"},
	}
}

// Fields lists the names that may stand before the colon in a query.
func Fields() []string {
	var out []string
	for _, f := range fields() {
		out = append(out, f.name)
	}
	return out
}

func asText[T ~string](values []T) []string {
	var out []string
	for _, v := range values {
		out = append(out, string(v))
	}
	return out
}

// fieldNamed finds a field by one of its names; "" is all text.
func fieldNamed(name string) (field, bool) {
	if name == "" {
		return field{sort: words}, true
	}
	for _, f := range fields() {
		if name == f.name || name == f.also {
			return f, true
		}
	}
	return field{}, false
}

// check returns t in the field's canonical form, or says what would be right.
func (f field) check(t Term) (Term, error) {
	if f.sort == words {
		return t, checkText(t)
	}
	if t.Form == Prefix || t.Form == Fuzzy {
		return t, fmt.Errorf("%s takes no * and no ~; %s", f.name, f.right())
	}
	t.Form = Word
	switch f.sort {
	case enum:
		t.Text = strings.ToLower(t.Text)
		if f.name == "sev" {
			t.Text = strings.TrimPrefix(t.Text, "sev")
		}
		if !slices.Contains(f.values, t.Text) {
			return t, fmt.Errorf("%q is no value of %s; %s", t.Text, f.name, f.right())
		}
	case dates:
		t.Text = strings.ToUpper(t.Text)
		if _, _, err := parsePeriod(t.Text); err != nil {
			return t, err
		}
	default:
		if needsQuotes(t.Text) {
			t.Form = Phrase
		}
		if !searchable(t.Text) {
			return t, fmt.Errorf("%q holds no letter and no digit; %s", t.Text, f.right())
		}
	}
	return t, nil
}

// right says what a value of the field looks like.
func (f field) right() string {
	if f.sort == enum {
		return "it takes " + strings.Join(f.values, ", ")
	}
	return "write it like " + f.like
}

// checkText keeps out what would match half the index at the price of reading all of it.
func checkText(t Term) error {
	n := len([]rune(t.Text))
	switch {
	case t.Form == Prefix && n < 3:
		return fmt.Errorf("%s* would match too much; give at least three letters before *", t.Text)
	case t.Form == Fuzzy && n < 3:
		return fmt.Errorf("%s~ would match too much; give at least three letters before ~", t.Text)
	case (t.Form == Prefix || t.Form == Fuzzy) && !searchable(t.Text):
		return fmt.Errorf("%s holds no letter and no digit", t)
	}
	return nil
}
