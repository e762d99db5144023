package scim

import (
	"encoding/json"
	"strings"
)

// token is a piece of a filter: a word, a JSON string, or one of ( ) [ ].
type token struct {
	kind byte // 'w' word, 's' string, '(' ')' '[' ']', 0 the end
	text string
	tail bool // a word that follows a ] without a space: ".value"
}

// maxFilter is the longest filter or path, in bytes.
const maxFilter = 4096

// tokens cuts a filter into pieces, with the end as the last one.
func tokens(text string) ([]token, error) {
	if len(text) > maxFilter {
		return nil, bad("invalidFilter", "the filter is longer than %d bytes", maxFilter)
	}
	var out []token
	for i := 0; i < len(text); {
		switch c := text[i]; c {
		case ' ', '\t':
			i++
		case '(', ')', '[', ']':
			out = append(out, token{kind: c})
			i++
		case '"':
			n := quoted(text[i:])
			var s string
			if n == 0 || json.Unmarshal([]byte(text[i:i+n]), &s) != nil {
				return nil, bad("invalidFilter", "the string at character %d of the filter does not end, or is not written as JSON has it", i+1)
			}
			out = append(out, token{kind: 's', text: s})
			i += n
		default:
			n := strings.IndexAny(text[i:], " \t()[]\"")
			if n < 0 {
				n = len(text) - i
			}
			out = append(out, token{'w', text[i : i+n], i > 0 && text[i-1] == ']'})
			i += n
		}
	}
	return append(out, token{}), nil
}

// quoted returns the length of the JSON string that text begins with; 0: it does not end.
func quoted(text string) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return 0
}
