package auth

import (
	"strings"
	"unicode"

	"hindsight/incident"
)

// minBeside is how many letters a password needs beside the names of this place.
const minBeside = 6

// CheckPassword is the function of that name, and refuses what is made of little but the names of this place: see Service.Words.
func (s *Service) CheckPassword(password, name string) error {
	if err := CheckPassword(password, name); err != nil || s.Words == nil {
		return err
	}
	if ofWords(password, s.Words()) {
		return incident.Invalidf("password", "use more than names that everybody here knows (the product, this site, its teams and services); a few unrelated words do well")
	}
	return nil
}

// minWord is the shortest word that counts; shorter ones are in too many others.
const minWord = 4

// ofWords reports whether a password holds one of some words and too few letters beside them all. Words are compared by their letters
// and digits, without case: "Check-out API" is checkoutapi, and its parts of four letters and more count by themselves.
func ofWords(password string, words []string) bool {
	rest, found := letters(password), false
	for _, word := range words {
		for _, part := range append([]string{word}, strings.FieldsFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })...) {
			if part = letters(part); len(part) >= minWord && strings.Contains(rest, part) {
				rest, found = strings.ReplaceAll(rest, part, ""), true
			}
		}
	}
	n := 0
	for _, r := range rest {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return found && n < minBeside
}

// letters returns the letters and digits of a text in lower case.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}
