package scim

import (
	"strings"
)

// normal returns what a request says of a resource in the schema's own words: names as the schema writes them, several
// values as lists, booleans as such. What the schema does not know, what only this side may say, and nulls are left out.
// Errors are invalidValue.
func normal(values map[string]any, s schema) (map[string]any, error) {
	out := map[string]any{}
	for name, v := range values {
		a := s.find(withoutURN(name, s.urn))
		if a == nil || a.Mutability == "readOnly" {
			continue
		}
		n, err := a.normal(v)
		if err != nil {
			return nil, err
		}
		if n != nil {
			out[a.Name] = n
		}
	}
	return out, nil
}

func withoutURN(name, urn string) string {
	if len(name) > len(urn) && strings.EqualFold(name[:len(urn)], urn) && name[len(urn)] == ':' {
		return name[len(urn)+1:]
	}
	return name
}

// normal returns all values of an attribute; nil: there is none.
func (a attribute) normal(v any) (any, error) {
	if !a.Multi {
		return a.one(v)
	}
	var out []any
	for _, v := range list(v) {
		n, err := a.one(v)
		if err != nil {
			return nil, err
		}
		if n != nil {
			out = append(out, n)
		}
	}
	if out == nil {
		return nil, nil
	}
	return out, nil
}

// one returns one value of an attribute. A simple value where a complex one is expected is its part "value".
func (a attribute) one(v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	switch a.Type {
	case "boolean":
		if b := truth(v); b != nil {
			return *b, nil
		}
		return nil, bad("invalidValue", "%s is true or false", a.Name)
	case "complex":
		return a.complex(v)
	}
	if text, ok := v.(string); ok {
		return text, nil
	}
	return nil, bad("invalidValue", "%s is a text", a.Name)
}

func (a attribute) complex(v any) (any, error) {
	if _, ok := v.(string); ok && find(a.Sub, "value") != nil {
		v = map[string]any{"value": v}
	}
	parts, ok := v.(map[string]any)
	if !ok {
		return nil, bad("invalidValue", "%s is an object with %s", a.Name, names(a.Sub))
	}
	out := map[string]any{}
	for name, v := range parts {
		sub := find(a.Sub, name)
		if sub == nil || sub.Mutability == "readOnly" {
			continue
		}
		n, err := sub.one(v)
		if err != nil {
			return nil, err
		}
		if n != nil {
			out[sub.Name] = n
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, nil
}
