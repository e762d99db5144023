package plain

import (
	"strings"
	"unicode"

	"hindsight/incident"
)

// Source is a text with its markup.
type Source struct {
	Text   string
	Format incident.TextFormat
}

// Gather returns the parts of texts that belong together, such as a description and the comments on it. A quote is left
// out when most of it stands in one of the texts anyway; else it is the only copy, and prose.
func Gather(texts ...Source) []Part {
	var out []Part
	for _, t := range texts {
		out = append(out, Parts(t.Text, t.Format)...)
	}
	original := map[string]bool{}
	for _, p := range out {
		if p.Kind != Quote {
			for _, s := range shingles(p.Text) {
				original[s] = true
			}
		}
	}
	kept := out[:0]
	for _, p := range out {
		if p.Kind == Quote {
			if repeats(p.Text, original) {
				continue
			}
			p.Kind = Prose
			for _, s := range shingles(p.Text) {
				original[s] = true // quoted twice, kept once
			}
		}
		kept = append(kept, p)
	}
	return kept
}

// runWords is how many words in a row tell a text from others.
const runWords = 4

// shingles returns the runs of words of a text, in small letters, without punctuation; a shorter text is one run.
func shingles(text string) []string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
	if len(words) == 0 {
		return nil
	}
	var out []string
	for i := 0; i+runWords <= len(words); i++ {
		out = append(out, strings.Join(words[i:i+runWords], " "))
	}
	if out == nil {
		out = []string{strings.Join(words, " ")}
	}
	return out
}

// repeats reports whether three quarters of a text stand elsewhere.
func repeats(text string, original map[string]bool) bool {
	all := shingles(text)
	found := 0
	for _, s := range all {
		if original[s] {
			found++
		}
	}
	return 4*found >= 3*len(all)
}
