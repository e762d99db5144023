package markup

import (
	"strings"

	"golang.org/x/net/html"

	"hindsight/importers"
)

// starts says what an element of HTML begins with in Markdown.
var starts = map[string]string{
	"h1": "\n\n## ", "h2": "\n\n## ", "h3": "\n\n### ", "h4": "\n\n#### ", "h5": "\n\n##### ", "h6": "\n\n###### ",
	"p": "\n\n", "div": "\n\n", "ul": "\n", "ol": "\n", "table": "\n\n", "tr": "\n", "td": " ", "th": " ", "li": "\n- ", "br": "\n", "blockquote": "\n\n> ",
	"strong": "**", "b": "**", "em": "_", "i": "_", "code": "`",
}

// HTML returns a text that may be HTML, as the editors of ticket systems write it, as Markdown: headings, lists, emphasis and
// links. Of everything else the text is kept.
func HTML(text string) string {
	if !strings.Contains(text, "<") {
		return importers.Clean(text)
	}
	var b strings.Builder
	var address string
	skip := 0
	for z := html.NewTokenizer(strings.NewReader(text)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return tidy(b.String())
		case html.TextToken:
			if skip == 0 {
				b.WriteString(html.UnescapeString(string(z.Raw())))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			switch t.Data {
			case "script", "style":
				skip++
			case "a":
				address = link(t)
				if address != "" {
					b.WriteString("[")
				}
			}
			b.WriteString(starts[t.Data])
		case html.EndTagToken:
			switch t := z.Token().Data; t {
			case "script", "style":
				skip = max(skip-1, 0)
			case "a":
				if address != "" {
					b.WriteString("](" + address + ")")
				}
				address = ""
			case "strong", "b", "em", "i", "code":
				b.WriteString(starts[t])
			case "p", "div", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "table":
				b.WriteString("\n\n")
			}
		}
	}
}

// link returns where a link leads, if it is a web address.
func link(t html.Token) string {
	for _, a := range t.Attr {
		if a.Key == "href" {
			return target(a.Val)
		}
	}
	return ""
}

// Bare returns a text that may be HTML without its markup: what it says, with the lines that its blocks make.
func Bare(text string) string {
	if !strings.Contains(text, "<") {
		return importers.Clean(text)
	}
	var b strings.Builder
	for z := html.NewTokenizer(strings.NewReader(text)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return importers.Clean(b.String())
		case html.TextToken:
			b.WriteString(z.Token().Data)
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			switch tag, _ := z.TagName(); string(tag) {
			case "br", "p", "div", "li", "tr":
				b.WriteByte('\n')
			}
		}
	}
}

// tidy drops blank lines that follow each other, and blanks at the ends of lines.
func tidy(text string) string {
	var out []string
	for line := range strings.SplitSeq(importers.Clean(text), "\n") {
		if line = strings.TrimRight(line, " \t"); line != "" || len(out) > 0 && out[len(out)-1] != "" {
			out = append(out, line)
		}
	}
	return importers.Clean(strings.Join(out, "\n"))
}
