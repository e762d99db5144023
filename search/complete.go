package search

import (
	"slices"
	"strings"
)

// Complete returns at most n queries that go on where text ends: with the name of a field, or behind its colon with a value that begins like what
// is there, or else holds it. named gives the values of a field that has no fixed ones, as service; it may return nil. Nothing is returned where the last word
// is finished.
func Complete(text string, named func(field string) []string, n int) []string {
	at := lastWord(text)
	head, word := text[:at], text[at:]
	if strings.HasPrefix(word, "-") {
		head, word = head+"-", word[1:]
	}
	if word == "" {
		return nil
	}
	name, part, colon := strings.Cut(word, ":")
	var out []string
	if !colon {
		for _, f := range fields() {
			if strings.HasPrefix(f.name, strings.ToLower(word)) && len(word) > 1 {
				out = append(out, head+f.name+":")
			}
		}
		return out[:min(n, len(out))]
	}
	f, known := fieldNamed(strings.ToLower(name))
	if !known || name == "" {
		return nil
	}
	values := f.values
	if f.sort == names {
		values = named(f.name)
	}
	for _, v := range likely(values, strings.Trim(part, `"`)) {
		if strings.ContainsAny(v, " \t:|") {
			v = `"` + strings.ReplaceAll(v, `"`, "") + `"`
		}
		if v != part {
			out = append(out, head+name+":"+v)
		}
	}
	return out[:min(n, len(out))]
}

// likely returns the values that begin with part, then those that hold it.
func likely(values []string, part string) []string {
	part = strings.ToLower(part)
	var begin, hold []string
	for _, v := range values {
		switch at := strings.Index(strings.ToLower(v), part); {
		case at == 0:
			begin = append(begin, v)
		case at > 0:
			hold = append(hold, v)
		}
	}
	return slices.Concat(begin, hold)
}

// lastWord returns where the last word of a query begins; quotes hold words together.
func lastWord(text string) int {
	at, quoted := 0, false
	for i, c := range text {
		switch {
		case c == '"':
			quoted = !quoted
		case c == ' ' && !quoted:
			at = i + 1
		}
	}
	return at
}
