// Package plain turns text with markup into the words that a reader sees, for indexes and similarity. Its
// output is still hostile: a renderer must escape it. It is no sanitizer and keeps no structure but
// line breaks.
//
// [Text] keeps every word, for searching. [Parts] and [Gather] tell prose, code, log lines and stack traces apart and
// leave out what says nothing about what happened, for comparing. The markup of other systems (ADF, wiki markup) is Markdown by the
// time it is stored: importers/markup sees to that.
package plain

import (
	"html"
	"regexp"
	"strings"

	"hindsight/incident"
)

// Text returns what a reader of s sees: tags, link targets and emphasis marks are gone, entities are
// characters, blocks are lines. Plain text comes back as it is. It never fails; broken markup stays.
func Text(s string, format incident.TextFormat) string {
	switch format {
	case incident.HTML:
		return tidy(html.UnescapeString(stripTags(s, anyTag, breakLine)))
	case incident.Markdown:
		return tidy(html.UnescapeString(stripMarks(stripTags(s, knownTag, breakLine))))
	}
	return s
}

var (
	blocks = regexp.MustCompile(`(?i)^/?(p|br|div|li|ul|ol|tr|td|th|table|h[1-6]|pre|blockquote|hr|section|article|dd|dt|dl)\b`)
	inline = regexp.MustCompile(`(?i)^/?(a|b|i|u|em|strong|span|code|img|sup|sub|small|del|ins|kbd|details|summary|script|style|font|center)\b`)
	hidden = regexp.MustCompile(`(?i)^(script|style)\b`)

	links  = regexp.MustCompile(`!?\[([^\[\]]*)\]\([^()\s]*(?:\s+"[^"]*")?\)`)
	starts = regexp.MustCompile(`(?m)^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|[-*+][ \t]+(?:\[[ xX]\][ \t]+)?|\d{1,9}[.)][ \t]+)`)
	rules  = regexp.MustCompile("(?m)^[ \t]*(?:```.*|~~~.*|[-=*_| :]{3,})$")
	marks  = strings.NewReplacer("**", "", "__", "", "`", "", "*", "", "~~", "", "|", " ")
)

// anyTag accepts what an HTML parser takes for a tag.
func anyTag(inner string) bool {
	c := inner[0] | 0x20
	return c >= 'a' && c <= 'z' || inner[0] == '/' || inner[0] == '!' || inner[0] == '?'
}

// knownTag keeps <none> and <https://…>, which are text in Markdown.
func knownTag(inner string) bool {
	return inner[0] == '!' || blocks.MatchString(inner) || inline.MatchString(inner)
}

// breakLine puts a line break in the place of tags of blocks.
func breakLine(inner string) string {
	if blocks.MatchString(inner) {
		return "\n"
	}
	return ""
}

// stripTags makes one pass: each '<' either begins a tag that ends at the next '>' or is text. instead says what stands
// in the place of a tag.
func stripTags(s string, isTag func(string) bool, instead func(string) string) string {
	var b strings.Builder
	for {
		open := strings.IndexByte(s, '<')
		if open < 0 {
			break
		}
		length := strings.IndexByte(s[open:], '>')
		if length < 0 {
			break
		}
		b.WriteString(s[:open])
		inner := s[open+1 : open+length]
		switch {
		case strings.HasPrefix(inner, "!--"):
			s = after(s[open:], "-->")
		case inner == "" || !isTag(inner):
			b.WriteByte('<')
			s = s[open+1:]
		case hidden.MatchString(inner):
			s = after(s[open:], "</"+strings.ToLower(hidden.FindString(inner)))
			s = after(s, ">")
		default:
			b.WriteString(instead(inner))
			s = s[open+length+1:]
		}
	}
	b.WriteString(s)
	return b.String()
}

// after returns what follows the first end in s, or nothing: a comment that never closes hides the rest.
func after(s, end string) string {
	if i := indexFold(s, end); i >= 0 {
		return s[i+len(end):]
	}
	return ""
}

func indexFold(s, sub string) int {
	for i := 0; i+len(sub) <= len(s); i++ {
		if strings.EqualFold(s[i:i+len(sub)], sub) {
			return i
		}
	}
	return -1
}

// escapes are characters that stand for themselves behind a backslash (CommonMark 2.4).
var escapes = regexp.MustCompile("\\\\([!-/:-@\\[-`{-~])")

func stripMarks(s string) string {
	s = rules.ReplaceAllString(s, "")
	s = starts.ReplaceAllString(s, "")
	if strings.Contains(s, "](") {
		s = links.ReplaceAllString(s, "$1")
	}
	if !strings.Contains(s, `\`) {
		return marks.Replace(s)
	}
	var out strings.Builder
	for at := 0; at < len(s); {
		next := escapes.FindStringIndex(s[at:])
		if next == nil {
			out.WriteString(marks.Replace(s[at:]))
			break
		}
		out.WriteString(marks.Replace(s[at : at+next[0]]))
		out.WriteByte(s[at+next[1]-1])
		at += next[1]
	}
	return out.String()
}

// tidy makes one blank of white space within a line, and drops blank lines and those at the edges.
func tidy(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	gap := byte(0) // what separates the next word from the last
	for i := range len(s) {
		switch c := s[i]; {
		case c == '\n':
			gap = '\n'
		case c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v':
			if gap == 0 {
				gap = ' '
			}
		default:
			if gap != 0 && b.Len() > 0 {
				b.WriteByte(gap)
			}
			gap = 0
			b.WriteByte(c)
		}
	}
	return strings.TrimSpace(b.String())
}
