package store

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"

	"hindsight/incident"
)

// The bounds of what an entry holds of one field.
const (
	longestAudited = 2000 // bytes of a text
	mostAudited    = 50   // elements of a list
)

// unaudited are fields that say how often something was looked at or numbered, and nothing that anybody decided.
var unaudited = []string{"seq", "seen_at", "used_at", "used", "step", "tries"}

// record notes that an entity was created, changed or deleted: before or after is the zero reflect.Value of its type's pointer, nil.
// Nothing is noted when all recorded fields are the same.
func (t *tx) record(object incident.AuditObject, before, after any) {
	b, a := differences(before, after)
	n := incident.AuditNote{Action: incident.AuditChanged, Object: object, Before: b, After: a}
	switch {
	case isNil(before):
		n.Action = incident.AuditCreated
	case isNil(after):
		n.Action = incident.AuditDeleted
	case len(b) == 0 && len(a) == 0:
		return
	}
	t.Note(n)
}

// recordPart is record for a part of what is about an incident. The incident is the object, so that who may not see it is not told of its parts.
func (t *tx) recordPart(kind string, of, part incident.ID, name string, before, after any) {
	told := len(t.notes)
	t.record(incident.AuditObject{Kind: kind, ID: of, Name: name}, before, after)
	if len(t.notes) > told {
		t.notes[told].Facts = map[string]any{"id": string(part)}
	}
}

func isNil(v any) bool {
	return v == nil || reflect.ValueOf(v).Kind() == reflect.Pointer && reflect.ValueOf(v).IsNil()
}

// differences returns the fields of two structs of one type that differ, each may be nil. Names are in snake case.
// Of a secret it says that it was set, changed or removed.
func differences(before, after any) (b, a map[string]any) {
	b, a = map[string]any{}, map[string]any{}
	var was, is reflect.Value
	var shape reflect.Type
	if !isNil(after) {
		is = reflect.Indirect(reflect.ValueOf(after))
		shape = is.Type()
	}
	if !isNil(before) {
		was = reflect.Indirect(reflect.ValueOf(before))
		shape = was.Type()
	}
	if shape == nil {
		return b, a
	}
	if !was.IsValid() {
		was = reflect.New(shape).Elem()
	}
	if !is.IsValid() {
		is = reflect.New(shape).Elem()
	}
	for i := range shape.NumField() {
		name := snake(shape.Field(i).Name)
		if slices.Contains(unaudited, name) || reflect.DeepEqual(was.Field(i).Interface(), is.Field(i).Interface()) {
			continue
		}
		field(name, was.Field(i), is.Field(i), b, a)
	}
	return b, a
}

// field adds what differs in a field to b and a.
func field(name string, was, is reflect.Value, b, a map[string]any) {
	text, isText := was.Interface().(json.RawMessage)
	switch {
	case secret(name), !isText && was.Kind() == reflect.Slice && was.Type().Elem().Kind() == reflect.Uint8:
		a[name] = secretly(was.IsZero(), is.IsZero())
	case isText:
		document(name, text, is.Interface().(json.RawMessage), b, a)
	case was.Kind() == reflect.Slice:
		gone, come := without(was, is), without(is, was)
		if len(gone)+len(come) == 0 { // another order
			gone, come = without(was, reflect.Value{}), without(is, reflect.Value{})
		}
		put(b, name, shortened(gone))
		put(a, name, shortened(come))
	case was.Kind() == reflect.Map:
		before, after := map[string]any{}, map[string]any{}
		objects(toMap(was), toMap(is), before, after)
		put(b, name, before)
		put(a, name, after)
	default:
		put(b, name, plain(was))
		put(a, name, plain(is))
	}
}

// document adds what differs between two JSON texts: of objects, the fields.
func document(name string, was, is json.RawMessage, b, a map[string]any) {
	var before, after any
	if json.Unmarshal(was, &before) != nil {
		before = string(was)
	}
	if json.Unmarshal(is, &after) != nil {
		after = string(is)
	}
	object := func(v any) (map[string]any, bool) {
		if v == nil || v == "" {
			return map[string]any{}, true
		}
		m, ok := v.(map[string]any)
		return m, ok
	}
	x, xOK := object(before)
	y, yOK := object(after)
	if !xOK || !yOK {
		put(b, name, quiet(name, before))
		put(a, name, quiet(name, after))
		return
	}
	gone, come := map[string]any{}, map[string]any{}
	objects(x, y, gone, come)
	put(b, name, gone)
	put(a, name, come)
}

