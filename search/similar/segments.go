package similar

import (
	"regexp"
	"strings"
	"unicode"
)

// fenced is text that its writer marked as code.
var fenced = regexp.MustCompile("(?s)```.*?(?:```|$)|\\{(?:code|noformat)[^}\n]*\\}.*?(?:\\{(?:code|noformat)\\}|$)")

// Apart takes what people wrote and what machines wrote apart: fenced code, traces, log lines and other lines of which more than
// an eighth is neither letter nor punctuation of sentences. A text that would be left without prose is all prose.
func Apart(text string) (prose, code string) {
	var said, printed strings.Builder
	rest := fenced.ReplaceAllStringFunc(text, func(block string) string {
		printed.WriteString(block + "\n")
		return "\n"
	})
	for line := range strings.Lines(rest) {
		if isCode(line) {
			printed.WriteString(line)
		} else {
			said.WriteString(line)
		}
	}
	if len(strings.Fields(said.String())) < 3 {
		return text, ""
	}
	return said.String(), printed.String()
}

func isCode(line string) bool {
	if strings.HasPrefix(strings.TrimSpace(line), "at ") {
		return true
	}
	odd, all := 0, 0
	for _, r := range strings.TrimSpace(line) {
		all++
		if !unicode.IsLetter(r) && !strings.ContainsRune(" .,'", r) {
			odd++
		}
	}
	return odd > 3 && 100*odd > 12*all
}
