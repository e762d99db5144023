package plain

import (
	"html"
	"strings"

	"hindsight/incident"
	"hindsight/search/template"
)

// Kind says what a part of a text is.
type Kind uint8

const (
	Prose Kind = iota // what people wrote for people
	Code              // programs, commands, configuration
	Log               // log lines, without what varies from line to line
	Trace             // stack traces: the error, and the names of functions
	Quote             // what somebody else wrote before, as mail quotes it
)

func (k Kind) String() string { return [...]string{"prose", "code", "log", "trace", "quote"}[k] }

// Part is a stretch of a text that is of one kind, without markup. Text has one line for each line of the source; it is
// hostile until escaped, and not for searching for an id: logs and traces have lost theirs.
type Part struct {
	Kind Kind
	Text string
}

// Parts cuts a text into its parts, in order. Signatures, the headers of quoted mail and notices of confidentiality are
// left out. Blocks that are marked as code are looked into, because people paste logs into them. What is in doubt is prose.
func Parts(s string, format incident.TextFormat) []Part {
	var out []Part
	var run []string // lines of the part that grows
	kind := Prose
	flush := func() {
		if text := clean(run, kind, format); text != "" {
			out = append(out, Part{kind, text})
		}
		run = nil
	}
	ls := dropMail(lay(s, format))
	for i, l := range ls {
		k := l.kindAt(ls, i)
		if l.blank() {
			k = kind
		}
		if k != kind {
			flush()
			kind = k
		}
		run = append(run, l.text)
	}
	flush()
	return out
}

// line is a line of a text with what its markup said about it.
type line struct {
	text   string
	fenced bool // in a block that is marked as code
	quoted bool
}

func (l line) blank() bool { return strings.TrimSpace(l.text) == "" }

// kindAt says what the i-th line is.
func (l line) kindAt(all []line, i int) Kind {
	text := strings.TrimSpace(l.text)
	switch {
	case l.quoted:
		return Quote
	case isTrace(all, i):
		return Trace
	case isLog(text):
		return Log
	case l.fenced || isCode(text):
		return Code
	}
	return Prose
}

// Marks of blocks in HTML, while its tags are taken away. They are no characters of any text.
const (
	fenceMark  = "\x01"
	quoteMark  = "\x02"
	unquoteMrk = "\x03"
)

// lay cuts a text into lines. Quote marks and fences are gone; other markup is still there.
func lay(s string, format incident.TextFormat) []line {
	s = strings.NewReplacer(fenceMark, "", quoteMark, "", unquoteMrk, "", "\r\n", "\n", "\r", "\n").Replace(s)
	if format == incident.HTML {
		s = html.UnescapeString(stripTags(s, anyTag, layTag))
	}
	var out []line
	var fence string // what closes the block that is open
	depth := 0       // of quotes in HTML
	for text := range strings.SplitSeq(s, "\n") {
		bare, quoted := unquote(text)
		trimmed := strings.TrimSpace(bare)
		switch {
		case trimmed == quoteMark:
			depth++
		case trimmed == unquoteMrk:
			depth = max(depth-1, 0)
		case fence == "" && fenceOf(trimmed) != "":
			fence = fenceOf(trimmed)
			if before, _, macro := strings.Cut(bare, "{"); macro && strings.TrimSpace(before) != "" {
				out = append(out, line{text: before, quoted: quoted || depth > 0})
			}
		case fence != "" && closes(trimmed, fence):
			fence = ""
		case fence != "" && !quoted:
			out = append(out, line{text: text, fenced: true, quoted: depth > 0})
		default:
			out = append(out, line{text: bare, fenced: format != incident.HTML && indented(bare, out), quoted: quoted || depth > 0})
		}
	}
	return out
}

// layTag returns what stands in a line's place of a tag.
func layTag(inner string) string {
	switch tag := strings.ToLower(blocks.FindString(inner)); tag {
	case "":
		return ""
	case "pre", "/pre":
		return "\n" + fenceMark + "\n"
	case "blockquote":
		return "\n" + quoteMark + "\n"
	case "/blockquote":
		return "\n" + unquoteMrk + "\n"
	}
	return "\n"
}

// fenceOf returns what closes the block of code that a line opens: of Markdown, of HTML, or of wiki markup, which may stand
// at the end of a line; else "".
func fenceOf(trimmed string) string {
	for _, f := range []string{"```", "~~~", fenceMark} {
		if strings.HasPrefix(trimmed, f) {
			return f
		}
	}
	for _, macro := range []string{"{code", "{noformat"} {
		at := strings.LastIndex(trimmed, macro)
		if at >= 0 && strings.HasSuffix(trimmed, "}") && strings.Count(trimmed, macro)%2 == 1 && strings.Count(trimmed[at:], "}") == 1 {
			return macro + "}"
		}
	}
	return ""
}

// closes reports whether a line closes the block of code.
func closes(trimmed, fence string) bool {
	return strings.HasPrefix(trimmed, fence) || fence[0] == '{' && strings.HasSuffix(trimmed, fence)
}

// unquote takes the marks of a quote off, "> " as often as they stand there.
func unquote(text string) (bare string, quoted bool) {
	bare = text
	for {
		rest, found := strings.CutPrefix(strings.TrimLeft(bare, " "), ">")
		if !found {
			return bare, quoted
		}
		bare, quoted = strings.TrimPrefix(rest, " "), true
	}
}

// indented reports whether a line belongs to a block of Markdown that is code because of its indentation: behind a blank
// line or another such line.
func indented(text string, before []line) bool {
	if !strings.HasPrefix(text, "    ") && !strings.HasPrefix(text, "\t") {
		return false
	}
	return len(before) > 0 && (before[len(before)-1].blank() || before[len(before)-1].fenced)
}

// clean returns the lines of a part as its kind wants them.
func clean(lines []string, kind Kind, format incident.TextFormat) string {
	switch kind {
	case Log:
		return each(lines, template.Words)
	case Trace:
		return each(lines, frame)
	case Code:
		return strings.Trim(strings.Join(lines, "\n"), "\n")
	}
	text := strings.Join(lines, "\n")
	if format == incident.HTML {
		return tidy(text) // its tags are gone
	}
	if format == incident.Markdown {
		return Text(text, format)
	}
	return strings.TrimSpace(text)
}

// each returns what f makes of each line, without empty ones.
func each(lines []string, f func(string) string) string {
	var out []string
	for _, l := range lines {
		if text := f(l); text != "" {
			out = append(out, text)
		}
	}
	return strings.Join(out, "\n")
}
