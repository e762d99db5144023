package importers

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean returns s as plain text that every database and page can hold: bytes that are not UTF-8
// become U+FFFD, line ends become "\n", control characters other than tab and newline are dropped, and so
// are the marks that reverse the direction of the text around them. Surrounding space is trimmed.
// Markup is left as it is: escaping it is the business of whoever shows the text.
func Clean(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		if unicode.IsControl(r) || hidden(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, string(utf8.RuneError))))
}

// hidden reports runes that nobody sees but that change what everybody sees: directional embeddings and
// overrides (U+202A to U+202E), and the byte order mark.
func hidden(r rune) bool { return r >= '\u202A' && r <= '\u202E' || r == '\uFEFF' }

// Line returns Clean text on one line, with every run of white space as one blank: for titles,
// names and tags.
func Line(s string) string { return strings.Join(strings.Fields(Clean(s)), " ") }

// Unset reports whether text is one of the words that exports write for "no value": empty, "-", "?",
// "null", "none", "n/a", "nan", "\N" and their like, in any case.
func Unset(text string) bool {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "", "-", "--", "?", "null", "(null)", "nil", "none", "n/a", "#n/a", "na", "nan", "nat", `\n`, "(empty)", "undefined":
		return true
	}
	return false
}

// WebURL returns text as an absolute http or https address, or "" when it is none. Other schemes
// (javascript:, data:, file:) must never become a link.
func WebURL(text string) string {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.String()
}

// List splits a cell that names several things: a JSON array of texts, else text separated by sep or by
// line ends. An empty sep separates by line ends alone. Entries are cleaned; those that are Unset are
// dropped, the order stays, repetitions go.
func List(text, sep string) []string {
	var parts []string
	if json.Unmarshal([]byte(text), &parts) != nil {
		parts = strings.Split(text, "\n")
		if sep != "" {
			parts = strings.Split(strings.ReplaceAll(text, "\n", sep), sep)
		}
	}
	var out []string
	for _, p := range parts {
		if p = Line(p); !Unset(p) && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// Tags returns names cleaned, sorted and without repetitions, as Incident.Tags wants them.
func Tags(names []string) []string {
	var out []string
	for _, n := range names {
		if n = Line(n); n != "" {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
