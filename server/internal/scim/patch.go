package scim

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// operation is one step of a PATCH; see RFC 7644, section 3.5.2. Case does not matter in Op: Entra ID sends "Add".
type operation struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value any    `json:"value"`
}

// maxOperations is how many steps one PATCH may have.
const maxOperations = 1000

// patched returns a resource as the operations leave it. values are normal, and not changed.
func patched(values map[string]any, operations []operation, s schema) (map[string]any, error) {
	switch n := len(operations); {
	case n == 0:
		return nil, bad("invalidSyntax", "there are no Operations")
	case n > maxOperations:
		return nil, bad("tooMany", "there are %d Operations; send at most %d at once", n, maxOperations)
	}
	out := copied(values).(map[string]any)
	for _, o := range operations {
		if err := o.apply(out, s); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// copied returns a deep copy of a JSON value.
func copied(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, x := range v {
			out[name] = copied(x)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = copied(x)
		}
		return out
	}
	return v
}

func (o operation) apply(values map[string]any, s schema) error {
	op := strings.ToLower(o.Op)
	if op != "add" && op != "replace" && op != "remove" {
		return bad("invalidSyntax", "op is %q; it can be add, replace or remove", o.Op)
	}
	if o.Path != "" {
		at, known, err := parsePath(o.Path, s)
		if err != nil || !known {
			return err
		}
		if at.attribute.Mutability == "readOnly" || at.sub != nil && at.sub.Mutability == "readOnly" {
			return bad("mutability", "%s cannot be changed here", o.Path)
		}
		return at.apply(values, op, o.Value)
	}
	if op == "remove" {
		return bad("noTarget", "remove needs a path")
	}
	return o.each(values, op, s)
}

// each applies an operation without a path: its value is an object whose names are paths. What cannot be changed is passed
// over there, as Okta sends the id along.
func (o operation) each(values map[string]any, op string, s schema) error {
	parts, ok := o.Value.(map[string]any)
	if !ok {
		return bad("invalidValue", "an operation without a path has an object as its value")
	}
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		if strings.EqualFold(name, s.urn) {
			if err := (operation{Op: op, Value: parts[name]}).each(values, op, s); err != nil {
				return err
			}
			continue
		}
		at, known, err := parsePath(name, s)
		if err != nil {
			return err
		}
		if !known || at.attribute.Mutability == "readOnly" || at.sub != nil && at.sub.Mutability == "readOnly" {
			continue
		}
		if err := at.apply(values, op, parts[name]); err != nil {
			return err
		}
	}
	return nil
}

// apply changes what the path leads to. op is add, replace or remove.
func (at path) apply(values map[string]any, op string, v any) error {
	if op == "remove" {
		return at.remove(values, v)
	}
	a := at.attribute
	switch {
	case a.Multi && (at.filter != nil || at.sub != nil):
		return at.some(values, op, v)
	case at.sub != nil:
		return at.part(values, v)
	}
	n, err := a.normal(v)
	if err != nil {
		return err
	}
	switch was := values[a.Name]; {
	case n == nil && op == "replace":
		delete(values, a.Name)
	case n == nil:
	case a.Multi && op == "add":
		values[a.Name] = joined(list(was), list(n))
	case a.Type == "complex" && !a.Multi && was != nil:
		maps.Copy(was.(map[string]any), n.(map[string]any))
	default:
		values[a.Name] = n
	}
	return nil
}

// part changes a part of an attribute that has one complex value.
func (at path) part(values map[string]any, v any) error {
	n, err := at.sub.one(v)
	if err != nil {
		return err
	}
	whole, ok := values[at.attribute.Name].(map[string]any)
	if !ok {
		whole = map[string]any{}
	}
	if n == nil {
		delete(whole, at.sub.Name)
	} else {
		whole[at.sub.Name] = n
	}
	values[at.attribute.Name] = whole
	if len(whole) == 0 {
		delete(values, at.attribute.Name)
	}
	return nil
}

