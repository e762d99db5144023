package incident

import "strings"

// CodeSpans returns the stretches of a Markdown text that are code: blocks between fences and words in backticks, each with its marks, as byte
// offsets [from, to) in order. A fence that nothing closes holds to the end; a backtick without its partner on the line is one. Indented blocks count as text.
func CodeSpans(text string) [][2]int {
	spans, _ := code(text)
	return spans
}

// OpenFence returns the line that closes the fence which is open at the end of a Markdown text; empty: none is.
func OpenFence(text string) string {
	_, open := code(text)
	return open
}

// code finds what CodeSpans and OpenFence tell, with fences as CommonMark 0.31 has them (section 4.5), however far they are indented: at least three of
// one mark, closed by as many of it or more on a line of their own.
func code(text string) (out [][2]int, open string) {
	at, began := 0, 0
	for line := range strings.Lines(text) {
		start := strings.TrimLeft(line, " ")
		mark, rest := fence(start)
		switch {
		case open == "" && mark != "" && !(mark[0] == '`' && strings.Contains(rest, "`")):
			open, began = mark, at
		case open != "" && strings.HasPrefix(mark, open) && strings.TrimSpace(rest) == "":
			out, open = append(out, [2]int{began, at + len(line)}), ""
		case open == "":
			out = append(out, quoted(line, at)...)
		}
		at += len(line)
	}
	if open != "" {
		out = append(out, [2]int{began, len(text)})
	}
	return out, open
}

// fence splits a line into the marks of a fence that it begins with and what follows; without one mark is empty.
func fence(line string) (mark, rest string) {
	for _, c := range []string{"`", "~"} {
		if rest := strings.TrimLeft(line, c); len(line)-len(rest) >= 3 {
			return line[:len(line)-len(rest)], rest
		}
	}
	return "", line
}

// quoted returns the words in backticks of a line that begins at an offset.
func quoted(line string, at int) (out [][2]int) {
	open := -1
	for i := range len(line) {
		switch {
		case line[i] != '`':
		case open < 0:
			open = i
		default:
			out, open = append(out, [2]int{at + open, at + i + 1}), -1
		}
	}
	return out
}
