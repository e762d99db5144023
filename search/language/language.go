// Package language tells which language a text is written in, among those that bleve has an analyzer for. It looks at the script,
// then at the trigrams of the words and at the small words that every sentence has. It needs a few words; of a title that is made of names it
// says that it does not know, and so it does of a text in any other language.
//
// Start with [Of].
package language

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Unknown is said of a text that is too short, mixed, or in a language without an analyzer.
const Unknown = "unknown"

const (
	// longest is how many bytes of a text are looked at.
	longest = 1 << 10
	// cjkShare of the letters make a text Chinese, Japanese or Korean: a letter there is a syllable or a word.
	cjkShare = 0.2
	// scriptShare of the letters is what the main script must have.
	scriptShare = 0.6
)

// Of returns the name that bleve has for the analyzer of the text's language: "en", "de", "cjk" for Chinese, Japanese and
// Korean, and so on; Unknown when it cannot tell. It is safe for concurrent use.
func Of(text string) string {
	text = text[:min(len(text), longest)]
	switch script, share := scriptOf(text); {
	case script == "cjk":
		return script
	case share < scriptShare:
		return Unknown
	case script == "el", script == "hi", script == "hy":
		return script
	case script == "arabic" && sorani(text):
		return "ckb"
	}
	return guess(text)
}

// scripts in which languages of bleve are written. Greek, Armenian and Devanagari stand for one language each.
var scripts = []struct {
	name  string
	table *unicode.RangeTable
}{
	{"latin", unicode.Latin}, {"cyrillic", unicode.Cyrillic}, {"arabic", unicode.Arabic},
	{"el", unicode.Greek}, {"hi", unicode.Devanagari}, {"hy", unicode.Armenian},
	{"cjk", unicode.Han}, {"cjk", unicode.Hiragana}, {"cjk", unicode.Katakana}, {"cjk", unicode.Hangul},
}

// scriptOf returns the script that most letters of a text have, and their share.
func scriptOf(text string) (string, float64) {
	counts := map[string]float64{}
	all, ascii := 0.0, 0.0
	for _, r := range text {
		switch {
		case r < 0x80 && (r|0x20 >= 'a' && r|0x20 <= 'z'):
			ascii++
			all++
		case r >= 0x80 && unicode.IsLetter(r):
			all++
			for _, s := range scripts {
				if unicode.Is(s.table, r) {
					counts[s.name]++
					break
				}
			}
		}
	}
	counts["latin"] += ascii
	if counts["cjk"] > 0 && counts["cjk"] >= cjkShare*all {
		return "cjk", 1
	}
	best := ""
	for _, s := range scripts {
		if counts[s.name] > counts[best] {
			best = s.name
		}
	}
	return best, counts[best] / max(all, 1)
}

// sorani reports whether a text in Arabic script writes its vowels, as Sorani Kurdish does.
func sorani(text string) bool {
	vowels := strings.Count(text, "ە") + strings.Count(text, "ێ") + strings.Count(text, "ۆ")
	return vowels*10 >= utf8.RuneCountInString(text)
}

// Trigrams returns the runs of three letters in the words of a text, in small letters; a blank stands for the edges of a word.
func Trigrams(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, w := range words(text) {
			for t := range trigrams(w) {
				if !yield(t) {
					return
				}
			}
		}
	}
}

// trigrams returns those of one word.
func trigrams(w string) iter.Seq[string] {
	return func(yield func(string) bool) {
		padded := " " + w + " "
		var starts [3]int // of the last letters, oldest first
		n := 0
		for i := range padded {
			if n++; n > 3 && !yield(padded[starts[0]:i]) {
				return
			}
			starts[0], starts[1], starts[2] = starts[1], starts[2], i
		}
		if n >= 3 {
			yield(padded[starts[0]:])
		}
	}
}

// words returns the words of a text in small letters. What has digits or signs in it is a name or code, and left out.
func words(text string) []string {
	var out []string
	for _, field := range strings.Fields(text) {
		if strings.ContainsAny(field, "0123456789_") {
			continue
		}
		field = strings.TrimFunc(field, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
		if field == "" || strings.ContainsAny(field, "/\\@=.:<>(){}[]%$") {
			continue
		}
		for _, w := range strings.FieldsFunc(field, func(r rune) bool { return r == '-' || r == '\'' || r == '’' || r == ',' }) {
			out = append(out, strings.ToLower(w))
		}
	}
	return out
}
