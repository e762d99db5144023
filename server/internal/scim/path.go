package scim

import (
	"strings"
)

// path leads to an attribute, to some of its values, or to a part of them: "userName", "name.familyName",
// "members[value eq "2819c223"]", "emails[type eq "work"].value" (RFC 7644, figure 7).
type path struct {
	attribute *attribute
	filter    filter     // which of several values; nil: all
	sub       *attribute // nil: the whole
}

// parsePath reads the path of a PATCH operation on a resource of a schema. ok is false when it names what the schema
// does not know, such as an attribute of an extension. Errors are invalidPath.
func parsePath(text string, s schema) (at path, ok bool, err error) {
	rest, err := tokens(text)
	if err != nil {
		return path{}, false, bad("invalidPath", "%s", err)
	}
	if first := rest[0]; first.kind == 'w' {
		name, _ := separated(first.text, s.urn)
		if find(s.all(), name) == nil && named(first.text) {
			return path{}, false, nil
		}
	}
	p := &parser{rest: rest, among: s.all(), urn: s.urn}
	at, err = p.path()
	if err == nil && p.peek().kind != 0 {
		err = p.unexpected("the end")
	}
	if err != nil {
		return path{}, false, bad("invalidPath", "the path %q cannot be read: %s", text, err)
	}
	return at, true, nil
}

// separated cuts the schema's URN off a name, and separates its parts.
func separated(text, urn string) (name, sub string) {
	if len(text) > len(urn) && strings.EqualFold(text[:len(urn)], urn) && text[len(urn)] == ':' {
		text = text[len(urn)+1:]
	}
	name, sub, _ = strings.Cut(text, ".")
	return name, sub
}

// named reports whether a word has the form of an attribute's name, with or without a URN before it (RFC 7643, section 2.1).
func named(text string) bool {
	if i := strings.LastIndexByte(text, ':'); i >= 0 {
		if !strings.HasPrefix(strings.ToLower(text), "urn:") {
			return false
		}
		text = text[i+1:]
	}
	return text != "" && strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-$") == "" && text[0] != '.'
}

// path reads an attribute, with a filter on its values and a part of them behind it.
func (p *parser) path() (path, error) {
	t := p.peek()
	if t.kind != 'w' {
		return path{}, p.unexpected("an attribute")
	}
	p.next()
	name, sub := separated(t.text, p.urn)
	at := path{attribute: find(p.among, name)}
	if at.attribute == nil {
		return path{}, bad("invalidFilter", "there is no attribute %q here; there are %s", name, names(p.among))
	}
	if p.peek().kind == '[' && sub == "" {
		if !at.attribute.Multi || len(at.attribute.Sub) == 0 {
			return path{}, bad("invalidFilter", "%s has no parts that could be filtered", at.attribute.Name)
		}
		p.next()
		inner := &parser{rest: p.rest, among: at.attribute.Sub, depth: p.depth}
		var err error
		if at.filter, err = inner.or(); err != nil {
			return path{}, err
		}
		p.rest = inner.rest
		if p.next().kind != ']' {
			return path{}, bad("invalidFilter", "a bracket of the filter is not closed")
		}
		if t := p.peek(); t.kind == 'w' && t.tail {
			p.next()
			var dotted bool
			if sub, dotted = strings.CutPrefix(t.text, "."); !dotted {
				return path{}, bad("invalidFilter", "%q stands behind a bracket where a part of the value is expected", t.text)
			}
		}
	}
	if sub != "" {
		if at.sub = find(at.attribute.Sub, sub); at.sub == nil {
			return path{}, bad("invalidFilter", "%s has no part %q; it has %s", at.attribute.Name, sub, names(at.attribute.Sub))
		}
	}
	return at, nil
}

func names(among []attribute) string {
	out := make([]string, len(among))
	for i, a := range among {
		out[i] = a.Name
	}
	if len(out) == 0 {
		return "none"
	}
	return strings.Join(out, ", ")
}

// elements returns the complex values that the path leads to: all, or those that its filter selects.
func (at path) elements(values map[string]any) []map[string]any {
	var out []map[string]any
	for _, v := range list(values[at.attribute.Name]) {
		if element, ok := v.(map[string]any); ok && (at.filter == nil || at.filter.match(element)) {
			out = append(out, element)
		}
	}
	return out
}

// leaves returns the simple values that the path leads to; of complex ones their part "value" when it names none (RFC
// 7644, section 3.4.2.2), and leaf, which describes them.
func (at path) leaves(values map[string]any) (out []any, leaf *attribute) {
	if len(at.attribute.Sub) == 0 {
		return list(values[at.attribute.Name]), at.attribute
	}
	if leaf = at.leaf(); leaf == nil {
		return nil, at.attribute
	}
	for _, element := range at.elements(values) {
		if v, ok := element[leaf.Name]; ok {
			out = append(out, v)
		}
	}
	return out, leaf
}

// leaf describes the values that leaves returns; nil: there are none to compare.
func (at path) leaf() *attribute {
	if len(at.attribute.Sub) == 0 {
		return at.attribute
	}
	if at.sub != nil {
		return at.sub
	}
	return find(at.attribute.Sub, "value")
}

// list returns the values of an attribute: none, one, or several.
func list(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}