// some changes those of several values that the filter selects. When there is none, add makes one as the filter describes
// it, as Entra ID expects, and replace is noTarget.
func (at path) some(values map[string]any, op string, v any) error {
	change, err := at.change(v)
	if err != nil {
		return err
	}
	found := at.elements(values)
	if len(found) == 0 {
		made := map[string]any{}
		if op == "replace" && at.filter != nil || !described(at.filter, made) {
			return bad("noTarget", "no value of %s is selected by the path", at.attribute.Name)
		}
		maps.Copy(made, change)
		values[at.attribute.Name] = joined(list(values[at.attribute.Name]), []any{made})
		return nil
	}
	for _, element := range found {
		maps.Copy(element, change)
		if element["primary"] == true && change["primary"] == true {
			alone(list(values[at.attribute.Name]), element)
		}
	}
	return nil
}

// change returns the parts that a value says.
func (at path) change(v any) (map[string]any, error) {
	if at.sub == nil {
		n, err := at.attribute.one(v)
		if parts, ok := n.(map[string]any); ok {
			return parts, err
		}
		return nil, err
	}
	n, err := at.sub.one(v)
	if n == nil {
		return nil, err
	}
	return map[string]any{at.sub.Name: n}, err
}

// described puts what a filter demands with eq into a value, and reports whether that is all that it demands.
func described(f filter, into map[string]any) bool {
	switch f := f.(type) {
	case nil:
		return true
	case and:
		return described(f.left, into) && described(f.right, into)
	case compare:
		if f.op != "eq" || f.with == nil {
			return false
		}
		n, err := f.path.attribute.one(f.with)
		into[f.path.attribute.Name] = n
		return err == nil && n != nil
	}
	return false
}

// remove takes away what the path leads to. Entra ID names the values to take away in value, where the RFC has nothing:
// then only they go.
func (at path) remove(values map[string]any, v any) error {
	a := at.attribute
	if a.Required && at.filter == nil {
		return bad("mutability", "%s cannot be removed", a.Name)
	}
	switch named, err := a.normal(v); {
	case err != nil:
		return err
	case !a.Multi && at.sub != nil:
		return at.part(values, nil)
	case a.Multi && at.sub != nil:
		for _, element := range at.elements(values) {
			delete(element, at.sub.Name)
		}
	case a.Multi && at.filter == nil && v != nil:
		values[a.Name] = slices.DeleteFunc(list(values[a.Name]), func(x any) bool {
			return slices.ContainsFunc(list(named), func(y any) bool { return same(x, y) })
		})
	case at.filter != nil:
		values[a.Name] = slices.DeleteFunc(list(values[a.Name]), func(x any) bool {
			element, ok := x.(map[string]any)
			return ok && at.filter.match(element)
		})
	default:
		delete(values, a.Name)
	}
	if len(list(values[a.Name])) == 0 {
		delete(values, a.Name)
	}
	return nil
}

// joined adds values to others; one that is there already replaces it, and the last primary one is the only.
func joined(to, add []any) []any {
	for _, v := range add {
		i := slices.IndexFunc(to, func(x any) bool { return same(x, v) })
		if i < 0 {
			to = append(to, v)
		} else {
			to[i] = v
		}
		if element, ok := v.(map[string]any); ok && element["primary"] == true {
			alone(to, element)
		}
	}
	return to
}

// alone takes "primary" from all values but one.
func alone(values []any, but map[string]any) {
	for _, v := range values {
		if element, ok := v.(map[string]any); ok && element["primary"] == true && !reflect.DeepEqual(element, but) {
			element["primary"] = false
		}
	}
}

// same reports whether two values are one: by their part "value" when they have it.
func same(x, y any) bool {
	a, isA := x.(map[string]any)
	b, isB := y.(map[string]any)
	if isA && isB && (a["value"] != nil || b["value"] != nil) {
		return a["value"] == b["value"] && (a["type"] == b["type"] || a["type"] == nil || b["type"] == nil)
	}
	return reflect.DeepEqual(x, y)
}
