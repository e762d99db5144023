package manifest

import (
	"encoding"
	"fmt"
	"reflect"
	"strings"
)

// Reference describes every kind as Markdown, from the types that documents are read into.
func Reference() string {
	var b strings.Builder
	for _, k := range kinds {
		name := "`metadata.name`: as people call it."
		switch {
		case k.single:
			name = "There is one; `metadata.name` is `" + theOne + "`."
		case k.slug:
			name = "`metadata.name`: as people call it; names that differ only in case, spaces or punctuation are one."
		}
		fmt.Fprintf(&b, "### %s\n\n%s %s\n\n", k.name, k.doc, name)
		if k.spec.Kind() == reflect.Struct {
			b.WriteString("| field of `spec` | | |\n|---|---|---|\n")
			rows(&b, k.spec, "")
			b.WriteString("\n")
		}
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// rows writes the fields of a type, and those of what they hold below them.
func rows(b *strings.Builder, t reflect.Type, path string) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, must := fieldName(f)
		words := []string{shape(f.Type)}
		if ref := f.Tag.Get("ref"); ref != "" {
			words[0] = strings.Replace(words[0], "text", "name of a "+ref, 1)
		}
		if must {
			words = append(words, "needed")
		}
		fmt.Fprintf(b, "| `%s%s` | %s | %s |\n", path, name, strings.Join(words, ", "), f.Tag.Get("doc"))
		if inner, step := held(f.Type); inner != nil {
			rows(b, inner, path+name+step+".")
		}
	}
}

// held returns the struct that a type holds, and how its place is written behind the name of the field; nil for none.
func held(t reflect.Type) (inner reflect.Type, step string) {
	switch {
	case isWord(t):
		return nil, ""
	case t.Kind() == reflect.Struct:
		return t, ""
	case t.Kind() == reflect.Pointer:
		return held(t.Elem())
	case t.Kind() == reflect.Slice:
		inner, _ = held(t.Elem())
		return inner, "[]"
	case t.Kind() == reflect.Map:
		inner, _ = held(t.Elem())
		return inner, ".NAME"
	}
	return nil, ""
}

func isWord(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// shape says in words what a type holds.
func shape(t reflect.Type) string {
	switch {
	case isWord(t):
		return map[string]string{"Time": "instant", "Hour": "hours", "Length": "length", "Severity": "severity"}[t.Name()]
	case t.Kind() == reflect.Pointer:
		return shape(t.Elem())
	case t.Kind() == reflect.Slice:
		return "list of " + shape(t.Elem())
	case t.Kind() == reflect.Map:
		return shape(t.Elem()) + " by name"
	case t.Kind() == reflect.Struct:
		return "fields"
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.Int:
		return "whole number"
	case t.Kind() == reflect.Float64:
		return "number"
	}
	return "text"
}
