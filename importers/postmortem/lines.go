package postmortem

import (
	"regexp"
	"strings"

	"hindsight/importers"
)

// line is one line of a document, with what its marks say.
type line struct {
	from, to int    // bytes of the text, without the line break
	text     string // without the mark of a list item, a heading or a label
	raw      string
	indent   int
	bullet   bool
	level    int  // of a heading; 0: it is none
	code     bool // of a fenced block, a comment or the front matter: it is no prose
	row      []string
	rule     bool // the line below the header of a table
	part     part
	under    string // the heading that it stands under, plain
	label    bool   // it names its part itself, "**Impact**: text"
}

func (l line) blank() bool { return strings.TrimSpace(l.raw) == "" }

// longestLine is how much of a line rules look at, in bytes.
const longestLine = 4000

var (
	headingPattern = regexp.MustCompile(`^ {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*$`)
	fencePattern   = regexp.MustCompile("^\\s*(?:[-*+]\\s+)?(?:(```+)[^`]*|(~~~+).*)$")
	bulletPattern  = regexp.MustCompile(`^(\s*)(?:[-*+–•]|\d{1,3}[.)])(?:\s+|$)(.*)$`)
	underlined     = regexp.MustCompile(`^ {0,3}(?:(=+)|-{2,})\s*$`)
	rulePattern    = regexp.MustCompile(`^\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$`)
	marksPattern   = regexp.MustCompile("\\*\\*|__|`|~~")
	linkPattern    = regexp.MustCompile(`!?\[([^\]]*)\]\(([^)\s]*)[^)]*\)|!?\[([^\]]+)\]\[[^\]]*\]`)
	urlPattern     = regexp.MustCompile(`https?://[^\s<>)\]]+`)
)

// frontMatter finds fields in YAML between two lines of hyphens at the beginning; a line of hyphens alone is a rule or underlines a heading.
var frontMatter = regexp.MustCompile(`\A---[ \t]*\r?\n(?:(?:[ \t]*|[ \t]*#[^\n]*)\r?\n)*["'\w][^\n:]{0,100}:(?:[ \t\r][^\n]*)?\n(?s:.*?\n)??(?:---|\.\.\.)[ \t]*\r?(?:\n|\z)`)

// cut cuts a text into its lines. open is the line of a block of code that does not end; 0 where each does. What begins a comment that does not
// end is text.
func cut(text string) (out []line, open int) {
	fence, comment := "", false
	front, closing := len(frontMatter.FindString(text)), strings.LastIndex(text, "-->")
	for from := 0; ; {
		end := strings.IndexByte(text[from:], '\n')
		to := len(text)
		if end >= 0 {
			to = from + end
		}
		raw := strings.TrimSuffix(text[from:to], "\r")
		l := line{from: from, to: from + len(raw), raw: raw, text: raw}
		trimmed := strings.TrimSpace(raw)
		mark := fencePattern.FindStringSubmatch(raw[:min(len(raw), longestLine)])
		switch {
		case from < front:
			l.code = true
		case fence != "":
			l.code = true
			if mark != nil && strings.HasPrefix(mark[1]+mark[2], fence) {
				fence = ""
			}
		case mark != nil:
			l.code, fence, open = true, mark[1]+mark[2], len(out)+1
		case comment || strings.HasPrefix(trimmed, "<!--") && closing >= from:
			l.code, comment = true, !strings.Contains(raw, "-->")
		default:
			l.read()
		}
		out = append(out, l)
		if end < 0 {
			break
		}
		from = to + 1
	}
	for i := range out[1:] { // headings that are underlined
		l, next := &out[i], &out[i+1]
		if g := underlined.FindStringSubmatch(next.raw); g != nil && !l.code && !next.code && l.level == 0 && !l.bullet && l.row == nil && !l.blank() && len(l.raw) < 120 {
			l.level = 2
			if g[1] != "" {
				l.level = 1
			}
			next.code = true
		}
	}
	if fence == "" {
		open = 0
	}
	return out, open
}

// read looks for the marks of one line.
func (l *line) read() {
	short := l.raw[:min(len(l.raw), longestLine)]
	trimmed := strings.TrimLeft(short, " \t")
	l.indent = len(strings.ReplaceAll(short[:len(short)-len(trimmed)], "\t", "    "))
	switch {
	case strings.HasPrefix(trimmed, "#"):
		if level, title := Heading(short); level > 0 {
			l.level, l.text = level, title
		}
	case strings.HasPrefix(trimmed, "|") || rulePattern.MatchString(short) && strings.Contains(short, "|"):
		l.rule = rulePattern.MatchString(short)
		l.row = Cells(short)
	default:
		if _, text, ok := Bullet(l.raw); ok {
			l.bullet, l.text = true, text
		}
	}
}

// Heading reads a heading; the level of what is none is 0.
func Heading(line string) (level int, title string) {
	g := headingPattern.FindStringSubmatch(line)
	if g == nil {
		return 0, ""
	}
	return len(g[1]), g[2]
}

// Bullet reads an item of a list: how many bytes of blanks stand before its mark, and its text.
func Bullet(line string) (indent int, text string, ok bool) {
	g := bulletPattern.FindStringSubmatch(line)
	if g == nil {
		return 0, "", false
	}
	return len(g[1]), g[2], true
}

// Cells splits a table row; "\|" is a bar within a cell.
func Cells(text string) []string {
	text = strings.Trim(strings.TrimSpace(text), "|")
	text = strings.ReplaceAll(text, `\|`, "\x00")
	parts := strings.Split(text, "|")
	for i := range parts {
		parts[i] = strings.TrimSpace(strings.ReplaceAll(parts[i], "\x00", "|"))
	}
	return parts
}

// Plain returns Markdown as one line of text: links as their words, without marks of emphasis.
func Plain(text string) string {
	text = linkPattern.ReplaceAllString(text, "$1$3")
	text = marksPattern.ReplaceAllString(text, "")
	return importers.Line(emphasis.ReplaceAllString(text, "$1$2$3"))
}

var (
	emphasis  = regexp.MustCompile(`(^|[\s(])[*_]([^*_\s](?:[^*_]*[^*_\s])?)[*_]([\s.,;:!?)]|$)`)
	reference = regexp.MustCompile(`^ {0,3}\[([^\]]{1,200})\]:\s+\S`)
	bracketed = regexp.MustCompile(`\[([^\[\]]{1,200})\]`)
)

// words is Plain, with the links whose addresses stand elsewhere in the document, "[the alert]", as their words, too.
func (r *reader) words(text string) string {
	return bracketed.ReplaceAllStringFunc(Plain(text), func(link string) string {
		if r.references[link[1:len(link)-1]] {
			return link[1 : len(link)-1]
		}
		return link
	})
}

// FirstURL returns the first address in a text, a link's or a bare one.
func FirstURL(text string) string {
	for _, g := range linkPattern.FindAllStringSubmatch(text, -1) {
		if u := importers.WebURL(g[2]); u != "" {
			return u
		}
	}
	return importers.WebURL(strings.TrimRight(urlPattern.FindString(text), ".,;"))
}