// objects adds the fields in which two JSON objects differ.
func objects(was, is, b, a map[string]any) {
	for name, v := range was {
		if !reflect.DeepEqual(v, is[name]) {
			b[name] = quiet(name, v)
		}
	}
	for name, v := range is {
		if !reflect.DeepEqual(v, was[name]) {
			a[name] = quiet(name, v)
		}
	}
}

// quiet returns a JSON value with its texts cut and without secrets.
func quiet(name string, v any) any {
	switch v := v.(type) {
	case string:
		if secret(name) && v != "" {
			return "set"
		}
		return cut(v)
	case map[string]any:
		out := map[string]any{}
		for key, value := range v {
			out[key] = quiet(key, value)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = quiet(name, v[i])
		}
		return shortened(out)
	}
	return v
}

// secretWords mark a field as secret when one of them is a word of its name.
var secretWords = []string{"hash", "hashes", "secret", "secrets", "password", "salt", "key", "keys", "code", "codes"}

func secret(name string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(snake(name), func(r rune) bool { return !unicode.IsLetter(r) }), func(word string) bool {
		return slices.Contains(secretWords, word)
	})
}

func secretly(wasEmpty, isEmpty bool) string {
	switch {
	case wasEmpty:
		return "set"
	case isEmpty:
		return "removed"
	}
	return "changed"
}

func put(into map[string]any, name string, v any) {
	if v == nil {
		return
	}
	if m, ok := v.(map[string]any); ok && len(m) == 0 {
		return
	}
	if l, ok := v.([]any); ok && len(l) == 0 {
		return
	}
	into[name] = v
}

// without returns the elements of list that other has not, or has fewer of.
func without(list, other reflect.Value) []any {
	var out []any
	used := map[int]bool{}
next:
	for i := range list.Len() {
		for j := 0; other.IsValid() && j < other.Len(); j++ {
			if !used[j] && reflect.DeepEqual(list.Index(i).Interface(), other.Index(j).Interface()) {
				used[j] = true
				continue next
			}
		}
		out = append(out, plain(list.Index(i)))
	}
	return out
}

// shortened ends a long list with a word about the rest.
func shortened(list []any) []any {
	if len(list) <= mostAudited {
		return list
	}
	return append(slices.Clone(list[:mostAudited]), fmt.Sprintf("and %d more", len(list)-mostAudited))
}

// plain returns a value as JSON has it: structs without their empty fields, names in snake case, times as RFC 3339.
func plain(v reflect.Value) any {
	if !v.IsValid() || v.IsZero() {
		return nil
	}
	switch x := v.Interface().(type) {
	case time.Time:
		return x.UTC().Format(time.RFC3339Nano)
	case time.Duration:
		return x.String()
	}
	switch v.Kind() {
	case reflect.Pointer:
		return plain(v.Elem())
	case reflect.String:
		return cut(v.String())
	case reflect.Struct:
		_, fields := differences(nil, v.Interface())
		return fields
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return "set"
		}
		return shortened(without(v, reflect.Value{}))
	case reflect.Map:
		return quiet("", toMap(v))
	}
	return v.Interface()
}

// toMap returns a map as a JSON object.
func toMap(v reflect.Value) map[string]any {
	out := map[string]any{}
	for entries := v.MapRange(); entries.Next(); {
		if value := plain(entries.Value()); value != nil {
			out[fmt.Sprint(entries.Key().Interface())] = value
		}
	}
	return out
}

func cut(text string) string {
	if len(text) <= longestAudited {
		return text
	}
	return strings.ToValidUTF8(text[:longestAudited], "") + fmt.Sprintf("… (%d bytes in all)", len(text))
}

// snake returns a Go name in snake case: "PasswordHash" is password_hash, "RawID" is raw_id.
func snake(name string) string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		starts := unicode.IsUpper(r) && i > 0 && (!unicode.IsUpper(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1]))
		if starts && runes[i-1] != '_' {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
