package frontend

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"

	"hindsight/incident"
)

// prose turns imported text into safe HTML. Plain text keeps its line breaks; Markdown is rendered; HTML
// is cut down to what a document needs. The highest headings are at the third level, below the page's own.
func prose(format incident.TextFormat, text string) (template.HTML, error) {
	switch format {
	case incident.Markdown:
		return proseSaid(Files{}, text, nil)
	case incident.HTML:
	default:
		return template.HTML(`<p class="pre">` + template.HTMLEscapeString(text) + `</p>`), nil
	}
	return template.HTML(lowerHeadings(policy().Sanitize(text))), nil
}

// githubMarkdown reads Markdown as GitHub does (github.github.com/gfm).
func githubMarkdown() goldmark.Markdown { return goldmark.New(goldmark.WithExtensions(extension.GFM)) }

// proseFiles is prose for Markdown that may refer to files of its retrospective.
func proseFiles(files Files, markdown string) (template.HTML, error) {
	return proseSaid(files, markdown, nil)
}

// policy allows text, lists, tables, code and outside links; no images (those of other hosts would tell them who
// reads what; for our own see filing), no styles, no ids (they could collide with the page's).
func policy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre",
		"code", "em", "strong", "b", "i", "u", "s", "del", "sub", "sup", "table", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	return p
}

// lowerHeadings moves headings so that the highest becomes the third level, and a page keeps one h1 and its own h2s. The input
// comes from the sanitizer, whose tags have no attributes on headings.
func lowerHeadings(html string) string {
	highest := 1
	for highest < 6 && !strings.Contains(html, fmt.Sprintf("<h%d>", highest)) {
		highest++
	}
	var moves []string
	for level := highest; level <= 6; level++ {
		to := min(6, level-highest+3)
		moves = append(moves, fmt.Sprintf("<h%d>", level), fmt.Sprintf("<h%d>", to), fmt.Sprintf("</h%d>", level), fmt.Sprintf("</h%d>", to))
	}
	return strings.NewReplacer(moves...).Replace(html)
}
