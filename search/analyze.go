package search

import (
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"
	"github.com/blevesearch/bleve/v2/analysis/tokenizer/unicode"
	"github.com/blevesearch/bleve/v2/registry"

	"hindsight/search/language"
)

// A text is indexed under the English stem of each word, whatever language it is in. A word of a text in another language, as far as there is
// an analyzer for it, is indexed under its stem there as well, at the same place and marked as in "de/server", so that it is never taken for an
// English one. Chinese, Japanese and Korean are indexed under every two letters that follow one another. A query, of
// which nobody knows the language, asks for all that its words could be indexed under.

// analyzer finds the stems of words. It remembers them, because few words make up most texts. It is for one goroutine at a time.
type analyzer struct {
	stems map[string]map[string][]byte // by language and word; nil for a stop word
}

// maxStems of one language are remembered.
const maxStems = 1 << 17

const english = en.AnalyzerName

var analyzers = sync.Pool{New: func() any {
	return &analyzer{stems: map[string]map[string][]byte{}}
}}

// told is how many bytes of a text say which language it is in.
const told = 240

// languageOf names the language of a text, if it is another than English and there is an analyzer for it.
func languageOf(text string) string {
	text = text[:min(len(text), told)]
	if plainlyEnglish(text) {
		return ""
	}
	name := language.Of(text)
	if _, ok := stemmed()[name]; !ok {
		return ""
	}
	return name
}

// plainlyEnglish reports whether a text has so many of the small words that no other language has that nothing else needs to be
// looked at, which takes longer.
func plainlyEnglish(text string) bool {
	n := 0
	for _, w := range []string{" the ", " of ", " and ", " is ", " was ", " with ", " for ", " to ", " this ", " from "} {
		n += min(1, strings.Count(text, w))
	}
	return n >= 3
}

// stemmed are the languages whose words have a stem of their own here, and how it is found.
var stemmed = sync.OnceValue(func() map[string][]analysis.TokenFilter {
	out := map[string][]analysis.TokenFilter{}
	for _, name := range []string{english, "ar", "ckb", "da", "de", "es", "fa", "fi", "fr", "hi", "hr", "hu", "it", "nl", "no", "pt", "ro", "ru", "sv", "tr"} {
		whole, err := registry.NewCache().AnalyzerNamed(name)
		if err != nil {
			panic(err) // languages.go lacks it
		}
		out[name] = whole.(*analysis.DefaultAnalyzer).TokenFilters
	}
	return out
})

// index returns what a text in the language is indexed under.
func (a *analyzer) index(text []byte, lang string) analysis.TokenStream {
	var out analysis.TokenStream
	words := unicode.NewUnicodeTokenizer().Tokenize(text)
	position := 0
	for at := 0; at < len(words); at++ {
		if n := syllables(words[at:]); n > 0 {
			out, position = pairs(out, text[words[at].Start:words[at+n-1].End], words[at].Start, position)
			at += n - 1
			continue
		}
		position++
		word := words[at]
		word.Position = position
		if lang != "" {
			if stem := a.stem(lang, word.Term); stem != nil {
				out = append(out, &analysis.Token{Term: stem, Start: word.Start, End: word.End, Position: position, Type: word.Type})
			}
		}
		if stem := a.stem(english, word.Term); stem != nil {
			word.Term = stem
			out = append(out, word)
		}
	}
	return out
}

// stem returns what a word is indexed under in a language, nil for a stop word. The caller must not change it.
func (a *analyzer) stem(lang string, word []byte) []byte {
	known := a.stems[lang]
	if stem, ok := known[string(word)]; ok {
		return stem
	}
	if known == nil || len(known) >= maxStems {
		known = map[string][]byte{}
		a.stems[lang] = known
	}
	stem := a.work(lang, word)
	known[string(word)] = stem
	return stem
}

func (a *analyzer) work(lang string, word []byte) []byte {
	// Filters write into the word.
	tokens := analysis.TokenStream{{Term: append([]byte(nil), word...), End: len(word), Position: 1}}
	for _, f := range stemmed()[lang] {
		tokens = f.Filter(tokens)
	}
	if len(tokens) == 0 {
		return nil
	}
	if lang == english {
		return tokens[0].Term
	}
	return append([]byte(lang+"/"), tokens[0].Term...)
}

// syllables counts the words at the beginning of a list that are one run of Chinese, Japanese or Korean.
func syllables(words analysis.TokenStream) int {
	n := 0
	for n < len(words) && (n == 0 || words[n].Start == words[n-1].End) {
		if r, _ := utf8.DecodeRune(words[n].Term); !isSyllable(r) {
			break
		}
		n++
	}
	return n
}

// isSyllable reports whether a letter is a syllable or a word: Han, Kana with its marks of length, Hangul.
func isSyllable(r rune) bool {
	return r >= 0x2E80 && r <= 0x2FDF || r >= 0x3005 && r <= 0x3007 || r >= 0x3041 && r <= 0x30FF || r >= 0x3400 && r <= 0x9FFF || r >= 0xAC00 && r <= 0xD7A3 ||
		r >= 0xF900 && r <= 0xFAFF || r >= 0xFF66 && r <= 0xFF9F || r >= 0x20000 && r <= 0x3FFFF
}

// pairs appends every two letters that follow one another, and the last letter alone.
func pairs(out analysis.TokenStream, run []byte, start, position int) (analysis.TokenStream, int) {
	for at := 0; at < len(run); {
		_, one := utf8.DecodeRune(run[at:])
		_, two := utf8.DecodeRune(run[at+one:])
		position++
		out = append(out, &analysis.Token{Term: run[at : at+one+two], Start: start + at, End: start + at + one + two, Position: position, Type: analysis.Double})
		at += one
	}
	return out, position
}

// place is one word of a query and what it may be indexed under.
type place struct {
	position int
	stems    []string
	begins   bool // whatever begins so: one letter of Chinese, Japanese or Korean
}

// query returns the places of a text that is looked for, without those of English stop words: none when there is nothing else.
func (a *analyzer) query(text string, languages []string) []place {
	var out []place
	words := unicode.NewUnicodeTokenizer().Tokenize([]byte(text))
	position := 0
	for at := 0; at < len(words); at++ {
		if n := syllables(words[at:]); n > 0 {
			run := text[words[at].Start:words[at+n-1].End]
			var tokens analysis.TokenStream
			tokens, position = pairs(nil, []byte(run), 0, position)
			single := len(tokens) == 1
			for _, t := range tokens[:max(1, len(tokens)-1)] {
				out = append(out, place{t.Position, []string{string(t.Term)}, single})
			}
			at += n - 1
			continue
		}
		position++
		stem := a.stem(english, words[at].Term)
		if stem == nil {
			continue
		}
		p := place{position: position, stems: []string{string(stem)}}
		for _, l := range languages {
			if s := a.stem(l, words[at].Term); s != nil {
				p.stems = append(p.stems, string(s))
			}
		}
		out = append(out, p)
	}
	return out
}
