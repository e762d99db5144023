package jobs

import (
	"reflect"
	"strings"
	"time"
	"unicode"

	"hindsight/incident"
)

// differences names the fields in which two versions of an incident differ, in words.
func (d *desk) differences(stored, next *incident.Incident, events []incident.TimelineEvent) []string {
	out := differing(*stored, *next)
	if !same(reflect.ValueOf(d.timelines[next.ID]), reflect.ValueOf(events)) {
		out = append(out, "timeline")
	}
	return out
}

// differing names the fields in which two structs differ, in words; not those that only say where a version
// comes from.
func differing[T any](stored, next T) []string {
	var out []string
	a, b := reflect.ValueOf(stored), reflect.ValueOf(next)
	for i := range a.NumField() {
		switch name := a.Type().Field(i).Name; name {
		case "Seq", "RawID", "MapVersion", "Edits":
		default:
			if !same(a.Field(i), b.Field(i)) {
				out = append(out, words(name))
			}
		}
	}
	return out
}

// same is DeepEqual, but nothing is nothing, whether it is nil or empty.
func same(a, b reflect.Value) bool {
	switch a.Kind() {
	case reflect.Slice:
		return a.Len() == 0 && b.Len() == 0 || reflect.DeepEqual(a.Interface(), b.Interface())
	case reflect.Struct:
		if _, ok := a.Interface().(time.Time); ok {
			break
		}
		for i := range a.NumField() {
			if !same(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}

// words turns a field's name into words: "PriorityRaw" becomes "priority raw".
func words(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 && !unicode.IsUpper(rune(name[i-1])) {
			b.WriteByte(' ')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
