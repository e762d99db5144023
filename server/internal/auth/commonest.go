package auth

import (
	_ "embed"
	"slices"
	"strings"
	"unicode"
)

//go:embed common/passwords.txt
var commonText string

// commonWords are what people choose most, sorted; common/SOURCES.md says where from.
var commonWords = strings.Fields(commonText)

// commonest reports whether a password is one of the commonest, or one of them that was made long by digits and signs
// around it, or by being repeated. Somebody who guesses tries these first.
func commonest(password string) bool {
	p := strings.ToLower(password)
	core := strings.TrimFunc(p, func(r rune) bool { return !unicode.IsLetter(r) })
	return listed(p) || listed(core) || listed(unit(p)) || listed(unit(core))
}

func listed(word string) bool {
	_, found := slices.BinarySearch(commonWords, word)
	return found
}

// unit returns the shortest text of which s is a repetition; s itself when it is none.
func unit(s string) string {
	if s == "" {
		return s
	}
	return s[:strings.Index(s[1:]+s, s)+1]
}

// names reports whether a password holds the user's name, or what is before the @ of one. Short names are in too many words.
func names(password, name string) bool {
	p := strings.ToLower(password)
	before, _, _ := strings.Cut(strings.ToLower(name), "@")
	return len(before) >= minNameInPassword && strings.Contains(p, before)
}

const minNameInPassword = 4
