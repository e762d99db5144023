package similar

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"
	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
)

// word is a stem with the form in which it stood in the text, in lower case.
type word struct{ stem, form string }

// reader cuts texts into words. Identifiers give their parts and themselves: "kubeProxy" gives
// kubeproxy, kube, proxy. It remembers stems and is not for use by two at the same time.
type reader struct {
	stop  analysis.TokenMap
	stems map[string]string
}

const (
	// maxWords bounds what is read of one text; a stack trace says what it has to say early.
	maxWords = 4000
	// maxStems bounds the memory for stems of words already seen.
	maxStems = 200_000
	// Longer numbers are ids and times, longer words are hashes and data.
	maxDigits, maxLetters = 4, 40
)

func newReader() (*reader, error) {
	stop := analysis.NewTokenMap()
	if err := stop.LoadBytes(en.EnglishStopWords); err != nil {
		return nil, err
	}
	for _, form := range hours {
		stop.AddToken(form)
	}
	return &reader{stop: stop, stems: map[string]string{}}, nil
}

// hours stand beside clock times: two updates of "9:41 PM PST" are not alike for it.
var hours = []string{"pm", "utc", "gmt", "pst", "pdt", "mst", "mdt", "cst", "cdt", "edt", "cet", "cest", "bst", "ist", "jst", "aest", "aedt"}

// codes are labels with a number that ticket systems put where a text should be: "Category 55".
var codes = regexp.MustCompile(`(?i)\b(?:category|subcategory|symptom|code|type|class) \d+\b`)

// title reads a title. Where codes are all there is, nobody has described anything: no words.
func (r *reader) title(text string) []word { return r.words(codes.ReplaceAllString(text, " ")) }

func (r *reader) words(text string) []word {
	var out []word
	for _, raw := range strings.FieldsFunc(text, func(c rune) bool { return notInWord(c) && c != '_' }) {
		parts := split(raw)
		for _, part := range parts {
			out = r.add(out, part)
		}
		if len(parts) > 1 {
			out = r.add(out, strings.ReplaceAll(raw, "_", ""))
		}
		if len(out) >= maxWords {
			break
		}
	}
	return out
}

func (r *reader) add(out []word, text string) []word {
	form := strings.ToLower(text)
	if len(form) < 2 || len(form) > maxLetters || r.stop[form] || isLongNumber(form) {
		return out
	}
	return append(out, word{r.stem(form), form})
}

func isLongNumber(form string) bool {
	digits := strings.IndexFunc(form, func(c rune) bool { return !unicode.IsDigit(c) }) < 0
	return digits && len(form) > maxDigits
}

func (r *reader) stem(form string) string {
	if s, ok := r.stems[form]; ok {
		return s
	}
	env := snowballstem.NewEnv(form)
	english.Stem(env)
	if len(r.stems) < maxStems {
		r.stems[form] = env.Current()
	}
	return env.Current()
}

// split cuts an identifier at underscores and where the case says so: "HTTPServer_v2" gives HTTP, Server, v2.
func split(text string) []string {
	var out []string
	for _, piece := range strings.Split(text, "_") {
		runes, start := []rune(piece), 0
		for i := 1; i < len(runes); i++ {
			lowUp := unicode.IsLower(runes[i-1]) && unicode.IsUpper(runes[i])
			acronymEnd := i+1 < len(runes) && unicode.IsUpper(runes[i-1]) && unicode.IsUpper(runes[i]) && unicode.IsLower(runes[i+1])
			if lowUp || acronymEnd {
				out, start = append(out, string(runes[start:i])), i
			}
		}
		if start < len(runes) {
			out = append(out, string(runes[start:]))
		}
	}
	return out
}

// pieces cuts each word of a title, with a blank on both sides, into pieces of 4 and 5 letters.
func (r *reader) pieces(text string) []word {
	var out []word
	for _, raw := range strings.FieldsFunc(strings.ToLower(codes.ReplaceAllString(text, " ")), notInWord) {
		letters := []rune(" " + raw + " ")
		for size := 4; size <= 5 && len(letters) <= maxLetters; size++ {
			for i := 0; i+size <= len(letters); i++ {
				out = append(out, word{stem: "#" + string(letters[i:i+size])})
			}
		}
	}
	return out
}

func notInWord(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }
