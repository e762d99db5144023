// Package plain turns text with markup into the words that a reader sees, for indexes and similarity. Its
// output is still hostile: a renderer must escape it. It is no sanitizer and keeps no structure but
// line breaks.
//
// Start with [Text].
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
		return tidy(html.UnescapeString(stripTags(s, anyTag)))
	case incident.Markdown:
		return tidy(html.UnescapeString(stripMarks(stripTags(s, knownTag))))
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

	spaces = regexp.MustCompile(`[ \t\r\f\v]+`)
	lines  = regexp.MustCompile(`\s*\n\s*`)
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

// stripTags makes one pass: each '<' either begins a tag that ends at the next '>' or is text.
func stripTags(s string, isTag func(string) bool) string {
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
			if blocks.MatchString(inner) {
				b.WriteByte('\n')
			}
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

func stripMarks(s string) string {
	s = rules.ReplaceAllString(s, "")
	s = starts.ReplaceAllString(s, "")
	s = links.ReplaceAllString(s, "$1")
	return marks.Replace(s)
}

func tidy(s string) string {
	return strings.TrimSpace(lines.ReplaceAllString(spaces.ReplaceAllString(s, " "), "\n"))
}
