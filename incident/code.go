package incident

import "strings"

// CodeSpans returns the stretches of a Markdown text that are code: blocks between fences and words in backticks, each with its marks, as byte
// offsets [from, to) in order. A fence that nothing closes holds to the end; a backtick without its partner on the line is one. Indented blocks count as text.
func CodeSpans(text string) (out [][2]int) {
	at, fence, began := 0, "", 0
	for line := range strings.Lines(text) {
		start := strings.TrimLeft(line, " ")
		mark := ""
		for _, f := range []string{"```", "~~~"} {
			if strings.HasPrefix(start, f) {
				mark = f
			}
		}
		switch {
		case fence == "" && mark != "":
			fence, began = mark, at
		case fence != "" && mark == fence:
			out, fence = append(out, [2]int{began, at + len(line)}), ""
		case fence == "":
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
		}
		at += len(line)
	}
	if fence != "" {
		out = append(out, [2]int{began, len(text)})
	}
	return out
}
