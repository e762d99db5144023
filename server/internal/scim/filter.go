package scim

import (
	"encoding/json"
	"strings"
)

// filter selects resources; see RFC 7644, section 3.4.2.2. values are the attributes of a resource, or of one value of an
// attribute that has several.
type filter interface {
	match(values map[string]any) bool
}

type (
	and struct{ left, right filter }
	or  struct{ left, right filter }
	not struct{ of filter }
	// compare is "userName eq "x"", or "emails[type eq "work"].value eq "x"", which Entra ID sends beside the grammar.
	compare struct {
		path path
		op   string // eq ne co sw ew gt ge lt le pr
		with any    // string, bool, json.Number or nil
	}
	// some is "emails[type eq "work"]": one of the values matches.
	some struct{ path path }
)

func (f and) match(v map[string]any) bool { return f.left.match(v) && f.right.match(v) }
func (f or) match(v map[string]any) bool  { return f.left.match(v) || f.right.match(v) }
func (f not) match(v map[string]any) bool { return !f.of.match(v) }

func (f some) match(v map[string]any) bool { return len(f.path.elements(v)) > 0 }

// maxDepth is how deep a filter may be nested.
const maxDepth = 32

// parser reads a filter by its grammar, figure 1 of RFC 7644: "or" binds less than "and", and "and" less than "not".
type parser struct {
	rest  []token
	among []attribute // that the filter may name
	urn   string      // that may stand before them
	depth int
}

// parseFilter reads a filter on resources of a schema. Errors are invalidFilter.
func parseFilter(text string, s schema) (filter, error) {
	rest, err := tokens(text)
	if err != nil {
		return nil, err
	}
	p := &parser{rest: rest, among: s.all(), urn: s.urn}
	f, err := p.or()
	if err == nil && p.peek().kind != 0 {
		err = p.unexpected("and, or, or the end")
	}
	return f, err
}

func (p *parser) peek() token { return p.rest[0] }

func (p *parser) next() token {
	t := p.rest[0]
	if t.kind != 0 {
		p.rest = p.rest[1:]
	}
	return t
}

// word takes the next piece when it is this word, in which case does not matter.
func (p *parser) word(word string) bool {
	if t := p.peek(); t.kind == 'w' && strings.EqualFold(t.text, word) {
		p.next()
		return true
	}
	return false
}

func (p *parser) unexpected(want string) error {
	t := p.peek()
	switch t.kind {
	case 0:
		return bad("invalidFilter", "the filter ends where %s is expected", want)
	case 'w', 's':
		return bad("invalidFilter", "%q stands in the filter where %s is expected", t.text, want)
	}
	return bad("invalidFilter", "%q stands in the filter where %s is expected", string(t.kind), want)
}

func (p *parser) or() (filter, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, bad("invalidFilter", "the filter is nested deeper than %d levels", maxDepth)
	}
	defer func() { p.depth-- }()
	f, err := p.and()
	for err == nil && p.word("or") {
		var right filter
		right, err = p.and()
		f = or{f, right}
	}
	return f, err
}

func (p *parser) and() (filter, error) {
	f, err := p.one()
	for err == nil && p.word("and") {
		var right filter
		right, err = p.one()
		f = and{f, right}
	}
	return f, err
}

// one reads a filter in parentheses, "not" with one behind it, or a condition.
func (p *parser) one() (filter, error) {
	if t := p.peek(); t.kind == 'w' && strings.EqualFold(t.text, "not") && p.rest[1].kind == '(' {
		p.next()
		f, err := p.one()
		return not{f}, err
	}
	if p.peek().kind == '(' {
		p.next()
		f, err := p.or()
		if err == nil && p.next().kind != ')' {
			err = bad("invalidFilter", "a parenthesis of the filter is not closed")
		}
		return f, err
	}
	return p.condition()
}

func (p *parser) condition() (filter, error) {
	at, err := p.path()
	if err != nil {
		return nil, err
	}
	t := p.peek()
	op := strings.ToLower(t.text)
	switch {
	case t.kind == 'w' && op == "pr":
		p.next()
		return compare{path: at, op: op}, nil
	case t.kind == 'w' && strings.Contains(" eq ne co sw ew gt ge lt le ", " "+op+" "):
		p.next()
		with, err := p.value()
		if err == nil {
			err = at.comparable(op, with)
		}
		return compare{at, op, with}, err
	case at.filter != nil && at.sub == nil:
		return some{at}, nil
	}
	return nil, p.unexpected("eq, ne, co, sw, ew, gt, ge, lt, le or pr")
}

// value reads what is compared with. A word without quotes, as Entra ID's documentation shows it, is a text.
func (p *parser) value() (any, error) {
	t := p.peek()
	if t.kind != 's' && t.kind != 'w' {
		return nil, p.unexpected("a value")
	}
	p.next()
	if t.kind == 's' {
		return t.text, nil
	}
	switch strings.ToLower(t.text) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	case "null":
		return nil, nil
	}
	if json.Valid([]byte(t.text)) {
		return json.Number(t.text), nil
	}
	return t.text, nil
}
